// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// `vebus-bmsctl bus`: listening to a VE.Bus, for people who own what nobody has described yet.
#pragma once

#include "tool/ctl_bus_options.hpp"

namespace bms::tool {

/// What scripts rely on; the help says the same.
inline constexpr int bus_done = 0, bus_trouble = 1, bus_usage = 64;

/// The words after "bus"; the exit code.
int bus_command(std::span<char* const> words);

int bus_record(const BusOptions&);
int bus_decode(const BusOptions&);
int bus_stats(const BusOptions&);
int bus_diff(const BusOptions&);

void bus_complain(const std::string& text);

/// One object a line.
std::string json_line(const capture::Heard&);
std::string json_line(const capture::Mark&);

} // namespace bms::tool
