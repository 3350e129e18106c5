// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The control socket and the ptys around the simulated MultiPlus.
#include "sim/multiplus.hpp"

#include "sim/control.hpp"
#include "sim/mk3_front.hpp"
#include "sim/multiplus_model.hpp"
#include "sim/pty_wire.hpp"
#include "sim/scenario_player.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

namespace bms::sim {

namespace {

constexpr const char* usage =
    "usage: vebus-bms-sim multiplus [--port PATH] [--mk3 PATH] --control SOCKET [--scenario FILE]\n"
    "\n"
    "  --port PATH       where the VE.Bus is: a symbolic link to the pty that is made; removed at the end\n"
    "  --mk3 PATH        where an MK3 interface of the same system is; one of the two, or both\n"
    "  --control SOCKET  unix socket for `vebus-bms-sim set SOCKET mains=off` and `get SOCKET`; also on "
    "stdin\n"
    "  --scenario FILE   lines as \"at 2s set mains=off\" and \"at 10s expect mode charger-only within 2s\", "
    "# "
    "comments;\n"
    "                    ends after the last one. Exit code: 0 all came true, 1 not, 2 the file is wrong\n";

class MultiplusWorld : public World {
  public:
    explicit MultiplusWorld(Multiplus& shown) : multi(shown) {}

    std::vector<Named> get() const override {
        std::vector<Named> all;
        for (const auto& [name, value] : multi.get()) {
            all.push_back({name, value});
        }
        return all;
    }
    std::optional<std::string> set(const std::string& name, const std::string& value) override {
        return multi.set(name, value);
    }

  private:
    Multiplus& multi;
};

struct Arguments {
    std::string port, mk3, control, scenario;
};

/// What is wrong with the arguments, or nullopt.
std::optional<std::string> take(const std::vector<std::string>& args, Arguments& taken) {
    const std::pair<const char*, std::string*> options[] = {{"--port", &taken.port},
                                                            {"--mk3", &taken.mk3},
                                                            {"--control", &taken.control},
                                                            {"--scenario", &taken.scenario}};
    for (std::size_t i = 0; i < args.size(); i += 2) {
        const auto* option = std::find_if(std::begin(options), std::end(options),
                                          [&](const auto& one) { return args[i] == one.first; });
        if (option == std::end(options) || i + 1 == args.size()) {
            return "multiplus takes --port PATH, --mk3 PATH, --control SOCKET and --scenario FILE, not \"" +
                   args[i] + "\"";
        }
        *option->second = args[i + 1];
    }
    return taken.control.empty() || (taken.port.empty() && taken.mk3.empty())
               ? std::optional<std::string>("multiplus wants --control, and --port or --mk3")
               : std::nullopt;
}

} // namespace

std::string multiplus_help() {
    constexpr std::size_t column = 30;
    std::string seen = "\nto look at:\n";
    std::string settable = "\ncan be set:\n";
    for (const NameRow& row : multiplus_names()) {
        const std::string left = row.name + (row.accepts.empty() ? "" : "=" + row.accepts);
        const std::string gap = left.size() < column ? std::string(column - left.size(), ' ') : "  ";
        (row.accepts.empty() ? seen : settable)
            .append("  ")
            .append(left)
            .append(gap)
            .append(row.meaning)
            .append("\n");
    }
    return usage + settable + seen;
}

int run_multiplus(const std::vector<std::string>& args) {
    if (args.size() == 1 && args[0] == "--help") {
        std::cout << multiplus_help();
        return 0;
    }
    Arguments given;
    if (const auto wrong = take(args, given)) {
        std::cerr << "vebus-bms-sim: " << *wrong << '\n' << usage;
        return 2;
    }
    std::optional<Scenario> scenario;
    if (!given.scenario.empty()) {
        Multiplus tried(monotonic_now());
        MultiplusWorld trial(tried);
        scenario = load_scenario(given.scenario, trial);
        if (!scenario) {
            return exit_bad_file;
        }
    }
    boost::asio::io_context io(1);
    const Instant start = monotonic_now();
    Multiplus multi(start);
    Mk3Front mk3(multi.system, start);
    MultiplusWorld world(multi);
    ControlServer control(io, given.control, world);
    control.listen_stdin();
    PtyWire bus(io, given.port, multi); // its time goes on without a pty too
    std::optional<PtyWire<Mk3Front>> mk3_line;
    if (!given.mk3.empty()) {
        mk3_line.emplace(io, given.mk3, mk3);
    }
    boost::asio::signal_set ended(io, SIGINT, SIGTERM);
    ended.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
    std::cout << "multiplus" << (given.port.empty() ? "" : " at ") << given.port
              << (given.mk3.empty() ? "" : ", MK3 at ") << given.mk3 << ", control at " << given.control
              << std::endl;
    std::optional<ScenarioPlayer> player;
    if (scenario) {
        player.emplace(io, *scenario, world);
    }
    io.run();
    return player ? player->finish() : 0;
}

} // namespace bms::sim
