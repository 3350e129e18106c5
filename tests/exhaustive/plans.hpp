// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The five walks, what they find, and the pages that are generated from it.
#pragma once

#include "walk.hpp"

namespace bms::test {

WalkPlan lines_plan();          ///< the lines alone, with delays that grow
WalkPlan manual_restart_plan(); ///< the same, where a person must release the loads
WalkPlan disobeying_plan();     ///< a Multi that obeys, goes on inverting, or goes on charging
WalkPlan soc_rule_plan();       ///< the SoC rule, and a Multi that obeys or goes on inverting
WalkPlan sleeping_plan();       ///< a Multi that sleeps, wakes on AC, or goes on inverting there

struct Walked {
    WalkPlan plan;
    WalkReport report;
    std::vector<std::size_t> rejected; ///< false results, for each property
};

/// All five, walked once in a process, side by side.
const std::vector<Walked>& all_walks();

/// From every state, healthy inputs for so long lead to full permission: the longest reconnect delay, then a
/// PreAlarm that must be released.
Duration recovery_time(const core::Settings& settings);

std::string properties_markdown(const std::vector<Walked>& walks); ///< src/core/properties.md
std::string reachable_text(const std::vector<Walked>& walks);      ///< tests/exhaustive/reachable.txt

} // namespace bms::test
