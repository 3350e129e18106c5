// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// vebus-bms-bench [--short]: what ./dev bench runs. The exit code is 0 unless the bench itself breaks.
#include "figures.hpp"
#include "support/places.hpp"

#include <cstdio>
#include <exception>
#include <string_view>

int main(int argc, char** argv) {
    const bool quick = argc == 2 && std::string_view(argv[1]) == "--short";
    if (argc > 2 || (argc == 2 && !quick)) {
        std::fputs("usage: vebus-bms-bench [--short]\n", stderr);
        return 2;
    }
    try {
        bms::bench::World world(bms::test::in_build(""));
        measure_latency(world, quick);
        measure_start(world, quick);
        measure_idle(world, quick);
    } catch (const std::exception& broken) {
        std::fprintf(stderr, "bench: broken: %s\n", broken.what());
        return 1;
    }
    return 0;
}
