// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A way through the walk, to be read and to be played.
#pragma once

#include "walk.hpp"

namespace bms::test {

struct ScriptStep {
    enum Kind : unsigned char { start, restart, input } kind = input;
    std::size_t letter = 0;
    Duration wait{}; ///< since the step before
};

/// One line a step, each begun by a line feed.
std::string in_words(const WalkPlan& plan, const std::vector<ScriptStep>& script);

/// One tick of the walk, played. Steps at the same instant of the walk are as far apart as debouncing needs.
inline constexpr Duration played_tick = 10s;
inline constexpr Duration played_at_once = 2s;

/// What the daemon and the core must be set to, so that their times are those of the walk in played ticks.
core::Settings played_settings();

/// For `vebus-bms-sim board --scenario`: the lines as they change, and after each change the outputs the core
/// gave. What the board cannot play (a Multi, a restart) stands there as a comment.
std::string as_scenario(const WalkPlan& plan, const std::vector<ScriptStep>& script,
                        const std::string& property);

/// Scripts the walk finds for things that are wrongly said never to come, to be played: on the core, and on
/// the whole daemon.
struct Example {
    std::string name, scenario;
};
std::vector<Example> examples();

} // namespace bms::test
