// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A breadth-first walk over the real core::step(): every reachable state, every input, every elapsed-time
// class.
//
// The abstraction. Time advances by 0 or 1 tick, all times are small whole ticks, and an instant older than
// the longest time is as good as one just that old, since the core only ever asks "has it been that long".
// Disconnects that can no longer change a reconnect delay are dropped, and so is an attempt to wake the Multi
// once it and its pause are over, since the next may begin at once either way. So the states are finite and
// every one is visited.
//
// Three walks instead of one product: the lines alone with delays that grow; a Multi that may not obey, with
// attempts of no length; a Multi that may be asleep, with real attempts and delays that do not grow. The
// parts meet only in "are loads off because of a loop, and may charge flow", which each walk has in full.
#pragma once

#include "bms/core/step.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bms::test {

struct Edge {
    const core::State& from;
    const core::Inputs& inputs;
    Instant now;
    const core::StepResult& result;
};

struct WalkPlan {
    core::Settings settings;
    std::vector<core::Inputs> alphabet;     ///< levels only; `since` is filled in by the walk
    std::vector<std::string> names;         ///< of the alphabet, for the shortest script
    std::vector<core::Memory> memories{{}}; ///< what a start may find stored
    /// Looked at on every edge; a non-empty answer is a violated property.
    std::function<std::string(const Edge&)> check;
    /// Adjusts the letter to the state it meets (a Multi that answers what it was told); may be empty.
    std::function<void(core::Inputs&, const core::State&)> react;
};

struct WalkReport {
    std::size_t states = 0;
    std::size_t edges = 0;
    std::vector<core::State> reached; ///< canonical, at walk_time
    std::string failure;              ///< empty, or the property and the shortest script to it
};

inline constexpr Duration tick = 1s;
inline constexpr Instant walk_time{1h};

/// Small whole ticks for every time, debouncing off: what the walk runs the core with.
core::Settings walk_settings();

/// The same state with ages instead of instants, capped: equal for the core's future.
core::State canonical(core::State state, const core::Settings& settings, Instant now);

WalkReport walk(const WalkPlan& plan);

} // namespace bms::test
