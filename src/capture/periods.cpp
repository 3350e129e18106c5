// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/capture/periods.hpp"

#include <algorithm>

namespace bms::capture {

namespace {

constexpr Duration longest_kept = 1'000'000s;

Duration round_down(Duration interval) {
    const Duration step = interval < 1s      ? Duration(100us)
                          : interval < 1000s ? Duration(100ms)
                                             : Duration(100s);
    return std::min(interval, longest_kept) / step * step;
}

} // namespace

void Periods::event(Duration at) {
    if (latest) {
        const Duration interval = at - *latest;
        least = intervals == 0 ? interval : std::min(least, interval);
        most = std::max(most, interval);
        ++intervals;
        ++rounded[round_down(interval)];
    }
    latest = at;
}

Duration Periods::p50() const {
    std::uint64_t seen = 0;
    for (const auto& [interval, times] : rounded) {
        seen += times;
        if (2 * seen >= intervals) {
            return interval;
        }
    }
    return Duration{};
}

} // namespace bms::capture
