// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// `vebus-bms-sim board`: the board as a program.
#include "sim/board.hpp"

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

/// Fills path and the board from the arguments; what is wrong with them, or nullopt.
std::optional<std::string> take(const std::vector<std::string>& args, std::string& path, Board& board) {
    for (std::size_t i = 0; i < args.size(); ++i) {
        if ((args[i] != "--socket" && args[i] != "--line") || i + 1 == args.size()) {
            return "board takes --socket PATH and --line NAME[=LEVEL], not \"" + args[i] + "\"";
        }
        const std::string& value = args[++i];
        if (args[i - 1] == "--socket") {
            path = value;
            continue;
        }
        const auto equals = value.find('=');
        if (auto error =
                board.add(value.substr(0, equals), equals == value.npos ? "" : value.substr(equals + 1))) {
            return error;
        }
    }
    return path.empty() ? std::optional<std::string>("board wants --socket PATH") : std::nullopt;
}

} // namespace

int run_board(const std::vector<std::string>& args) {
    std::string path;
    Board board(monotonic_now);
    if (const auto wrong = take(args, path, board)) {
        std::cerr << "vebus-bms-sim: " << *wrong << '\n';
        return 2;
    }
    boost::asio::io_context io(1);
    ControlServer control(io, path, board, &board);
    boost::asio::signal_set ended(io, SIGINT, SIGTERM);
    ended.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
    control.listen_stdin();
    std::cout << "board at " << path << std::endl;
    io.run();
    return 0;
}

} // namespace bms::sim
