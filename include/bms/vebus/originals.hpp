// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The debt to the inverter/charger: settings changed in RAM, and what they were before.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace bms::vebus {

/// What we changed in a unit's RAM and owe it back. Kept by the owner over a restart.
struct UnitOriginals {
    std::uint8_t unit = 0;                         ///< device address; 0 is the leader, or the only one
    std::optional<std::uint16_t> flags0{};         ///< setting 0
    std::optional<std::uint16_t> bulk_current_a{}; ///< setting 4
    bool operator==(const UnitOriginals&) const = default;
};
/// By unit, none of them empty. Empty: nothing is owed.
using Originals = std::vector<UnitOriginals>;

} // namespace bms::vebus
