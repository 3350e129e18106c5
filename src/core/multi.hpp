// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/core/step.hpp"

namespace bms::core {

/// Notes since when the Multi does other than it is told.
void note_disobedience(State& state, const MultiReport& multi, const Settings& settings, Instant now);

/// Latches what has lasted too long as "not obeyed", until the veto is over.
void judge_disobedience(State& state, const Settings& settings, Instant now);

/// Follows the user's wish, takes the veto off it, notes a changed command as a move. Returns why.
std::string_view advance_command(State& state, const Inputs& inputs, const Settings& settings, Instant now,
                                 Moves& moves);

/// When judge_disobedience() or advance_command() will have something new to say.
Instant multi_deadline(const State& state, const Settings& settings, Instant now);

} // namespace bms::core
