// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What feeds the board, and when it asks to be switched off, in virtual time.
#include "bms/guard/power.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::guard {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const PowerSettings bare{};
const PowerSettings with_adapter{.aux_in_fitted = true, .aux_in_v = 24, .low_cell_v = 22.4, .rest_h = 17.2};

TEST(PowerSource, WithoutAuxInItIsTheBattery) {
    EXPECT_EQ(power_source(bare, std::nullopt, 25.6), PowerSource::battery);
    EXPECT_EQ(power_source(with_adapter, false, 20.0), PowerSource::battery);
}

TEST(PowerSource, OfTwoTheHigherVoltageFeeds) { // M31, M158
    EXPECT_EQ(power_source(with_adapter, true, 26.4), PowerSource::battery);
    EXPECT_EQ(power_source(with_adapter, true, 22.0), PowerSource::aux_in);
}

TEST(PowerSource, WhatIsNearOrNotMeasuredIsNotKnown) {
    EXPECT_EQ(power_source(with_adapter, true, 24.4), PowerSource::aux_in_perhaps);
    EXPECT_EQ(power_source(with_adapter, true, 23.6), PowerSource::aux_in_perhaps);
    EXPECT_EQ(power_source(with_adapter, true, std::nullopt), PowerSource::aux_in_perhaps);
    EXPECT_EQ(power_source({.aux_in_fitted = true}, true, 25.6), PowerSource::aux_in_perhaps);
    EXPECT_EQ(power_source({.aux_in_fitted = true}, std::nullopt, 25.6), PowerSource::not_known)
        << "line lost";
    EXPECT_EQ(power_source({.aux_in_v = 24}, std::nullopt, 25.6), PowerSource::not_known) << "no line";
}

TEST(PowerSource, IsSaidInWords) {
    EXPECT_EQ(word(PowerSource::battery), "battery");
    EXPECT_EQ(word(PowerSource::aux_in), "aux-in");
    EXPECT_EQ(word(PowerSource::aux_in_perhaps), "aux-in present, not known which feeds");
    EXPECT_THAT(word(PowerSource::not_known), StartsWith("not known"));
}

// ------------------------------------------------------------------------------------------ at a low cell

TEST(AtLowCell, ABoardOnTheBatteryGoesOnAndEmptiesIt) { // M103
    EXPECT_EQ(at_low_cell(bare, std::nullopt), "this board goes on and empties the battery");
    EXPECT_EQ(at_low_cell(with_adapter, false),
              "this board goes on and empties the battery: the rest lasts 17 h");
}

TEST(AtLowCell, FromAuxInItStaysUp) { // M32, M104
    PowerSettings high = with_adapter;
    high.aux_in_v = 27;
    EXPECT_EQ(at_low_cell(high, true), "this board goes on from Aux-In");
}

TEST(AtLowCell, AnAdapterBelowARestingBatteryTakesOverLater) { // M158
    EXPECT_EQ(at_low_cell(with_adapter, true),
              "this board goes on, from Aux-In as soon as the battery has a lower voltage than that");
}

TEST(AtLowCell, AnAdapterBelowTheBatteryDoesNotTakeOver) { // M158
    PowerSettings low = with_adapter;
    low.aux_in_v = 12;
    EXPECT_THAT(at_low_cell(low, true), HasSubstr("at a lower voltage than the battery then has"));
}

TEST(AtLowCell, AnAdapterOfAnUnknownVoltageMayNotTakeOver) {
    EXPECT_THAT(at_low_cell({.aux_in_fitted = true}, true), HasSubstr("if that has the higher voltage"));
    EXPECT_THAT(at_low_cell({.aux_in_fitted = true, .aux_in_v = 24}, true), HasSubstr("if that has"));
}

TEST(AtLowCell, OnGxPowItLosesItsSupplyWithoutAuxIn) { // M103
    PowerSettings gx = bare;
    gx.fed_from = FedFrom::gx_pow;
    EXPECT_THAT(at_low_cell(gx, std::nullopt), HasSubstr("GX-Pow loses the battery"));
    gx.aux_in_fitted = true;
    EXPECT_THAT(at_low_cell(gx, false), StartsWith("GX-Pow loses the battery"));
    EXPECT_EQ(at_low_cell(gx, true), "this board goes on from Aux-In") << "there is nothing else then";
    gx.aux_in_v = 12;
    gx.low_cell_v = 22.4;
    EXPECT_EQ(at_low_cell(gx, true), "this board goes on from Aux-In");
}

