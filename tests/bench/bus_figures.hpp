// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The figures of ./dev bench dbus; README.md says what each means.
#pragma once

#include "world.hpp"

namespace bms::bench {

/// How many signals there are while nothing but telemetry changes, and whether each tells a change.
void measure_signals(World& world, bool quick);
/// From an edge to the signal at a client.
void measure_signal_latency(World& world, bool quick);
/// Processor time of the serving process for a question, against others that serve the same tree.
void measure_questions(World& world, bool quick);

} // namespace bms::bench
