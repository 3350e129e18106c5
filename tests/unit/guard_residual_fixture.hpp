// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The count of what a low cell leaves, with two clocks in a test's hand.
#pragma once

#include "bms/guard/residual.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

namespace bms::guard {

inline constexpr std::int64_t today_s = 1'790'000'000;

inline auto says(News::Kind kind, const std::string& words) {
    return testing::AllOf(testing::Field(&News::kind, kind),
                          testing::Field(&News::words, testing::HasSubstr(words)));
}

/// A 200 Ah bank, and the clock of a board that has been on for a day.
class ResidualTest : public ::testing::Test {
  protected:
    void of(ResidualSettings s, std::optional<ResidualKept> kept = std::nullopt,
            std::string boot = "boot-1") {
        settings = s;
        count = Residual(settings, std::move(kept), std::move(boot));
    }
    /// Loads were on before: the begin of the low cell is seen.
    void low_cell() {
        look();
        seen.low_cell = true;
        look();
        count.take_news();
    }
    void look() {
        seen.utc_s = today_s + std::chrono::duration_cast<Seconds>(now - started).count() + clock_off_s;
        count.run(seen, now);
    }
    void pass(Duration length, Duration step = 1min) {
        const Instant end = now + length;
        while (now < end) {
            now = std::min(end, now + step);
            look();
        }
    }
    /// Another boot, a minute after its start, with what the last one kept; so long after.
    void reboot(Duration off, bool board_goes_off = false) {
        auto kept = count.keep(now, seen.utc_s, board_goes_off);
        started = Instant(60s) - (now + off - started);
        now = Instant(60s);
        of(settings, std::move(kept), "boot-2");
        look();
    }

    ResidualSettings settings{200.0, 10, 0};
    Residual count{settings, std::nullopt, "boot-1"};
    Instant started{24h}, now{24h};
    std::int64_t clock_off_s = 0;
    ResidualSeen seen;
};

} // namespace bms::guard
