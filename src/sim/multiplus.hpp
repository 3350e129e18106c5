// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace bms::sim {

/// `vebus-bms-sim multiplus`: a simulated MultiPlus on a pty, until SIGTERM. The exit code: 0, or 2 for
/// arguments it does not understand. Throws std::runtime_error, in words, when the pty or a socket cannot be
/// had.
int run_multiplus(const std::vector<std::string>& args);

} // namespace bms::sim
