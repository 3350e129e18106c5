// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "figures.hpp"
#include "sample.hpp"

#include <algorithm>
#include <cstdio>
#include <sched.h>
#include <stdexcept>

namespace bms::bench {
namespace {

using namespace std::chrono_literals;

constexpr double aim_ratio = 1.3;

/// One pair of edges to time: the input falls and the output is to fall, then both rise again.
struct Figure {
    std::string title, input, output;
    std::chrono::milliseconds debounce;
    Clock::duration rest; ///< between two edges: whoever was measured has told the bus and sleeps again
    int rounds, edges;
};

struct Side {
    std::string name;
    Board::Client client;
    Sample all;
    Sample round{};
};

/// Keeps us, and what we start, on one core. Otherwise one side shares ours while the other has to wake a
/// sleeping core, and where each lands is luck that lasts for the whole run.
class OneCore {
  public:
    OneCore() {
        ::sched_getaffinity(0, sizeof before_, &before_);
        cpu_set_t here;
        CPU_ZERO(&here);
        CPU_SET(::sched_getcpu(), &here);
        ::sched_setaffinity(0, sizeof here, &here);
    }
    ~OneCore() { ::sched_setaffinity(0, sizeof before_, &before_); }
    OneCore(const OneCore&) = delete;
    OneCore& operator=(const OneCore&) = delete;

  private:
    cpu_set_t before_{};
};

double to_us(Clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

Clock::duration time_edge(Board& board, const Figure& figure, Board::Client client, bool high) {
    const auto put = board.put(client, figure.input, high);
    const auto written = board.written(client, figure.output, high, put + 2s);
    if (!written) {
        throw std::runtime_error(figure.title + ": " + figure.output +
                                 " was not written within 2 s of the edge");
    }
    board.serve(Clock::now() + figure.rest, [] { return false; });
    return *written - put - figure.debounce;
}

void run_round(Board& board, const Figure& figure, Side& side) {
    constexpr int warm_up = 10;
    side.round = {};
    for (int i = 0; i < warm_up + figure.edges; ++i) {
        const auto took = time_edge(board, figure, side.client, false);
        time_edge(board, figure, side.client, true);
        if (i >= warm_up) {
            side.round.add(to_us(took));
        }
    }
    side.all.add(side.round);
}

void compare(Board& board, const Figure& figure, Side minimal, Side daemon) {
    double lowest = 1e9, highest = 0;
    for (int round = 0; round < figure.rounds; ++round) {
        run_round(board, figure, round % 2 == 0 ? minimal : daemon);
        run_round(board, figure, round % 2 == 0 ? daemon : minimal);
        const double ratio = daemon.round.at(0.5) / minimal.round.at(0.5);
        lowest = std::min(lowest, ratio);
        highest = std::max(highest, ratio);
    }
    print_head(figure.title, "us");
    print_sample(minimal.name, minimal.all);
    print_sample(daemon.name, daemon.all);
    char name[80];
    std::snprintf(name, sizeof name, "ratio of the p50 (rounds: %.2f to %.2f)", lowest, highest);
    print_figure(name, daemon.all.at(0.5) / minimal.all.at(0.5), "", aim_ratio);
    print_figure("p50 the daemon adds", daemon.all.at(0.5) - minimal.all.at(0.5), "us");
}

void measure(World& world, const Figure& figure, const std::string& program, Around around) {
    const OneCore placed;
    Board& board = world.board();
    const Side daemon{program.substr(program.rfind('/') + 1), board.next_client(), {}};
    const auto measured = world.daemon(program, "latency", around);
    world.settle(daemon.client, 1500ms);
    const Side minimal{"minimal loop", board.next_client(), {}};
    const Process loop({world.program("tests/bench-minimal-loop"), world.board_socket(), figure.input,
                        figure.output, std::to_string(figure.debounce.count())},
                       world.file("minimal.log"));
    board.serve(Clock::now() + 2s, [&] { return board.lines_granted(minimal.client) == 2; });
    if (figure.input == "remote_l") {
        board.put(daemon.client, "remote_h", false); // on as long as either comparator says so
    }
    compare(board, figure, minimal, daemon);
}

} // namespace

void measure_latency(World& world, bool quick) {
    const std::string undebounced = "tests/bench-undebounced-daemon";
    const std::string input = "btv_allow_to_charge", output = "charge_disconnect";
    Figure charge{
        "charge loop opens -> ChargeDisconnect, board only", input, output, 0ms, 500us, quick ? 3 : 15, 200};
    measure(world, charge, undebounced, Around::board_only);
    charge.title = "the same with D-Bus and VE.Bus";
    measure(world, charge, undebounced, Around::with_bus_and_multi);
    // Edges are rare on a boat: by then other programs have had the processor's caches.
    charge.title = "the same, rested for 10 ms before each edge";
    charge.rest = 10ms;
    charge.rounds = quick ? 1 : 5;
    charge.edges = 100;
    measure(world, charge, undebounced, Around::with_bus_and_multi);
    // Remote off is the one input after which a permission comes back without a delay of seconds.
    const Figure remote{"remote off, debounce of 10 ms over -> LoadDisconnect",
                        "remote_l",
                        "load_disconnect",
                        10ms,
                        2ms,
                        quick ? 1 : 4,
                        50};
    measure(world, remote, "src/app/vebus-bmsd", Around::with_bus_and_multi);
}

} // namespace bms::bench
