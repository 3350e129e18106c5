// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "system/daemon_bus_client.hpp"

#include "io/sdbus_compat.hpp"

#include <mutex>

namespace bms::test {

namespace {

using io::compat::ObjectPath;
using io::compat::ServiceName;
using Properties = std::map<std::string, sdbus::Variant>;
using Changes = std::map<std::string, Properties>;

constexpr const char* bus_item = "com.victronenergy.BusItem";
constexpr const char* bus_daemon = "org.freedesktop.DBus";

std::string word_of(double number) {
    std::string text = std::to_string(number);
    text.erase(text.find_last_not_of('0') + 1);
    return text.back() == '.' ? text.substr(0, text.size() - 1) : text;
}

std::string word_of(const sdbus::Variant& value) {
    if (value.containsValueOfType<std::string>()) {
        return value.get<std::string>();
    }
    if (value.containsValueOfType<double>()) {
        return word_of(value.get<double>());
    }
    if (value.containsValueOfType<std::int32_t>()) {
        return std::to_string(value.get<std::int32_t>());
    }
    if (value.containsValueOfType<std::uint32_t>()) {
        return std::to_string(value.get<std::uint32_t>());
    }
    return "invalid";
}

BusClient::Items words_of(const Changes& changes) {
    BusClient::Items words;
    for (const auto& [path, properties] : changes) {
        words[path] = word_of(properties.at("Value"));
    }
    return words;
}

} // namespace

struct BusClient::Impl {
    explicit Impl(std::string name)
        : service(std::move(name)),
          bus(sdbus::createSessionBusConnection()),
          root(proxy(service, "/")),
          names(proxy(bus_daemon, "/org/freedesktop/DBus")) {
        root->uponSignal("ItemsChanged").onInterface(bus_item).call([this](const Changes& changes) {
            heard(words_of(changes));
        });
        names->uponSignal("NameOwnerChanged")
            .onInterface(bus_daemon)
            .call([this](const std::string& who, const std::string&, const std::string& owner) {
                if (who == service && !owner.empty()) {
                    ask_for_all();
                }
            });
#if !__has_include(<sdbus-c++/VTableItems.h>)
        root->finishRegistration();
        names->finishRegistration();
#endif
        bus->enterEventLoopAsync();
    }
    ~Impl() { bus->leaveEventLoop(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    std::unique_ptr<sdbus::IProxy> proxy(const std::string& who, const std::string& path) {
        return sdbus::createProxy(*bus, ServiceName{who}, ObjectPath{path});
    }

    void heard(const Items& changes) {
        const std::scoped_lock lock(mutex);
        for (const auto& [path, word] : changes) {
            if (changed) {
                changed(path, word);
            }
        }
    }

    void ask_for_all() {
        root->callMethodAsync("GetItems")
            .onInterface(bus_item)
            .uponReplyInvoke([this](io::compat::CallError error, const Changes& items) {
                const std::scoped_lock lock(mutex);
                if (!error && first.empty()) {
                    first = words_of(items);
                }
            });
    }

    int write(const std::string& path, const sdbus::Variant& value) {
        std::int32_t answer = -1;
        proxy(service, path)
            ->callMethod("SetValue")
            .onInterface(bus_item)
            .withArguments(value)
            .storeResultsTo(answer);
        return answer;
    }

    const std::string service;
    mutable std::mutex mutex;
    Items first;
    std::function<void(const std::string&, const std::string&)> changed;
    std::unique_ptr<sdbus::IConnection> bus;
    std::unique_ptr<sdbus::IProxy> root, names;
};

BusClient::BusClient(std::string service) : impl_(std::make_unique<Impl>(std::move(service))) {}

BusClient::~BusClient() = default;

std::string BusClient::item(const std::string& path) {
    sdbus::Variant value;
    try {
        impl_->proxy(impl_->service, path)
            ->callMethod("GetValue")
            .onInterface(bus_item)
            .storeResultsTo(value);
    } catch (const sdbus::Error&) {
        return "gone";
    }
    return word_of(value);
}

int BusClient::write(const std::string& path, int value) {
    return impl_->write(path, sdbus::Variant{std::int32_t{value}});
}

int BusClient::write(const std::string& path, const std::string& text) {
    return impl_->write(path, sdbus::Variant{text});
}

BusClient::Items BusClient::items_at_first_sight() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->first;
}

void BusClient::on_change(std::function<void(const std::string&, const std::string&)> changed) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->changed = std::move(changed);
}

} // namespace bms::test
