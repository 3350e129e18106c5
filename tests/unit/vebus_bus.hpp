// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A VE.Bus in virtual time: the link under test at one end, the simulated MultiPlus at the other.
#pragma once

#include "sim/multiplus_model.hpp"

#include "bms/vebus/rs485_link.hpp"

#include <gtest/gtest.h>

namespace bms::vebus {

inline constexpr Instant bus_start = Instant(1h);

/// What only asks what is there; the rest changes the Multi, or is asked in order to change it.
inline bool is_check(const Message& message) {
    constexpr std::uint16_t flags_word_2 = 60;
    const auto* read = std::get_if<ReadSetting>(&message);
    return std::holds_alternative<DevicePoll>(message) || std::holds_alternative<AskVersion>(message) ||
           std::holds_alternative<AskRamInfo>(message) || std::holds_alternative<ReadRam>(message) ||
           (read && read->setting == flags_word_2);
}

struct VirtualBus {
    explicit VirtualBus(LinkSettings settings = {.transmit = true}, Originals originals = {},
                        std::uint32_t seed = 1, InfoFrames* info = nullptr)
        : link(settings, originals, info), multi(bus_start, seed) {}

    /// In steps of half a millisecond, the owner polling as it should: after each receive and at the
    /// deadline.
    void run(Duration time) {
        for (const Instant end = now + time; now < end; now += 500us) {
            const Bytes heard = multi.poll(now);
            if (!heard.empty()) {
                link.receive(heard, now);
            }
            if (!heard.empty() || now >= link.next_deadline()) {
                transmit(link.poll(now));
            }
        }
    }

    /// With nothing to change, until the checks at start are over; this Multi answers few of them.
    void pass_checks() {
        link.want(Wanted{});
        ASSERT_TRUE(run_until(10s, [this] { return link.status().found.done; }));
    }

    template<typename Condition>
    bool run_until(Duration limit, Condition condition) {
        for (const Instant end = now + limit; now < end && !condition();) {
            run(500us);
        }
        return condition();
    }

    void transmit(const Bytes& wire) {
        if (wire.empty()) {
            return;
        }
        const Message message = std::get<Frame>(decode(wire)).message;
        (is_check(message) ? checks : sent).push_back(message);
        if (adapter_echoes) {
            link.receive(wire, now);
        }
        multi.receive(wire, now);
    }

    std::string world(const std::string& name) const {
        for (const auto& [key, value] : multi.get()) {
            if (key == name) {
                return value;
            }
        }
        ADD_FAILURE() << "the world has no " << name;
        return {};
    }

    void set(const std::string& name, const std::string& value) {
        ASSERT_EQ(multi.set(name, value), std::nullopt);
    }

    template<typename T>
    std::vector<T> sent_of() const {
        std::vector<T> found;
        for (const auto& message : sent) {
            if (const auto* one = std::get_if<T>(&message)) {
                found.push_back(*one);
            }
        }
        return found;
    }

    Rs485Link link;
    sim::Multiplus multi;
    Instant now = bus_start;
    bool adapter_echoes = false;
    std::vector<Message> sent;   ///< orders
    std::vector<Message> checks; ///< of a start
};

} // namespace bms::vebus
