// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A badly behaved program on the bus: it sends what it likes and reads only when it is told to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <systemd/sd-bus.h>

namespace bms::test {

class RawBusClient {
  public:
    /// Throws std::runtime_error when the bus does not let it in.
    explicit RawBusClient(const std::string& address);
    ~RawBusClient();
    RawBusClient(const RawBusClient&) = delete;
    RawBusClient& operator=(const RawBusClient&) = delete;

    /// org.freedesktop.DBus.RequestName with these flags; its answer.
    std::uint32_t request_name(const std::string& name, std::uint32_t flags);
    void release_name(const std::string& name);
    /// Every signal of everybody comes here from now on.
    void subscribe();

    /// Sends that many GetItems without waiting for an answer, or for room.
    void ask_for_items(const std::string& service, int times);
    /// Sends SetValue(variant 4) and does not care about the answer.
    void wish_off(const std::string& service);
    /// Until the bus has worked on all that was sent before.
    void wait_for_bus();
    /// Reads until so many questions have been answered, for 30 s at most.
    bool answered(std::size_t questions);
    /// Of all answers so far: how many there were, and of how many items the one with the fewest had.
    std::size_t answers() const { return answers_; }
    std::size_t fewest_items() const { return fewest_items_; }

    /// SetValue with whatever put() appends. What came of it: the number answered, or the name of an error.
    using Put = void (*)(sd_bus_message*);
    std::string set(const std::string& service, const std::string& path, Put put);

  private:
    static int heard_items(sd_bus_message* reply, void* self, sd_bus_error*);

    sd_bus* bus_ = nullptr;
    std::size_t answers_ = 0, fewest_items_ = SIZE_MAX;
};

} // namespace bms::test
