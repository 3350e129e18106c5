// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/time.hpp"

#include <cstdint>
#include <string>

namespace bms::guard {

/// What a count of the reserve needs to go on after a restart of the daemon or of the board.
struct ResidualKept {
    double used_mah = 0;    ///< of the reserve until `at`, 0 and more
    double drain_ma = 0;    ///< what goes on drawing while nobody counts, 0 and more
    int told = 0;           ///< notices given: 0 to 4
    bool at_least = false;  ///< more may have been drawn than is known
    std::string boot;       ///< the kernel's identity of the boot; times of another one cannot be compared
    Instant at{};           ///< monotonic, of that boot
    std::int64_t utc_s = 0; ///< the wall clock then, seconds since 1970; it may not have been set
    bool operator==(const ResidualKept&) const = default;
};

} // namespace bms::guard
