// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "system/raw_bus_client.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace bms::test {

namespace {

constexpr const char* bus_item = "com.victronenergy.BusItem";
constexpr const char* bus_daemon = "org.freedesktop.DBus";
constexpr const char* bus_path = "/org/freedesktop/DBus";
constexpr std::uint64_t patience_us = 30'000'000;

std::size_t count_items(sd_bus_message* reply) {
    std::size_t items = 0;
    sd_bus_message_enter_container(reply, SD_BUS_TYPE_ARRAY, "{sa{sv}}");
    while (sd_bus_message_skip(reply, "{sa{sv}}") > 0) {
        ++items;
    }
    return items;
}

} // namespace

RawBusClient::RawBusClient(const std::string& address) {
    sd_bus_new(&bus_);
    sd_bus_set_address(bus_, address.c_str());
    sd_bus_set_bus_client(bus_, 1);
    const char* name = nullptr;
    if (sd_bus_start(bus_) < 0 || sd_bus_get_unique_name(bus_, &name) < 0) {
        sd_bus_unref(bus_);
        throw std::runtime_error("the bus does not let another client in");
    }
}

/// Nothing is flushed: it may be a bus that takes nothing.
RawBusClient::~RawBusClient() {
    sd_bus_close(bus_);
    sd_bus_unref(bus_);
}

std::uint32_t RawBusClient::request_name(const std::string& name, std::uint32_t flags) {
    sd_bus_message* reply = nullptr;
    std::uint32_t answer = 0;
    if (sd_bus_call_method(bus_, bus_daemon, bus_path, bus_daemon, "RequestName", nullptr, &reply, "su",
                           name.c_str(), flags) >= 0) {
        sd_bus_message_read(reply, "u", &answer);
    }
    sd_bus_message_unref(reply);
    return answer;
}

void RawBusClient::release_name(const std::string& name) { sd_bus_release_name(bus_, name.c_str()); }

void RawBusClient::subscribe() {
    sd_bus_call_method(bus_, bus_daemon, bus_path, bus_daemon, "AddMatch", nullptr, nullptr, "s",
                       "type='signal'");
}

void RawBusClient::ask_for_items(const std::string& service, int times) {
    for (int i = 0; i < times; ++i) {
        sd_bus_call_method_async(bus_, nullptr, service.c_str(), "/", bus_item, "GetItems",
                                 &RawBusClient::heard_items, this, "");
    }
}

void RawBusClient::wish_off(const std::string& service) {
    sd_bus_call_method_async(bus_, nullptr, service.c_str(), "/Mode", bus_item, "SetValue", nullptr, nullptr,
                             "v", "i", 4);
}

void RawBusClient::wait_for_bus() {
    sd_bus_call_method(bus_, bus_daemon, bus_path, bus_daemon, "GetId", nullptr, nullptr, "");
}

bool RawBusClient::answered(std::size_t questions) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::microseconds(patience_us);
    while (answers_ < questions && std::chrono::steady_clock::now() < deadline) {
        const int more = sd_bus_process(bus_, nullptr);
        if (more < 0) {
            return false;
        }
        if (more == 0) {
            sd_bus_wait(bus_, 100'000);
        }
    }
    return answers_ >= questions;
}

int RawBusClient::heard_items(sd_bus_message* reply, void* self, sd_bus_error*) {
    auto& client = *static_cast<RawBusClient*>(self);
    ++client.answers_;
    client.fewest_items_ = std::min(client.fewest_items_, count_items(reply));
    return 0;
}

std::string RawBusClient::set(const std::string& service, const std::string& path, Put put) {
    sd_bus_message *call = nullptr, *reply = nullptr;
    sd_bus_error error{};
    sd_bus_message_new_method_call(bus_, &call, service.c_str(), path.c_str(), bus_item, "SetValue");
    put(call);
    std::int32_t answer = 0;
    const bool done = sd_bus_call(bus_, call, patience_us, &error, &reply) >= 0;
    if (done) {
        sd_bus_message_read(reply, "i", &answer);
    }
    const std::string words = done ? std::to_string(answer) : error.name ? error.name : "not sent";
    sd_bus_error_free(&error);
    sd_bus_message_unref(call);
    sd_bus_message_unref(reply);
    return words;
}

} // namespace bms::test
