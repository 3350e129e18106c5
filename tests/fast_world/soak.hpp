// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fast_world/fast_world.hpp"
#include "fast_world/random_life.hpp"

#include <functional>

namespace bms::test {

/// Many lives as one, for an owner to read.
struct Summary {
    unsigned lives = 0;
    double years = 0;
    world::Tally sum;
    Counts counts;
    std::uint64_t steps = 0;
    unsigned harmed =
        0; ///< lives in which a cell went below 2.5 V while loads were off: drains, or an open cable
};

void add(Summary& summary, const FastRun& run);
std::string words_of(const Summary& summary);

/// Runs one random life; the same number is the same life.
FastRun run_life(const RandomLife& life);

/// What a failed life is told as: why, and the shortest scenario.
std::string report_of_failure(std::uint64_t seed, const RandomLife& life, const FastRun& run);

} // namespace bms::test
