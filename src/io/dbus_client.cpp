// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/dbus_client.hpp"

#include "io/dbus_calls.hpp"
#include "io/dbus_link.hpp"
#include "io/dbus_values.hpp"

#include <algorithm>
#include <unistd.h>

namespace bms::io {

namespace asio = boost::asio;
using sdbus::Variant;
using venus::Value;
using Items = DbusClient::Items;
using Dictionary = DbusClient::Dictionary;

namespace {

constexpr const char* bus_item = "com.victronenergy.BusItem";
constexpr std::string_view watched = "com.victronenergy.";

const std::string any_item_signal = "type='signal',interface='com.victronenergy.BusItem'";
const std::string any_owner_change = "type='signal',sender='org.freedesktop.DBus',"
                                     "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
                                     "arg0namespace='com.victronenergy'";

DbusTarget bus_daemon() { return {"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"}; }

std::string signals_of(const std::string& service) { return any_item_signal + ",sender='" + service + "'"; }

/// It goes into a match rule.
bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
    });
}

Items items_in(const PropertiesByPath& told) {
    Items items;
    for (const auto& [path, properties] : told)
        if (const auto value = properties.find("Value");
            value != properties.end() && items.size() < DbusClient::most_items)
            items.emplace(path, from_variant(value->second));
    return items;
}

/// GetValue of "/": keys have no leading slash.
std::optional<Items> items_in(const Variant& dictionary) {
    if (!dictionary.containsValueOfType<Properties>())
        return std::nullopt;
    Items items;
    for (const auto& [path, value] : dictionary.get<Properties>())
        if (items.size() < DbusClient::most_items)
            items.emplace(path.starts_with('/') ? path : "/" + path, from_variant(value));
    return items;
}

Properties variants_in(const Dictionary& dictionary) {
    Properties variants;
    for (const auto& [key, value] : dictionary)
        variants.emplace(key, to_variant(value));
    return variants;
}

std::vector<Dictionary> dictionaries_in(const std::vector<Properties>& told) {
    std::vector<Dictionary> dictionaries;
    for (const Properties& variants : told) {
        auto& dictionary = dictionaries.emplace_back();
        for (const auto& [key, value] : variants)
            dictionary.emplace(key, from_variant(value));
    }
    return dictionaries;
}

Items changes_in(sdbus::Message& signal) {
    const std::string member = signal.getMemberName();
    if (member == "ItemsChanged") {
        PropertiesByPath told;
        signal >> told;
        return items_in(told);
    }
    if (member != "PropertiesChanged")
        return {};
    Properties told;
    signal >> told;
    return items_in(PropertiesByPath{{signal.getPath(), told}});
}

} // namespace

