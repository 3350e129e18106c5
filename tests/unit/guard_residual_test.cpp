// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// M69, M118 to M120: what a low cell leaves, in virtual time.
#include "unit/guard_residual_fixture.hpp"

namespace bms::guard {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = News::Kind;

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
    count.keep(now, seen.utc_s);
    EXPECT_EQ(count.next_deadline(), now + 6h);
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
    EXPECT_EQ(count.hours_left(), std::nullopt);
    EXPECT_EQ(count.percent_left(), std::nullopt);
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

TEST_F(ResidualTest, AShuntCountsWhereItShowsMoreThanIsConfigured) { // M69
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

TEST_F(ResidualTest, WhatIsPermittedIsNotLow) {
    seen = {.low_cell = true, .recovered = true};
    look();
    EXPECT_FALSE(count.counting());
}

} // namespace
} // namespace bms::guard
