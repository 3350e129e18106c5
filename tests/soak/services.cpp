// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Many of the daemon's services in one process: each loss of the bus is as many reconnects. The daemon itself
// has one or two, and waits a second before each, so that 10,000 would take it three hours.
//
//   soak-services COUNT PREFIX
#include "io/dbus_asio.hpp"
#include "io/dbus_service.hpp"

#include "bms/venus/facts.hpp"

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>

int main(int argc, char** argv) {
    const int count = argc == 3 ? std::atoi(argv[1]) : 0;
    if (count < 1) {
        std::fputs("usage: soak-services COUNT PREFIX\n", stderr);
        return 2;
    }
    boost::asio::io_context loop(1);
    std::deque<bms::venus::ItemTree> trees;
    std::deque<bms::io::DbusService> services;
    for (int i = 0; i < count; ++i) {
        bms::venus::publish({}, trees.emplace_back());
        const std::string name = argv[2] + std::to_string(i);
        const bms::io::BusSettings settings{bms::io::BusChoice::session, name};
        services.emplace_back(loop, settings, trees.back(), bms::io::DbusService::Events{}).request_name();
    }
    loop.run();
}