class DbusClient::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& io, Events told) : calls(io, most_calls), events_(std::move(told)) {}

    void start(asio::io_context& io, BusChoice choice) {
        DbusLink::Events events;
        events.prepare = [self = weak_from_this()](sdbus::IConnection& bus) { prepare(bus, self); };
        events.connected = [this](sdbus::IConnection& bus) { begin(bus); };
        events.closing = [this] { close(); };
        events.info = events_.info;
        events.warning = events_.warning;
        link_ = std::make_unique<DbusLink>(io, choice, std::move(events));
        if (link_->choice() == BusChoice::session && ::geteuid() == 0)
            link_->warn(
                "running as root on a session bus, which DBUS_SESSION_BUS_ADDRESS or the configuration asks "
                "for: Venus OS and other users do not see us there");
    }

    void end() {
        ended_ = true;
        link_.reset();
    }

    template<typename Result, typename... Arguments>
    void call(const DbusTarget& target, const char* method,
              const std::function<void(std::optional<Result>)>& done, const Arguments&... arguments) {
        calls.call<Result>(target, method, alive(done), arguments...);
        link_->poke();
    }

    void get_items(const std::string& service, const Done<Items>& done) {
        const DbusTarget root{service, "/", bus_item};
        const std::function<void(std::optional<Variant>)> old = [done](const auto& answer) {
            done(answer ? items_in(*answer) : std::nullopt);
        };
        call<PropertiesByPath>(root, "GetItems", [this, root, done, old](const auto& answer) {
            if (answer)
                done(items_in(*answer));
            else
                call<Variant>(root, "GetValue", old);
        });
    }

    void follow(const std::string& service, std::function<void(const Items&)> changed) {
        const bool is_new = !followed_.contains(service);
        followed_[service] = std::make_shared<Changed>(std::move(changed));
        if (is_new && link_->connected())
            match("AddMatch", service);
        if (owners_.contains(service))
            read(service);
    }

    void unfollow(const std::string& service) {
        if (followed_.erase(service) != 0 && link_->connected())
            match("RemoveMatch", service);
    }

    bool listed() const { return listed_; }
    const std::map<std::string, std::string>& owners() const { return owners_; }

    DbusCalls calls;

  private:
    using Changed = std::function<void(const Items&)>;

    /// What still comes after the end is for nobody.
    template<typename Result>
    Done<Result> alive(const Done<Result>& done) {
        return [self = weak_from_this(), done](std::optional<Result> answer) {
            const auto owner = self.lock();
            if (owner && !owner->ended_)
                done(std::move(answer));
        };
    }

    /// sd-bus hands a signal on only where it has a match of its own, and makes one only together with the
    /// bus's, waiting for it. So here, where waiting is allowed, one wide match is made and taken back at the
    /// bus alone; later the bus is told, without waiting, whose signals to send.
    static void prepare(sdbus::IConnection& bus, const std::weak_ptr<Impl>& client) {
        compat::add_match(bus, any_owner_change, [client](sdbus::Message& message) {
            if (const auto self = client.lock())
                self->owner_changed(message);
        });
        compat::add_match(bus, any_item_signal, [client](sdbus::Message& message) {
            if (const auto self = client.lock())
                self->item_changed(message);
        });
        const auto target = bus_daemon();
        sdbus::createProxy(bus, compat::ServiceName{target.service}, compat::ObjectPath{target.path})
            ->callMethod("RemoveMatch")
            .onInterface(target.interface)
            .withArguments(any_item_signal);
    }

    void begin(sdbus::IConnection& bus) {
        calls.use(&bus);
        for (const auto& [service, changed] : followed_)
            match("AddMatch", service);
        call<std::vector<std::string>>(bus_daemon(), "ListNames", [this](const auto& names) {
            if (names)
                ask_owners(*names);
            else
                link_->fail_later("does not answer");
        });
    }

    void close() {
        calls.give_up();
        owners_.clear();
        listed_ = false;
        if (!ended_ && events_.lost)
            events_.lost();
    }

    void ask_owners(const std::vector<std::string>& names) {
        waited_for_ = 1;
        std::size_t left = most_names;
        for (const std::string& name : names)
            if (name.starts_with(watched) && left > 0) {
                --left;
                ask_owner(name);
            }
        one_less_to_wait_for();
    }

    void ask_owner(const std::string& name) {
        ++waited_for_;
        const std::function<void(std::optional<std::string>)> done = [this, name](const auto& owner) {
            set_owner(name, owner.value_or(""));
            one_less_to_wait_for();
        };
        call<std::string>(bus_daemon(), "GetNameOwner", done, name);
    }

    void one_less_to_wait_for() {
        if (--waited_for_ > 0 || !link_->connected())
            return;
        listed_ = true;
        if (events_.listed)
            events_.listed();
    }

    void owner_changed(sdbus::Message& message) {
        std::string name, before, owner;
        try {
            message >> name >> before >> owner;
        } catch (const sdbus::Error&) {
            return; // not what the bus daemon sends
        }
        if (!ended_ && name.starts_with(watched))
            set_owner(name, owner);
    }

    void set_owner(const std::string& name, const std::string& owner) {
        const auto known = owners_.find(name);
        if ((known == owners_.end() ? "" : known->second) == owner)
            return;
        if (known != owners_.end()) {
            owners_.erase(known);
            if (events_.vanished)
                events_.vanished(name);
        }
        if (owner.empty() || owners_.size() >= most_names)
            return;
        owners_.emplace(name, owner);
        if (followed_.contains(name))
            read(name);
        if (events_.appeared)
            events_.appeared(name);
    }

    void match(const char* method, const std::string& service) {
        if (is_name(service))
            call<std::monostate>(
                bus_daemon(), method, [](const auto&) {}, signals_of(service));
    }

    void read(const std::string& service) {
        get_items(service, [this, service, follower = std::weak_ptr(followed_[service])](const auto& items) {
            const auto changed = follower.lock();
            if (changed && items && owners_.contains(service))
                (*changed)(*items);
        });
    }

    /// A connection can hold several names.
    void item_changed(sdbus::Message& message) {
        const std::string sender = message.getSender();
        std::vector<std::shared_ptr<Changed>> told;
        for (const auto& [service, changed] : followed_)
            if (const auto owner = owners_.find(service); owner != owners_.end() && owner->second == sender)
                told.push_back(changed);
        if (told.empty() || ended_)
            return;
        try {
            const Items items = changes_in(message);
            for (const auto& changed : told)
                items.empty() ? void() : (*changed)(items);
        } catch (const sdbus::Error&) {
            return; // a signal that carries something else
        }
    }

    const Events events_;
    std::map<std::string, std::string> owners_; ///< name to connection
    std::map<std::string, std::shared_ptr<Changed>> followed_;
    std::size_t waited_for_ = 0;
    bool listed_ = false, ended_ = false;
    std::unique_ptr<DbusLink> link_;
};

