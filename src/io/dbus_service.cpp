// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/dbus_service.hpp"

#include "io/dbus_asio.hpp"
#include "io/dbus_back_off.hpp"
#include "io/dbus_items.hpp"
#include "io/dbus_link.hpp"
#include "io/sdbus_compat.hpp"

#include <chrono>
#include <utility>

namespace bms::io {

namespace asio = boost::asio;
using std::chrono::seconds;

namespace {

// Of org.freedesktop.DBus.RequestName.
constexpr std::uint32_t do_not_queue = 4;
constexpr std::uint32_t primary_owner = 1, already_owner = 4;

/// All that hangs on one connection.
struct Session {
    DbusItems items;
    std::unique_ptr<sdbus::IProxy> daemon;

    Session(sdbus::IConnection& bus, const venus::ItemTree& tree, DbusItems::Written written)
        : items(bus, tree, std::move(written)),
          daemon(sdbus::createProxy(bus, compat::ServiceName{"org.freedesktop.DBus"},
                                    compat::ObjectPath{"/org/freedesktop/DBus"})) {}
};

} // namespace

class DbusService::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& io, BusSettings settings, venus::ItemTree& tree, Events told)
        : name_(std::move(settings.name)), tree_(tree), events_(std::move(told)), retry_name_(io) {
        DbusLink::Events events;
        events.connected = [this](sdbus::IConnection& bus) { begin(bus); };
        events.closing = [this] { close_session(); };
        events.info = events_.info;
        events.warning = events_.warning;
        link_ = std::make_unique<DbusLink>(io, settings.bus, std::move(events));
    }

    void close() {
        closed_ = true;
        retry_name_.cancel();
        link_.reset();
    }

    void want_name() {
        name_wanted_ = true;
        if (session_ && !name_owned_ && !asking_)
            ask_for_name();
    }

    /// Also without the name: a client may be reading our items while the bus still owes us the word that it
    /// is ours.
    void flush(Instant now) {
        const auto changes = tree_.take_changes(now);
        if (!session_ || changes.empty())
            return;
        session_->items.tell(changes);
        link_->poke();
    }

    bool on_bus() const { return session_ != nullptr; }
    bool name_owned() const { return name_owned_; }

  private:
    void begin(sdbus::IConnection& bus) {
        session_ = std::make_unique<Session>(bus, tree_, events_.written);
        if (name_wanted_)
            ask_for_name();
    }

    void close_session() {
        session_.reset();
        name_owned_ = asking_ = false;
        retry_name_.cancel();
    }

    void ask_for_name() {
        asking_ = true;
        try {
            session_->daemon->callMethodAsync("RequestName")
                .onInterface("org.freedesktop.DBus")
                .withTimeout(seconds{5})
                .withArguments(name_, do_not_queue)
                .uponReplyInvoke([this](compat::CallError error, std::uint32_t answer) {
                    if (error)
                        name_refused(error->getName(), error->getMessage());
                    else
                        name_answered(answer);
                });
        } catch (const sdbus::Error& error) {
            return link_->fail_later("was lost: " + error.getMessage());
        }
        link_->poke();
    }

    void name_answered(std::uint32_t answer) {
        asking_ = false;
        name_owned_ = answer == primary_owner || answer == already_owner;
        if (!name_owned_)
            return retry_name(
                "the name " + name_ +
                " is held by another program: is a second vebus-bmsd or "
                "Victron's own driver running on this port? Nobody on the bus sees us until it ends");
        name_back_off_.reset();
        link_->all_well();
        link_->info(std::string("on the ") + bus_word(link_->choice()) + " as " + name_);
    }

    void name_refused(const std::string& error, const std::string& message) {
        asking_ = false;
        if (error == "org.freedesktop.DBus.Error.AccessDenied")
            return retry_name(
                "the bus does not let us take the name " + name_ +
                ": install dbus/vebus-bms.conf in /etc/dbus-1/system.d and run as user vebus-bms");
        link_->fail_later("does not answer: " + message);
    }

    void retry_name(const std::string& why) {
        link_->warn(why);
        retry_name_.expires_after(name_back_off_.next());
        retry_name_.async_wait([self = shared_from_this()](boost::system::error_code error) {
            if (!error && !self->closed_ && self->session_ && !self->asking_)
                self->ask_for_name();
        });
    }

    const std::string name_;
    venus::ItemTree& tree_;
    const Events events_;
    asio::steady_timer retry_name_;
    BackOff name_back_off_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<DbusLink> link_;
    bool name_wanted_ = false, asking_ = false, name_owned_ = false, closed_ = false;
};

DbusService::DbusService(asio::io_context& io, BusSettings settings, venus::ItemTree& tree, Events events)
    : impl_(std::make_shared<Impl>(io, std::move(settings), tree, std::move(events))) {}

DbusService::~DbusService() { impl_->close(); }

void DbusService::request_name() { impl_->want_name(); }
void DbusService::flush(Instant now) { impl_->flush(now); }
bool DbusService::on_bus() const { return impl_->on_bus(); }
bool DbusService::name_owned() const { return impl_->name_owned(); }

} // namespace bms::io
