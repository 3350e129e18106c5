// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bus_client.hpp"
#include "bus_figures.hpp"
#include "sample.hpp"
#include "sim/client.hpp"

#include "bms/venus/paths.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace bms::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto load_changes_every = 250ms;

/// A client that keeps the whole tree, as Victron's do, and counts what it is told.
struct Watch {
    explicit Watch(const std::string& service) {
        client.wait_for(service, 15s);
        client.subscribe(service, [this](const Items& changes) { heard(changes); });
        known = client.items(service);
    }

    void heard(const Items& changes) {
        bool something = false;
        for (const auto& [path, word] : changes) {
            const bool differs = told[path] != word;
            something = something || differs;
            repeated_items += differs ? 0 : 1;
            told[path] = known[path] = word;
        }
        ++signals;
        empty_signals += something ? 0 : 1;
    }

    void begin() { signals = empty_signals = repeated_items = 0; }
    /// Whether all it was told makes what the service says when it is asked. Telemetry may wait for its turn.
    bool knows_all(const std::string& service) {
        const Items truth = client.items(service);
        client.receive();
        return std::ranges::all_of(truth, [this](const auto& item) {
            const auto* row = venus::find_row(item.first);
            return !row || row->pace != venus::Pace::flag || known[item.first] == item.second;
        });
    }

    BusClient client;
    Items known; ///< as it was asked for, and told since
    Items told;
    int signals = 0, empty_signals = 0, repeated_items = 0;
};

void listen(World& world, Watch& quiet, Watch& talking, Clock::duration how_long) {
    const auto end = Clock::now() + how_long;
    for (int load = 10; Clock::now() < end;
         load = load < 90 ? load + 1 : 10) { // no second like the one before
        const auto answer = sim::ask(world.multi_socket(), "set load_a=" + std::to_string(load));
        if (!answer.ok) {
            throw std::runtime_error("the simulated Multi takes no load: " + answer.error);
        }
        world.board().serve(Clock::now() + load_changes_every, [] { return false; });
        quiet.client.receive();
        talking.client.receive();
    }
}

void print(const std::string& name, const Watch& watch, double per_minute, double aim) {
    print_figure("signals, " + name, watch.signals * per_minute, "/min", aim);
    print_figure("  signals that tell no change", watch.empty_signals, "", 0);
    print_figure("  items told again without a change", watch.repeated_items, "", 0);
}

} // namespace

void measure_signals(World& world, bool quick) {
    const auto window = quick ? 20s : 60s;
    const auto quiet_name = World::status_name("quiet"), talking_name = World::bus_name("talking");
    const auto quiet_daemon = world.daemon("src/app/vebus-bmsd", "quiet", Around::with_bus_as_status);
    const auto talking_daemon = world.daemon("src/app/vebus-bmsd", "talking", Around::with_bus_and_multi);
    sim::ask(world.multi_socket(), "set mains=off info_ms=250");
    world.board().serve(Clock::now() + (quick ? 5s : 12s), [] { return false; });
    Watch quiet(quiet_name), talking(talking_name);
    listen(world, quiet, talking, 2s);
    quiet.begin();
    talking.begin();
    listen(world, quiet, talking, window);

    const double per_minute = 60.0 / static_cast<double>(window.count());
    std::printf("\nD-Bus signals in the steady state, over %ld s; the loads change four times a second\n",
                static_cast<long>(window.count()));
    print("with VE.Bus telemetry", talking, per_minute, 60);
    print("without VE.Bus", quiet, per_minute, 0);
    if (!quiet.knows_all(quiet_name) || !talking.knows_all(talking_name)) {
        print_note("A CLIENT THAT TRUSTS THE SIGNALS KNOWS SOMETHING WRONG");
    }
}

} // namespace bms::bench
