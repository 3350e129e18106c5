// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/time.hpp"

namespace bms::io {

/// The one place the shell reads its clock: CLOCK_MONOTONIC, which also stamps GPIO edges.
inline Instant monotonic_now() {
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

/// The same instant for an Asio timer.
inline std::chrono::steady_clock::time_point to_steady(Instant at) {
    return std::chrono::steady_clock::time_point(at.time_since_epoch());
}

} // namespace bms::io
