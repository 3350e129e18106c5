// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Victron's driver in turns that are rarer: orders that overtake each other, items that come and go.
#include "unit/guard_venus_driver.hpp"

namespace bms::guard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using vebus::SwitchState;
using venus::Value;

TEST_F(LinkWithADriver, OurOwnWriteThatArrivesAfterTheNextOrderIsNoUsersHand) {
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    const auto requests = link.due(now);
    ASSERT_FALSE(requests.empty());
    ASSERT_TRUE(venus::is_valid(requests.back().write));
    want(SwitchState::on); // the driver is slow: it still shows on
    becomes("/Mode", 1);
    EXPECT_EQ(link.status().panel_changes, 0U);
    EXPECT_EQ(link.status().panel_mode, std::nullopt);
    EXPECT_TRUE(link.status().mode_report_stale);
    link.written(requests.back(), 0, now + 20ms);
    run(3s);
    EXPECT_THAT(writes, ElementsAre(3));
    EXPECT_EQ(link.status().remote_mode, SwitchState::on);
    EXPECT_EQ(link.status().panel_changes, 0U);
}

TEST_F(LinkWithADriver, WhatIsNoLongerWantedIsNotWrittenAnyMore) {
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    EXPECT_TRUE(link.status().mode_report_stale);
    link.want(std::nullopt, now);
    EXPECT_FALSE(link.status().mode_report_stale) << "what it shows is what it is";
    run(1min);
    EXPECT_THAT(writes, IsEmpty());
    EXPECT_EQ(link.status().remote_mode, SwitchState::on);
}

TEST_F(LinkWithADriver, ASignalThatRepeatsAUsersModeIsNoSecondHand) {
    arrives();
    run(1s);
    want(SwitchState::on, false);
    run(10s);
    becomes("/Mode", 4);
    becomes("/Mode", 4);
    EXPECT_EQ(link.status().panel_changes, 1U);
    EXPECT_EQ(link.status().panel_mode, SwitchState::off);
}

TEST_F(LinkWithADriver, ALateWordAfterGarbageIsNoModeYet) {
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    run(100ms);
    want(SwitchState::charger_only, false);
    becomes("/Mode", Value{});
    becomes("/Mode", 3); // within the time in which a driver may be late
    EXPECT_TRUE(link.status().heard);
    EXPECT_EQ(link.status().remote_mode, std::nullopt);
    EXPECT_EQ(link.status().active_mode, std::nullopt);
    run(4s);
    EXPECT_EQ(link.status().remote_mode, SwitchState::on);
}

TEST_F(LinkWithADriver, AssistingIsInvertingAndAnUnknownCurrentIsNone) {
    obeys = Obeys::in_name;
    arrives();
    run(1s);
    want(SwitchState::charger_only);
    run(1s);
    becomes("/Dc/0/Current", Value{});
    becomes("/State", 10);
    EXPECT_EQ(link.status().active_mode, SwitchState::on);
    becomes("/State", 8);
    EXPECT_EQ(link.status().active_mode, SwitchState::charger_only);
}

TEST_F(LinkWithADriver, WhatItReportsBesideItsModeIsRead) {
    arrives();
    run(1s);
    EXPECT_EQ(link.status().ac_input, std::nullopt);
    for (const int input : {0, 1}) {
        becomes("/Ac/ActiveIn/ActiveInput", input);
        EXPECT_EQ(link.status().ac_input, input);
    }
    becomes("/Ac/ActiveIn/ActiveInput", 240); // none
    EXPECT_EQ(link.status().ac_input, std::nullopt);
    becomes("/VebusError", 3);
    EXPECT_EQ(link.status().vebus_error, 3);
    becomes("/State", -1);
    EXPECT_EQ(link.status().venus_state, std::nullopt);
}

TEST_F(LinkWithADriver, AnItemThatIsNotFollowedChangesNothing) {
    arrives();
    run(1s);
    const auto before = link.status();
    link.told(driver_name, "/Soc", Value{3}, now);
    EXPECT_EQ(link.status().remote_mode, before.remote_mode);
    EXPECT_EQ(link.status().vebus_error, before.vebus_error);
    EXPECT_EQ(link.status().venus_state, before.venus_state);
}

TEST_F(LinkWithADriver, WithoutAServiceNoNameMeansIt) {
    link.told("", "/Mode", Value{3}, now);
    link.answered({"", "/Mode"}, Value{3}, now);
    link.written({"", "/Mode", Value{3}}, 0, now);
    EXPECT_FALSE(link.status().heard);
    EXPECT_EQ(link.status().statistics.replies, 0U);
    link.resume(now);
    EXPECT_EQ(link.next_deadline(), never) << "there is nobody to ask";
}

TEST_F(LinkWithADriver, SoManyServicesAreLookedAtAndNoMore) {
    link = VenusLink({.transmit = true, .service = driver_name});
    for (std::size_t i = 0; i < most_services; ++i) {
        arrives("com.victronenergy.vebus.other" + std::to_string(i));
    }
    arrives();
    EXPECT_THAT(link.target(), IsEmpty());
    EXPECT_THAT(link.problem(), HasSubstr("is not on the bus"));
    link.vanished("com.victronenergy.vebus.other7", now);
    arrives();
    EXPECT_EQ(link.target(), driver_name);
}

} // namespace
} // namespace bms::guard
