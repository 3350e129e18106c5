// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// M69, M118 to M120: what a low cell leaves, in virtual time.
#include "bms/guard/residual.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::guard {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;
using Kind = News::Kind;

constexpr std::int64_t today_s = 1'790'000'000;

auto says(Kind kind, const std::string& words) {
    return AllOf(Field(&News::kind, kind), Field(&News::words, HasSubstr(words)));
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

TEST_F(ResidualTest, TenMilliamperesEmptyTheRestOfTwoHundredAmpereHoursInEightDays) { // M69, M120
    EXPECT_EQ(outlook_h(settings), 200.0);                                            // 2 Ah / 10 mA
    EXPECT_EQ(outlook(settings), "about 2.0 Ah are left after a low cell: 8 days with 10 mA");
    low_cell();
    EXPECT_EQ(count.hours_left(), 200.0);
    EXPECT_EQ(count.percent_left(), 100);
    pass(8 * 24h, 1h);
    EXPECT_EQ(count.hours_left(), 8.0);
    EXPECT_EQ(count.percent_left(), 4);
    pass(8h, 1h);
    EXPECT_EQ(count.hours_left(), 0.0);
    EXPECT_EQ(count.percent_left(), 0);
    pass(24h, 1h);
    EXPECT_EQ(count.hours_left(), 0.0) << "there is no less than nothing";
}

TEST_F(ResidualTest, OneAmpereHourOfAHundredIsLeft) { // M120
    EXPECT_EQ(outlook_h({100.0, 10, 0}), 100.0) << "the older manual: 100 Ah, four days";
    EXPECT_THAT(outlook({600.0, 0, 240}), "about 6.0 Ah are left after a low cell: 25 h with 240 mA");
}

TEST_F(ResidualTest, HoursAreSaidRoundedDown) {
    EXPECT_EQ(hours_words(0.0), "0 h");
    EXPECT_EQ(hours_words(8.59), "8.5 h");
    EXPECT_EQ(hours_words(34.9), "34 h");
    EXPECT_EQ(hours_words(71.9), "71 h");
    EXPECT_EQ(hours_words(199.9), "8 days");
}

TEST_F(ResidualTest, WithoutABankThereIsNoFigureAndThatIsSaid) {
    of({std::nullopt, 10, 0});
    EXPECT_EQ(outlook_h(settings), std::nullopt);
    EXPECT_THAT(outlook(settings), HasSubstr("describe the battery in /bank"));
    look();
    seen.low_cell = true;
    look();
    EXPECT_THAT(count.take_news(), ElementsAre(says(Kind::warning, "/bank")));
    pass(30 * 24h, 6h);
    EXPECT_EQ(count.hours_left(), std::nullopt);
    EXPECT_EQ(count.percent_left(), std::nullopt);
    EXPECT_EQ(count.alarm(), 0);
    EXPECT_THAT(count.reason(), HasSubstr("/bank"));
    EXPECT_THAT(count.take_news(), IsEmpty());
}

TEST_F(ResidualTest, WhatDrawsNothingLastsForEverAndSaysSo) {
    of({200.0, 0, 0});
    EXPECT_EQ(outlook_h(settings), std::nullopt);
    EXPECT_THAT(outlook(settings), HasSubstr("nothing is configured to draw it"));
    low_cell();
    pass(30 * 24h, 6h);
    EXPECT_EQ(count.hours_left(), std::nullopt);
    EXPECT_EQ(count.percent_left(), 100);
    EXPECT_THAT(count.reason(), HasSubstr("nothing is configured to draw it"));
    count.keep(now, seen.utc_s);
    EXPECT_EQ(count.next_deadline(), now + 6h) << "only the next time to store";
}

// ---------------------------------------------------------------------------------------- begin and end

TEST_F(ResidualTest, BeginsWithTheLowCellAndSaysWhatToDo) { // M119
    look();
    pass(1h);
    EXPECT_FALSE(count.counting());
    EXPECT_EQ(count.next_deadline(), never);
    EXPECT_EQ(count.reason(), outlook(settings)) << "before it happens";
    seen.low_cell = true;
    look();
    EXPECT_TRUE(count.counting());
    EXPECT_THAT(count.take_news(), ElementsAre(says(Kind::warning, "open its switch, pull its fuse, or "
                                                                   "unplug its plus")));
    EXPECT_THAT(count.reason(), AllOf(HasSubstr("left about 2.0 Ah"), HasSubstr("10 mA as configured")));
}

TEST_F(ResidualTest, GoesOnWhileTheRemoteIsOffOrALineIsLost) {
    low_cell();
    pass(50h);
    seen.low_cell = false; // the cause is another one now, and the battery is as empty as before
    pass(50h);
    EXPECT_EQ(count.hours_left(), 100.0);
}

TEST_F(ResidualTest, EndsWhenTheBatteryIsChargedAndBeginsAnewWithTheNextLowCell) {
    low_cell();
    pass(120h);
    EXPECT_EQ(count.alarm(), 1);
    count.take_news();
    seen = {.recovered = true};
    look();
    EXPECT_FALSE(count.counting());
    EXPECT_EQ(count.alarm(), 0);
    EXPECT_THAT(count.take_news(), ElementsAre(says(Kind::good, "charged again")));
    EXPECT_TRUE(count.wants_to_be_kept(now));
    EXPECT_EQ(count.keep(now, seen.utc_s), std::nullopt);
    EXPECT_FALSE(count.wants_to_be_kept(now + 24h));
    seen = {.low_cell = true};
    look();
    EXPECT_EQ(count.hours_left(), 200.0);
    EXPECT_THAT(count.reason(), HasSubstr("about"));
}

TEST_F(ResidualTest, FoundLowAtTheStartItIsAtMostWhatIsThere) {
    seen.low_cell = true;
    look();
    EXPECT_THAT(count.reason(), HasSubstr("at most 2.0 Ah"));
    pass(100h);
    EXPECT_THAT(count.take_news().back().words, HasSubstr("at most 50 %"));
}

// ---------------------------------------------------------------------------------------- notices

TEST_F(ResidualTest, NoticesComeAtAHalfAQuarterATenthAndNothing) { // M69, M119
    low_cell();
    const auto at_next = [&] {
        while (now < count.next_deadline() && count.take_news().empty()) {
            now = count.next_deadline();
            if (count.wants_to_be_kept(now)) {
                count.keep(now, seen.utc_s);
            }
            look();
            if (auto news = count.take_news(); !news.empty()) {
                return news;
            }
        }
        return std::vector<News>{};
    };
    EXPECT_THAT(at_next(), ElementsAre(says(Kind::warning, "50 % of what a low cell left in the battery is "
                                                           "there, for 4 days")));
    EXPECT_EQ(now - started, 100h);
    EXPECT_EQ(count.alarm(), 1);
    EXPECT_TRUE(count.wants_to_be_kept(now));
    EXPECT_THAT(at_next(), ElementsAre(says(Kind::warning, "25 % of")));
    EXPECT_EQ(now - started, 150h);
    EXPECT_THAT(at_next(), ElementsAre(says(Kind::alarm, "10 % of what a low cell left in the battery is "
                                                         "there, for 20 h: charge the battery, or isolate")));
    EXPECT_EQ(now - started, 180h);
    EXPECT_EQ(count.alarm(), 2);
    EXPECT_THAT(at_next(), ElementsAre(says(Kind::alarm, "used up, and each further hour damages it")));
    EXPECT_EQ(now - started, 200h);
    count.keep(now, seen.utc_s);
    EXPECT_EQ(count.next_deadline(), now + 6h) << "nothing more to tell";
    pass(100h, 1h);
    EXPECT_THAT(count.take_news(), IsEmpty());
}

TEST_F(ResidualTest, WhatWasMissedIsToldOnceByItsLastNotice) {
    low_cell();
    now += 190h;
    look();
    EXPECT_THAT(count.take_news(), ElementsAre(says(Kind::alarm, "5 % of")));
}

// ---------------------------------------------------------------------------------------- the shunt

TEST_F(ResidualTest, AShuntCountsWhereItShowsMoreThanIsConfigured) { // M69, M117
    low_cell();
    seen.shunt_current_a = -0.2;
    look();
    EXPECT_EQ(count.hours_left(), 10.0);
    EXPECT_THAT(count.reason(), HasSubstr("200 mA by the shunt"));
    seen.shunt_current_a = -0.034;
    look();
    EXPECT_THAT(count.reason(), HasSubstr("40 mA by the shunt")) << "in steps, and never less";
    seen.shunt_current_a = -0.005;
    look();
    EXPECT_EQ(count.hours_left(), 200.0) << "a shunt of hundreds of amperes does not see some milliamperes";
    seen.shunt_current_a = 0.05;
    look();
    EXPECT_EQ(count.hours_left(), 200.0) << "nor is its noise a charge current";
}

TEST_F(ResidualTest, AChargeCurrentGivesBackWhatWasDrawnAndNoMore) {
    low_cell();
    pass(120h);
    count.take_news();
    seen.shunt_current_a = 0.2;
    look();
    EXPECT_EQ(count.percent_left(), 40);
    EXPECT_EQ(count.hours_left(), std::nullopt) << "while it is charged";
    EXPECT_THAT(count.reason(), HasSubstr("the shunt shows a charge current"));
    pass(1h);
    EXPECT_EQ(count.percent_left(), 50);
    EXPECT_EQ(count.alarm(), 1);
    pass(1h);
    EXPECT_EQ(count.percent_left(), 60);
    EXPECT_EQ(count.alarm(), 0);
    pass(100h);
    EXPECT_EQ(count.percent_left(), 100);
    seen.shunt_current_a.reset();
    look();
    pass(100h);
    EXPECT_EQ(count.percent_left(), 50);
    EXPECT_THAT(count.take_news(), ElementsAre(says(Kind::warning, "50 %"))) << "again, since it was gone";
}

TEST_F(ResidualTest, ANoticeIsNotRepeatedByACurrentThatWavers) {
    low_cell();
    pass(100h);
    EXPECT_THAT(count.take_news(), ElementsAre(says(Kind::warning, "50 %")));
    for (int i = 0; i < 20; ++i) {
        seen.shunt_current_a = 0.2;
        pass(10min);
        seen.shunt_current_a.reset();
        pass(200min);
    }
    EXPECT_THAT(count.take_news(), IsEmpty());
}

TEST_F(ResidualTest, TheBoardDrawsNothingWhileAuxInFeedsIt) { // M31, M32
    of({200.0, 10, 90});
    low_cell();
    EXPECT_EQ(count.hours_left(), 20.0);
    seen.board_on_aux = true;
    look();
    EXPECT_EQ(count.hours_left(), 200.0);
    pass(100h);
    seen.board_on_aux = false;
    look();
    EXPECT_EQ(count.hours_left(), 10.0);
}

// ---------------------------------------------------------------------------------------- what survives

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

} // namespace
} // namespace bms::guard
