// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/ports.hpp"

namespace bms::app {

std::unique_ptr<io::LinePort> make_sim_port(boost::asio::io_context& loop, const std::string& socket) {
    return io::make_sim_lines(loop, "vebus-bmsd", socket);
}

std::string build_note() { return " (can use the simulated board)"; }

} // namespace bms::app
