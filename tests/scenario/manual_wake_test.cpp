// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// AC returns after a low cell: the Multi must recharge the battery, and waking it must not empty the battery.
#include "support/multi_fixture.hpp"

#include <random>

namespace bms::test {
namespace {

using core::Line;
using core::Mode;

struct AfterALowCell : WithMulti {
    AfterALowCell() {
        low_cell();
        obey();
    }
    void falls_asleep() { multi({.configured = true}); }
    void on_ac(Mode mode) {
        auto report = reporting(mode);
        report.ac_present = true;
        multi(report);
    }
    bool standby() const { return out().vebus_standby == Line::high; }
    /// How long the standby line floats from now until it is held again.
    Duration floats_for() {
        const Instant from = now;
        while (!standby() && now - from < 2h) {
            run(1s);
        }
        return now - from;
    }
};

TEST_F(AfterALowCell, AcReturningAfterThreeDaysWakesItToRecharge) { // M62, M134
    falls_asleep();
    mains(false);
    run(72h);
    EXPECT_FALSE(standby()) << "the reserve is not spent on it";
    mains(true);
    EXPECT_TRUE(standby());
    EXPECT_EQ(commanded(), Mode::charger_only);
    run(3s);
    on_ac(Mode::charger_only);
    EXPECT_FALSE(standby()) << "it lives on AC";
    run(2h);
    EXPECT_FALSE(standby());
}

TEST_F(AfterALowCell, AnAttemptHoldsTheStandbyLineFor20SecondsAndTheNextComesLaterEachTime) { // M62
    falls_asleep();
    mains(true);
    for (const Duration pause : {1min, 2min, 4min, 8min, 16min, 30min, 30min}) {
        ASSERT_TRUE(standby());
        run(20s - 1us);
        ASSERT_TRUE(standby());
        EXPECT_FALSE(out().multi_not_woken) << "it has its time to wake";
        run(1us);
        ASSERT_FALSE(standby());
        EXPECT_TRUE(out().multi_not_woken);
        EXPECT_EQ(result.next_change.what, "the Multi will be woken, or told to recharge, again");
        ASSERT_EQ(floats_for() + 20s, pause);
    }
}

TEST_F(AfterALowCell, FreshAcStartsAtOnce) { // M62
    falls_asleep();
    mains(true);
    run(10min);
    EXPECT_FALSE(standby());
    mains(false);
    run(1s);
    mains(true);
    EXPECT_TRUE(standby());
    run(20s);
    EXPECT_EQ(floats_for(), 40s) << "and its pauses are short again";
}

TEST_F(AfterALowCell, AcThatComesAndGoesHoldsTheLineNoMoreThan20SecondsInAnyMinute) { // M62
    constexpr Duration sample = 100ms;
    constexpr auto minute = static_cast<std::ptrdiff_t>(1min / sample);
    falls_asleep();
    std::mt19937 random(1); // NOLINT: the same each time
    std::vector<char> held;
    for (int change = 0; change < 5000; ++change) {
        mains(random() % 2 == 0);
        for (auto samples = 1 + random() % 40; samples > 0; --samples) {
            held.push_back(standby() ? 1 : 0);
            run(sample);
        }
    }
    ASSERT_GT(std::count(held.begin(), held.end(), 1), 10 * minute) << "there were many attempts";
    for (auto from = held.begin(); held.end() - from >= minute; ++from) {
        ASSERT_LE(std::count(from, from + minute, 1) * sample, 20s);
    }
}

TEST_F(AfterALowCell, TheMultiItselfMaySeeTheAc) { // M62 without a mains detector
    falls_asleep();
    run(1h);
    on_ac(Mode::charger_only);
    EXPECT_EQ(commanded(), Mode::charger_only);
    EXPECT_FALSE(standby());
}

TEST_F(AfterALowCell, IsNeverWokenAgainstTheWish) { // decisions 5
    for (const Mode wished : {Mode::off, Mode::inverter_only}) {
        wish(wished);
        falls_asleep();
        mains(true);
        EXPECT_FALSE(standby());
        EXPECT_EQ(commanded(), Mode::off);
        mains(false);
    }
    wish(Mode::charger_only);
    mains(true);
    EXPECT_TRUE(standby());
    wish(Mode::off);
    EXPECT_FALSE(standby()) << "in the same step";
}

TEST_F(AfterALowCell, IsNotWokenWhileChargingIsForbiddenToo) { // nothing to be won
    falls_asleep();
    charge_loop(false);
    run(1s);
    mains(true);
    EXPECT_FALSE(standby());
    charge_loop(true);
    run(500ms + 5s);
    EXPECT_TRUE(standby());
}

TEST_F(AfterALowCell, OneThatWasToldOffIsGivenChargerOnlyAgainWhenAcReturns) { // M62, decisions 6
    multi(reporting(Mode::on));
    run(5s);
    ASSERT_EQ(commanded(), Mode::off);
    multi(reporting(Mode::off));
    run(1h);
    EXPECT_EQ(commanded(), Mode::off) << "without AC there is nothing to try";
    on_ac(Mode::off);
    EXPECT_EQ(commanded(), Mode::charger_only);
    obey();
    run(1h);
    EXPECT_EQ(commanded(), Mode::charger_only);
}

TEST_F(AfterALowCell, OneThatInvertsInEachTryIsTriedAgainLaterAndLater) { // M62, decisions 6
    mains(true);
    for (const Duration pause : {1min, 2min, 4min, 8min, 16min, 30min, 30min}) {
        ASSERT_EQ(commanded(), Mode::charger_only);
        on_ac(Mode::on);
        const Instant tried = now;
        run(5s);
        ASSERT_EQ(commanded(), Mode::off);
        on_ac(Mode::off);
        while (commanded() == Mode::off && now - tried < 1h) {
            run(1s);
        }
        ASSERT_EQ(now - tried, pause);
    }
}

TEST_F(AfterALowCell, OneThatFellAsleepIsWokenWhenLoadsAreAllowedAgain) { // decisions 5
    falls_asleep();
    discharge_loop(true);
    run(500ms + 5s);
    EXPECT_TRUE(standby());
    multi(reporting(Mode::charger_only));
    EXPECT_TRUE(standby()) << "until it inverts as wished";
    multi(reporting(Mode::on));
    EXPECT_FALSE(standby());
}

TEST_F(AfterALowCell, OneThatDoesNotWakeToInvertIsWokenAgainAnAttemptAtATime) { // decisions 5
    falls_asleep();
    discharge_loop(true);
    run(500ms + 5s);
    run(20s);
    EXPECT_FALSE(standby());
    EXPECT_TRUE(out().multi_not_woken);
    EXPECT_EQ(floats_for(), 40s);
}

} // namespace
} // namespace bms::test
