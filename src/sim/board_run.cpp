// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// `vebus-bms-sim board`: the board as a program.
#include "sim/board.hpp"
#include "sim/scenario_player.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <iostream>
#include <utility>

namespace bms::sim {

namespace {

Instant monotonic_now() {
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

struct Arguments {
    std::string path, scenario;
};

/// Fills the arguments and the board; what is wrong with them, or nullopt.
std::optional<std::string> take(const std::vector<std::string>& args, Arguments& taken, Board& board) {
    for (std::size_t i = 0; i < args.size(); i += 2) {
        const std::string& option = args[i];
        if ((option != "--socket" && option != "--line" && option != "--scenario") || i + 1 == args.size()) {
            return "board takes --socket PATH, --line NAME[=LEVEL] and --scenario FILE, not \"" + option +
                   "\"";
        }
        const std::string& value = args[i + 1];
        if (option != "--line") {
            (option == "--socket" ? taken.path : taken.scenario) = value;
            continue;
        }
        const auto equals = value.find('=');
        if (auto error =
                board.add(value.substr(0, equals), equals == value.npos ? "" : value.substr(equals + 1))) {
            return error;
        }
    }
    return taken.path.empty() ? std::optional<std::string>("board wants --socket PATH") : std::nullopt;
}

} // namespace

int run_board(const std::vector<std::string>& args) {
    Arguments given;
    Board board(monotonic_now);
    if (const auto wrong = take(args, given, board)) {
        std::cerr << "vebus-bms-sim: " << *wrong << '\n';
        return 2;
    }
    std::optional<Scenario> scenario;
    if (!given.scenario.empty()) {
        Board trial(monotonic_now);
        take(args, given, trial);
        scenario = load_scenario(given.scenario, trial);
        if (!scenario) {
            return exit_bad_file;
        }
    }
    boost::asio::io_context io(1);
    ControlServer control(io, given.path, board, &board);
    boost::asio::signal_set ended(io, SIGINT, SIGTERM);
    ended.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
    control.listen_stdin();
    std::cout << "board at " << given.path << std::endl;
    std::optional<ScenarioPlayer> player;
    if (scenario) {
        player.emplace(io, *scenario, board);
    }
    io.run();
    return player ? player->finish() : 0;
}

} // namespace bms::sim
