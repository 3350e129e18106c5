// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A lean client on the message bus: sd-bus and nothing in between. All throw std::runtime_error, in words,
// when the bus or the service does not answer.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <systemd/sd-bus.h>

namespace bms::bench {

/// Path to value, as one word with its type: "i 1", "s on".
using Items = std::map<std::string, std::string>;

class BusClient {
  public:
    BusClient();
    BusClient(const BusClient&) = delete;
    BusClient& operator=(const BusClient&) = delete;

    /// Waits until the service answers.
    void wait_for(const std::string& service, std::chrono::seconds at_most);
    bool owned(const std::string& service);
    /// How many names begin so.
    int owned_below(const std::string& prefix);
    void get_value(const std::string& service, const std::string& path);
    void get_items(const std::string& service);
    Items items(const std::string& service);
    /// Nothing but the bus: an empty question to dbus-daemon itself, and its answer.
    void ask_the_bus();

    /// From now on called with what a signal of this service says has changed.
    using Changed = std::function<void(const Items&)>;
    void subscribe(const std::string& service, Changed changed);
    int descriptor() const { return sd_bus_get_fd(bus_.get()); }
    /// Handles what has come, without waiting.
    void receive();

  private:
    struct Close {
        void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
        void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
    };
    using Message = std::unique_ptr<sd_bus_message, Close>;

    Message call(const char* service, const char* path, const char* interface, const char* method);
    static int told(sd_bus_message* message, void* self, sd_bus_error*);

    std::unique_ptr<sd_bus, Close> bus_;
    Changed changed_;
};

} // namespace bms::bench
