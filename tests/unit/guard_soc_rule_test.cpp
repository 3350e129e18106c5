// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// M95, M121: shut down earlier by the state of charge, in virtual time.
#include "bms/guard/soc_rule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::guard {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::nullopt_t unknown = std::nullopt;

class SocRuleTest : public ::testing::Test {
  protected:
    /// The state of charge for so long, told each second.
    void soc(std::optional<double> percent, Duration length) {
        for (const Instant end = now + length; now < end; now += 1s) {
            rule.update(percent, now);
        }
        rule.update(percent, now);
    }
    /// The daemon starts again with what was stored.
    void restart() {
        const SocRuleMemory stored = rule.memory();
        std::destroy_at(&rule);
        std::construct_at(&rule, settings, stored);
    }

    const SocRuleSettings settings{.below_percent = 15, .back_percent = 20, .lasts = 60s};
    SocRule rule{settings, {}};
    Instant now{1000s};
};

TEST_F(SocRuleTest, TripsAfterItsTimeBelowAndNotBefore) {
    soc(15.0, 1h);
    EXPECT_FALSE(rule.active()) << "15 is not below 15";
    soc(14.9, 59s);
    EXPECT_FALSE(rule.active());
    EXPECT_EQ(rule.next_deadline(), now + 1s);
    soc(14.9, 1s);
    EXPECT_TRUE(rule.active());
    EXPECT_EQ(rule.next_deadline(), never);
    EXPECT_EQ(rule.reason(), "the state of charge is 14 %, below the 15 % of /soc_rule");
    EXPECT_THAT(rule.take_news(), ElementsAre(News{News::Kind::warning, rule.reason()}));
    EXPECT_THAT(rule.take_news(), IsEmpty());
}

TEST_F(SocRuleTest, AMomentAboveStartsTheTimeAgain) {
    soc(14.0, 50s);
    soc(15.0, 0s);
    EXPECT_EQ(rule.next_deadline(), never);
    soc(14.0, 50s);
    EXPECT_FALSE(rule.active());
    soc(14.0, 10s);
    EXPECT_TRUE(rule.active());
}

TEST_F(SocRuleTest, AMissingStateOfChargeNeverTrips) {
    soc(unknown, 24h);
    EXPECT_FALSE(rule.active());
    EXPECT_EQ(rule.reason(), "the state of charge is not known: /soc_rule changes nothing");
    soc(10.0, 59s);
    soc(unknown, 0s);
    soc(10.0, 59s);
    EXPECT_FALSE(rule.active()) << "the time towards tripping has started again";
}

TEST_F(SocRuleTest, AMissingStateOfChargeNeverLetsGo) {
    soc(10.0, 1min);
    soc(unknown, 24h);
    EXPECT_TRUE(rule.active());
    EXPECT_THAT(rule.reason(),
                AllOf(HasSubstr("not known"), HasSubstr("was below the 15 %"), HasSubstr("20 %")));
    soc(25.0, 59s);
    soc(unknown, 0s);
    soc(25.0, 59s);
    EXPECT_TRUE(rule.active());
    soc(25.0, 1s);
    EXPECT_FALSE(rule.active());
}

TEST_F(SocRuleTest, LetsGoOnceTheStateOfChargeHasBeenBackForItsTime) {
    soc(10.0, 1min);
    rule.take_news();
    soc(19.9, 1h);
    EXPECT_TRUE(rule.active()) << "hysteresis";
    EXPECT_EQ(rule.reason(),
              "the state of charge is 19 %, not back for long enough at the 20 % of /soc_rule");
    soc(20.0, 59s);
    EXPECT_TRUE(rule.active());
    EXPECT_EQ(rule.next_deadline(), now + 1s);
    soc(20.0, 1s);
    EXPECT_FALSE(rule.active());
    EXPECT_EQ(rule.reason(), "the state of charge is 20 %");
    EXPECT_THAT(
        rule.take_news(),
        ElementsAre(News{News::Kind::good, "the state of charge is 20 %: back above the 20 % of /soc_rule"}));
    soc(14.0, 1min);
    EXPECT_TRUE(rule.active()) << "and it trips again";
}

TEST_F(SocRuleTest, APersonOverrulesItUntilTheStateOfChargeHasBeenBackOnce) {
    soc(10.0, 1min);
    rule.take_news();
    rule.overrule();
    EXPECT_FALSE(rule.active());
    EXPECT_EQ(rule.reason(),
              "the state of charge is 10 %; a person has overruled /soc_rule until it has been back at "
              "20 %");
    EXPECT_THAT(rule.take_news(), ElementsAre(News{News::Kind::warning, rule.reason()}));
    rule.overrule();
    EXPECT_THAT(rule.take_news(), IsEmpty());
    soc(3.0, 24h);
    EXPECT_FALSE(rule.active()) << "the owner's hand wins over the rule";
    soc(20.0, 1min);
    EXPECT_EQ(rule.memory(), SocRuleMemory{});
    soc(10.0, 1min);
    EXPECT_TRUE(rule.active()) << "once";
}

TEST_F(SocRuleTest, OnIsNoOverrulingWhileItHasNotTripped) {
    soc(10.0, 30s);
    rule.overrule();
    EXPECT_EQ(rule.memory(), SocRuleMemory{});
    EXPECT_THAT(rule.take_news(), IsEmpty());
    soc(10.0, 1min);
    EXPECT_TRUE(rule.active());
}

TEST_F(SocRuleTest, ARestartWithAnUnknownStateOfChargeNeitherShutsDownNorWakes) {
    restart();
    soc(unknown, 1h);
    EXPECT_FALSE(rule.active());

    soc(10.0, 1min);
    restart();
    EXPECT_TRUE(rule.active());
    soc(unknown, 1h);
    EXPECT_TRUE(rule.active());

    rule.overrule();
    restart();
    soc(unknown, 1h);
    EXPECT_FALSE(rule.active());
    EXPECT_EQ(rule.memory(), (SocRuleMemory{.tripped = true, .overruled = true}));
    soc(10.0, 1h);
    EXPECT_FALSE(rule.active());
}

TEST_F(SocRuleTest, AnOverrulingWithoutATripIsNone) {
    EXPECT_EQ(SocRule(settings, {.tripped = false, .overruled = true}).memory(), SocRuleMemory{});
}

} // namespace
} // namespace bms::guard
