// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What has changed, in words. Pure.
#pragma once

#include "tool/ctl_items.hpp"

namespace bms::tool {

/// Something that happened: to an item, or (without a path) to a service or the bus.
struct Change {
    std::string service, path;
    std::string what; ///< "loads: allowed -> NOT ALLOWED"
    std::string why;  ///< empty: not known, or said by what
};

/// Measurements, counters and countdowns are left out: they change all the time and say nothing new.
std::vector<Change> changes(const std::string& service, const Items& before, const Items& now);

/// How a service is found: "loads allowed, charging allowed: on".
Change first_sight(const Service&);

/// "loads: allowed -> NOT ALLOWED (a cell is low)".
std::string words_of(const Change&);

} // namespace bms::tool
