// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The link through a scripted MK3, and what its tests ask of everything that was sent.
#pragma once

#include "mk2_scripted_mk3.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace bms::mk2 {

using vebus::ChargeOrder;
using vebus::ListenOnly;
using vebus::SwitchState;
using vebus::Wanted;

inline constexpr std::uint16_t flags0_of_the_unit = 0x8114;
inline constexpr std::uint16_t flags0_with_disable_charge = 0x8154;

inline std::vector<SetState> state_orders(const std::vector<Message>& sent) {
    std::vector<SetState> orders;
    for (const Message& message : sent) {
        const auto* order = std::get_if<SetState>(&message);
        if (order && (order->flags & state_flag::do_not_send) == 0) {
            orders.push_back(*order);
        }
    }
    return orders;
}

/// Frames that change something: orders by S or 3F, and writes.
inline std::size_t commands(const std::vector<Message>& sent) {
    const auto is_command = [](const Message& message) {
        const auto* winmon = std::get_if<Winmon>(&message);
        const auto* passed = std::get_if<PassThrough>(&message);
        return (winmon && std::holds_alternative<vebus::WriteById>(winmon->message)) ||
               (passed && std::holds_alternative<vebus::SwitchCommand>(passed->message));
    };
    return state_orders(sent).size() +
           static_cast<std::size_t>(std::count_if(sent.begin(), sent.end(), is_command));
}

template<typename T>
std::size_t count_of(const std::vector<Message>& messages) {
    return static_cast<std::size_t>(std::count_if(
        messages.begin(), messages.end(), [](const Message& m) { return std::holds_alternative<T>(m); }));
}

class Mk3LinkTest : public testing::Test {
  protected:
    /// Nothing we send may live on in the interface or in an EEPROM.
    ~Mk3LinkTest() override {
        for (const Message& message : line.sent) {
            if (const auto* order = std::get_if<SetState>(&message)) {
                EXPECT_EQ(order->flags & state_flag::auto_send, 0);
                EXPECT_GE(order->limit_deci_a, SetState::leave_limit);
                EXPECT_TRUE(order->extended && !order->extended->eeprom);
            }
        }
        for (const auto& [unit, write] : line.mk3.writes) {
            EXPECT_TRUE(write.ram_only);
        }
    }

    bool started() {
        return line.run_until(20s, [this] { return status().found.done; });
    }
    bool reaches(SwitchState mode) {
        return line.run_until(10s,
                              [this, mode] { return line.mk3.mode == mode && status().remote_mode == mode; });
    }

    VirtualLine line;
    ScriptedMk3& mk3 = line.mk3;
    const vebus::LinkStatus& status() const { return line.status(); }
};

} // namespace bms::mk2
