// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Which Venus OS does what with a VE.Bus BMS, and what that means for a boat (venus-dbus.md, "Versions").
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bms::guard {

/// "v3.60", "3.60~12", "2.256": two numbers, and what follows them does not count.
struct Version {
    int major = 0, minor = 0;
    auto operator<=>(const Version&) const = default;
};
std::optional<Version> version_from(std::string_view text);

/// What an old Venus OS cannot do, with the cure; empty: all is well, or nothing is known. Venus OS's own
/// version counts; where it cannot be read, that of dbus-systemcalc.
std::string version_advice(std::string_view venus_os, std::string_view systemcalc);

} // namespace bms::guard
