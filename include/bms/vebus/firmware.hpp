// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Firmware of an inverter/charger, and whether it can work with this BMS (M54-M57).
#pragma once

#include <cstdint>
#include <string>

namespace bms::vebus {

/// The version number as the unit tells it, AABBCCC in decimal: 2629492 is firmware 492 [V]. Newer units have
/// a sub-version in the top byte [V].
struct Firmware {
    std::uint32_t raw = 0;

    /// 492 of 2629492. The top byte is left out when there is one.
    int release() const;
    /// "2629492 (firmware 492)".
    std::string text() const;
    bool operator==(const Firmware&) const = default;
};

enum class FirmwareBand {
    refused,         ///< below 415: VE.Bus error 15, combination error (M56)
    needs_assistant, ///< 415 to 488: only with the VE.Bus BMS or ESS assistant (M55)
    good,            ///< 489 and above (M54)
};
FirmwareBand band_of(const Firmware&);

} // namespace bms::vebus
