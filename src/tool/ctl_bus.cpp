// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_bus.hpp"

#include "tool/ctl_bus_values.hpp"

#include <chrono>

namespace bms::tool {

namespace compat = io::compat;
using sdbus::Variant;

namespace {

constexpr std::chrono::seconds patience{3};

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

/// Other services may be slow, gone or of another make: none of that is our trouble.
bool is_ours(sdbus::IConnection& bus, const std::string& name) {
    try {
        const auto program =
            from_variant(call<Variant>(bus, name, "/Mgmt/ProcessName", bus_item, "GetValue"));
        return program == venus::Value{daemon_program};
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
        std::vector<std::string> others;
        for (const auto& name : names) {
            if (!is_family(name)) {
                continue;
            }
            if (is_ours(*bus, name)) {
                const auto raw = call<RawItems>(*bus, name, "/", bus_item, "GetItems");
                found.services.push_back({name, io::bus_word(choice), items_from(raw)});
            } else {
                others.push_back(name);
            }
        }
        for (Service& service : found.services) {
            service.others = others;
        }
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
        return {answer == 0, ""};
    } catch (const sdbus::Error& error) {
        if (error.getName() == "org.freedesktop.DBus.Error.AccessDenied")
            return {false, "this needs root, or a user in the group vebus-bms"};
        return {false, error.getMessage()};
    }
}

} // namespace bms::tool
