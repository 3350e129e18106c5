// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A random system and a random month of its life, as a scenario file: what fails can be read, cut short and
// run again by anybody.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bms::test {

inline constexpr int life_days = 28;  ///< of weather, habits and faults
inline constexpr int rescue_days = 4; ///< then everything is mended, charged, and must come back by itself

struct RandomLife {
    std::vector<std::string> system; ///< lines
    std::vector<std::string> story;  ///< lines, without "story"
    std::vector<std::string> rescue; ///< lines: the way back
};

RandomLife random_life(std::uint64_t seed);

/// The file that these lines make.
std::string text_of(const RandomLife& life);

} // namespace bms::test
