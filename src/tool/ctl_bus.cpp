// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_bus.hpp"

#include "io/sdbus_compat.hpp"

#include <chrono>

namespace bms::tool {

namespace compat = io::compat;
using sdbus::Variant;

namespace {

constexpr const char* bus_item = "com.victronenergy.BusItem";
constexpr std::chrono::seconds patience{3};

using RawItems = std::map<std::string, std::map<std::string, Variant>>;

std::unique_ptr<sdbus::IConnection> open(io::BusChoice choice) {
    return choice == io::BusChoice::session ? sdbus::createSessionBusConnection()
                                            : sdbus::createSystemBusConnection();
}

template<typename Result, typename... Arguments>
Result call(sdbus::IConnection& bus, const std::string& service, const std::string& path,
            const char* interface, const char* method, const Arguments&... arguments) {
    Result result{};
    sdbus::createProxy(bus, compat::ServiceName{service}, compat::ObjectPath{path})
        ->callMethod(method)
        .onInterface(interface)
        .withTimeout(patience)
        .withArguments(arguments...)
        .storeResultsTo(result);
    return result;
}

template<typename... Kind>
venus::Value first_of(const Variant& variant) {
    venus::Value found;
    const auto take = [&](auto value) { found = std::move(value); };
    ((variant.containsValueOfType<Kind>() ? take(variant.get<Kind>()) : void()), ...);
    return found;
}

venus::Value from_variant(const Variant& variant) {
    return first_of<std::int32_t, std::uint32_t, double, std::string>(variant);
}

Items items_from(const RawItems& raw) {
    Items items;
    for (const auto& [path, properties] : raw) {
        const auto value = properties.find("Value"), text = properties.find("Text");
        if (value == properties.end() || text == properties.end())
            continue;
        const auto words = from_variant(text->second);
        items[path] = {from_variant(value->second),
                       std::holds_alternative<std::string>(words) ? std::get<std::string>(words) : ""};
    }
    return items;
}

/// Other services may be slow, gone or of another make: none of that is our trouble.
bool is_ours(sdbus::IConnection& bus, const std::string& name) {
    if (!name.starts_with("com.victronenergy.") || name.starts_with("com.victronenergy.battery."))
        return false; // a managed battery of ours stands beside, and says less
    try {
        const auto program =
            from_variant(call<Variant>(bus, name, "/Mgmt/ProcessName", bus_item, "GetValue"));
        return program == venus::Value{"vebus-bmsd"};
    } catch (const sdbus::Error&) {
        return false;
    }
}

} // namespace

Found find_services(io::BusChoice choice) {
    Found found;
    try {
        const auto bus = open(choice);
        const auto names = call<std::vector<std::string>>(
            *bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames");
        for (const auto& name : names)
            if (is_ours(*bus, name))
                found.services.push_back({name, io::bus_word(choice),
                                          items_from(call<RawItems>(*bus, name, "/", bus_item, "GetItems"))});
    } catch (const sdbus::Error& error) {
        found.error = error.getMessage();
    }
    return found;
}

WriteResult write_item(io::BusChoice choice, const std::string& service, const std::string& path, int value) {
    try {
        const auto bus = open(choice);
        const auto answer =
            call<std::int32_t>(*bus, service, path, bus_item, "SetValue", Variant{std::int32_t{value}});
        return {answer == 0, answer == 0 ? "" : "the daemon refused (answer " + std::to_string(answer) + ")"};
    } catch (const sdbus::Error& error) {
        if (error.getName() == "org.freedesktop.DBus.Error.AccessDenied")
            return {false, "this needs root, or a user in the group vebus-bms"};
        return {false, error.getMessage()};
    }
}

} // namespace bms::tool
