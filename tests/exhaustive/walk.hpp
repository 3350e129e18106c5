// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A breadth-first walk over the real core::step(): every reachable state, every input, every elapsed-time
// class, and a restart of the daemon in every state.
//
// The abstraction. Time advances by 0 or 1 tick, all times are small whole ticks, and an instant older than
// the longest time is as good as one just that old, since the core only ever asks "has it been that long".
// Disconnects that can no longer change a reconnect delay are dropped, and so is an attempt to wake the Multi
// once it and its pause are over, since the next may begin at once either way. So the states are finite and
// every one is visited.
//
// Five walks instead of one product: the lines alone with delays that grow; the same with a manual restart; a
// Multi that may not obey, with attempts of no length; the SoC rule, which comes anew with each input; a
// Multi that may be asleep, with real attempts and delays that do not grow. The parts meet only in "are loads
// off because of a loop, and may charge flow", which each walk has in full.
#pragma once

#include "bms/core/step.hpp"

#include <array>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace bms::test {

struct Edge {
    const core::State& from;
    const core::Inputs& inputs;
    Instant now;
    const core::StepResult& result;
};

struct View; // what an edge looks like from outside, view.hpp

/// What a property looks at: where it can be judged, and how often the walk must.
enum class LooksAt : unsigned char {
    state,   ///< also at what only the core knows: in the walk, and in a recording of the daemon
    result,  ///< only at the state an edge leads to and its inputs, taking steps of its own: looked at once
             ///< for each of these pairs
    outside, ///< only at what shows on lines, on D-Bus and on the Multi: also judged on the whole daemon
};

/// What must be so on every edge it concerns.
struct Property {
    const char* text;
    const char* source; ///< the rows of the manual, or the decision, it stands for
    bool (*concerns)(const View&);
    bool (*holds)(const View&);
    LooksAt looks_at = LooksAt::state;
};

struct Letter {
    core::Inputs inputs; ///< levels only; `since` is filled in by the walk
    std::string name;
};

struct WalkPlan {
    std::string name;
    core::Settings settings;
    std::vector<Letter> alphabet;           ///< at most 64
    std::vector<core::Memory> memories{{}}; ///< what a start may find stored
    std::span<const Property> properties;
    /// Pairs of letters, the better and the worse one, whose Multi behaves alike.
    std::vector<std::pair<std::size_t, std::size_t>> worse;
    std::size_t healthy = 0; ///< the letter that leads back to full permission
    /// Adjusts the letter to the state it meets (a Multi that answers what it was told); may be null.
    void (*react)(core::Inputs&, const core::State&) = nullptr;
    /// Called with every edge, after the properties; may be null.
    void (*also)(const Edge&, std::size_t number, void* context) = nullptr;
    void* context = nullptr;
};

/// The four regions of a state: one node of the summary of the graph.
struct Regions {
    core::Power power{};
    core::Discharge discharge{};
    core::Charge charge{};
    core::MultiCharge multi_charge{};
    auto operator<=>(const Regions&) const = default;
};
Regions regions_of(const core::State& s);

struct WalkReport {
    std::size_t states = 0;
    std::size_t edges = 0;
    std::vector<core::State> reached;                         ///< canonical, at walk_time
    std::vector<std::size_t> concerned;                       ///< edges, for each property
    std::map<Regions, std::size_t> nodes;                     ///< states
    std::map<std::pair<Regions, Regions>, std::size_t> moves; ///< edges, between different nodes
    std::string failure;  ///< empty, or the property and the shortest script to it in words
    std::string scenario; ///< the same script for `vebus-bms-sim board --scenario`
};

inline constexpr Duration tick = 1s;
inline constexpr Instant walk_time{1h};

/// Small whole ticks for every time, debouncing off: what the walk runs the core with.
core::Settings walk_settings();

/// The same state with ages instead of instants, capped: equal for the core's future.
core::State canonical(core::State state, const core::Settings& settings, Instant now);

/// All of a state that matters for the future, packed: equal for states whose canonical form is equal.
using Key = std::array<std::uint64_t, 3>;
Key key_of(const core::State& state, const core::Settings& settings, Instant now);

/// The letter as the walk gives it at `now` in the state it meets.
core::Inputs inputs_at(const WalkPlan& plan, std::size_t letter, const core::State& from, Instant now);

WalkReport walk(const WalkPlan& plan);

} // namespace bms::test
