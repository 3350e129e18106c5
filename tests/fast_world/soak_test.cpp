// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A few random lives in the fast tests; years of them: ./dev soak world.
#include "fast_world/shrink.hpp"
#include "fast_world/soak.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// So long a month of a small system takes no more than a moment.
constexpr std::uint64_t short_lives[] = {2, 10, 13};

// M1, M2: banks of 12, 24 and 48 V, in series and in parallel.
TEST(RandomLife, NoCellIsHurtAndEverythingComesBack) {
    for (const std::uint64_t seed : short_lives) {
        const RandomLife life = random_life(seed);
        EXPECT_THAT(run_life(life).failures, IsEmpty()) << "seed " << seed << "\n" << text_of(life);
    }
}

TEST(RandomLife, IsTheSameForTheSameSeed) {
    const FastRun once = run_life(random_life(13)), again = run_life(random_life(13));
    EXPECT_EQ(once.steps, again.steps);
    EXPECT_EQ(once.world.tally.served_kwh, again.world.tally.served_kwh);
    EXPECT_EQ(text_of(random_life(13)), text_of(random_life(13)));
    EXPECT_NE(text_of(random_life(13)), text_of(random_life(14)));
}

TEST(RandomLife, ShowsTheSameInLongStepsAsInSeconds) {
    const std::string text = "bank 2 in series 2 in parallel of 12.8 V 100 Ah\n"
                             "spread of charge 3 %\nstart at 60 %\nlevel pre_alarm 3.05 V\n"
                             "load fridge 120 W on load_disconnect\nmulti charger 40 A with two_signal\n"
                             "story down and up again\n"
                             "at 00:01 ac_load 250 W\nat day 1 18:00 mains on\nat day 2 00:00 end\n";
    const world::Scenario s = world::read_scenario("x.world", text);
    ASSERT_THAT(s.errors, IsEmpty());
    const FastRun fast = run_fast(s, s.stories.front(), "x.world", {});
    const FastRun slow = run_fast(s, s.stories.front(), "x.world", {}, 1);
    EXPECT_LT(10 * fast.steps, slow.steps * 4);
    EXPECT_GE(slow.counts.load_shutdowns, 1U);
    EXPECT_EQ(fast.counts.load_shutdowns, slow.counts.load_shutdowns);
    EXPECT_NEAR(fast.world.tally.hours_loads_off, slow.world.tally.hours_loads_off, 0.05);
    EXPECT_NEAR(fast.world.tally.served_kwh, slow.world.tally.served_kwh, 0.01);
    EXPECT_NEAR(charge_of(fast.world.bank), charge_of(slow.world.bank), 0.005);
    EXPECT_NEAR(fast.world.tally.lowest_cell_v, slow.world.tally.lowest_cell_v, 0.01);
}

/// The shortest scenario of a month in which a step of a minute, chosen by the current before it, took a cell
/// past all its levels.
TEST(RandomLife, ALoadThatBeginsIsFeltBeforeALongStep) { // M15
    const std::string text =
        "bank 1 in series 2 in parallel of 12.8 V 330 Ah\nspread of capacity 3 %\n"
        "level low_cell 2.61 V\nlevel low_temperature 9 C\nload fridge 109 W on load_disconnect\n"
        "load lights 90 W on battery_protect\ncharger solar 673 W on charge_disconnect\n"
        "charger cyrix 64 A on charge_disconnect\nmulti charger 48 A units 1 with panel\n"
        "story a month\n"
        "every day at 20:05 load fridge 192 W\nevery day at 10:15 load fridge 5 W\n"
        "every day at 06:58 load lights 232 W\nevery day at 11:55 load lights 153 W\n"
        "every day at 07:00 ac_load 278 W\nevery day at 08:00 ac_load 65 W\n"
        "at day 18 01:22:41 engine on\nat day 18 13:50:10 temperature 32 C\n"
        "at day 19 02:57:05 temperature 2 C\nat day 20 05:38:37 ac_load 4170 W\n"
        "at day 20 23:59:59 end\n";
    const world::Scenario s = world::read_scenario("x.world", text);
    ASSERT_THAT(s.errors, IsEmpty());
    EXPECT_THAT(run_fast(s, s.stories.front(), "x.world", {}).failures, IsEmpty());
}

TEST(RandomLife, WhatFailsIsCutDownToTheLinesThatMatter) {
    const auto without_cable_2 = [](const RandomLife& life) {
        return text_of(life).find("cut cable 2") == std::string::npos ? -1.0 : 3 * 86400.0;
    };
    RandomLife life = random_life(1);
    life.story.emplace_back("at day 03 10:00:00 cut cable 2");
    const RandomLife shortest = shortest_failing(life, without_cable_2);
    EXPECT_THAT(shortest.story, SizeIs(1));
    EXPECT_THAT(shortest.system, IsEmpty());
    EXPECT_THAT(shortest.rescue, testing::ElementsAre("at day 04 23:59:59 end"));
}

/// What a broken invariant is told as: Invariants fed by hand.
TEST(Invariants, ALeadThatIsTooShortIsSeen) { // M15
    Invariants seen;
    world::BmsSide box{.alive = true, .load_disconnect = true, .charge_disconnect = true};
    Instant now{1000s};
    seen.outputs(box, false, now);
    box.pre_alarm = true;
    seen.outputs(box, false, now += 1s);
    box.load_disconnect = box.pre_alarm = false;
    seen.outputs(box, false, now += 29s);
    EXPECT_THAT(seen.broken().value_or(""), HasSubstr("29000 ms after PreAlarm"));
}

TEST(Invariants, ACellThatIsTooLowOrTooHighIsSeen) {
    world::BankPlan plan;
    world::World w{.bank = make_bank(plan, 1)};
    world::BmsSide box{.alive = true, .load_disconnect = true};
    Invariants low, high;
    rest_cell(w.bank, 0, 2, -0.01);
    low.cells(w, {.alive = true});
    EXPECT_FALSE(low.broken()) << "loads were not permitted";
    low.cells(w, box);
    EXPECT_THAT(low.broken().value_or(""), HasSubstr("while loads are permitted"));
    rest_cell(w.bank, 0, 2, 1.05);
    box.charge_disconnect = true;
    high.cells(w, box);
    EXPECT_THAT(high.broken().value_or(""), HasSubstr("while charge is permitted"));
}

TEST(Invariants, MoreDisconnectsInAnHourThanPromisedAreSeen) {
    Invariants seen;
    Instant now{1000s};
    for (std::size_t i = 0; i <= most_disconnects_an_hour; ++i) {
        EXPECT_FALSE(seen.broken());
        seen.outputs({.alive = true, .charge_disconnect = true}, false, now += 1min);
        seen.outputs({.alive = true, .charge_disconnect = false}, false, now += 1min);
    }
    EXPECT_THAT(seen.broken().value_or(""), HasSubstr("18 times in an hour"));
}

} // namespace
} // namespace bms::test
