// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/venus/roles.hpp"

#include <gtest/gtest.h>

#include <set>

namespace bms::venus {
namespace {

constexpr Instant start{100s};
const std::string ours = "com.victronenergy.vebus.ttyAMA0";
const std::string other = "com.victronenergy.vebus.ttyUSB0";

RoleChooser chooser() { return RoleChooser({.settle = 5s, .settle_again = 60s}, ours); }

TEST(VenusRoles, NothingIsTakenBeforeTheNamesAreKnownAndFiveSecondsHavePassed) {
    auto roles = chooser();
    EXPECT_EQ(roles.wanted(start + 1h), std::nullopt);
    roles.appeared("com.victronenergy.solarcharger.ttyO1", start);
    roles.appeared(ours, start); // held by us
    roles.listed(start);
    EXPECT_EQ(roles.wanted(start + 5s - 1us), std::nullopt);
    EXPECT_EQ(roles.next_deadline(), start + 5s);
    EXPECT_EQ(roles.wanted(start + 5s), Role::vebus);
}

TEST(VenusRoles, BesideAnotherDriverWeAreStatusAtOnce) {
    auto roles = chooser();
    roles.appeared(other, start);
    roles.listed(start);
    EXPECT_EQ(roles.wanted(start), Role::status);
    EXPECT_EQ(roles.next_deadline(), never);
    EXPECT_EQ(roles.others(), std::set{other});
    roles.vanished("com.victronenergy.vebus.ttyUSB9", start); // was never there
    EXPECT_EQ(roles.others(), std::set{other});
}

TEST(VenusRoles, VebusIsGivenUpAtOnceAndTakenAgainAfterAMinuteWithoutAnother) {
    auto roles = chooser();
    roles.listed(start);
    ASSERT_EQ(roles.wanted(start + 10s), Role::vebus);
    roles.appeared(other, start + 10s);
    EXPECT_EQ(roles.wanted(start + 10s), Role::status);
    roles.vanished(other, start + 20s);
    EXPECT_EQ(roles.wanted(start + 80s - 1us), Role::status);
    EXPECT_EQ(roles.next_deadline(), start + 80s);
    EXPECT_EQ(roles.wanted(start + 80s), Role::vebus);
}

TEST(VenusRoles, ADriverThatComesBackInTimeBeginsTheMinuteAgain) {
    auto roles = chooser();
    roles.appeared(other, start);
    roles.listed(start);
    roles.vanished(other, start + 10s);
    roles.appeared(other, start + 50s);
    EXPECT_EQ(roles.wanted(start + 75s), Role::status);
    roles.vanished(other, start + 80s);
    EXPECT_EQ(roles.wanted(start + 139s), Role::status);
    EXPECT_EQ(roles.wanted(start + 140s), Role::vebus);
}

TEST(VenusRoles, OneOfTwoOthersThatVanishesChangesNothing) {
    auto roles = chooser();
    roles.appeared(other, start);
    roles.appeared("com.victronenergy.vebus.ttyUSB1", start);
    roles.listed(start);
    roles.vanished(other, start + 1s);
    EXPECT_EQ(roles.wanted(start + 1h), Role::status);
    EXPECT_EQ(roles.others(), std::set<std::string>{"com.victronenergy.vebus.ttyUSB1"});
}

TEST(VenusRoles, ALostBusTakesTheRoleUntilItIsListedAgain) {
    auto roles = chooser();
    roles.listed(start);
    ASSERT_EQ(roles.wanted(start + 5s), Role::vebus);
    roles.lost();
    EXPECT_EQ(roles.wanted(start + 1h), std::nullopt);
    roles.listed(start + 2h);
    EXPECT_EQ(roles.wanted(start + 2h), std::nullopt);
    EXPECT_EQ(roles.wanted(start + 2h + 5s), Role::vebus);
}

TEST(VenusRoles, WhoMayOnlyBeStatusIsThatWhateverIsOnTheBus) {
    RoleChooser roles({.may_be_vebus = false}, ours);
    EXPECT_EQ(roles.wanted(start), Role::status);
    roles.listed(start);
    EXPECT_EQ(roles.wanted(start + 1h), Role::status);
    EXPECT_EQ(roles.next_deadline(), never);
}

TEST(VenusRoles, AStrangerThatVanishesBeginsNoTime) {
    auto roles = chooser();
    roles.listed(start);
    roles.vanished("com.victronenergy.solarcharger.ttyO1", start + 1s);
    EXPECT_EQ(roles.next_deadline(), start + 5s);
}

TEST(VenusRoles, AnotherThatVanishesBeforeAllNamesAreKnownBeginsNoTimeEither) {
    auto roles = chooser();
    roles.appeared(other, start);
    roles.vanished(other, start + 1s);
    EXPECT_EQ(roles.next_deadline(), never);
    roles.listed(start + 2s);
    EXPECT_EQ(roles.next_deadline(), start + 7s);
}

} // namespace
} // namespace bms::venus
