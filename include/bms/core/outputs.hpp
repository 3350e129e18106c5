// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What follows from a state: lines, lights, what the Multi and D-Bus are told. A desired state, safe to write
// again.
#pragma once

#include "bms/core/state.hpp"

namespace bms::core {

/// An output of the BMS is high (energised, connected) or floating; it never sinks (M13, M17, M20, M144,
/// M145).
enum class Line : unsigned char { floating, high };

struct Outputs {
    Line load_disconnect = Line::floating;
    Line charge_disconnect = Line::floating;
    Line pre_alarm = Line::floating;
    Line vebus_standby =
        Line::floating; ///< wakes the Multi's electronics so that it can recharge (M62), an attempt at a time
    /// High: the wiring board pulls the panel-detect line (RJ45 pin 7) low, and the Multi does not start from
    /// its own front switch unless its panels allow it. Victron staff, quoted by j9brown/victron-mk3-hass
    /// [V].
    Line vebus_panel_detect = Line::floating;
    bool led_cell_low = false;  ///< "Cell > 2.8 V": on exactly while LoadDisconnect is high (M28, M126)
    bool led_cell_high = false; ///< "Cell > 4 V": ChargeDisconnect floats because of the loop (M27, M128)

    bool allow_to_charge = false;    ///< always what charge_disconnect shows
    bool allow_to_discharge = false; ///< always what load_disconnect shows
    bool cable_fault = false;        ///< both allow loops opened together: BTV cable or battery electronics
    bool error = false;              ///< /Bms/Error: cable fault, or inputs not valid
    bool quiet = false; ///< the Multi is off for whatever reason (M25): slower frames, dark status LED
    std::optional<Command> multi;                    ///< nullopt: say nothing
    NotObeying multi_not_obeying = NotObeying::none; ///< an alarm; latched as the rungs before it
    bool multi_not_woken = false; ///< an attempt to wake it is over, and it is still silent
    bool operator==(const Outputs&) const = default;
};

Outputs outputs_of(const State& state, const Inputs& inputs, const Settings& settings);

/// What the Multi is left with on a clean stop: as it would be without a BMS, charger-only at no more than 5
/// A (M129), and never more than wished or allowed. nullopt: it has never reported, so nothing is said to it.
std::optional<Command> command_on_stop(const State& state);

} // namespace bms::core
