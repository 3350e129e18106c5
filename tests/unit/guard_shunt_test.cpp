// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/guard/shunt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>

namespace bms::guard {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using venus::Value;

constexpr auto smart_shunt = "com.victronenergy.battery.ttyO2";
constexpr auto other = "com.victronenergy.battery.socketcan_can0";

/// A shunt that answers after 20 ms, in virtual time (M117).
class ShuntOnABus : public ::testing::Test {
  protected:
    void run(Duration length) {
        const Instant end = now + length;
        while (shunt.next_deadline() <= end) {
            now = std::max(now, shunt.next_deadline());
            for (const Request& request : shunt.due(now)) {
                asked.push_back(request);
                if (answers) {
                    shunt.answered(request, items[request.path], now + 20ms);
                }
            }
        }
        now = end;
    }

    Shunt shunt{"auto"};
    Instant now{1000s};
    std::map<std::string, Value> items{{"/Soc", 81.5}, {"/Dc/0/Current", -12.0}, {"/Dc/0/Voltage", 26.4}};
    bool answers = true;
    std::vector<Request> asked;
};

TEST_F(ShuntOnABus, TellsSocCurrentAndVoltageOfTheOnlyBattery) {
    shunt.appeared("com.victronenergy.solarcharger.ttyO1", now);
    EXPECT_EQ(shunt.target(), "");
    shunt.appeared(smart_shunt, now);
    EXPECT_EQ(shunt.target(), smart_shunt);
    EXPECT_THAT(shunt.problem(), IsEmpty());
    run(1s);
    EXPECT_EQ(shunt.reading(now), (ShuntReading{81.5, -12.0, 26.4}));
}

TEST_F(ShuntOnABus, AsksThreeQuestionsEveryTenSeconds) {
    shunt.appeared(smart_shunt, now);
    run(1min);
    EXPECT_THAT(asked, SizeIs(3 * 7));
    EXPECT_EQ(asked[0], (Request{smart_shunt, "/Soc"}));
    EXPECT_EQ(asked[1], (Request{smart_shunt, "/Dc/0/Current"}));
    EXPECT_EQ(asked[2], (Request{smart_shunt, "/Dc/0/Voltage"}));
}

TEST_F(ShuntOnABus, AReadingIsOldAfterThirtySeconds) {
    shunt.appeared(smart_shunt, now);
    run(1s);
    answers = false;
    run(28s);
    EXPECT_EQ(shunt.reading(now).soc_percent, 81.5);
    run(2s);
    EXPECT_EQ(shunt.reading(now), ShuntReading{}) << "the deadline for that has come by itself";
    answers = true;
    run(10s);
    EXPECT_EQ(shunt.reading(now).soc_percent, 81.5);
}

TEST_F(ShuntOnABus, TheInstantAtWhichAReadingIsOldIsADeadline) {
    shunt.appeared(smart_shunt, now);
    run(0s);
    const Instant told = now + 20ms;
    answers = false;
    run(20s);
    EXPECT_EQ(shunt.next_deadline(), now + 10s) << "the next question";
    run(10s);
    EXPECT_EQ(shunt.next_deadline(), told + shunt_reading_lasts);
    EXPECT_EQ(shunt.reading(shunt.next_deadline() - 1us).voltage_v, 26.4);
    EXPECT_EQ(shunt.reading(shunt.next_deadline()), ShuntReading{});
    EXPECT_THAT(shunt.due(shunt.next_deadline()), IsEmpty());
    EXPECT_GT(shunt.next_deadline(), told + shunt_reading_lasts);
}

TEST_F(ShuntOnABus, WhatIsOutOfRangeIsNotKnown) {
    shunt.appeared(smart_shunt, now);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const Value& soc : {Value{-0.1}, Value{100.1}, Value{nan}, Value{}, Value{"81"}}) {
        items["/Soc"] = 50.0;
        run(10s);
        ASSERT_EQ(shunt.reading(now).soc_percent, 50.0);
        items["/Soc"] = soc;
        run(10s);
        EXPECT_EQ(shunt.reading(now).soc_percent, std::nullopt) << "at once, not after 30 s";
        EXPECT_EQ(shunt.reading(now).voltage_v, 26.4);
    }
    for (const double soc : {0.0, 100.0}) {
        items["/Soc"] = soc;
        run(10s);
        EXPECT_EQ(shunt.reading(now).soc_percent, soc);
    }
    items = {{"/Soc", 50}, {"/Dc/0/Current", 10'001.0}, {"/Dc/0/Voltage", -1.0}};
    run(10s);
    EXPECT_EQ(shunt.reading(now), (ShuntReading{50.0, {}, {}}));
}

TEST_F(ShuntOnABus, AServiceThatIsGoneLeavesNothingKnown) {
    shunt.appeared(smart_shunt, now);
    run(1s);
    shunt.vanished(smart_shunt, now);
    EXPECT_EQ(shunt.reading(now), ShuntReading{});
    EXPECT_EQ(shunt.next_deadline(), never);
    EXPECT_THAT(shunt.problem(), HasSubstr("no com.victronenergy.battery service"));
    shunt.answered({smart_shunt, "/Soc"}, Value{50.0}, now);
    EXPECT_EQ(shunt.reading(now), ShuntReading{}) << "an answer that was under way";
}

TEST_F(ShuntOnABus, OfSeveralNoneIsGuessed) {
    shunt.appeared(smart_shunt, now);
    run(1s);
    shunt.appeared(other, now);
    EXPECT_EQ(shunt.reading(now), ShuntReading{});
    EXPECT_THAT(shunt.problem(),
                AllOf(HasSubstr("not guessed"), HasSubstr("/shunt/service"), HasSubstr(other)));
    shunt.vanished(other, now);
    run(1s);
    EXPECT_EQ(shunt.reading(now).soc_percent, 81.5);
}

TEST_F(ShuntOnABus, ANamedOneIsTheOnlyOneAsked) {
    shunt = Shunt(smart_shunt);
    EXPECT_THAT(shunt.problem(), AllOf(HasSubstr(smart_shunt), HasSubstr("/shunt/service")));
    shunt.appeared(other, now);
    EXPECT_THAT(shunt.target(), IsEmpty());
    run(1min);
    EXPECT_THAT(asked, IsEmpty());
    for (std::size_t i = 0; i < most_services; ++i) {
        shunt.appeared(std::string(other) + std::to_string(i), now);
    }
    shunt.appeared(smart_shunt, now);
    run(1s);
    EXPECT_EQ(shunt.reading(now).soc_percent, 81.5);
    EXPECT_THAT(shunt.problem(), IsEmpty());
}

TEST_F(ShuntOnABus, WithoutAServiceNothingIsAskedAndNothingIsSaid) {
    shunt = Shunt("");
    shunt.appeared(smart_shunt, now);
    run(1h);
    EXPECT_THAT(asked, IsEmpty());
    EXPECT_THAT(shunt.problem(), IsEmpty());
    EXPECT_EQ(shunt.next_deadline(), never);
    EXPECT_EQ(shunt.reading(now), ShuntReading{});
}

} // namespace
} // namespace bms::guard
