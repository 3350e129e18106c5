// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A bus without a simulator: the bytes are set by hand.
#pragma once

#include "unit/vebus_bus.hpp"

namespace bms::vebus {

/// A bus whose every frame the test writes itself.
struct Hand {
    explicit Hand(LinkSettings settings = {.transmit = true}) : link(settings) {
        link.want(Wanted{.mode = SwitchState::off, .insist = true});
    }

    Bytes frame(const Message& message, Address from = multi_address) {
        number = next_number(number);
        return encode({.from = from, .number = number, .message = message});
    }
    void hear(const Bytes& bytes) { link.receive(bytes, now); }
    void sync() { hear(frame(Sync{})); }
    /// n syncs, 20 ms apart; now is the instant of the last one.
    void syncs(int n) {
        for (int i = 0; i < n; ++i) {
            now += 20ms;
            sync();
        }
    }
    Bytes poll() { return link.poll(now); }
    /// Through the next slots until something is sent.
    Bytes next_sent() {
        for (int i = 0; i < 200; ++i) {
            syncs(1);
            if (Bytes wire = poll(); !wire.empty()) {
                number = wire[3];
                return wire;
            }
        }
        return {};
    }

    /// Nobody answers the checks of a start: they are given up.
    void pass_checks() {
        for (int i = 0; i < 500 && !link.status().found.done; ++i) {
            next_sent();
        }
        ASSERT_TRUE(link.status().found.done || link.status().listen_only != ListenOnly::no);
    }
    /// The next message that is no check.
    Message next_order() {
        for (int i = 0; i < 500; ++i) {
            const Message message = std::get<Frame>(decode(next_sent())).message;
            if (!is_check(message)) {
                return message;
            }
        }
        ADD_FAILURE() << "nothing is ordered";
        return {};
    }
    void hear_all(const Message& message, int times, Address from = multi_address) {
        for (int i = 0; i < times; ++i) {
            hear(frame(message, from));
        }
    }

    Rs485Link link;
    Instant now = bus_start;
    std::uint8_t number = 0;
};

} // namespace bms::vebus
