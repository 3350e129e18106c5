// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "figures.hpp"
#include "sample.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

namespace bms::bench {
namespace {

using namespace std::chrono_literals;
using Wall = std::chrono::system_clock; ///< what strace -ttt prints

constexpr auto warm_up = 10s;

double wall_seconds() { return std::chrono::duration<double>(Wall::now().time_since_epoch()).count(); }

/// Calls by name between two instants in what strace -f -ttt wrote: "PID SECONDS NAME(...".
std::map<std::string, int> calls_between(const std::string& log, double begin, double end) {
    std::map<std::string, int> calls;
    std::ifstream lines(log);
    double at = 0;
    for (std::string pid, rest; lines >> pid >> at && std::getline(lines, rest);) {
        const auto bracket = rest.find('(');
        const bool resumed =
            rest.starts_with(" <...") || rest.starts_with(" ---") || rest.starts_with(" +++");
        if (at >= begin && at < end && !resumed && bracket != std::string::npos) {
            ++calls[rest.substr(1, bracket - 1)];
        }
    }
    return calls;
}

void print_calls(const std::map<std::string, int>& calls, double per_minute) {
    std::vector<std::pair<int, std::string>> by_count;
    int sum = 0;
    for (const auto& [name, count] : calls) {
        by_count.emplace_back(count, name);
        sum += count;
    }
    std::sort(by_count.rbegin(), by_count.rend());
    std::string most;
    for (std::size_t i = 0; i < std::min<std::size_t>(by_count.size(), 6); ++i) {
        most += (i == 0 ? "" : ", ") + by_count[i].second + " " +
                std::to_string(std::lround(by_count[i].first * per_minute));
    }
    print_figure("system calls, no Multi", sum * per_minute, "/min");
    print_note("  most: " + most);
}

} // namespace

void measure_idle(World& world, bool quick) {
    Board& board = world.board();
    const auto window = quick ? 20s : 60s;
    const double per_minute = 60.0 / static_cast<double>(window.count());
    const bool traced = std::system("command -v strace >/dev/null") == 0;
    const std::string trace = world.file("trace");

    const auto quiet = world.daemon("src/app/vebus-bmsd", "quiet", Around::with_bus);
    const auto talking = world.daemon("src/app/vebus-bmsd", "talking", Around::with_bus_and_multi);
    const auto watched = traced ? world.daemon("src/app/vebus-bmsd", "watched", Around::with_bus,
                                               {"strace", "-I", "2", "-f", "-ttt", "-o", trace})
                                : nullptr;
    board.serve(Clock::now() + warm_up, [] { return false; });

    const long resident = talking->status("VmRSS"), anonymous = talking->status("RssAnon"),
               of_files = talking->status("RssFile"), threads = talking->status("Threads");
    const long quiet_before = quiet->sleeps(), talking_before = talking->sleeps();
    const double begin = wall_seconds();
    board.serve(Clock::now() + window, [] { return false; });
    const double end = wall_seconds();
    const long quiet_wakes = quiet->sleeps() - quiet_before,
               talking_wakes = talking->sleeps() - talking_before;

    std::printf("\nvebus-bmsd 10 s after its start, with D-Bus and VE.Bus\n");
    print_figure("resident memory", static_cast<double>(resident) / 1024, "MiB", 8);
    print_figure("  of it its own (RssAnon)", static_cast<double>(anonymous) / 1024, "MiB");
    print_figure("  of it files, shared with others (RssFile)", static_cast<double>(of_files) / 1024, "MiB");
    print_figure("threads", static_cast<double>(threads), "", 1);
    std::printf("\nvebus-bmsd while nothing happens, over %ld s\n", static_cast<long>(window.count()));
    print_figure("wake-ups, no Multi", static_cast<double>(quiet_wakes) * per_minute, "/min", 75);
    if (traced) {
        print_calls(calls_between(trace, begin, end), per_minute);
    } else {
        print_note("system calls: not counted, there is no strace here (apt-get install strace)");
    }
    print_figure("wake-ups with a Multi talking", static_cast<double>(talking_wakes) * per_minute, "/min");
}

} // namespace bms::bench
