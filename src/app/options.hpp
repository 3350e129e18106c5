// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bms::app {

struct Options {
    enum class Do { run, check_config, print_config, version, help };
    Do what = Do::run;
    std::string config = "/etc/vebus-bms/vebus-bmsd.json";
    std::string record;     ///< empty: no recording
    std::string alive_file; ///< touched after each healthy round; empty: none
    std::string error;      ///< what is wrong with the command line; empty: nothing
};

Options parse_options(const std::vector<std::string>& arguments);
std::string help_text();

/// Exit codes that supervisors look at.
inline constexpr int exit_ok = 0;
inline constexpr int exit_usage = 64;  ///< EX_USAGE
inline constexpr int exit_config = 78; ///< EX_CONFIG: no restart helps, a person must look

} // namespace bms::app
