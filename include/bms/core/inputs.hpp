// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// All the core can know: settings once, inputs each time. There is nothing else.
#pragma once

#include "bms/core/command.hpp"
#include "bms/core/debounce.hpp"
#include "bms/time.hpp"

#include <optional>

namespace bms::core {

/// Times and choices in force. Ranges are the configuration's (config/keys.md).
struct Settings {
    DebounceTimes loop{.to_inactive = 20ms, .to_active = 500ms}; ///< active is closed is healthy
    DebounceTimes remote{.to_inactive = 100ms, .to_active = 100ms};
    Duration cable_fault_window = 100ms;
    Duration pre_alarm_lead = 30s; ///< M15: never less than 30 s
    Duration pre_alarm_release = 10s;
    Duration reconnect_delay = 5s;
    Duration charge_reconnect_delay = 5s;
    Duration reconnect_delay_max = 300s; ///< the doubled delay stops growing here
    Duration disconnect_memory = 60min;  ///< disconnects within this time double the delay
    Duration reduce_max = 60min;
    Duration current_obeys_within = 10s; ///< the Multi's charge current must have come down by then
    Duration mode_obeys_within = 5s;     ///< its switch must show the command by then
    Duration start_grace =
        2s; ///< a Multi that was left running is not touched before the lines are read, or so long
    Duration wake_hold = 20s;   ///< an attempt to wake a sleeping Multi holds its standby line so long
    Duration wake_pause = 1min; ///< from one attempt to the next, doubled after each
    Duration wake_pause_max = 30min;
    bool pre_alarm_fitted = true; ///< false: old batteries without a pre-alarm loop
    bool remote_fitted = true;    ///< false: always on
    bool restart_manual = false;
    bool reduce_on_high_cell = true;
    int reduced_charge_current_a = 5;
};

/// What a low state of charge takes away (M95, M121); it gives nothing, and says nothing of cells.
enum class SocRule : unsigned char {
    none,
    charger_only, ///< the Multi must not invert
    loads_off,    ///< that, and loads are disconnected after PreAlarm and its lead
};

/// Lines as they are now, polarity applied: a loop is active when closed, remote when on, mains when present.
struct Inputs {
    LineReading allow_to_charge;
    LineReading allow_to_discharge;
    LineReading pre_alarm;     ///< not looked at when not fitted
    LineReading remote_h;      ///< H terminal high, or the one remote line
    LineReading remote_l;      ///< L terminal low; inactive when there is one line only
    bool lines_held = false;   ///< every line that protection needs is ours: inputs and outputs
    std::optional<bool> mains; ///< a mains detector sees AC (M62); nullopt: none fitted, or lost
    MultiReport multi;

    /// The user's word on D-Bus, in the step it was given; not listened to beside a Digital Multi Control
    /// (M106).
    std::optional<Mode> mode_wish;
    /// What another remote was heard to command, in the step it was changed: a panel, a dongle, a GX, a
    /// Digital Multi Control (M29, M106).
    std::optional<Mode> panel_wish;
    bool restart_loads = false; ///< the user's word, in the step it was given
    SocRule soc_rule = SocRule::none;
    bool operator==(const Inputs&) const = default;
};

} // namespace bms::core
