// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bus_client.hpp"
#include "bus_figures.hpp"
#include "sample.hpp"

#include <stdexcept>

namespace bms::bench {
namespace {

using namespace std::chrono_literals;

double to_us(Clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

} // namespace

void measure_signal_latency(World& world, bool quick) {
    constexpr int warm_up = 20;
    const int edges = quick ? 500 : 3000;
    Board& board = world.board();
    const auto service = World::bus_name("signals");
    const auto at_board = board.next_client();
    const auto daemon = world.daemon("tests/bench-undebounced-daemon", "signals", Around::with_bus_and_multi);
    world.settle(at_board, 1500ms);

    BusClient client;
    client.wait_for(service, 15s);
    std::string last;
    client.subscribe(service, [&](const Items& changes) {
        const auto found = changes.find("/Bms/AllowToCharge");
        last = found == changes.end() ? last : found->second;
    });
    board.watch(client.descriptor());
    Sample to_signal, bus_alone;
    for (int i = 0; i < warm_up + edges; ++i) {
        last.clear();
        const auto put = board.put(at_board, "btv_allow_to_charge", i % 2 != 0);
        const bool heard = board.serve(put + 2s, [&] {
            client.receive();
            return !last.empty();
        });
        const auto at = Clock::now();
        if (!heard) {
            throw std::runtime_error("no ItemsChanged with /Bms/AllowToCharge within 2 s of the edge");
        }
        board.serve(Clock::now() + 2ms, [] { return false; });
        const auto begin = Clock::now();
        client.ask_the_bus();
        if (i >= warm_up) {
            to_signal.add(to_us(at - put));
            bus_alone.add(to_us(Clock::now() - begin));
        }
    }
    board.watch(-1);
    print_head("charge loop opens or closes -> ItemsChanged at a client", "us");
    print_sample("for scale: a question to dbus-daemon itself, answered", bus_alone);
    print_sample("edge -> ItemsChanged, no debounce", to_signal);
}

} // namespace bms::bench
