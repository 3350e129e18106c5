// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// vebus-bms-replay FILE: feeds a recording to the core, prints each move, and says where it differs.
#include "bms/record/recording.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

namespace {

using namespace bms;

std::string in_seconds(Duration d) {
    char text[32];
    std::snprintf(text, sizeof text, "%12.3f s", static_cast<double>(d.count()) / 1e6);
    return text;
}

/// 0: the same moves. 1: other moves. 2: not a recording that can be read.
int replay(std::istream& file, const std::string& name) {
    record::Reader reader;
    std::string line;
    std::getline(file, line);
    const auto header = reader.header(line);
    if (!header) {
        std::cerr << name << ": " << reader.error() << '\n';
        return 2;
    }
    core::State state = core::initial_state(header->memory);
    std::optional<Instant> begin;
    std::size_t steps = 0, moves = 0, differences = 0;
    while (std::getline(file, line)) {
        const auto entry = reader.entry(line);
        if (!entry) {
            std::cerr << name << ": " << reader.error() << "; replayed up to there\n";
            break;
        }
        begin = begin.value_or(entry->at);
        const auto result = core::step(state, entry->inputs, header->settings, entry->at);
        state = result.state;
        ++steps;
        for (const core::Move& m : result.moves) {
            ++moves;
            std::cout << in_seconds(entry->at - *begin) << "  " << m.region << ' ' << m.from << " -> " << m.to
                      << ": " << m.why << '\n';
        }
        if (record::words_of(result.moves) != entry->moves) {
            ++differences;
            std::cout << in_seconds(entry->at - *begin) << "  DIFFERS from what was recorded\n";
        }
    }
    std::cout << steps << " steps, " << moves << " moves, "
              << (differences == 0 ? "all as recorded" : std::to_string(differences) + " differ") << '\n';
    return differences == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2 || std::string(argv[1]) == "--help") {
        std::cerr << "usage: vebus-bms-replay FILE\n\n"
                     "Feeds a recording (vebus-bmsd --record FILE) to the same core and prints each move.\n"
                     "Exit 0: the same moves as recorded. 1: other moves. 2: FILE is not a recording.\n";
        return argc == 2 ? 0 : 64;
    }
    std::ifstream file(argv[1]);
    if (!file) {
        std::cerr << argv[1] << ": cannot be read\n";
        return 2;
    }
    return replay(file, argv[1]);
}
