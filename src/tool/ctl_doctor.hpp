// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What `vebus-bmsctl doctor` says of a system: what was seen in, a finding for each check out. Pure; the
// looking is in ctl_doctor_look.hpp.
#pragma once

#include "tool/ctl_exit.hpp"
#include "tool/ctl_page.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bms::tool {

enum class Verdict { ok, advice, problem };

struct Finding {
    Verdict verdict;
    std::string check; ///< "lines"
    std::string words; ///< what is so
    std::string cure;  ///< what to do; empty where all is well
    bool operator==(const Finding&) const = default;
};

/// One configured line.
struct SeenLine {
    std::string role, label; ///< "load_disconnect", "GPIO17"
    std::string holder;      ///< who has it; empty: nobody
    std::string error;       ///< it was not found, in words; empty: it was
};

/// Everything that is looked at. Unknown is nullopt, and said so or left out: it is never taken for good.
struct Checkup {
    std::string config_path;
    std::vector<std::string> config_errors;

    bool simulated = false; ///< the simulated board: no line is looked at
    std::vector<SeenLine> lines;
    bool heartbeat = false;     ///< configured
    bool two_signal = false;    ///< both outputs configured
    bool keeps_outputs = false; ///< a Raspberry Pi kernel that holds outputs after a crash

    bool multi = false;       ///< an inverter/charger is configured, by whatever link
    std::string port;         ///< empty: none is needed
    std::string port_error;   ///< why it cannot be used; empty: it can
    std::string port_latency; ///< io::latency_remark
    bool port_wanted_by_serial_starter = false;

    std::string bus;                          ///< "system bus"
    std::string bus_error;                    ///< why it cannot be asked; empty: it was
    std::string service;                      ///< the daemon's; empty: it is not there
    std::vector<std::string> daemon_problems; ///< its own words
    std::string link_advice, dvcc_advice;
    std::string not_obeying;
    std::optional<int> dvcc; ///< nullopt: nobody says

    std::string user; ///< "vebus-bms" where there is such a user; empty: none
    std::vector<std::string> missing_groups;

    std::optional<bool> clock_set;
    std::string state_directory;
    std::string state_error; ///< why nothing can be kept there; empty: it can
    bool state_is_volatile = false;
    std::optional<std::uint64_t> state_free_kb;
};

/// In the order in which they are best mended.
std::vector<Finding> diagnose(const Checkup&);

Page doctor_page(const std::vector<Finding>&);

/// exit_problem where there is a problem; advice is none.
Exit exit_of(const std::vector<Finding>&);

} // namespace bms::tool
