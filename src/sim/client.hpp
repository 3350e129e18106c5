// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// One-shot commands for scripts: one line to a simulator's socket, its answer back.
#pragma once

#include <string>
#include <vector>

namespace bms::sim {

struct Answer {
    bool ok = false;
    std::vector<std::string> lines; ///< before the `ok`
    std::string error;              ///< filled when not ok
};

/// Blocks until the simulator has answered.
Answer ask(const std::string& socket_path, const std::string& command);

} // namespace bms::sim
