// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// How vebus-bmsctl ends: what scripts rely on. The help, the manual page's check and --json follow this
// table.
#pragma once

#include <array>
#include <string_view>

namespace bms::tool {

enum Exit : int { exit_ok = 0, exit_not_allowed = 1, exit_no_daemon = 2, exit_problem = 3, exit_usage = 64 };

struct ExitRow {
    Exit code;
    std::string_view result; ///< as "result" in --json
    std::string_view meaning;
};

inline constexpr std::array<ExitRow, 5> exits{{
    {exit_ok, "ok", "loads and charging allowed and nothing wrong; or done"},
    {exit_not_allowed, "not allowed", "loads or charging not allowed; or refused, or held back by the BMS"},
    {exit_no_daemon, "no daemon", "no vebus-bmsd found on the bus, or no bus"},
    {exit_problem, "problem", "all allowed, but there is an error, an alarm or a warning"},
    {exit_usage, "usage", "wrong usage"},
}};

constexpr std::string_view result_of(int code) {
    for (const ExitRow& row : exits) {
        if (row.code == code) {
            return row.result;
        }
    }
    return "";
}

} // namespace bms::tool
