// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// vebus-bms-storm: runs in the guest of tests/hil, plays stories on the whole daemon and judges what is seen.
#include "exhaustive/plans.hpp"
#include "exhaustive/script.hpp"
#include "storm/story.hpp"
#include "storm/trial.hpp"

#include <cstdio>
#include <iostream>
#include <iterator>

namespace {

using namespace bms;
using namespace bms::test;

constexpr std::size_t trials = 25; ///< to make a failing script shorter

struct Options {
    Programs programs;
    std::string script;
    std::uint64_t first_seed = 1, last_seed = 1;
    Duration length = 600s;
    bool played_walk = false;
};

double in_seconds(Duration d) { return static_cast<double>(d.count()) / 1e6; }

/// The script up to where it failed, and then as little of it as still fails.
Script shorten(const Script& script, const Options& o, const core::Settings& promised,
               Duration failed_after) {
    Script prefix;
    for (const std::string& line : script) {
        if (std::chrono::milliseconds(std::stol(line.substr(3))) <= failed_after) {
            prefix.push_back(line);
        }
    }
    const std::string end = "at " + std::to_string(failed_after / 1ms + 200) + "ms set plug=all\n";
    const auto still_fails = [&](const Script& less) {
        return !play(text_of(less) + end, o.programs, promised).wrong.empty();
    };
    return shortest(prefix, still_fails, trials);
}

void show(const Verdict& v) {
    for (const Observation& o : v.last) {
        std::cout << in_words(o) << '\n';
    }
}

std::string in_words(const Verdict& v) {
    return std::to_string(v.edges) + " observations (" + std::to_string(v.certain) + " certain), " +
           std::to_string(v.recorded) + " recorded steps, " + std::to_string(v.compared) +
           " looks at the outputs compared with them: " + (v.wrong.empty() ? "ok" : v.wrong);
}

bool seed_passes(std::uint64_t seed, const Options& o) {
    const Script script = story(seed, o.length);
    const Verdict v = play(text_of(script), o.programs, {});
    std::printf("seed %llu: %.0f s, %zu events, %s\n", static_cast<unsigned long long>(seed),
                in_seconds(v.played), script.size(), in_words(v).c_str());
    if (v.wrong.empty()) {
        return true;
    }
    show(v);
    std::cout << "# seed " << seed << ", " << v.wrong << "\n# play it: ./dev storm --script FILE\n"
              << text_of(shorten(script, o, {}, v.played)) << std::flush;
    return false;
}

bool script_passes(const Options& o) {
    std::ifstream file(o.script);
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const Verdict v = play(text, o.programs, o.played_walk ? played_settings() : core::Settings{});
    std::printf("script: %.0f s, %s\n", in_seconds(v.played), in_words(v).c_str());
    if (!v.wrong.empty()) {
        show(v);
    }
    return v.wrong.empty();
}

int usage() {
    std::cerr << "usage: vebus-bms-storm DAEMON SIMULATOR CONFIG BUS-CONFIG seeds FIRST LAST SECONDS\n"
                 "       vebus-bms-storm DAEMON SIMULATOR CONFIG BUS-CONFIG script FILE\n"
                 "       vebus-bms-storm DAEMON SIMULATOR CONFIG BUS-CONFIG walk FILE\n"
                 "walk: with the times a script of the walk has (tests/exhaustive/script.hpp).\n"
                 "Only in the guest of tests/hil: it makes chips and sets the clock.\n";
    return 64;
}

} // namespace

int main(int argc, char** argv) try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 6) {
        return usage();
    }
    Options o{.programs = {words[0], words[1], words[2], words[3]}};
    if (words[4] == "seeds" && words.size() == 8) {
        o.first_seed = std::stoull(words[5]);
        o.last_seed = std::stoull(words[6]);
        o.length = std::chrono::seconds(std::stol(words[7]));
        bool passed = true;
        for (auto seed = o.first_seed; seed <= o.last_seed && passed; ++seed) {
            passed = seed_passes(seed, o);
        }
        return passed ? 0 : 1;
    }
    if ((words[4] == "script" || words[4] == "walk") && words.size() == 6) {
        o.script = words[5];
        o.played_walk = words[4] == "walk";
        return script_passes(o) ? 0 : 1;
    }
    return usage();
} catch (const std::exception& failure) {
    std::cerr << "vebus-bms-storm: " << failure.what() << '\n';
    return 2;
}
