// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/ports.hpp"

namespace bms::app {

std::unique_ptr<io::LinePort> make_sim_port(boost::asio::io_context&, const std::string&) { return nullptr; }

std::string build_note() { return ""; }

} // namespace bms::app
