// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bus_client.hpp"
#include "bus_figures.hpp"
#include "sample.hpp"
#include "support/places.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <stdexcept>

namespace bms::bench {
namespace {

using namespace std::chrono_literals;

struct Server {
    std::string name, service;
    std::unique_ptr<Process> process;
    Sample value, items; ///< us of processor time a question, one of each a round
};

double cpu_us(const Process& process) {
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(process.pid(), &clock) != 0 || ::clock_gettime(clock, &used) != 0) {
        throw std::runtime_error("a program that serves items has ended");
    }
    return 1e6 * static_cast<double>(used.tv_sec) + 1e-3 * static_cast<double>(used.tv_nsec);
}

template<typename Ask>
double cost(const Process& process, int times, Ask ask) {
    const double before = cpu_us(process);
    for (int i = 0; i < times; ++i) {
        ask();
    }
    return (cpu_us(process) - before) / times;
}

void run_round(Server& server, BusClient& client) {
    server.value.add(
        cost(*server.process, 1000, [&] { client.get_value(server.service, "/Bms/AllowToCharge"); }));
    server.items.add(cost(*server.process, 200, [&] { client.get_items(server.service); }));
}

void compare(const Server& ours, const Server& other, double aim_value, double aim_items) {
    print_figure("GetValue, ours / " + other.name, ours.value.at(0.5) / other.value.at(0.5), "", aim_value);
    print_figure("GetItems, ours / " + other.name, ours.items.at(0.5) / other.items.at(0.5), "", aim_items);
}

bool has_python() { return std::system("/usr/bin/python3 -c 'import dbus, gi' 2>/dev/null") == 0; }

} // namespace

void measure_questions(World& world, bool quick) {
    BusClient client;
    const auto source = World::bus_name("ours");
    std::vector<Server> servers(2);
    servers[0] = {"vebus-bmsd", source, world.daemon("src/app/vebus-bmsd", "ours", Around::with_bus), {}, {}};
    world.board().serve(Clock::now() + 15s, [&] { return client.owned(source); });
    const auto add = [&](Server& server, std::vector<std::string> command) {
        command.insert(command.end(), {server.service, source});
        server.process = std::make_unique<Process>(command, world.file("baseline.log"));
        client.wait_for(server.service, 15s);
        if (client.items(server.service) != client.items(source)) {
            throw std::runtime_error(server.name + " does not serve the same tree");
        }
    };
    servers[1] = {"a bare sdbus-c++ object", World::other_name("bare"), nullptr, {}, {}};
    add(servers[1], {world.program("tests/bench-bare-service")});
    if (has_python()) {
        servers.push_back({"python3-dbus", World::other_name("python"), nullptr, {}, {}});
        add(servers[2], {"/usr/bin/python3", bms::test::in_source("/tests/bench/python_service.py")});
    }
    // The whole daemon runs meanwhile: its board must be served too, if only between the rounds.
    for (int round = 0; round < (quick ? 7 : 21); ++round) {
        for (Server& server : servers) {
            run_round(server, client);
            world.board().serve(Clock::now(), [] { return false; });
        }
    }
    print_head("processor time of the serving process a question", "us");
    for (const Server& server : servers) {
        print_sample(server.name + ", GetValue", server.value);
        print_sample(server.name + ", GetItems of the whole tree", server.items);
    }
    std::printf("  ratios of the p50:\n");
    compare(servers[0], servers[1], 1.1, 1.1);
    if (servers.size() > 2) {
        compare(servers[0], servers[2], 0.25, 0.1);
    } else {
        print_note("python3-dbus: not compared, it is not here (apt-get install python3-dbus python3-gi)");
    }
}

} // namespace bms::bench
