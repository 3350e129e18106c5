// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What changes while a stop lasts: who comes late, who is told later, and answers that nobody waits for.
#include "unit/guard_on_a_bus.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace bms::guard {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto inverter = "com.victronenergy.inverter.ttyO2";

TEST_F(GuardOnABus, OnlyTheMultiIsSparedWhileItMayChargeWithLess) {
    service(multi, {{"/Dc/0/Current", 5.0}});
    service(solar, {{"/Dc/0/Current", 10.0}});
    guard.permit({.charge = false, .discharge = true, .multi_may_charge = true}, now);
    run(15s);
    ASSERT_THAT(guard.charging(), SizeIs(1));
    EXPECT_EQ(guard.charging()[0].service, solar);
}

TEST_F(GuardOnABus, AMultiThatMayGoOnMayDoSoWhenTheLoadsAreTakenToo) {
    service(multi, {{"/Dc/0/Current", 5.0}});
    guard.permit({.charge = false, .discharge = true, .multi_may_charge = true}, now);
    run(1min);
    guard.permit({.charge = false, .discharge = false, .multi_may_charge = true}, now);
    run(1min);
    EXPECT_THAT(guard.charging(), IsEmpty());
    EXPECT_THAT(guard.drawing(), IsEmpty());
}

TEST_F(GuardOnABus, AStopOfTheMultiThatComesLaterGivesTheOthersNoNewTime) {
    service(multi, {{"/Dc/0/Current", 5.0}});
    service(solar, {{"/Dc/0/Current", 0.0}});
    guard.permit({.charge = false, .discharge = true, .multi_may_charge = true}, now);
    run(5min);
    asked.clear();
    guard.permit({.charge = false, .discharge = true, .multi_may_charge = false}, now);
    run(15s);
    ASSERT_THAT(guard.charging(), SizeIs(1));
    EXPECT_EQ(guard.charging()[0].service, multi);
    EXPECT_LE(questions(solar, "/Dc/0/Current"), 1) << "it has obeyed long ago";
}

TEST_F(GuardOnABus, AnInverterThatIsSwitchedOnAfterLoadsOffHasItsTimeToo) {
    permit(true, false);
    run(5min);
    service(inverter, {{"/Dc/0/Current", -40.0}});
    run(9s);
    EXPECT_THAT(guard.drawing(), IsEmpty());
    run(6s);
    ASSERT_THAT(guard.drawing(), SizeIs(1));
    EXPECT_EQ(guard.drawing()[0].service, inverter);
}

TEST_F(GuardOnABus, AnAnswerThatComesAfterTheStopAccusesNobodyAndAsksNothing) {
    service(solar, {{"/Dc/0/Current", 10.0}});
    permit(false, true);
    run(3s);
    permit(true, true);
    guard.due(now);
    guard.answered({solar, "/Dc/0/Current"}, Value{10.0}, now);
    EXPECT_THAT(guard.charging(), IsEmpty());
    EXPECT_EQ(guard.next_deadline(), never);
}

TEST_F(GuardOnABus, AnswersToWhatWasNeverAskedChangeNothing) {
    service(calc, {{"/Control/Dvcc", 1}, {"/Mgmt/ProcessVersion", "2.256"}});
    service(platform, {{"/Firmware/Installed/Version", "v3.70"}});
    service(solar, {{"/Dc/0/Current", 10.0}, {"/CustomName", "Port panels"}});
    permit(false, true);
    run(15s);
    guard.take_news();
    guard.answered({calc, "/Serial"}, Value{0}, now);
    guard.answered({platform, "/Serial"}, Value{"v2.84"}, now);
    guard.answered({solar, "/Serial"}, Value{"Starboard panels"}, now);
    guard.answered({"com.victronenergy.solarcharger.gone", "/Dc/0/Current"}, Value{10.0}, now);
    EXPECT_EQ(guard.dvcc(), 1);
    EXPECT_THAT(guard.advice(), IsEmpty());
    EXPECT_THAT(guard.take_news(), IsEmpty());
    ASSERT_THAT(guard.charging(), SizeIs(1));
    EXPECT_EQ(guard.charging()[0].name, "Port panels");
}

TEST_F(GuardOnABus, DvccThatIsOffAndAVersionThatIsTooOldAreBothSaid) {
    service(calc, {{"/Control/Dvcc", 0}, {"/Mgmt/ProcessVersion", "2.92"}});
    service(platform, {{"/Firmware/Installed/Version", "v2.84"}});
    run(1s);
    EXPECT_THAT(guard.advice(), AllOf(HasSubstr("DVCC is off"), HasSubstr(". Venus OS v2.84 does not look")));
}

TEST_F(GuardOnABus, ANewOffenderIsNotifiedOnceTheMinuteIsOver) {
    service(platform, {{"/Firmware/Installed/Version", "v3.70"}});
    service(solar, {{"/Dc/0/Current", 10.0}});
    permit(false, true);
    run(2min);
    ASSERT_THAT(notifications(), SizeIs(1));
    service("com.victronenergy.alternator.ttyO2", {{"/Dc/0/Current", 30.0}, {"/CustomName", "Engine"}});
    run(20s);
    ASSERT_THAT(notifications(), SizeIs(2));
    EXPECT_THAT(notifications()[1], HasSubstr("1\tEngine\tcharge stop not obeyed by Engine"));
}

TEST(Bus, ANumberThatIsNotFiniteIsNone) {
    EXPECT_EQ(number_of(Value{std::nan("")}), std::nullopt);
    EXPECT_EQ(whole_of(Value{HUGE_VAL}), std::nullopt);
}

TEST_F(GuardOnABus, WordsOfAnotherGuardArePassedOnWithoutWaiting) {
    guard.announce(true, "nobody is there to hear it");
    service(platform, {});
    guard.announce(false, "half is left");
    guard.announce(true, "a tenth is left");
    run(1s);
    EXPECT_THAT(notifications(),
                testing::ElementsAre("0\tVE.Bus BMS\thalf is left", "1\tVE.Bus BMS\ta tenth is left"));
}

} // namespace
} // namespace bms::guard
