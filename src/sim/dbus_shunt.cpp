// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/dbus_shunt.hpp"

#include "io/sdbus_compat.hpp"

#include <cstdio>
#include <map>
#include <mutex>
#include <stdexcept>

namespace bms::sim {
namespace {

constexpr const char* name = "com.victronenergy.battery.simulated";
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

Items measured(const DbusShunt::Reading& reading) {
    return {{"/Soc", number(reading.soc_percent, "%")},
            {"/Dc/0/Current", number(reading.current_a, "A")},
            {"/Dc/0/Voltage", number(reading.voltage_v, "V")}};
}

std::unique_ptr<sdbus::IConnection> connect(const std::string& bus) {
    if (bus == "session") {
        return sdbus::createSessionBusConnection();
    }
    return bus == "system" ? sdbus::createSystemBusConnection()
                           : sdbus::createSessionBusConnectionWithAddress(bus);
}

} // namespace

struct DbusShunt::Impl {
    Impl(const std::string& where, const Reading& first) : bus(connect(where)), items(measured(first)) {
        items.insert({{"/Mgmt/ProcessName", words("vebus-bms-sim")},
                      {"/Mgmt/Connection", words("simulated")},
                      {"/DeviceInstance", whole(289)},
                      {"/ProductId", whole(0)},
                      {"/ProductName", words("SmartShunt (simulated)")},
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
        bus->requestName(io::compat::ServiceName{name}); // all items are there: clients ask at once
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

DbusShunt::DbusShunt(const std::string& bus, const Reading& first) {
    try {
        impl_ = std::make_unique<Impl>(bus, first);
    } catch (const sdbus::Error& error) {
        throw std::runtime_error("the shunt cannot be published on the bus \"" + bus + "\": " + error.what());
    }
}

DbusShunt::~DbusShunt() { impl_->bus->leaveEventLoop(); }

void DbusShunt::tell(const Reading& reading) {
    Items changed;
    {
        const std::scoped_lock lock(impl_->mutex);
        for (auto& [path, item] : measured(reading)) {
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
