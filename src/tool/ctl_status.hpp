// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What `vebus-bmsctl status` says: D-Bus items in, plain words out.
#pragma once

#include "tool/ctl_exit.hpp"
#include "tool/ctl_items.hpp"
#include "tool/ctl_page.hpp"

namespace bms::tool {

/// When it is said.
struct Moment {
    std::int64_t uptime_s = 0;        ///< this board's CLOCK_MONOTONIC
    std::int64_t countdown_age_s = 0; ///< since /Bms/SecondsToNextChange was as it is
    /// It is rounded up, but steps down when the time is that. Then it is exact.
    bool countdown_exact = false;
};

/// For a boat owner: what is allowed, what is wrong, then the rest.
Page status_page(const Service&, const Moment&);

/// The inverter/charger, its bus, and who else is there.
void multi_lines(const Service&, Page&);

/// How long the state has lasted; empty when the clocks do not fit.
std::optional<std::int64_t> since_s(const Items&, std::int64_t uptime_s);

/// "within 30 s", or "in 17 s" where it is exact.
std::string countdown_text(const Items&, const Moment&);

struct Alarm {
    std::string name;   ///< "LowBattery"
    std::int64_t level; ///< 1 warning, 2 alarm
};

/// Every alarm that is raised, the worst first; a phase's copy of one is left out.
std::vector<Alarm> alarms(const Items&);

/// What is wrong, and what to do.
std::vector<std::string> problems(const Items&);

/// Of one service.
Exit exit_of(const Items&);

/// The one that matters most: something forbidden, then something wrong.
Exit exit_of_all(const std::vector<Service>&);

} // namespace bms::tool
