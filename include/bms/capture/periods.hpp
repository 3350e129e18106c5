// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// How regularly something comes. Bounded, however long it is watched.
#pragma once

#include "bms/time.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace bms::capture {

/// The intervals between its events. The middle one is rounded down to 0.1 ms below a second, to 0.1 s below
/// 1000 s, to 100 s above; an hour of 50 a second takes a few hundred entries.
class Periods {
  public:
    void event(Duration at);
    /// The next event begins a new series: the time since the last one counts for nothing.
    void interrupt() { latest.reset(); }

    std::uint64_t count() const { return intervals; } ///< intervals, not events
    Duration shortest() const { return least; }
    Duration longest() const { return most; }
    /// Half of the intervals are not longer; 0 when there are none.
    Duration p50() const;

  private:
    std::map<Duration, std::uint64_t> rounded;
    std::uint64_t intervals = 0;
    Duration least{}, most{};
    std::optional<Duration> latest;
};

} // namespace bms::capture
