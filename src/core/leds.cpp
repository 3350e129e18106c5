// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/core/leds.hpp"

namespace bms::core {
namespace {

constexpr Duration flash_every = 10s; // M24
constexpr Duration flash_length = 100ms;
constexpr Duration rapid_half = 33ms; // about 15 Hz (M26, M124)

/// Lit for the first part of each period.
LedState flashing(Instant now, Duration period, Duration length) {
    const Duration into = now.time_since_epoch() % period;
    const bool lit = into < length;
    return {.lit = lit, .next_change = now + ((lit ? length : period) - into)};
}

} // namespace

StatusLed status_led(const State& state, const Outputs& outputs, const MultiReport& multi) {
    if (state.power == Power::starting || state.power == Power::inputs_lost) {
        return StatusLed::rapid;
    }
    const bool nobody_to_talk_to = multi.configured && !multi.heard;
    return outputs.quiet || nobody_to_talk_to ? StatusLed::dark : StatusLed::alive;
}

LedState led_at(StatusLed pattern, Instant now) {
    switch (pattern) {
    case StatusLed::alive:
        return flashing(now, flash_every, flash_length);
    case StatusLed::rapid:
        return flashing(now, 2 * rapid_half, rapid_half);
    default:
        return {};
    }
}

} // namespace bms::core
