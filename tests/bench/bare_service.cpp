// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the cost of a question is compared with: the same tree from sdbus-c++ as its manual shows it, with a
// map that is ready and nothing else to do.
//
//   bench-bare-service NAME SOURCE
#include "io/sdbus_compat.hpp"

#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

using Properties = std::map<std::string, sdbus::Variant>;
using Items = std::map<std::string, Properties>;
namespace compat = bms::io::compat;

constexpr const char* bus_item = "com.victronenergy.BusItem";

Items items_of(sdbus::IConnection& bus, const std::string& source) {
    Items items;
    sdbus::createProxy(bus, compat::ServiceName{source}, compat::ObjectPath{"/"})
        ->callMethod("GetItems")
        .onInterface(bus_item)
        .storeResultsTo(items);
    return items;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: bench-bare-service NAME SOURCE\n", stderr);
        return 2;
    }
    const auto bus = sdbus::createSessionBusConnection();
    const Items items = items_of(*bus, argv[2]);
    std::vector<std::unique_ptr<sdbus::IObject>> objects;
    for (const auto& [path, properties] : items) {
        objects.push_back(sdbus::createObject(*bus, compat::ObjectPath{path}));
        compat::InterfaceBuilder item(*objects.back(), bus_item);
        const sdbus::Variant& value = properties.at("Value");
        item.method("GetValue", [&value] { return value; });
        item.publish();
    }
    objects.push_back(sdbus::createObject(*bus, compat::ObjectPath{"/"}));
    compat::InterfaceBuilder root(*objects.back(), bus_item);
    root.method("GetItems", [&items] { return items; });
    root.publish();
    bus->requestName(compat::ServiceName{argv[1]});
    bus->enterEventLoop();
}
