// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bms::tool {

/// src/core/state-machine.md: the tables the program runs, as people read them.
std::string machine_markdown();

} // namespace bms::tool
