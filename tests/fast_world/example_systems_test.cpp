// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The manual's five example systems: each configuration is read as the daemon reads it, and lives through its
// stories.
#include "app/settings.hpp"
#include "fast_world/fast_world.hpp"
#include "support/places.hpp"

#include "bms/config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace bms::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    EXPECT_TRUE(file) << path << " cannot be read";
    return {std::istreambuf_iterator<char>{file}, {}};
}

struct Example {
    config::Config config;
    world::Scenario scenario;
    std::string file;
};

Example read_example(const std::string& name) {
    std::string path = in_source("/config/examples/");
    path += name;
    const config::ParseResult parsed = config::parse(text_of(path + ".json"));
    for (const config::ConfigError& error : parsed.errors) {
        ADD_FAILURE() << path << ".json: " << error.pointer << ": " << error.text;
    }
    Example example{
        .config = parsed.config.value_or(config::Config{}), .scenario = {}, .file = name + ".world"};
    example.scenario = world::read_scenario(example.file, text_of(path + ".world"));
    EXPECT_THAT(example.scenario.errors, IsEmpty());
    return example;
}

/// The configuration and the world beside it are one system.
void expect_one_system(const Example& e) {
    const world::World& w = e.scenario.system.world;
    EXPECT_EQ(e.config.btv.pre_alarm.has_value(), e.scenario.system.bank.pre_alarm);
    EXPECT_EQ(e.config.vebus.link != config::LinkKind::none, w.multi.fitted);
    EXPECT_EQ(e.config.outputs.two_signal_charge && e.config.outputs.two_signal_discharge,
              w.multi.two_signal);
    EXPECT_EQ(e.config.detectors.aux_in.has_value(), w.supply.aux_v > 0);
    EXPECT_TRUE(w.multi.units == 1 || e.config.vebus.link == config::LinkKind::mk3)
        << "several units want an MK3";
    EXPECT_TRUE(e.config.outputs.load_disconnect && e.config.outputs.charge_disconnect);
}

/// As the daemon makes it of the configuration.
std::optional<FastSocRule> soc_rule_of(const config::SocRule& rule) {
    if (!rule.below_percent || !rule.back_percent) {
        return std::nullopt;
    }
    return FastSocRule{
        {.below_percent = *rule.below_percent, .back_percent = *rule.back_percent, .lasts = rule.lasts},
        rule.action == config::SocAction::loads_off ? core::SocRule::loads_off : core::SocRule::charger_only};
}

FastRun live(const Example& e, const world::Story& story, bool with_soc_rule = true) {
    return run_fast(e.scenario, story, e.file, app::core_settings(e.config), 60,
                    with_soc_rule ? soc_rule_of(e.config.soc_rule) : std::nullopt);
}

/// The dark week, with a further expectation.
FastRun dark_week(Example e, const std::string& expectation, bool with_soc_rule) {
    std::string text = text_of(in_source("/config/examples/" + e.file));
    const std::string head = "story a dark week\n";
    text.insert(text.find(head) + head.size(), "at day 1 00:00 expect " + expectation + "\n");
    e.scenario = world::read_scenario(e.file, text);
    EXPECT_THAT(e.scenario.errors, IsEmpty());
    const auto story = std::ranges::find(e.scenario.stories, "a dark week", &world::Story::name);
    return live(e, *story, with_soc_rule);
}

/// All stories: a normal, a dark and a sunny week, a cold night, a cable break, a dead daemon.
void expect_stories_come_true(const Example& e) {
    EXPECT_GE(e.scenario.stories.size(), 6U);
    for (const world::Story& story : e.scenario.stories) {
        const FastRun run = live(e, story);
        EXPECT_THAT(run.failures, IsEmpty()) << e.file << ", story " << story.name;
    }
}

void expect_it_lives(const std::string& name) {
    const Example example = read_example(name);
    expect_one_system(example);
    expect_stories_come_true(example);
}

// M109: also the GX that lives on Aux-In alone while the boat is dark (M32, M104).
TEST(ExampleSystem, With4_1AGxASwitchAndAPreAlarmCircuitLives) { expect_it_lives("4.1-gx-prealarm"); }

// M110: the DC loads go off and on by the BatteryProtect, the solar charger by ChargeDisconnect (M114).
TEST(ExampleSystem, With4_2ABatteryProtectAndASolarChargerLives) { expect_it_lives("4.2-shunt-bp-solar"); }

// M111
TEST(ExampleSystem, TheBasicOneOf4_3Lives) { expect_it_lives("4.3-basic"); }

// M112
TEST(ExampleSystem, With4_4AnAlternatorLives) { expect_it_lives("4.4-alternator"); }

// M113: the panel switches all three units (M105).
TEST(ExampleSystem, With4_5ThreePhasesAndADigitalMultiControlLives) {
    expect_it_lives("4.5-three-phase-dmc");
}

// M95, M117, M121: with the rule a dark week never comes to a low cell, and the loads are back by themselves.
TEST(ExampleSystem, With4_2TheSocRuleSparesTheCellsADarkWeek) {
    const Example e = read_example("4.2-shunt-bp-solar");
    ASSERT_EQ(e.config.soc_rule.action, config::SocAction::loads_off);
    EXPECT_THAT(dark_week(e, "every cell above 3.0 V", true).failures, IsEmpty());
    EXPECT_THAT(dark_week(e, "every cell above 3.0 V", false).failures, SizeIs(1))
        << "without it they run low";
}

TEST(ExampleSystem, With4_4TheSocRuleKeepsTheLoadsOnThroughADarkWeek) { // M95, M121
    const Example e = read_example("4.4-alternator");
    ASSERT_EQ(e.config.soc_rule.action, config::SocAction::charger_only);
    const FastRun with = dark_week(e, "every cell above 3.0 V", true);
    EXPECT_THAT(with.failures, IsEmpty());
    EXPECT_EQ(with.counts.load_shutdowns, 0U);
    EXPECT_EQ(dark_week(e, "every cell above 2.0 V", false).counts.load_shutdowns, 1U);
}

// M15: a story that must fail does: these tests can.
TEST(ExampleSystem, AnExpectationThatIsWrongIsToldWithItsLineAndTheTime) {
    const world::Scenario s =
        world::read_scenario("x.world", "bank 1 in series 1 in parallel of 12.8 V 100 Ah\n"
                                        "story a wrong one\n"
                                        "at 08:00 cut cable 1\n"
                                        "at 08:00 expect load_disconnect floating within 20 s\n");
    ASSERT_THAT(s.errors, IsEmpty());
    EXPECT_THAT(
        run_fast(s, s.stories.front(), "x.world", {}).failures,
        testing::ElementsAre("x.world:4: at 08:00 expect load_disconnect floating within 20 s: it is high on "
                             "day 1 08:00:20"));
}

} // namespace
} // namespace bms::test
