// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "fast_world/shrink.hpp"

#include <cstddef>
#include <cstdio>
#include <string_view>

namespace bms::test {
namespace {

using Lines = std::vector<std::string>;

/// Of "at day 03 ...": 3; of every other line 0.
int day_of(std::string_view line) {
    constexpr std::string_view start = "at day ";
    return line.starts_with(start) ? (line[start.size()] - '0') * 10 + (line[start.size() + 1] - '0') : 0;
}

std::string end_of_day(int day) {
    char text[32];
    std::snprintf(text, sizeof text, "at day %02d 23:59:59 end", day);
    return text;
}

/// The rescue is never thinned out: without it nothing would have to come back.
/// Only what happens up to that day; the rescue goes when the failure came before it.
RandomLife until_day(const RandomLife& life, int day) {
    RandomLife cut = life;
    if (day > life_days) {
        return cut;
    }
    std::erase_if(cut.story, [&](const std::string& line) { return day_of(line) > day; });
    cut.rescue = {end_of_day(day)};
    return cut;
}

/// Takes out one line after the other where it fails without it too.
bool drop_lines(RandomLife& life, Lines RandomLife::*part, const FailsAt& fails_at) {
    bool dropped = false;
    for (std::size_t i = (life.*part).size(); i-- > 0;) {
        RandomLife without = life;
        (without.*part).erase((without.*part).begin() + static_cast<std::ptrdiff_t>(i));
        if (fails_at(without) >= 0) {
            life = without;
            dropped = true;
        }
    }
    return dropped;
}

} // namespace

RandomLife shortest_failing(RandomLife life, const FailsAt& fails_at) {
    const double at_s = fails_at(life);
    if (at_s < 0) {
        return life;
    }
    const RandomLife cut = until_day(life, static_cast<int>(at_s / 86400) + 1);
    life = fails_at(cut) >= 0 ? cut : life;
    bool shorter = true;
    while (shorter) {
        shorter = drop_lines(life, &RandomLife::story, fails_at);
        shorter = drop_lines(life, &RandomLife::system, fails_at) || shorter;
    }
    return life;
}

} // namespace bms::test
