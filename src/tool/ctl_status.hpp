// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What `vebus-bmsctl status` says: D-Bus items in, plain words out.
#pragma once

#include "bms/venus/value.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace bms::tool {

struct Item {
    venus::Value value;
    std::string text;
};

/// By full path, as GetItems gives them.
using Items = std::map<std::string, Item>;

struct Service {
    std::string name; ///< "com.victronenergy.vebus.ttyAMA0"
    std::string bus;  ///< "system bus"
    Items items;
};

/// Loads and charging both allowed. Anything that is not plainly a yes is a no.
bool all_allowed(const Items&);

/// For a boat owner. uptime_s is this board's CLOCK_MONOTONIC, to say since when.
std::string status_text(const Service&, std::int64_t uptime_s);

/// For programs: {"service", "bus", "all_allowed", "items": {path: {"value", "text"}}}; invalid is null.
std::string status_json(const Service&);

/// "3 min 20 s", "2 h 5 min", "4 days 1 h".
std::string duration_text(std::int64_t seconds);

} // namespace bms::tool
