// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What differs between a daemon for a boat and one that can also be wired to the simulated board. CMake picks
// sim_port.cpp or no_sim_port.cpp.
#pragma once

#include "io/line_port.hpp"

#include <memory>
#include <string>

namespace bms::app {

/// The port to the simulated board; nullptr in a build without simulators.
std::unique_ptr<io::LinePort> make_sim_port(boost::asio::io_context& loop, const std::string& socket);

/// Said by --version and at start: "" or " (with the simulated board)".
std::string build_note();

} // namespace bms::app
