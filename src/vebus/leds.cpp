// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/leds.hpp"

#include "bms/vebus/frame.hpp"

namespace bms::vebus {

namespace {

constexpr std::uint8_t bits_not_known = 0x1F;

} // namespace

Light light_of(LedBits bits, std::uint8_t led) {
    const bool on = (bits.on & led) != 0;
    const bool blink = (bits.blink & led) != 0;
    if (blink) {
        return on ? Light::blinking_in_antiphase : Light::blinking;
    }
    return on ? Light::on : Light::off;
}

LedMeaning meaning_of(LedBits bits) {
    if (bits.on == bits_not_known && bits.blink == bits_not_known) {
        return LedMeaning::not_known;
    }
    if (light_of(bits, led::inverter) == Light::blinking_in_antiphase) {
        return LedMeaning::vebus_error;
    }
    constexpr std::uint8_t charge_leds = led::bulk | led::absorption | led::floating;
    const int blinking = bits.blink & charge_leds;
    const int antiphase = blinking & bits.on;
    if (antiphase != 0 && antiphase != blinking) {
        return LedMeaning::none; // they blink by turns
    }
    switch (blinking) {
    case led::absorption | led::floating:
        return LedMeaning::temperature_sensor_error;
    case led::bulk | led::absorption:
        return LedMeaning::voltage_sensor_error;
    case charge_leds:
        return LedMeaning::forced_charge_state;
    default:
        return LedMeaning::none;
    }
}

bool only_mains_on(LedBits bits) { return bits == LedBits{.on = led::mains}; }

const std::array<NamedLed, led_count>& all_leds() {
    static constexpr std::array<NamedLed, led_count> table{{{led::mains, "mains"},
                                                            {led::absorption, "absorption"},
                                                            {led::bulk, "bulk"},
                                                            {led::floating, "float"},
                                                            {led::inverter, "inverter"},
                                                            {led::overload, "overload"},
                                                            {led::low_battery, "low battery"},
                                                            {led::temperature, "temperature"}}};
    return table;
}

std::string_view text(Light light) {
    switch (light) {
    case Light::off:
        return "off";
    case Light::on:
        return "on";
    case Light::blinking:
        return "blinking";
    case Light::blinking_in_antiphase:
        return "blinking in antiphase";
    }
    return "unknown light";
}

std::string_view text(LedMeaning meaning) {
    switch (meaning) {
    case LedMeaning::none:
        return "nothing beyond the single LEDs";
    case LedMeaning::not_known:
        return "the LEDs are not known";
    case LedMeaning::vebus_error:
        return "a VE.Bus error is shown";
    case LedMeaning::temperature_sensor_error:
        return "temperature sensor error";
    case LedMeaning::voltage_sensor_error:
        return "voltage sensor error";
    case LedMeaning::forced_charge_state:
        return "the charge state is forced";
    }
    return "unknown meaning";
}

} // namespace bms::vebus
