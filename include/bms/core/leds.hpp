// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/core/outputs.hpp"

namespace bms::core {

/// The status LED (M24-M26, M124): a short flash every 10 s, dark, or about 15 Hz.
enum class StatusLed : unsigned char {
    dark,  ///< off, or quiet: the Multi is off
    alive, ///< 100 ms every 10 s: the Multi is on and is being talked to
    rapid, ///< about 15 Hz: the daemon runs and cannot protect
};

struct LedState {
    bool lit = false;
    Instant next_change = never;
};

StatusLed status_led(const State& state, const Outputs& outputs, const MultiReport& multi);

/// Lit or not at `now`, and when that changes. The flash starts on whole 10 s of the clock, where the loop
/// wakes anyway.
LedState led_at(StatusLed pattern, Instant now);

} // namespace bms::core
