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
        sent.push_back(std::get<Frame>(decode(wire)).message);
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
    std::vector<Message> sent;
};

} // namespace bms::vebus
