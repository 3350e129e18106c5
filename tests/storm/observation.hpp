// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What is seen of the whole daemon at one instant, from outside it: the wires, D-Bus and the Multi.
#pragma once

#include "bms/core/step.hpp"

#include <string>

namespace bms::test {

/// The flags of com.victronenergy.vebus under /Bms.
struct BusFlags {
    bool allow_to_charge = false, allow_to_discharge = false, error = false;
    bool operator==(const BusFlags&) const = default;
};

struct Observation {
    Instant at{};
    bool daemon_lives = false;  ///< its process
    bool daemon_paused = false; ///< stopped by a signal: it lives and does nothing
    bool lines_there = false;   ///< the chips of the inputs and of the outputs are there
    /// Levels of the wires, polarity applied: a loop that is closed, a remote that is on.
    bool allow_to_charge = false, allow_to_discharge = false, pre_alarm = false, remote_h = false,
         remote_l = false;
    /// What the outputs show.
    bool load_disconnect = false, charge_disconnect = false, pre_alarm_out = false, led_cell_low = false,
         led_cell_high = false;
    std::optional<BusFlags> bus;        ///< nullopt: they need not be fresh
    std::optional<core::Command> multi; ///< what the Multi does; nullopt: it need not have obeyed yet
    std::optional<core::Mode> wish;     ///< the user's, where it is known
    bool operator==(const Observation&) const = default;
};

std::string in_words(const Observation&);

} // namespace bms::test
