// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Loops that flicker: with the real times and with debouncing, for which the walk over every state has no
// room.
#include "support/core_fixture.hpp"

#include "bms/core/words.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <random>

namespace bms::test {
namespace {

using namespace core;

/// A loop that is open for `open_ms` at the beginning of every `period_ms`.
struct Flicker {
    int period_ms, open_ms;
    bool opens_at(int ms) const { return open_ms > 0 && ms % period_ms == 0; }
    bool closes_at(int ms) const { return open_ms < period_ms && ms % period_ms == open_ms; }
};

constexpr int watched_ms = 36000;

/// When LoadDisconnect must act, reckoned millisecond by millisecond from the manual and the decisions alone.
std::optional<int> expected_ms(Flicker flicker) {
    bool open = false, seen_open = false;
    int since = -1000;
    std::optional<int> pre_alarm;
    for (int ms = 0; ms <= watched_ms; ++ms) {
        const int stood = ms - since;
        seen_open = open ? seen_open || stood >= 20 : seen_open && stood < 500;
        if (seen_open && !pre_alarm) {
            pre_alarm = ms;
        }
        if (seen_open && ms - *pre_alarm >= 30000) {
            return ms;
        }
        if (flicker.opens_at(ms) || flicker.closes_at(ms)) {
            open = flicker.opens_at(ms);
            since = ms;
        }
    }
    return std::nullopt;
}

std::optional<int> measured_ms(Flicker flicker) {
    CoreBench bench;
    bench.start();
    for (int ms = 0; ms <= watched_ms; ++ms) {
        if (!bench.loads_on()) {
            return ms;
        }
        if (flicker.opens_at(ms) || flicker.closes_at(ms)) {
            bench.discharge_loop(flicker.closes_at(ms));
        }
        bench.run(1ms);
    }
    return std::nullopt;
}

TEST(Flicker, OfEveryDutyCycleDisconnectsAtTheFirstOpenInstantAfterTheLead) { // M15, decisions 3
    int disconnected = 0, too_short = 0;
    for (const int period : {21, 40, 100, 333, 500, 519, 521, 540, 700, 1000, 1999, 3300, 5000}) {
        for (int percent = 3; percent < 100; percent += 6) {
            const Flicker flicker{period, period * percent / 100};
            const auto expected = expected_ms(flicker);
            ASSERT_EQ(measured_ms(flicker), expected) << period << " ms, open for " << flicker.open_ms;
            (expected ? disconnected : too_short) += 1;
        }
    }
    EXPECT_GT(disconnected, 100);
    EXPECT_GT(too_short, 10) << "open for less than the debounce time is no signal";
}

constexpr Duration hour = 60min;

/// Counts events, and the most of them in any hour.
struct PerHour {
    std::vector<Instant> at;
    std::size_t most = 0;
    void note(Instant now) {
        at.push_back(now);
        std::erase_if(at, [&](Instant t) { return now - t >= hour; });
        most = std::max(most, at.size());
    }
};

struct WorstHour {
    PerHour loads, charge, pre_alarm;

    void note(const Move& move, Instant now) {
        if (move.to == word(Discharge::load_disconnect)) {
            loads.note(now);
        } else if (move.to == word(Charge::charge_disconnect)) {
            charge.note(now);
        } else if (move.to == word(Discharge::pre_alarm)) {
            pre_alarm.note(now);
        }
    }
};

/// For a day an adversary moves the lines, and says how long it waits then.
WorstHour worst_hour(const Settings& settings, const std::function<Duration(CoreBench&)>& move) {
    CoreBench bench(settings);
    bench.start();
    WorstHour worst;
    for (const Instant end = bench.now + 24 * hour; bench.now < end; bench.moves.clear()) {
        bench.run(move(bench));
        for (const Move& m : bench.moves) {
            worst.note(m, bench.now);
        }
    }
    return worst;
}

bool differs(const LineReading& line, bool closed) { return (line.level == Level::active) != closed; }

/// Opens both loops while a side is on, closes them while both are off: as fast as it can.
Duration flicker_both(CoreBench& bench) {
    const bool off = !bench.loads_on() && !bench.charge_on();
    if (differs(bench.inputs.allow_to_charge, off)) {
        bench.charge_loop(off);
        bench.discharge_loop(off);
    }
    return 10ms;
}

Duration flicker_charge(CoreBench& bench) {
    if (differs(bench.inputs.allow_to_charge, !bench.charge_on())) {
        bench.charge_loop(!bench.charge_on());
    }
    return 10ms;
}

/// The worst there is, since it needs neither a lead nor debouncing.
Duration lose_and_regain(CoreBench& bench) {
    const bool permitted = bench.loads_on() || bench.charge_on();
    if (permitted) {
        bench.lose_lines();
    } else if (!bench.inputs.lines_held) {
        bench.regain_lines();
    }
    return 10ms;
}

Duration flicker_pre_alarm(CoreBench& bench) {
    if (differs(bench.inputs.pre_alarm, bench.pre_alarm_high())) {
        bench.pre_alarm_loop(bench.pre_alarm_high());
    }
    return 10ms;
}

Settings with_reconnect_delay(Duration delay) {
    Settings settings;
    settings.reconnect_delay = settings.charge_reconnect_delay = delay;
    return settings;
}

TEST(Wear, AFlickeringBatteryDisconnectsASideAtMost17TimesInAnyHour) { // decisions 3
    EXPECT_LE(worst_hour({}, flicker_both).loads.most, 17u);
    EXPECT_EQ(worst_hour({}, flicker_charge).charge.most, 17u);
    const WorstHour lost = worst_hour({}, lose_and_regain);
    EXPECT_EQ(lost.loads.most, 17u);
    EXPECT_EQ(lost.charge.most, 17u);
}

TEST(Wear, WithTheShortestReconnectDelayItIs20Times) { // decisions 3
    const WorstHour lost = worst_hour(with_reconnect_delay(1s), lose_and_regain);
    EXPECT_EQ(lost.loads.most, 20u);
    EXPECT_EQ(lost.charge.most, 20u);
}

TEST(Wear, NoRandomFlickerIsWorse) { // decisions 3
    for (unsigned seed = 1; seed <= 4; ++seed) {
        std::mt19937 random(seed);
        const WorstHour worst = worst_hour({}, [&](CoreBench& bench) -> Duration {
            const auto choice = random() % 8;
            choice % 2 == 0 ? bench.discharge_loop(choice == 0) : bench.charge_loop(choice == 1);
            choice == 7 ? bench.lose_lines() : bench.regain_lines();
            return Millis(1 << random() % 16);
        });
        EXPECT_LE(worst.loads.most, 17u) << "seed " << seed;
        EXPECT_LE(worst.charge.most, 17u) << "seed " << seed;
        EXPECT_GT(worst.charge.most, 3u) << "seed " << seed;
    }
}

TEST(Wear, PreAlarmGoesHighAtMost360TimesInAnyHour) { // M13
    const std::size_t worst = worst_hour({}, flicker_pre_alarm).pre_alarm.most;
    EXPECT_LE(worst, 360u);
    EXPECT_GT(worst, 330u) << "the adversary is too slow to show anything";
}

TEST(Debounce, AStampFromTheFutureCountsAsNow) {
    CoreBench bench;
    bench.start();
    bench.inputs.pre_alarm = {Level::inactive, bench.now + 1h};
    bench.take_step();
    bench.inputs.pre_alarm.since = bench.now; // as the daemon reads it again
    bench.run(20ms);
    EXPECT_TRUE(bench.pre_alarm_high());
}

} // namespace
} // namespace bms::test
