// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The figures of ./dev bench; README.md says what each means. All throw std::runtime_error, in words, when
// the bench itself breaks; a figure above its aim is only printed.
#pragma once

#include "world.hpp"

namespace bms::bench {

/// From an edge to the output it causes, against the minimal loop.
void measure_latency(World& world, bool quick);
/// From the start of the program to its inputs, and to its name on the bus.
void measure_start(World& world, bool quick);
/// Memory, threads, wake-ups and system calls while nothing happens.
void measure_idle(World& world, bool quick);

} // namespace bms::bench
