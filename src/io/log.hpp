// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Lines on stderr, for journald or multilog, which add the time. Levels: error, a person must act; warning,
// protection acted or something is lost; info, moves, start and stop; debug, the rest.
#pragma once

#include <string>

namespace bms::io::log {

enum class Level { error, warning, info, debug };

void set_up(Level least);
void error(const std::string& text);
void warning(const std::string& text);
void info(const std::string& text);
void debug(const std::string& text);

} // namespace bms::io::log
