// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The one call of the core: inputs and time in, outputs and the next deadline out.
#pragma once

#include "bms/core/leds.hpp"
#include "bms/core/outputs.hpp"

#include <array>
#include <string_view>

namespace bms::core {

/// One region went from one state to another. Words are those of the tables.
struct Move {
    std::string_view region, from, to, why;
    bool operator==(const Move&) const = default;
};

/// At most one move for each region, and one for the command to the Multi.
struct Moves {
    std::array<Move, 5> list{};
    std::size_t size = 0;

    void add(Move m) { list[size++] = m; }
    const Move* begin() const { return list.data(); }
    const Move* end() const { return list.data() + size; }
};

/// What will happen by itself, so that a person can be told.
struct NextChange {
    std::string_view what; ///< empty: nothing is pending
    Instant at = never;
};

struct StepResult {
    State state;
    Outputs outputs;
    StatusLed status_led = StatusLed::dark;
    Moves moves;
    std::string_view why_power, why_loads, why_charge, why_multi_charge, why_command;
    NextChange next_change;
    Instant next_deadline = never; ///< call again then at the latest, or on any new input
};

/// Pure: the same arguments give the same result. Safe to call at any time and any number of times; calling
/// it again at the same instant with the same inputs changes nothing.
StepResult step(const State& state, const Inputs& inputs, const Settings& settings, Instant now);

} // namespace bms::core
