// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "unit/guard_venus_driver.hpp"

namespace bms::guard {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using vebus::ListenOnly;
using vebus::SwitchState;
using venus::Value;

TEST_F(LinkWithADriver, ReadsTheMultiOfTheOnlyOtherService) {
    arrives();
    run(1s);
    const auto& s = link.status();
    EXPECT_TRUE(s.heard);
    EXPECT_EQ(s.remote_mode, SwitchState::on);
    EXPECT_EQ(s.active_mode, SwitchState::on);
    EXPECT_EQ(s.venus_state, 9U);
    EXPECT_EQ(s.dc_current_a, -20.0);
    EXPECT_EQ(s.dc_voltage_v, 25.5);
    EXPECT_EQ(s.mains_present, false);
    EXPECT_EQ(s.found.units, 1);
    EXPECT_EQ(s.listen_only, ListenOnly::no);
    EXPECT_THAT(link.problem(), IsEmpty());
    EXPECT_THAT(writes, IsEmpty());
}

TEST_F(LinkWithADriver, SaysThatChargingCannotBeStoppedOrLimitedAlone) {
    arrives();
    run(1s);
    for (const auto& able : {link.status().charge_stop, link.status().charge_limit}) {
        EXPECT_EQ(able.known, vebus::Capability::Known::no);
        EXPECT_THAT(able.why, HasSubstr("cannot limit or stop charging"));
    }
    EXPECT_FALSE(link.status().charge_order_in_force);
}

TEST_F(LinkWithADriver, EachModeIsWrittenAsVenusOsNumbersIt) {
    arrives();
    run(1s);
    for (const auto mode :
         {SwitchState::charger_only, SwitchState::off, SwitchState::inverter_only, SwitchState::on}) {
        want(mode);
        run(1s);
        EXPECT_EQ(link.status().remote_mode, mode);
        EXPECT_EQ(link.status().active_mode, mode);
    }
    EXPECT_THAT(writes, ElementsAre(1, 4, 2, 3));
}

TEST_F(LinkWithADriver, AModeThatShowsIsNotWrittenAgain) {
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    run(10min);
    EXPECT_THAT(writes, ElementsAre(1));
    EXPECT_EQ(link.status().statistics.acknowledged, 1U);
}

TEST_F(LinkWithADriver, WhatIsNotInsistedOnIsNotWritten) {
    arrives();
    run(1s);
    want(SwitchState::charger_only, false);
    run(1min);
    EXPECT_THAT(writes, IsEmpty());
}

TEST_F(LinkWithADriver, UnderAVetoAChangeFromOutsideIsWrittenBackAndHeardAsAUsersHand) {
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    run(1min);
    const auto before = link.status().panel_changes;
    becomes("/Mode", 4);
    EXPECT_EQ(link.status().panel_mode, SwitchState::off);
    EXPECT_EQ(link.status().panel_changes, before + 1);
    becomes("/Mode", 3);
    EXPECT_EQ(link.status().panel_changes, before + 2);
    run(2s);
    EXPECT_THAT(writes, ElementsAre(1, 1));
    EXPECT_EQ(link.status().remote_mode, SwitchState::charger_only);
    EXPECT_EQ(link.status().panel_changes, before + 2); // our own write is nobody's hand
}

TEST_F(LinkWithADriver, AChangeOfTheGuiIsWrittenBackAtMostOnceARepetition) {
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    run(1min);
    for (int i = 0; i < 20; ++i) { // somebody holds the button
        becomes("/Mode", 3);
        run(100ms);
    }
    EXPECT_LE(writes.size(), 4U);
}

TEST_F(LinkWithADriver, TheLateWordOfADriverIsNoUsersHandAndNoNewMode) {
    obeys = Obeys::late_word;
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    run(1500ms);
    EXPECT_EQ(link.status().panel_changes, 0U);
    EXPECT_EQ(link.status().remote_mode, SwitchState::charger_only);
}

TEST_F(LinkWithADriver, ALateWordThatStaysIsTakenAfterAWhile) {
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    run(100ms);
    want(SwitchState::charger_only, false);
    becomes("/Mode", 3); // within the time in which a driver may be late
    EXPECT_EQ(link.status().remote_mode, SwitchState::charger_only);
    run(4s);
    EXPECT_EQ(link.status().remote_mode, SwitchState::on);
    EXPECT_EQ(link.status().panel_changes, 1U);
}

TEST_F(LinkWithADriver, AModeWithoutEffectIsToldAfterThreeTriesAndTriedOnSlowly) {
    obeys = Obeys::no;
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    run(1s);
    EXPECT_FALSE(link.status().mode_refused);
    run(3s);
    EXPECT_TRUE(link.status().mode_refused);
    EXPECT_FALSE(link.status().mode_report_stale);
    EXPECT_EQ(link.status().remote_mode, SwitchState::on);
    writes.clear();
    run(1min);
    EXPECT_THAT(writes, AllOf(SizeIs(6), Each(1)));
}

TEST_F(LinkWithADriver, ARefusalIsToldTheSameWay) {
    obeys = Obeys::refuses;
    arrives();
    run(1s);
    want(SwitchState::off);
    run(5s);
    EXPECT_TRUE(link.status().mode_refused);
    EXPECT_TRUE(link.status().heard);
}

TEST_F(LinkWithADriver, AMultiThatShowsTheModeAndGoesOnInvertingIsSeen) {
    obeys = Obeys::in_name;
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    run(1s);
    EXPECT_EQ(link.status().remote_mode, SwitchState::charger_only);
    EXPECT_EQ(link.status().active_mode, SwitchState::on); // /State 9
    becomes("/State", 8);
    EXPECT_EQ(link.status().active_mode, SwitchState::on); // 20 A out of the battery
    becomes("/Dc/0/Current", -2.5);                        // its own consumption
    EXPECT_EQ(link.status().active_mode, SwitchState::charger_only);
}

TEST_F(LinkWithADriver, WhileAWriteIsUnderWayTheOldModeSaysNothing) {
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    EXPECT_TRUE(link.status().mode_report_stale);
    run(1s);
    EXPECT_FALSE(link.status().mode_report_stale);
}

TEST_F(LinkWithADriver, NothingIsWrittenBeforeItIsKnownWhoseMultiItIs) {
    obeys = Obeys::never_says;
    arrives();
    want(SwitchState::off);
    run(30s);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_FALSE(link.status().heard);
    obeys = Obeys::yes;
    run(5s);
    EXPECT_THAT(writes, ElementsAre(4));
}

TEST_F(LinkWithADriver, AMultiOfAnotherBmsIsLeftAlone) {
    items["/Bms/BmsType"] = 2;
    arrives();
    want(SwitchState::off);
    run(1min);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(link.status().listen_only, ListenOnly::foreign_bms);
    EXPECT_THAT(link.status().listen_only_reason, HasSubstr("belongs to another BMS"));
    EXPECT_TRUE(link.status().heard);
}

TEST_F(LinkWithADriver, AnInvalidBmsTypeAndZeroAreNoBms) {
    for (const Value& none : {Value{}, Value{0}}) {
        becomes("/Bms/BmsType", none);
        arrives();
        run(1s);
        EXPECT_EQ(link.status().listen_only, ListenOnly::no);
    }
}

TEST_F(LinkWithADriver, AModeThatIsLockedIsSaidAndNotWritten) {
    items["/ModeIsAdjustable"] = 0;
    items["/Devices/Dmc/Version"] = 1140100;
    arrives();
    want(SwitchState::off);
    run(1min);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(link.status().listen_only, ListenOnly::mode_locked);
    EXPECT_THAT(link.status().listen_only_reason, HasSubstr("Digital Multi Control"));
    EXPECT_TRUE(link.status().digital_multi_control);
    becomes("/ModeIsAdjustable", 1); // unplugged
    run(2s);
    EXPECT_THAT(writes, ElementsAre(4));
}

TEST_F(LinkWithADriver, ListeningOnlyWritesNothing) {
    link = VenusLink({.transmit = false});
    arrives();
    want(SwitchState::off);
    run(1min);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(link.status().listen_only, ListenOnly::configured);
}

// ------------------------------------------------------------------------------------------ coming and going

TEST_F(LinkWithADriver, AServiceThatVanishesIsNotHeardAndTheWantIsGivenToItWhenItReturns) {
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    run(1min);
    link.vanished(driver_name, now);
    EXPECT_FALSE(link.status().heard);
    EXPECT_EQ(link.status().remote_mode, std::nullopt);
    EXPECT_THAT(link.problem(), HasSubstr("no com.victronenergy.vebus service"));
    EXPECT_EQ(link.next_deadline(), never);
    items["/Mode"] = 3; // it has forgotten
    run(1min);
    arrives();
    run(2s);
    EXPECT_THAT(writes, ElementsAre(1, 1));
    EXPECT_THAT(link.problem(), IsEmpty());
    EXPECT_EQ(link.status().panel_changes, 0U); // what a new one shows first is no change
}

TEST_F(LinkWithADriver, AServiceThatHangsIsNotHeardAfterTheTimeout) {
    arrives();
    run(1min);
    obeys = Obeys::never_says;
    run(9s);
    EXPECT_TRUE(link.status().heard);
    run(9s);
    EXPECT_FALSE(link.status().heard);
    obeys = Obeys::yes;
    run(5s);
    EXPECT_TRUE(link.status().heard);
}

TEST_F(LinkWithADriver, ADriverThatHasLostItsMultiIsNotHeard) {
    arrives();
    run(1s);
    becomes("/Connected", 0);
    EXPECT_FALSE(link.status().heard);
    EXPECT_EQ(link.status().dc_current_a, std::nullopt);
    want(SwitchState::charger_only); // it is told all the same: it may only sleep
    run(2s);
    EXPECT_THAT(writes, ElementsAre(1));
}

TEST_F(LinkWithADriver, OfSeveralNoneIsGuessed) {
    arrives();
    run(1s);
    arrives("com.victronenergy.vebus.ttyUSB1");
    want(SwitchState::off);
    run(10s);
    EXPECT_FALSE(link.status().heard);
    EXPECT_THAT(link.problem(), AllOf(HasSubstr("several"), HasSubstr("/vebus/service")));
    EXPECT_THAT(writes, IsEmpty());
    link.vanished("com.victronenergy.vebus.ttyUSB1", now);
    run(2s);
    EXPECT_TRUE(link.status().heard);
    EXPECT_THAT(writes, ElementsAre(4));
}

TEST_F(LinkWithADriver, OfSeveralTheConfiguredOneIsCommanded) {
    link = VenusLink({.transmit = true, .service = driver_name});
    EXPECT_THAT(link.problem(), AllOf(HasSubstr(driver_name), HasSubstr("is not on the bus")));
    arrives("com.victronenergy.vebus.ttyUSB1");
    arrives();
    run(1s);
    EXPECT_EQ(link.target(), driver_name);
    EXPECT_TRUE(link.status().heard);
}

TEST_F(LinkWithADriver, OtherClassesAndAnswersOfOthersDoNotCount) {
    link.appeared("com.victronenergy.battery.ttyUSB0", now);
    EXPECT_THAT(link.target(), IsEmpty());
    arrives();
    run(1s);
    link.told("com.victronenergy.vebus.other", "/Mode", 4, now);
    link.answered({"com.victronenergy.vebus.other", "/Mode"}, Value{4}, now);
    EXPECT_EQ(link.status().remote_mode, SwitchState::on);
}

TEST_F(LinkWithADriver, AWriteWithoutAnAnswerIsCountedAndTriedAgainAtTheOrderedPace) {
    arrives();
    run(1s);
    obeys = Obeys::no;
    link.repeat_mode_every(4s);
    want(SwitchState::charger_only);
    run(3s);
    EXPECT_EQ(writes.size(), 1U) << "not before the repetition";
    obeys = Obeys::never_says;
    run(2s);
    EXPECT_EQ(writes.size(), 2U);
    EXPECT_GT(link.status().statistics.timeouts, 0U);
}

TEST_F(LinkWithADriver, AWriteThatWasLostWithTheBusIsGivenUpAfterTenSeconds) {
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    const auto first = link.due(now);
    ASSERT_TRUE(std::ranges::any_of(first, [](const auto& r) { return venus::is_valid(r.write); }));
    link.written({"com.victronenergy.vebus.other", "/Mode", Value{1}}, 0, now); // somebody else's answer
    run(9s);
    EXPECT_THAT(writes, IsEmpty()) << "one write is still under way";
    run(3s);
    EXPECT_THAT(writes, ElementsAre(1));
}

TEST_F(LinkWithADriver, AllIsAskedAgainOnTheOwnersWord) {
    arrives();
    run(1s);
    questions = 0;
    link.resume(now);
    run(100ms);
    EXPECT_EQ(questions, static_cast<int>(VenusLink::paths.size()));
}

TEST_F(LinkWithADriver, InPeaceItIsAskedThreeTimesATimeout) {
    arrives();
    run(1s);
    want(SwitchState::on, false);
    questions = 0;
    run(100s);
    EXPECT_NEAR(questions, 30, 1);
}

TEST_F(LinkWithADriver, GarbageIsNoModeAndNoPermission) {
    arrives();
    run(1s);
    for (const Value& value : {Value{"3"}, Value{7}, Value{-1}, Value{2.5}, Value{}}) {
        becomes("/Mode", value);
        EXPECT_FALSE(link.status().heard);
        EXPECT_EQ(link.status().active_mode, std::nullopt);
    }
    becomes("/State", "off");
    becomes("/Dc/0/Current", "lots");
    becomes("/Mode", 1);
    EXPECT_TRUE(link.status().heard);
    EXPECT_EQ(link.status().dc_current_a, std::nullopt);
    EXPECT_EQ(link.status().venus_state, std::nullopt);
}

} // namespace
} // namespace bms::guard
