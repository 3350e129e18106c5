// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The simulated system on its bus in virtual time, and a remote that asks it.
#pragma once

#include "sim/multiplus_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bms::sim {

using namespace vebus;

inline constexpr Instant bus_start = Instant(1h);

struct SimulatedBus {
    void run(Duration time) {
        for (const Instant end = now + time; now < end; now += 500us) {
            for (const auto& item : framer.push(multi.poll(now))) {
                if (const auto* frame = std::get_if<Frame>(&item.decoded)) {
                    heard.push_back(*frame);
                    is_sync = std::holds_alternative<Sync>(frame->message);
                } else {
                    ++broken;
                }
            }
        }
    }
    void to_slot() {
        is_sync = false;
        for (int i = 0; i < 200 && !is_sync; ++i) {
            run(500us);
        }
        ASSERT_TRUE(is_sync);
    }
    void say(const Message& message) {
        to_slot();
        const Frame frame{
            .from = remote_address, .number = next_number(heard.back().number), .message = message};
        multi.receive(encode(frame), now);
    }
    /// The reply to a request, if one comes within 60 ms.
    template<typename T>
    std::optional<T> ask(const Message& message) {
        say(message);
        heard.clear();
        run(60ms);
        return last<T>();
    }
    template<typename T>
    std::optional<T> last() const {
        std::optional<T> found;
        for (const Frame& frame : heard) {
            if (const auto* one = std::get_if<T>(&frame.message)) {
                found = *one;
            }
        }
        return found;
    }
    template<typename T>
    int count(std::optional<Address> from = {}) const {
        return static_cast<int>(std::count_if(heard.begin(), heard.end(), [&](const Frame& frame) {
            return std::holds_alternative<T>(frame.message) && (!from || frame.from == *from);
        }));
    }
    void set(const std::string& name, const std::string& value) {
        ASSERT_EQ(multi.set(name, value), std::nullopt) << name;
    }
    std::string get(const std::string& name) const {
        for (const auto& [key, value] : multi.get()) {
            if (key == name) {
                return value;
            }
        }
        return "no " + name;
    }
    /// After what was set has had its effect.
    std::string soon(const std::string& name) {
        run(100ms);
        return get(name);
    }

    Multiplus multi{bus_start};
    Instant now = bus_start;
    Framer framer;
    std::vector<Frame> heard;
    bool is_sync = false;
    int broken = 0;
};

} // namespace bms::sim
