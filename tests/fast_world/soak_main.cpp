// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// ./dev soak world: random systems, weathers, habits and faults, for as long as wanted
// (tests/soak/README.md).
#include "fast_world/soak.hpp"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <optional>

namespace {

constexpr const char* usage =
    "usage: ./dev soak world [--short | --years N] [--seed S]\n"
    "  --years N  of life in all, 1 to 100000; 100 when not given\n"
    "  --seed S   of the first system; 1 when not given. The same seed is the same run\n"
    "  --short    3 years\n";

struct Arguments {
    double years = 100;
    std::uint64_t seed = 1;
};

std::optional<std::uint64_t> number(const char* text, std::uint64_t most) {
    std::uint64_t value = 0;
    const char* end = text + std::strlen(text);
    const auto [at, error] = std::from_chars(text, end, value);
    return error == std::errc() && at == end && value >= 1 && value <= most ? std::optional(value)
                                                                            : std::nullopt;
}

std::optional<Arguments> take(int count, char** words) {
    Arguments given;
    for (int i = 1; i < count; ++i) {
        const bool has_value = i + 1 < count;
        const std::string_view word = words[i];
        if (word == "--short") {
            given.years = 3;
        } else if (word == "--years" && has_value && number(words[i + 1], 100000)) {
            given.years = static_cast<double>(*number(words[++i], 100000));
        } else if (word == "--seed" && has_value && number(words[i + 1], UINT64_MAX)) {
            given.seed = *number(words[++i], UINT64_MAX);
        } else {
            return std::nullopt;
        }
    }
    return given;
}

} // namespace

int main(int count, char** words) {
    const auto given = take(count, words);
    if (!given) {
        std::fputs(usage, stderr);
        return 2;
    }
    const std::clock_t began = std::clock();
    bms::test::Summary summary;
    for (std::uint64_t seed = given->seed; summary.years < given->years; ++seed) {
        const bms::test::RandomLife life = bms::test::random_life(seed);
        const bms::test::FastRun run = bms::test::run_life(life);
        if (!run.failures.empty()) {
            std::fputs(bms::test::report_of_failure(seed, life, run).c_str(), stdout);
            return 1;
        }
        add(summary, run);
    }
    // Of this process: what else the machine does says nothing about the program.
    const double took_s = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    const double rate = summary.years / took_s;
    std::fputs(words_of(summary).c_str(), stdout);
    std::printf("  speed              %.2f years a second of processor time, %.0f million times real time; "
                "%.1f million steps in %.1f s\n",
                rate, rate * 365.25 * 86400 / 1e6, static_cast<double>(summary.steps) / 1e6, took_s);
    return 0;
}
