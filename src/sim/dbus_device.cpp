// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/dbus_device.hpp"

#include "io/sdbus_compat.hpp"

#include <cmath>
#include <cstdio>
#include <map>
#include <mutex>
#include <stdexcept>

namespace bms::sim {
namespace {

constexpr const char* bus_item = "com.victronenergy.BusItem";

struct Item {
    sdbus::Variant value;
    std::string text;
};
using Items = std::map<std::string, Item>;
using Properties = std::map<std::string, sdbus::Variant>;
using PropertiesByPath = std::map<std::string, Properties>;

Item number(double value, const char* unit) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f%s", value, unit);
    return {sdbus::Variant{value}, text};
}

Item whole(std::int32_t value) { return {sdbus::Variant{value}, std::to_string(value)}; }

Item words(const std::string& value) { return {sdbus::Variant{value}, value}; }

Items measured(const DbusDevice::Readings& readings) {
    Items items;
    for (const DbusDevice::Reading& it : readings) {
        const bool state = *it.unit == '\0';
        items[it.path] =
            state ? whole(static_cast<std::int32_t>(std::lround(it.value))) : number(it.value, it.unit);
    }
    return items;
}

std::unique_ptr<sdbus::IConnection> connect(const std::string& bus) {
    if (bus == "session") {
        return sdbus::createSessionBusConnection();
    }
    return bus == "system" ? sdbus::createSystemBusConnection()
                           : sdbus::createSessionBusConnectionWithAddress(bus);
}

} // namespace

struct DbusDevice::Impl {
    Impl(const std::string& where, const Identity& identity, const Readings& first)
        : bus(connect(where)), items(measured(first)) {
        items.insert({{"/Mgmt/ProcessName", words("vebus-bms-sim")},
                      {"/Mgmt/Connection", words("simulated")},
                      {"/DeviceInstance", whole(identity.instance)},
                      {"/ProductId", whole(0)},
                      {"/ProductName", words(identity.product)},
                      {"/Connected", whole(1)}});
        for (const auto& [path, item] : items) {
            add(path);
        }
        root = sdbus::createObject(*bus, io::compat::ObjectPath{"/"});
        io::compat::InterfaceBuilder builder(*root, bus_item);
        builder.method("GetItems", [this] {
            const std::scoped_lock lock(mutex);
            return properties(items);
        });
        builder.signal<PropertiesByPath>("ItemsChanged");
        builder.publish();
        bus->enterEventLoopAsync();
        bus->requestName(
            io::compat::ServiceName{identity.service}); // all items are there: clients ask at once
    }

    void add(const std::string& path) {
        auto object = sdbus::createObject(*bus, io::compat::ObjectPath{path});
        io::compat::InterfaceBuilder builder(*object, bus_item);
        builder.method("GetValue", [this, path] {
            const std::scoped_lock lock(mutex);
            return items.at(path).value;
        });
        builder.method("GetText", [this, path] {
            const std::scoped_lock lock(mutex);
            return items.at(path).text;
        });
        builder.publish();
        objects.push_back(std::move(object));
    }

    static PropertiesByPath properties(const Items& told) {
        PropertiesByPath all;
        for (const auto& [path, item] : told) {
            all[path] = {{"Value", item.value}, {"Text", sdbus::Variant{item.text}}};
        }
        return all;
    }

    std::unique_ptr<sdbus::IConnection> bus;
    std::mutex mutex;
    Items items;
    std::vector<std::unique_ptr<sdbus::IObject>> objects;
    std::unique_ptr<sdbus::IObject> root;
};

DbusDevice::DbusDevice(const std::string& bus, const Identity& identity, const Readings& first) {
    try {
        impl_ = std::make_unique<Impl>(bus, identity, first);
    } catch (const sdbus::Error& error) {
        throw std::runtime_error(identity.service + " cannot be published on the bus \"" + bus +
                                 "\": " + error.what());
    }
}

DbusDevice::~DbusDevice() { impl_->bus->leaveEventLoop(); }

void DbusDevice::tell(const Readings& readings) {
    Items changed;
    {
        const std::scoped_lock lock(impl_->mutex);
        for (auto& [path, item] : measured(readings)) {
            Item& known = impl_->items.at(path);
            if (known.text != item.text) {
                known = item;
                changed.emplace(path, item);
            }
        }
    }
    if (!changed.empty()) {
        impl_->root->emitSignal("ItemsChanged")
            .onInterface(bus_item)
            .withArguments(Impl::properties(changed));
    }
}

} // namespace bms::sim
