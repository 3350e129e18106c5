// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/core/leds.hpp"

namespace bms::core {
namespace {

constexpr Duration flash_every = 10s; // M24
constexpr Duration flash_length = 100ms;
constexpr Duration rapid_half = 33ms; // about 15 Hz (M26, M124)

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
    case StatusLed::alive: {
        const Duration into = now.time_since_epoch() % flash_every;
        const bool lit = into < flash_length;
        return {.lit = lit, .next_change = now + ((lit ? flash_length : flash_every) - into)};
    }
    case StatusLed::rapid: {
        const Duration into = now.time_since_epoch() % (2 * rapid_half);
        const bool lit = into < rapid_half;
        return {.lit = lit, .next_change = now + ((lit ? rapid_half : 2 * rapid_half) - into)};
    }
    default:
        return {};
    }
}

} // namespace bms::core
