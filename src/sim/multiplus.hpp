// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace bms::sim {

/// What `multiplus --help` prints: the options, and every name with what it accepts and means.
std::string multiplus_help();

/// `vebus-bms-sim multiplus`: a simulated MultiPlus on a pty, until SIGTERM or the end of
/// its scenario. The exit code: 0, 1 when a scenario's expectation did not come true, or 2 for arguments or
/// a scenario it does not understand. Throws std::runtime_error, in words, when the pty or a socket cannot be
/// had.
int run_multiplus(const std::vector<std::string>& args);

} // namespace bms::sim
