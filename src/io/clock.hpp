// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/time.hpp"

#include <algorithm>

namespace bms::io {

/// The one place the shell reads its clocks: CLOCK_MONOTONIC, which also stamps GPIO edges.
inline Instant monotonic_now() {
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

/// The same instant for an Asio timer.
inline std::chrono::steady_clock::time_point to_steady(Instant at) {
    return std::chrono::steady_clock::time_point(at.time_since_epoch());
}

/// The wall clock, seconds since 1970. It may be wrong, or not set yet: no decision rests on it.
inline std::int64_t utc_now_s() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::max<std::int64_t>(0, std::chrono::duration_cast<Seconds>(since).count());
}

} // namespace bms::io
