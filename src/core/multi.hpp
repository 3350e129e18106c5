// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/core/step.hpp"

namespace bms::core {

/// The Multi must not invert: loads are off, or the SoC rule keeps what is left (M95).
bool no_discharge(const State& state);

/// The BMS forbids the Multi something.
bool veto(const State& state);

/// Notes since when the Multi does other than it is told.
void note_disobedience(State& state, const MultiReport& multi, const Settings& settings, Instant now);

/// Latches what has lasted too long as "not obeyed", until the veto is over.
void judge_disobedience(State& state, const Settings& settings, Instant now);

/// Follows the user's wish: on D-Bus, at a panel, at the front switch. The last word wins (M29, M106).
void follow_wish(State& state, const Inputs& inputs);

/// What the wish, less the vetoes, makes of the command. The wish must be known.
const CommandRow& command_row(const State& state, const MultiReport& multi);

/// Takes the veto off the wish, notes a changed command as a move. Returns why.
std::string_view advance_command(State& state, const Inputs& inputs, const Settings& settings, Instant now,
                                 Moves& moves);

/// When judge_disobedience() or advance_command() will have something new to say.
Instant multi_deadline(const State& state, const Settings& settings, Instant now);

} // namespace bms::core