DbusClient::DbusClient(asio::io_context& io, BusChoice choice, Events events)
    : impl_(std::make_shared<Impl>(io, std::move(events))) {
    impl_->start(io, choice);
}

DbusClient::~DbusClient() { impl_->end(); }

bool DbusClient::listed() const { return impl_->listed(); }

std::vector<std::string> DbusClient::names(std::string_view prefix) const {
    std::vector<std::string> found;
    for (const auto& [name, owner] : impl_->owners())
        if (name.starts_with(prefix))
            found.push_back(name);
    return found;
}

bool DbusClient::present(const std::string& name) const { return impl_->owners().contains(name); }

std::string DbusClient::owner(const std::string& name) const {
    const auto found = impl_->owners().find(name);
    return found == impl_->owners().end() ? "" : found->second;
}

void DbusClient::get_value(const std::string& service, const std::string& path, Done<Value> done) {
    impl_->call<Variant>({service, path, bus_item}, "GetValue", [done = std::move(done)](const auto& answer) {
        const bool answered = answer && !compat::value_type(*answer).empty();
        done(answered ? std::optional(from_variant(*answer)) : std::nullopt);
    });
}

void DbusClient::get_items(const std::string& service, const Done<Items>& done) {
    impl_->get_items(service, done);
}

void DbusClient::set_value(const std::string& service, const std::string& path, const Value& value,
                           const Done<std::int32_t>& done) {
    impl_->call<std::int32_t>({service, path, bus_item}, "SetValue", done, to_variant(value));
}

void DbusClient::follow(const std::string& service, std::function<void(const Items&)> changed) {
    impl_->follow(service, std::move(changed));
}

void DbusClient::unfollow(const std::string& service) { impl_->unfollow(service); }

void DbusClient::add_settings(const std::string& service, const std::vector<Dictionary>& settings,
                              Done<std::vector<Dictionary>> done) {
    std::vector<Properties> asked;
    std::ranges::transform(settings, std::back_inserter(asked), variants_in);
    impl_->call<std::vector<Properties>>(
        {service, "/Settings", "com.victronenergy.Settings"}, "AddSettings",
        [done = std::move(done)](const auto& answer) {
            done(answer ? std::optional(dictionaries_in(*answer)) : std::nullopt);
        },
        asked);
}

void DbusClient::add_setting(const std::string& service, const OldSetting& setting,
                             const Done<std::int32_t>& done) {
    impl_->call<std::int32_t>({service, "/Settings", "com.victronenergy.Settings"}, "AddSetting", done,
                              setting.group, setting.name, to_variant(setting.initial),
                              std::string(1, setting.type), Variant{setting.min}, Variant{setting.max});
}

} // namespace bms::io
