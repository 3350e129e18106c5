// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "plans.hpp"
#include "safety_properties.hpp"
#include "support/places.hpp"
#include "view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <iterator>

namespace bms::test {
namespace {

using namespace core;
using ::testing::HasSubstr;

std::string stored(const std::string& path) {
    std::ifstream file(in_source("/" + path));
    return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(Walk, EveryReachableStateKeepsEverySafetyProperty) {
    for (const Walked& w : all_walks()) {
        EXPECT_EQ(w.report.failure, "") << w.plan.name << "\n" << w.report.scenario;
        EXPECT_GT(w.report.states, 1000u);
        std::cout << w.plan.name << ": " << w.report.states << " states, " << w.report.edges << " edges\n";
    }
}

TEST(Walk, EveryPropertyIsConcernedAndRejectsFalseResults) {
    for (std::size_t i = 0; i < safety_properties().size(); ++i) {
        std::size_t concerned = 0, rejected = 0;
        for (const Walked& w : all_walks()) {
            concerned += w.report.concerned.at(i);
            rejected += w.rejected.at(i);
        }
        EXPECT_GT(concerned, 0u) << safety_properties()[i].text;
        EXPECT_GT(rejected, 0u) << safety_properties()[i].text;
    }
}

TEST(Walk, ItsPagesAreFresh) {
    EXPECT_EQ(stored("src/core/properties.md"), properties_markdown(all_walks())) << "run ./dev docs";
    EXPECT_EQ(stored("tests/exhaustive/reachable.txt"), reachable_text(all_walks())) << "run ./dev docs";
}

TEST(Walk, FromEveryReachableStateHealthyInputsLeadBackToFullPermission) {
    for (const Walked& w : all_walks()) {
        for (State state : w.report.reached) {
            StepResult r;
            const Instant end = walk_time + recovery_time(w.plan.settings);
            for (Instant now = walk_time; now <= end; now += tick) {
                r = step(state, inputs_at(w.plan, w.plan.healthy, state, now), w.plan.settings, now);
                state = r.state;
            }
            const Regions full{Power::on, Discharge::allowed, Charge::allowed, MultiCharge::allow};
            ASSERT_EQ(regions_of(state), full) << w.plan.name;
            ASSERT_EQ(state.wish.command, state.wish.mode) << w.plan.name;
            ASSERT_EQ(r.outputs.multi_not_obeying, NotObeying::none);
            ASSERT_EQ(r.next_change.what, "");
        }
    }
}

TEST(Walk, ARestartAtAnyInstantIsSafe) {
    const Regions nothing_permitted{Power::starting, Discharge::load_disconnect, Charge::charge_disconnect,
                                    MultiCharge::stop};
    for (const Walked& w : all_walks()) {
        for (const State& before : w.report.reached) {
            const State after = initial_state(memory_of(before));
            // Where it leads is a state of the walk, so every property has been looked at there too.
            ASSERT_EQ(regions_of(after), nothing_permitted);
            ASSERT_EQ(after.restart_latched, before.restart_latched);
            ASSERT_EQ(after.wish.taken_down, before.wish.taken_down && before.wish.mode.has_value());
            if (before.wish.taken_down) {
                ASSERT_EQ(after.wish.mode, before.wish.mode);
            }
        }
    }
}

bool is_pre_alarm(const View& v) { return v.after().discharge == Discharge::pre_alarm; }

TEST(Walk, APropertyThatDoesNotHoldIsFoundWithTheShortestScript) {
    const Property never_warns{"PreAlarm never comes", "a test", is_pre_alarm,
                               [](const View&) { return false; }};
    WalkPlan plan = lines_plan();
    plan.properties = {&never_warns, 1};
    const WalkReport report = walk(plan);
    EXPECT_EQ(report.failure,
              "PreAlarm never comes (a test)\nshortest script:\n  start\n  at once: lines: pre-alarm open");
}

TEST(Walk, AWorseInputThatGivesMoreIsFound) {
    WalkPlan plan = lines_plan();
    plan.properties = {};
    plan.worse = {{1, 0}}; // turned round: says that a charge loop that is open were better
    EXPECT_THAT(walk(plan).failure, HasSubstr("a worse input never gives more permission"));
}

} // namespace
} // namespace bms::test
