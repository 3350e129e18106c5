// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "unit/guard_on_a_bus.hpp"

#include <gmock/gmock.h>

namespace bms::guard {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// ------------------------------------------------------------------------------------------ DVCC, versions

TEST_F(GuardOnABus, SaysThatDvccIsOffAndHowToSwitchItOn) {
    service(calc, {{"/Control/Dvcc", 0}, {"/Mgmt/ProcessVersion", "2.256"}});
    run(1s);
    EXPECT_EQ(guard.dvcc(), 0);
    EXPECT_THAT(guard.advice(), AllOf(HasSubstr("DVCC is off"), HasSubstr("Charge control")));
    const auto news = guard.take_news();
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_EQ(news[0].kind, News::Kind::warning);

    run(1h);
    becomes(calc, "/Control/Dvcc", 1);
    run(6s);
    EXPECT_EQ(guard.dvcc(), 1) << "who follows the advice sees it go away";
    EXPECT_THAT(guard.advice(), IsEmpty());
    EXPECT_THAT(guard.take_news(),
                ElementsAre(News{News::Kind::good, "DVCC and the version of Venus OS are in order"}));
}

TEST_F(GuardOnABus, WhatIsAskedTogetherIsAskedOnce) {
    service(calc, {{"/Control/Dvcc", 1}, {"/Mgmt/ProcessVersion", "2.256"}});
    const auto requests = guard.due(now);
    EXPECT_THAT(requests, SizeIs(2)) << "DVCC and the version";
    EXPECT_GT(guard.next_deadline(), now);
}

TEST_F(GuardOnABus, ForcedOnIsOnAndNotKnownIsNoWarning) {
    for (const Value& value : {Value{1}, Value{3}, Value{}}) {
        service(calc, {{"/Control/Dvcc", value}, {"/Mgmt/ProcessVersion", "2.256"}});
        run(1s);
        EXPECT_THAT(guard.advice(), IsEmpty());
    }
}

TEST_F(GuardOnABus, WithoutVenusOsNothingIsAskedAndNothingIsSaid) {
    run(1h);
    EXPECT_THAT(asked, IsEmpty());
    EXPECT_THAT(guard.advice(), IsEmpty());
    EXPECT_EQ(guard.next_deadline(), never);
}

TEST_F(GuardOnABus, ADepartedSystemcalcLeavesNothingKnown) {
    service(calc, {{"/Control/Dvcc", 0}});
    run(1s);
    leaves(calc);
    EXPECT_EQ(guard.dvcc(), std::nullopt);
    EXPECT_THAT(guard.advice(), IsEmpty());
}

TEST_F(GuardOnABus, TheOnlySteadyQuestionIsDvccOnceAMinute) {
    service(calc, {{"/Control/Dvcc", 1}, {"/Mgmt/ProcessVersion", "2.256"}});
    service(platform, {{"/Firmware/Installed/Version", "v3.70"}});
    service(solar, {{"/Dc/0/Current", 20.0}});
    permit(true, true);
    run(1s);
    asked.clear();
    run(1h);
    EXPECT_EQ(questions(calc, "/Control/Dvcc"), 60);
    EXPECT_THAT(asked, SizeIs(60));
}

TEST_F(GuardOnABus, AVersionThatIsNotThereAtFirstIsAskedForAgainButNotForEver) {
    service(calc, {{"/Control/Dvcc", 1}, {"/Mgmt/ProcessVersion", "2.256"}});
    service(platform, {});
    run(1s);
    EXPECT_THAT(guard.advice(), IsEmpty());
    becomes(platform, "/Firmware/Installed/Version", "v2.84");
    run(61s);
    EXPECT_THAT(guard.advice(), HasSubstr("v2.84"));

    leaves(platform);
    service(platform, {});
    run(1h);
    asked.clear();
    run(1h);
    EXPECT_EQ(questions(platform, "/Firmware/Installed/Version"), 0);
}

TEST_F(GuardOnABus, VenusOsThatIsTooOldIsNamedWithWhatItLacks) {
    service(calc, {{"/Control/Dvcc", 1}, {"/Mgmt/ProcessVersion", "2.92"}});
    service(platform, {{"/Firmware/Installed/Version", "v2.84"}});
    run(1s);
    EXPECT_THAT(guard.advice(),
                AllOf(HasSubstr("v2.84"), HasSubstr("no charger stops over the bus"), HasSubstr("3.60")));
}

// ------------------------------------------------------------------------------------------ a charge stop

TEST_F(GuardOnABus, AChargerThatGoesOnIsNamedTenSecondsAfterTheStop) {
    service(calc, {{"/Control/Dvcc", 1}});
    service(solar, {{"/Dc/0/Current", 35.25},
                    {"/CustomName", "Port panels"},
                    {"/ProductName", "SmartSolar"},
                    {"/State", 3}});
    permit(true, true);
    run(60s);
    permit(false, true);
    run(9900ms);
    EXPECT_THAT(guard.charging(), IsEmpty());
    run(2200ms);
    ASSERT_THAT(guard.charging(), SizeIs(1));
    const Offence& it = guard.charging()[0];
    EXPECT_EQ(it.service, solar);
    EXPECT_EQ(it.name, "Port panels");
    EXPECT_DOUBLE_EQ(it.current_a, 35.25);
    EXPECT_THAT(
        it.words,
        AllOf(HasSubstr("charge stop not obeyed by Port panels (com.victronenergy.solarcharger.ttyO1)"),
              HasSubstr("ChargeDisconnect")));
    EXPECT_EQ(guard.charging_count(), 1U);
    const auto news = guard.take_news();
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_EQ(news[0].kind, News::Kind::alarm);
    EXPECT_THAT(news[0].words, HasSubstr("35.2 A"));
}

TEST_F(GuardOnABus, AChargerThatStopsWithinItsTimeIsNotNamed) {
    service(solar, {{"/Dc/0/Current", 35.0}});
    permit(true, true);
    run(60s);
    permit(false, true);
    run(7s);
    current(solar, 0.0);
    run(1h);
    EXPECT_THAT(guard.charging(), IsEmpty());
    EXPECT_EQ(guard.charging_count(), 0U);
    EXPECT_THAT(guard.take_news(), IsEmpty());
}

TEST_F(GuardOnABus, TheAlarmEndsWhenTheCurrentDoes) {
    service(solar, {{"/Dc/0/Current", 35.0}});
    permit(false, true);
    run(15s);
    ASSERT_THAT(guard.charging(), SizeIs(1));
    guard.take_news();
    current(solar, 0.4);
    run(3s);
    EXPECT_THAT(guard.charging(), IsEmpty());
    const auto news = guard.take_news();
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_EQ(news[0].kind, News::Kind::good);
    EXPECT_EQ(guard.charging_count(), 1U);
}

TEST_F(GuardOnABus, TheAlarmEndsWithTheStopAndWithTheService) {
    service(solar, {{"/Dc/0/Current", 35.0}});
    permit(false, true);
    run(15s);
    ASSERT_THAT(guard.charging(), SizeIs(1));
    permit(true, true);
    EXPECT_THAT(guard.charging(), IsEmpty());
    permit(false, true);
    run(15s);
    ASSERT_THAT(guard.charging(), SizeIs(1));
    leaves(solar);
    EXPECT_THAT(guard.charging(), IsEmpty());
    EXPECT_EQ(guard.charging_count(), 2U);
}

TEST_F(GuardOnABus, AChargerThatStartsAgainDuringTheStopHasTenSecondsFromThen) {
    service(solar, {{"/Dc/0/Current", 0.0}});
    permit(false, true);
    run(5min);
    current(solar, 12.0);
    while (questions(solar, "/CustomName") == 0) { // asked as soon as it is seen
        run(100ms);
    }
    run(9s);
    EXPECT_THAT(guard.charging(), IsEmpty());
    run(4s);
    EXPECT_THAT(guard.charging(), SizeIs(1));
}

TEST_F(GuardOnABus, AChargerIsAskedEvery2sUntilItObeysAndThenEvery30s) {
    service(solar, {{"/Dc/0/Current", 35.0}});
    permit(false, true);
    run(20s + 100ms);
    EXPECT_EQ(questions(solar, "/Dc/0/Current"), 9); // the answers take 20 ms each
    current(solar, 0.0);
    run(2s);
    asked.clear();
    run(5min);
    EXPECT_EQ(questions(solar, "/Dc/0/Current"), 10);
    EXPECT_THAT(asked, SizeIs(10));
}

TEST_F(GuardOnABus, NamesAndStatesAreOnlyAskedOfThoseThatDoNotObey) {
    service(solar, {{"/Dc/0/Current", 0.0}});
    permit(false, true);
    run(1min);
    EXPECT_EQ(questions(solar, "/ProductName"), 0);
    current(solar, 5.0);
    run(1min);
    EXPECT_EQ(questions(solar, "/ProductName"), 1);
}

TEST_F(GuardOnABus, AChargerThatIsPluggedInDuringAStopHasItsTimeToo) {
    permit(false, true);
    run(5min);
    service(solar, {{"/Dc/0/Current", 10.0}});
    run(9s);
    EXPECT_THAT(guard.charging(), IsEmpty());
    run(6s);
    EXPECT_THAT(guard.charging(), SizeIs(1));
}

TEST_F(GuardOnABus, UnknownIsNotAccusedAndNotAcquitted) {
    service(solar, {{"/Dc/0/Current", Value{}}});
    permit(false, true);
    run(1min);
    EXPECT_THAT(guard.charging(), IsEmpty());
    current(solar, 10.0);
    run(1min);
    ASSERT_THAT(guard.charging(), SizeIs(1));
    becomes(solar, "/Dc/0/Current", Value{});
    run(1min);
    EXPECT_THAT(guard.charging(), SizeIs(1));
}

TEST_F(GuardOnABus, ABusThatDoesNotAnswerIsAskedNoMoreThanEveryFiveSeconds) {
    service(solar, {});
    silent = true;
    permit(false, true);
    run(1min);
    EXPECT_LE(questions(solar, "/Dc/0/Current"), 13);
    EXPECT_GE(questions(solar, "/Dc/0/Current"), 2);
}

struct Why {
    std::string service;
    std::map<std::string, Value> items;
    std::string words;
};
class WhyItCharges : public GuardOnABus, public ::testing::WithParamInterface<Why> {};

TEST_P(WhyItCharges, IsSaidInWords) {
    service(GetParam().service, GetParam().items);
    current(GetParam().service, 10.0);
    permit(false, true);
    run(15s);
    ASSERT_THAT(guard.charging(), SizeIs(1));
    EXPECT_THAT(guard.charging()[0].words, HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    Chargers, WhyItCharges,
    ::testing::Values(
        Why{"com.victronenergy.charger.ttyO2", {}, "does not control AC chargers"},
        Why{"com.victronenergy.dcgenset.ttyO2", {}, "does not control the current of a DC generator"},
        Why{"com.victronenergy.alternator.ttyO2", {{"/State", 0}}, "says that it is off"},
        Why{solar, {{"/N2kDeviceInstance", 2}}, "VE.Can instance is not 0"},
        Why{"com.victronenergy.inverter.ttyO2", {{"/IsInverterCharger", 0}}, "not an inverter/charger"},
        Why{"com.victronenergy.inverter.ttyO2", {{"/IsInverterCharger", 1}}, "check its cable"},
        Why{"com.victronenergy.multi.ttyO2", {}, "check its cable"},
        Why{multi, {}, "the inverter/charger itself goes on"}));

TEST_F(GuardOnABus, WithDvccOffThatIsTheReason) {
    service(calc, {{"/Control/Dvcc", 0}});
    service(solar, {{"/Dc/0/Current", 10.0}});
    permit(false, true);
    run(15s);
    ASSERT_THAT(guard.charging(), SizeIs(1));
    EXPECT_THAT(guard.charging()[0].words, HasSubstr("DVCC is off"));
}

TEST_F(GuardOnABus, BesideAnotherVebusServiceDvccDoesNotHearUs) {
    service(multi, {{"/Dc/0/Current", 0.0}});
    service(solar, {{"/Dc/0/Current", 10.0}});
    permit(false, true);
    run(15s);
    ASSERT_THAT(guard.charging(), SizeIs(1));
    EXPECT_THAT(guard.charging()[0].words, HasSubstr("not to this BMS"));
}

TEST_F(GuardOnABus, AMultiThatIsToldToChargeWithLessIsNotAccused) {
    service(multi, {{"/Dc/0/Current", 5.0}});
    guard.permit({.charge = false, .discharge = true, .multi_may_charge = true}, now);
    run(10min);
    EXPECT_THAT(guard.charging(), IsEmpty());
    guard.permit({.charge = false, .discharge = true, .multi_may_charge = false}, now);
    run(9s);
    EXPECT_THAT(guard.charging(), IsEmpty());
    run(6s);
    EXPECT_THAT(guard.charging(), SizeIs(1));
}

// ------------------------------------------------------------------------------------------ loads off

TEST_F(GuardOnABus, AnInverterThatStillDrawsAfterLoadsOffIsNamed) {
    service(multi, {{"/Dc/0/Current", -40.0}, {"/ProductName", "MultiPlus"}});
    permit(true, true);
    run(60s);
    permit(true, false);
    run(9s);
    EXPECT_THAT(guard.drawing(), IsEmpty());
    run(4s);
    ASSERT_THAT(guard.drawing(), SizeIs(1));
    EXPECT_THAT(guard.drawing()[0].words,
                HasSubstr("loads off not obeyed by MultiPlus (com.victronenergy.vebus.ttyUSB0)"));
    EXPECT_EQ(guard.drawing_count(), 1U);
    EXPECT_THAT(guard.charging(), IsEmpty());
    current(multi, -2.5); // its own consumption
    run(3s);
    EXPECT_THAT(guard.drawing(), IsEmpty());
}

TEST_F(GuardOnABus, SolarChargersAreNotAskedBecauseLoadsAreOff) {
    service(solar, {{"/Dc/0/Current", 10.0}});
    permit(true, false);
    run(1min);
    EXPECT_THAT(asked, IsEmpty());
}

// ------------------------------------------------------------------------------------------ notifications

TEST_F(GuardOnABus, VenusOsIsToldOnceWhoDoesNotObey) {
    service(platform, {{"/Firmware/Installed/Version", "v3.70"}});
    service(solar, {{"/Dc/0/Current", 10.0}, {"/CustomName", "Port\tpanels"}});
    permit(false, true);
    run(10min);
    ASSERT_THAT(notifications(), SizeIs(1));
    EXPECT_THAT(notifications()[0], AllOf(HasSubstr("1\tPortpanels\tcharge stop not obeyed by Portpanels")));
}

TEST_F(GuardOnABus, NotificationsComeNoMoreThanOnceAMinute) {
    service(platform, {});
    permit(false, true);
    for (int i = 0; i < 10; ++i) {
        service(solar + std::to_string(i), {{"/Dc/0/Current", 10.0}});
    }
    run(20s);
    EXPECT_THAT(guard.charging(), SizeIs(10));
    EXPECT_THAT(notifications(), SizeIs(1));
}

// ------------------------------------------------------------------------------------------ the rest

TEST_F(GuardOnABus, ABusFullOfServicesIsLookedAtUpToALimit) {
    for (std::size_t i = 0; i < most_services + 10; ++i) {
        service(solar + std::to_string(i), {{"/Dc/0/Current", 0.0}});
    }
    permit(false, true);
    run(3s);
    EXPECT_THAT(asked, SizeIs(most_services));
}

TEST(Bus, ReadsTheClassOfAService) {
    EXPECT_EQ(class_of(solar), "solarcharger");
    EXPECT_EQ(class_of(calc), "system");
    EXPECT_EQ(class_of("org.freedesktop.DBus"), "");
    EXPECT_EQ(class_of("com.victronenergy"), "");
}

TEST(Bus, NumbersOfAnyTypeAreReadAndNothingElse) {
    EXPECT_EQ(number_of(Value{std::uint32_t{7}}), 7.0);
    EXPECT_EQ(whole_of(Value{3.0}), 3);
    EXPECT_EQ(whole_of(Value{3.5}), std::nullopt);
    EXPECT_EQ(whole_of(Value{1e300}), std::nullopt);
    EXPECT_EQ(number_of(Value{"3"}), std::nullopt);
    EXPECT_EQ(number_of(Value{}), std::nullopt);
}

} // namespace
} // namespace bms::guard
