// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The daemon as vebus-bmsd runs it, with debounce and reconnect delay of the charge side 0. The configuration
// does not allow that, for good reasons; without them what is left is the time the daemon itself takes.
//
//   bench-undebounced-daemon CONFIG
#include "app/daemon.hpp"
#include "io/log.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

int main(int argc, char** argv) {
    std::ostringstream text;
    text << std::ifstream(argc == 2 ? argv[1] : "").rdbuf();
    auto config = bms::config::parse(text.str()).config;
    if (!config) {
        std::fputs("usage: bench-undebounced-daemon CONFIG (one that vebus-bmsd --check-config accepts)\n",
                   stderr);
        return 2;
    }
    using namespace std::chrono_literals;
    config->btv.debounce_open = config->btv.debounce_closed = 0ms;
    config->protection.charge_reconnect_delay = 0s;
    bms::io::log::set_up(bms::io::log::Level::info);
    boost::asio::io_context loop(1);
    bms::app::Daemon daemon(loop, *config, std::nullopt, "");
    boost::asio::signal_set signals(loop, SIGTERM);
    signals.async_wait([&](boost::system::error_code, int) { daemon.stop([&] { loop.stop(); }); });
    daemon.start();
    loop.run();
    return 0;
}
