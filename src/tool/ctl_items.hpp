// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A service on D-Bus as it was read: items by path, and careful ways to look at them. Nothing here relies on
// an item being there: another version of the daemon, or another role, may have others.
#pragma once

#include "bms/venus/value.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
    std::vector<std::string> also{}; ///< names of the daemon's other roles, without permissions of their own
    std::vector<std::string> others{}; ///< names of com.victronenergy services of other programs
};

/// /Mgmt/ProcessName of the daemon, whichever role and name it has.
inline constexpr const char* daemon_program = "vebus-bmsd";

/// The services that tell the permissions, each with the names of those that do not. Without any that does,
/// all.
std::vector<Service> fronts(const std::vector<Service>& all);

/// Text from the bus may have been written by anybody who can write /CustomName: no control character reaches
/// the terminal.
std::string clean(std::string text);

/// "" when the item is missing or invalid. No control characters.
std::string text_of(const Items&, const std::string& path);

/// The whole number at a path; nothing when it is missing, invalid or of another type.
std::optional<std::int64_t> number(const Items&, const std::string& path);

bool is(const Items&, const std::string& path, std::int64_t wanted);

/// Loads and charging both allowed. Anything that is not plainly a yes is a no.
bool all_allowed(const Items&);

/// "LowBattery" as "low battery".
std::string alarm_words(const std::string& name);

/// Where the alarms are; a part of their paths.
inline constexpr std::string_view alarm_folder = "/Alarms/";

/// "3 min 20 s", "2 h 5 min", "4 days 1 h".
std::string duration_text(std::int64_t seconds);

} // namespace bms::tool
