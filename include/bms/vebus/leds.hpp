// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the LEDs of an inverter/charger show. Bits: led:: in frame.hpp; the rules [V] (velib).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bms::vebus {

/// The two bytes of MasterLed and LedReport.
struct LedBits {
    std::uint8_t on = 0;
    std::uint8_t blink = 0;
    bool operator==(const LedBits&) const = default;
};

/// A bit in on alone is lit, in blink alone it blinks, in both it blinks in antiphase to the others.
enum class Light { off, on, blinking, blinking_in_antiphase };

/// led: one of the bits in led::.
Light light_of(LedBits, std::uint8_t led);

/// What LEDs mean together. A VE.Bus error comes first: its charge LEDs blink as part of its code.
enum class LedMeaning {
    none, ///< each LED stands for itself
    not_known,
    vebus_error,              ///< inverter blinks in antiphase. The number is in no frame known to us
    temperature_sensor_error, ///< absorption and float blink in phase
    voltage_sensor_error,     ///< bulk and absorption blink in phase
    forced_charge_state,      ///< bulk, absorption and float blink in phase
};
LedMeaning meaning_of(LedBits);

/// "Mains on" and nothing else: so a Multi looks that misses its BMS (M130). One that lets the mains through
/// without charging may look the same [D].
bool only_mains_on(LedBits);

struct NamedLed {
    std::uint8_t led;
    std::string_view name; ///< "low battery"
};
inline constexpr std::size_t led_count = 8;
/// In the order of the bits.
const std::array<NamedLed, led_count>& all_leds();

std::string_view text(Light);
std::string_view text(LedMeaning);

} // namespace bms::vebus
