// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/core/state.hpp"

namespace bms::core {

/// Begins and ends attempts to bring the Multi back: its standby line is held (a Multi that sleeps without AC
/// hears nothing), and one that was told off because it went on inverting is given charger-only again. Only
/// where AC is there to recharge from (M62), or where loads are allowed again; never against the wish.
void advance_waking(State& state, const Inputs& inputs, const Settings& settings, Instant now);

/// When advance_waking() will do something by itself.
Instant waking_deadline(const State& state, const Settings& settings, Instant now);

/// When the next attempt begins if the Multi does not come; `never`: none will.
Instant next_attempt(const State& state, const Settings& settings);

} // namespace bms::core
