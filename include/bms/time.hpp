// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Time as the pure parts know it. The clock has no now(): who needs the time is given it.
#pragma once

#include <chrono>
#include <cstdint>

namespace bms {

using namespace std::chrono_literals;

/// CLOCK_MONOTONIC, the clock the kernel stamps GPIO edges with. A change of the wall clock changes nothing
/// here.
struct MonotonicClock {
    using duration = std::chrono::microseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<MonotonicClock>;
    static constexpr bool is_steady = true;
};

using Instant = MonotonicClock::time_point;
using Duration = MonotonicClock::duration;
using Seconds = std::chrono::seconds;
using Millis = std::chrono::milliseconds;

/// "No deadline": later than anything that happens.
inline constexpr Instant never = Instant::max();

} // namespace bms
