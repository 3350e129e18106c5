// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bus_client.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace bms::bench {
namespace {

constexpr const char* bus_item = "com.victronenergy.BusItem";
constexpr const char* bus_daemon = "org.freedesktop.DBus";

/// The value of a variant; of anything but a number or a text only its type.
std::string word_of(sd_bus_message* from) {
    const char* type = nullptr;
    sd_bus_message_peek_type(from, nullptr, &type);
    const std::string kind = type;
    sd_bus_message_enter_container(from, 'v', kind.c_str());
    std::int32_t number = 0;
    std::uint32_t positive = 0;
    double real = 0;
    const char* text = "";
    if (kind == "i") {
        sd_bus_message_read(from, "i", &number);
    } else if (kind == "u") {
        sd_bus_message_read(from, "u", &positive);
    } else if (kind == "d") {
        sd_bus_message_read(from, "d", &real);
    } else if (kind == "s") {
        sd_bus_message_read(from, "s", &text);
    } else {
        sd_bus_message_skip(from, kind.c_str());
    }
    std::array<char, 32> exact{};
    std::snprintf(exact.data(), exact.size(), "%.17g ", real); // two that differ never look the same
    const std::string word =
        kind + " " + std::to_string(number) + " " + std::to_string(positive) + " " + exact.data() + text;
    sd_bus_message_exit_container(from);
    return word;
}

/// Of a{sa{sv}}: each path with its "Value".
Items items_in(sd_bus_message* from) {
    Items items;
    sd_bus_message_enter_container(from, 'a', "{sa{sv}}");
    while (sd_bus_message_enter_container(from, 'e', "sa{sv}") > 0) {
        const char *path = nullptr, *property = nullptr;
        sd_bus_message_read(from, "s", &path);
        const std::string item = path;
        sd_bus_message_enter_container(from, 'a', "{sv}");
        while (sd_bus_message_enter_container(from, 'e', "sv") > 0) {
            sd_bus_message_read(from, "s", &property);
            const bool is_value = std::string(property) == "Value";
            const std::string word = word_of(from);
            if (is_value) {
                items[item] = word;
            }
            sd_bus_message_exit_container(from);
        }
        sd_bus_message_exit_container(from);
        sd_bus_message_exit_container(from);
    }
    return items;
}

} // namespace

BusClient::BusClient() {
    sd_bus* opened = nullptr;
    if (sd_bus_open_user(&opened) < 0) {
        throw std::runtime_error("the private bus does not answer");
    }
    bus_.reset(opened);
}

BusClient::Message BusClient::call(const char* service, const char* path, const char* interface,
                                   const char* method) {
    sd_bus_message* reply = nullptr;
    sd_bus_error error{};
    const int sent =
        sd_bus_call_method(bus_.get(), service, path, interface, method, &error, &reply, nullptr);
    const std::string why = error.message ? error.message : "";
    sd_bus_error_free(&error);
    if (sent < 0) {
        throw std::runtime_error(std::string(service) + path + " does not answer to " + method + ": " + why);
    }
    return Message(reply);
}

bool BusClient::owned(const std::string& service) {
    sd_bus_creds* creds = nullptr;
    const bool is = sd_bus_get_name_creds(bus_.get(), service.c_str(), 0, &creds) >= 0;
    sd_bus_creds_unref(creds);
    return is;
}

int BusClient::owned_below(const std::string& prefix) {
    const auto reply = call(bus_daemon, "/org/freedesktop/DBus", bus_daemon, "ListNames");
    sd_bus_message_enter_container(reply.get(), 'a', "s");
    int names = 0;
    for (const char* name = nullptr; sd_bus_message_read(reply.get(), "s", &name) > 0;) {
        names += std::string_view(name).starts_with(prefix) ? 1 : 0;
    }
    return names;
}

void BusClient::wait_for(const std::string& service, std::chrono::seconds at_most) {
    const auto deadline = std::chrono::steady_clock::now() + at_most;
    while (!owned(service)) {
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error(service + " did not come onto the bus");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

void BusClient::get_value(const std::string& service, const std::string& path) {
    call(service.c_str(), path.c_str(), bus_item, "GetValue");
}

void BusClient::get_items(const std::string& service) { call(service.c_str(), "/", bus_item, "GetItems"); }

Items BusClient::items(const std::string& service) {
    return items_in(call(service.c_str(), "/", bus_item, "GetItems").get());
}

void BusClient::ask_the_bus() { call(bus_daemon, "/org/freedesktop/DBus", bus_daemon, "GetId"); }

void BusClient::subscribe(const std::string& service, Changed changed) {
    changed_ = std::move(changed);
    if (sd_bus_match_signal(bus_.get(), nullptr, service.c_str(), nullptr, bus_item, nullptr,
                            &BusClient::told, this) < 0) {
        throw std::runtime_error("the private bus takes no match rule");
    }
}

/// PropertiesChanged, on the leaf, would say it a second time: it counts as a signal without a change.
int BusClient::told(sd_bus_message* message, void* self, sd_bus_error*) {
    const bool batch = sd_bus_message_is_signal(message, bus_item, "ItemsChanged") > 0;
    static_cast<BusClient*>(self)->changed_(batch ? items_in(message) : Items{});
    return 0;
}

void BusClient::receive() {
    int more = 0;
    while ((more = sd_bus_process(bus_.get(), nullptr)) > 0) {
    }
    if (more < 0) {
        throw std::runtime_error("the private bus has gone");
    }
}

} // namespace bms::bench
