// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// M69: what of the count survives a restart of the daemon and of the board.
#include "unit/guard_residual_fixture.hpp"

namespace bms::guard {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;
using Kind = News::Kind;

TEST_F(ResidualTest, ARestartOfTheDaemonLosesNothing) {
    low_cell();
    pass(110h);
    const auto kept = count.keep(now, seen.utc_s);
    now += 20h;
    clock_off_s = -1'000'000; // no matter: the same boot
    of(settings, kept, "boot-1");
    look();
    EXPECT_EQ(count.hours_left(), 70.0);
    EXPECT_THAT(count.reason(), HasSubstr("about"));
    EXPECT_THAT(count.take_news(), ElementsAre(says(Kind::good, "counted on")))
        << "what was told before is not told again";
    EXPECT_FALSE(count.wants_to_be_kept(now)) << "a daemon that dies each second must not wear the card";
    pass(20h);
    EXPECT_THAT(count.take_news(), ElementsAre(says(Kind::warning, "25 %")));
}

TEST_F(ResidualTest, ARebootIsCountedByTheWallClock) {
    low_cell();
    pass(50h);
    reboot(50h);
    EXPECT_EQ(count.hours_left(), 100.0);
    EXPECT_THAT(count.reason(), HasSubstr("about"));
    pass(50h);
    EXPECT_EQ(count.hours_left(), 50.0);
    const auto kept = count.keep(now, seen.utc_s);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->boot, "boot-2");
    EXPECT_NEAR(kept->used_mah, 1500, 1);
}

TEST_F(ResidualTest, AClockThatStandsBeforeTheStoredOneCountsTheUptimeAndSaysAtMost) {
    low_cell();
    pass(50h);
    clock_off_s = -48 * 3600;
    reboot(24h);
    EXPECT_EQ(count.hours_left(), 149.0) << "50 h, and the minute since the board's start";
    EXPECT_THAT(count.reason(), HasSubstr("at most"));
    clock_off_s = 0; // GPS has come
    look();
    EXPECT_EQ(count.hours_left(), 126.0);
    EXPECT_THAT(count.reason(), HasSubstr("about"));
    clock_off_s = 20 * 3600; // and somebody corrects it
    pass(1h);
    EXPECT_EQ(count.hours_left(), 105.0);
    clock_off_s = 0;
    look();
    EXPECT_EQ(count.hours_left(), 125.0) << "a wrong clock leaves nothing behind";
}

TEST_F(ResidualTest, ANoticeThatAWrongClockGaveIsTakenBack) {
    low_cell();
    pass(10h);
    clock_off_s = 10'000'000;
    reboot(1h);
    EXPECT_EQ(count.hours_left(), 0.0);
    EXPECT_EQ(count.alarm(), 2);
    clock_off_s = 0;
    look();
    EXPECT_EQ(count.hours_left(), 189.0);
    EXPECT_EQ(count.alarm(), 0);
}

TEST_F(ResidualTest, StoredWithAClockThatWasNotSetItIsAtMost) {
    clock_off_s = -today_s + 1000;
    low_cell();
    pass(50h);
    count.keep(now, seen.utc_s);
    EXPECT_FALSE(count.wants_to_be_kept(now));
    reboot(100h);
    EXPECT_EQ(count.hours_left(), 149.0);
    clock_off_s = 0;
    look();
    EXPECT_THAT(count.reason(), HasSubstr("at most")) << "nobody knows when it was stored";
    EXPECT_TRUE(count.wants_to_be_kept(now)) << "with the clock, now that it is set";
    const auto kept = count.keep(now, seen.utc_s);
    EXPECT_FALSE(count.wants_to_be_kept(now));
    ASSERT_TRUE(kept);
    EXPECT_TRUE(kept->at_least);
}

TEST_F(ResidualTest, WhereTheBootIsNotKnownTheWallClockCounts) {
    for (const auto* boot : {"", "boot-1"}) {
        seen = {};
        of({200.0, 10, 0}, std::nullopt, "");
        low_cell();
        pass(10h);
        const auto kept = count.keep(now, seen.utc_s);
        now += 10h;
        of(settings, kept, boot);
        look();
        EXPECT_EQ(count.hours_left(), 180.0);
    }
}

