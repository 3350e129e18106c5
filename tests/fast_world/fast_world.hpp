// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The core and the world in one process, under one clock that runs as fast as the machine can: years in
// minutes. It stands where the daemon stands: lines, VE.Bus and D-Bus in, core::step(), lines, VE.Bus and
// D-Bus out.
#pragma once

#include "fast_world/invariants.hpp"
#include "world/scenario.hpp"

#include "bms/core/step.hpp"
#include "bms/guard/soc_rule.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bms::test {

struct FastRun {
    std::vector<std::string> failures; ///< expectations of the story, and broken invariants
    world::World world;                ///< as it ended
    Counts counts;
    std::uint64_t steps = 0; ///< of the world
    double stopped_s = 0;    ///< where it stopped: at its end, or at the first broken invariant
};

/// The SoC rule, told by a shunt that knows the bank's charge.
struct FastSocRule {
    guard::SocRuleSettings settings;
    core::SocRule action = core::SocRule::none;
};

/// Runs one story to its end, or to the first broken invariant. longest_step_s: 1 for steps of a second
/// throughout.
FastRun run_fast(const world::Scenario& scenario, const world::Story& story, const std::string& file,
                 const core::Settings& settings, double longest_step_s = 60,
                 const std::optional<FastSocRule>& soc_rule = std::nullopt);

} // namespace bms::test