TEST(AtLowCell, WhatIsNotKnownOfAuxInIsSaid) {
    EXPECT_EQ(at_low_cell(with_adapter, std::nullopt),
              "unless Aux-In is powered: this board goes on and empties the battery: the rest lasts 17 h");
    EXPECT_THAT(at_low_cell({.aux_in_v = 24}, std::nullopt), StartsWith("unless Aux-In is powered"));
}

TEST(AtLowCell, ThatItIsSwitchedOffIsSaidBefore) {
    EXPECT_THAT(at_low_cell({.off_after = 30min}, std::nullopt),
                StartsWith("this board is switched off after 30 "
                           "min, unless AC or a charger comes"));
    EXPECT_THAT(at_low_cell({.off_after = 3s}, std::nullopt), HasSubstr("after 3 s"));
}

// ------------------------------------------------------------------------------------------ switching off

class PowerOffTest : public ::testing::Test {
  protected:
    void pass(Duration length) {
        now += length;
        off.run(seen, now);
    }
    std::vector<std::string> words() {
        std::vector<std::string> all;
        for (const News& news : off.take_news()) {
            all.push_back(news.words);
        }
        return all;
    }

    PowerOff off{Duration(30min)};
    PowerSeen seen{.low_cell = true};
    Instant now{1000s};
};

TEST_F(PowerOffTest, ALowCellWithNothingThatFeedsAsksAfterItsTime) { // M32, M103, M139
    off.run(seen, now);
    EXPECT_THAT(words(), ElementsAre(HasSubstr("is switched off in 30 min")));
    EXPECT_EQ(off.next_deadline(), now + 30min);
    pass(30min - 1s);
    EXPECT_FALSE(off.wanted());
    pass(1s);
    EXPECT_TRUE(off.wanted());
    EXPECT_THAT(words(), ElementsAre(HasSubstr("to be switched off now")));
    EXPECT_EQ(off.next_deadline(), now + 2min);
    pass(119s);
    EXPECT_THAT(words(), IsEmpty());
}

TEST_F(PowerOffTest, ThatNobodySwitchesItOffIsSaidOnce) {
    off.run(seen, now);
    pass(30min);
    words();
    pass(2min);
    EXPECT_THAT(words(), ElementsAre(HasSubstr("enable vebus-bms-power-off.path")));
    EXPECT_EQ(off.next_deadline(), never);
    pass(24h);
    EXPECT_THAT(words(), IsEmpty());
    EXPECT_TRUE(off.wanted());
}

TEST_F(PowerOffTest, WhatFeedsOrChargesHoldsItOnAndBeginsTheTimeAnew) { // M32, M104
    for (bool PowerSeen::*holds : {&PowerSeen::aux_in, &PowerSeen::mains, &PowerSeen::charging}) {
        off = PowerOff(Duration(30min));
        off.run(seen, now);
        pass(29min);
        seen.*holds = true;
        pass(24h);
        EXPECT_FALSE(off.wanted());
        EXPECT_EQ(off.next_deadline(), never);
        seen.*holds = false;
        pass(1s);
        pass(29min);
        EXPECT_FALSE(off.wanted());
        pass(1min);
        EXPECT_TRUE(off.wanted());
    }
}

TEST_F(PowerOffTest, TakesItsWordBackWhenSomethingComes) {
    off.run(seen, now);
    pass(30min);
    words();
    seen.charging = true;
    pass(1s);
    EXPECT_FALSE(off.wanted());
    EXPECT_THAT(words(), ElementsAre(HasSubstr("no longer to be switched off")));
    pass(1s);
    EXPECT_THAT(words(), IsEmpty());
}

TEST_F(PowerOffTest, NoLowCellNoEnd) {
    seen.low_cell = false;
    pass(1s);
    pass(24h);
    EXPECT_FALSE(off.wanted());
    EXPECT_THAT(words(), IsEmpty());
}

TEST_F(PowerOffTest, WithoutATimeNever) { // decisions 5: no power-off without hardware that wakes
    off = PowerOff(std::nullopt);
    pass(1s);
    pass(1000h);
    EXPECT_FALSE(off.wanted());
    EXPECT_THAT(words(), IsEmpty());
    EXPECT_EQ(off.next_deadline(), never);
}

} // namespace
} // namespace bms::guard