TEST_F(ResidualTest, AnInstantOfTheFutureIsAnotherBoots) {
    ResidualKept kept{100, 10, 0, false, "boot-1", now + 1h, today_s - 3600};
    of(settings, kept);
    clock_off_s = 24 * 3600;
    look();
    EXPECT_EQ(count.hours_left(), 165.0) << "10 h before, 25 h by the clock";
}

TEST_F(ResidualTest, ABoardThatIsSwitchedOffDrawsNothingMeanwhile) {
    of({200.0, 10, 90});
    low_cell();
    pass(10h);
    EXPECT_EQ(count.percent_left(), 50);
    reboot(50h, true);
    EXPECT_EQ(count.percent_left(), 25);
}

TEST_F(ResidualTest, WhatAShuntMeasuredIsTakenToGoOn) {
    low_cell();
    seen.shunt_current_a = -0.1;
    look();
    now += 1h; // not looked at since
    const auto kept = count.keep(now, seen.utc_s);
    ASSERT_TRUE(kept);
    EXPECT_NEAR(kept->used_mah, 100, 1e-6);
    EXPECT_EQ(kept->drain_ma, 100);
    seen.shunt_current_a = 5;
    look();
    EXPECT_EQ(count.keep(now, seen.utc_s)->drain_ma, 0) << "but no charger is";
}

TEST_F(ResidualTest, AChargedBatteryForgetsTheGap) {
    low_cell();
    reboot(50h);
    EXPECT_EQ(count.percent_left(), 75);
    seen.shunt_current_a = 1;
    pass(1h);
    clock_off_s = 100 * 3600;
    pass(1h);
    EXPECT_EQ(count.percent_left(), 100);
}

TEST_F(ResidualTest, ChargedWhileNobodyLookedItEndsAtOnce) {
    low_cell();
    pass(50h);
    seen = {.recovered = true};
    reboot(5h);
    EXPECT_FALSE(count.counting());
    EXPECT_THAT(count.take_news(), ElementsAre(says(Kind::good, "charged again")));
    EXPECT_TRUE(count.wants_to_be_kept(now));
}

TEST_F(ResidualTest, StoredBeforeTheFirstLookItIsAsItWas) {
    const ResidualKept kept{100, 10, 1, true, "boot-1", now - 1h, today_s};
    of(settings, kept);
    EXPECT_FALSE(count.wants_to_be_kept(now));
    EXPECT_THAT(count.keep(now, today_s), Optional(kept));
}

TEST_F(ResidualTest, IsStoredEverySixHoursWhileNothingElseHappens) {
    low_cell();
    EXPECT_TRUE(count.wants_to_be_kept(now)) << "at the begin";
    count.keep(now, seen.utc_s);
    EXPECT_EQ(count.next_deadline(), now + 6h);
    int times = 0;
    for (int minute = 0; minute < 48 * 60; ++minute) {
        pass(1min);
        if (count.wants_to_be_kept(now)) {
            ++times;
            count.keep(now, seen.utc_s);
        }
    }
    EXPECT_EQ(times, 8);
    EXPECT_THAT(count.take_news(), Not(testing::Contains(says(Kind::alarm, ""))));
}

TEST_F(ResidualTest, AtMostStaysAtMostOverAReboot) {
    seen.low_cell = true; // found low
    look();
    reboot(1h);
    EXPECT_THAT(count.reason(), HasSubstr("at most"));
}

TEST_F(ResidualTest, OnAuxInTheBoardIsTakenToStayThere) {
    of({200.0, 10, 90});
    seen.board_on_aux = true;
    low_cell();
    EXPECT_EQ(count.keep(now, seen.utc_s)->drain_ma, 10);
}

TEST_F(ResidualTest, WhatDrawsNothingNowStillHasItsNotices) {
    of({200.0, 0, 0}, ResidualKept{1500, 10, 0, false, "boot-1", now, today_s});
    seen.low_cell = true;
    look();
    EXPECT_THAT(
        count.take_news(),
        ElementsAre(says(Kind::good, "nothing is configured to draw it"),
                    says(Kind::warning, "25 % of what a low cell left in the battery is there: charge")));
}

} // namespace
} // namespace bms::guard
