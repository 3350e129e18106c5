// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/link_words.hpp"
#include "app/multi_sleep.hpp"
#include "app/options.hpp"
#include "app/settings.hpp"
#include "support/core_fixture.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace bms::test {
namespace {

using namespace app;
using core::ChargeOrder;
using core::Mode;
using testing::StartsWith;

bool level(const Levels& levels, Role role) { return levels.at(static_cast<std::size_t>(role)); }

struct Mapping : CoreBench, testing::Test {
    vebus::LinkStatus link;

    venus::Facts facts(const vebus::LinkStatus* with_link, const std::string& line_problem = "") {
        venus::Facts f;
        fill_facts(f, result, {.inputs = inputs, .link = with_link, .line_problem = line_problem}, now);
        return f;
    }
};

TEST_F(Mapping, TheTwoSignalCopiesAreThePermissions) {
    start();
    for (const bool low : {false, true}) {
        discharge_loop(!low);
        run(31s);
        const Levels levels = levels_of(result, {}, false);
        EXPECT_EQ(level(levels, Role::two_signal_discharge), !low);
        EXPECT_EQ(level(levels, Role::load_disconnect), !low);
        EXPECT_EQ(level(levels, Role::led_cell_low), !low); // M28
        EXPECT_TRUE(level(levels, Role::two_signal_charge));
    }
}

TEST_F(Mapping, TheLightOfAnEnabledMultiIsLitWhileItIsHeardAndNotOff) { // M174
    using Report = core::MultiReport;
    start();
    EXPECT_FALSE(multi_is_on(result, Report{.active = Mode::on})) << "not heard";
    EXPECT_FALSE(multi_is_on(result, Report{.heard = true})) << "not known";
    EXPECT_FALSE(multi_is_on(result, Report{.heard = true, .active = Mode::off}));
    EXPECT_TRUE(multi_is_on(result, Report{.heard = true, .active = Mode::charger_only}));
    result.outputs.multi = core::Command{.mode = Mode::charger_only};
    EXPECT_TRUE(multi_is_on(result, Report{.heard = true, .active = Mode::off})) << "told";
    result.outputs.multi->mode = Mode::off;
    EXPECT_FALSE(multi_is_on(result, Report{.heard = true, .active = Mode::on}));
    EXPECT_FALSE(level(levels_of(result, {}, false), Role::led_multi_on));
    EXPECT_TRUE(level(levels_of(result, {}, false, true), Role::led_multi_on));
}

TEST_F(Mapping, PermissionsOnDBusAreThoseOfTheOutputs) {
    start();
    charge_loop(false);
    run(1s);
    const auto f = facts(nullptr);
    EXPECT_FALSE(f.protection.allow_to_charge);
    EXPECT_FALSE(f.protection.charge_disconnect_high);
    EXPECT_TRUE(f.protection.allow_to_discharge);
    EXPECT_TRUE(f.protection.cell_high);
    EXPECT_EQ(f.protection.reason, "the battery stops charging: high cell or temperature");
    EXPECT_EQ(f.multi.link_reason, "no VE.Bus link configured: outputs and D-Bus only"); // M53
}

TEST_F(Mapping, ADisconnectIsCountedWhenItHappensAndNotWhenItIsOnlyFeared) {
    start();
    Disconnects counted;
    const auto happens = [&](auto what) {
        const core::State before = state;
        what();
        counted.count(before, state);
    };
    happens([&] { discharge_loop(false); });
    happens([&] { run(29s); });
    happens([&] { discharge_loop(true); });
    happens([&] { run(10s); });
    EXPECT_EQ(counted.by_low_cell, 0U) << "a warning that passed";
    happens([&] { discharge_loop(false); });
    happens([&] { run(31s); });
    happens([&] { run(1h); });
    EXPECT_EQ(counted.by_low_cell, 1U);
    EXPECT_EQ(counted.by_high_cell, 0U);
    happens([&] { charge_loop(false); });
    happens([&] { run(1s); });
    EXPECT_EQ(counted.by_high_cell, 1U);
}

TEST_F(Mapping, TheSocRuleIsToldInItsOwnWordsAndToTheMultiAlone) { // M95, M121
    inputs.multi = {.configured = true, .heard = true, .active = Mode::on, .ac_present = true};
    start();
    const std::string words = "the state of charge is 14 %, below the 15 % of /soc_rule";
    const auto reason = [&] {
        venus::Facts f;
        fill_facts(f, result, {.inputs = inputs, .link = nullptr, .soc_rule_reason = words}, now);
        return f.protection.reason;
    };
    take_step();
    EXPECT_EQ(reason(), "cells above the pre-alarm level");
    inputs.soc_rule = core::SocRule::charger_only;
    take_step();
    EXPECT_EQ(reason(), words + ": the inverter/charger may only charge");
    EXPECT_TRUE(level(levels_of(result, {}, false), Role::load_disconnect));
    EXPECT_FALSE(level(levels_of(result, {}, false), Role::two_signal_discharge));
    EXPECT_TRUE(level(levels_of(result, {}, false), Role::two_signal_charge));
    EXPECT_TRUE(signals_of(result)[profile::Signal::cell_low]) << "never more than is permitted";
    EXPECT_TRUE(multi_may_sleep(result)) << "without AC it is off (M134)";
    EXPECT_TRUE(facts(nullptr).protection.allow_to_discharge) << "the loads may go on";

    inputs.soc_rule = core::SocRule::loads_off;
    take_step();
    charge_loop(false);
    run(31s);
    EXPECT_EQ(reason(), words + "; the battery stops charging: high cell or temperature");
    const auto f = facts(nullptr);
    EXPECT_FALSE(f.protection.allow_to_discharge);
    EXPECT_FALSE(f.protection.cell_low);
    EXPECT_FALSE(f.protection.cable_fault);

    charge_loop(true);
    run(6s);
    discharge_loop(false);
    run(1s);
    EXPECT_EQ(reason(), "cell undervoltage: charge the battery; " + words);
    EXPECT_TRUE(facts(nullptr).protection.cell_low);
}

TEST_F(Mapping, LoadsThatTheSocRuleTookOffAreNoLowCellThatIsCounted) { // M121
    start();
    Disconnects counted;
    const core::State before = state;
    inputs.soc_rule = core::SocRule::loads_off;
    take_step();
    run(31s);
    counted.count(before, state);
    EXPECT_FALSE(loads_on());
    EXPECT_EQ(counted.by_low_cell, 0U);
}

TEST_F(Mapping, AMissingLineIsTheReasonAndTheError) {
    lose_lines();
    const auto f = facts(nullptr, "btv_pre_alarm: GPIO17 is used by 'sysfs'");
    EXPECT_FALSE(f.protection.inputs_valid);
    EXPECT_EQ(f.protection.reason, "btv_pre_alarm: GPIO17 is used by 'sysfs'");
    EXPECT_EQ(f.protection.error_text, f.protection.reason);
}

TEST_F(Mapping, TheCountdownIsTold) {
    start();
    discharge_loop(false);
    run(20ms);
    const auto f = facts(nullptr);
    EXPECT_EQ(f.protection.next_change, "loads will be disconnected");
    EXPECT_EQ(f.protection.seconds_to_next_change, 30);
}

TEST_F(Mapping, WhyTheInverterIsNotControlledIsAlwaysSaid) {
    start();
    EXPECT_THAT(facts(&link).multi.link_reason,
                StartsWith("not controlling the inverter: nothing heard on VE.Bus; "));
    link.heard = true;
    EXPECT_EQ(facts(&link).multi.link_reason,
              "not controlling the inverter yet: it has not reported its switch");
    EXPECT_FALSE(facts(&link).multi.controlled);
    inputs.multi = {.configured = true, .heard = true, .active = Mode::on};
    take_step();
    EXPECT_EQ(facts(&link).multi.link_reason, "talking to the Multi");
    EXPECT_TRUE(facts(&link).multi.controlled);
    link.listen_only_reason = "another BMS answers";
    EXPECT_EQ(
        facts(&link).multi.link_reason,
        "not controlling the inverter: another BMS answers; LoadDisconnect, ChargeDisconnect and DVCC still "
        "protect, but nothing stops the inverter/charger itself: its two-signal inputs are not wired");
    EXPECT_FALSE(facts(&link).multi.controlled);
}

TEST_F(Mapping, WhatTheChargerDoesIsNeverClaimedBeyondWhatIsKnown) { // decisions 4
    link.heard = true;
    inputs.multi = {.configured = true, .heard = true, .active = Mode::on};
    start();
    charge_loop(false);
    run(1s);
    EXPECT_EQ(facts(&link).multi.link_reason,
              "talking to the Multi, its charger told to charge with less, not acknowledged yet");
    link.charge_order_in_force = true;
    EXPECT_EQ(facts(&link).multi.link_reason, "talking to the Multi, its charger told to charge with less, "
                                              "acknowledged but unverified: no current is measured");
    link.dc_current_a = 4.0;
    EXPECT_EQ(facts(&link).multi.link_reason,
              "talking to the Multi, its charger told to charge with less, measured");
    link.charge_limit = {vebus::Capability::Known::no, "setting 4 is not supported"};
    EXPECT_EQ(facts(&link).multi.link_reason, "talking to the Multi, its charger told to charge with less, "
                                              "which it does not take: setting 4 is not supported");
}

TEST_F(Mapping, TheReportToTheCoreHoldsNoGuess) {
    EXPECT_EQ(report_of(link), (core::MultiReport{.configured = true}));
    link.heard = true;
    link.active_mode = vebus::SwitchState::charger_only;
    link.dc_current_a = -3.26;
    link.charge_stop.known = vebus::Capability::Known::no;
    const auto report = report_of(link);
    EXPECT_EQ(report.active, Mode::charger_only);
    EXPECT_EQ(report.charge_current_da, -33);
    EXPECT_EQ(report.can_stop_charge, false);
    EXPECT_EQ(report.can_limit_charge, std::nullopt);
}

TEST_F(Mapping, EveryModeIsTheSameOnBothSides) {
    for (const Mode mode : {Mode::off, Mode::charger_only, Mode::inverter_only, Mode::on}) {
        const auto wanted = wanted_of(core::Command{.mode = mode}).value();
        link.active_mode = wanted.mode;
        EXPECT_EQ(report_of(link).active, mode);
    }
    EXPECT_EQ(wanted_of(std::nullopt), std::nullopt);
}

TEST(AppMultiSleep, SilenceOfAMultiThatWentOffWithoutAcIsExpectedUntilItShouldHaveWoken) { // decisions 5
    MultiSleep sleep(core::Settings{}.wake_hold);
    Instant now{100s};
    const auto after = [&](Duration pause, MultiSleep::Seen seen) {
        sleep.update(seen, now += pause);
        return sleep.asleep();
    };
    EXPECT_FALSE(after(0s, {.heard = false, .may_sleep = false})) << "never heard: not sleep";
    EXPECT_FALSE(after(1s, {.heard = true, .may_sleep = true}));
    EXPECT_TRUE(after(1h, {.heard = false, .may_sleep = true}));
    EXPECT_TRUE(after(1h, {.heard = false, .may_sleep = false})) << "allowed again, still no AC";
    EXPECT_TRUE(after(1s, {.heard = false, .may_sleep = false, .on_ac = true}));
    EXPECT_FALSE(after(20s, {.heard = false, .may_sleep = true, .on_ac = true})) << "with AC it must answer";
    EXPECT_FALSE(after(1s, {.heard = true, .may_sleep = false}));
}

TEST(AppMultiSleep, AnAttemptOfTheCoreThatIsOverEndsTheSleepAndNothingCountsBesideIt) {
    MultiSleep sleep(20s);
    Instant now{100s};
    const auto after = [&](Duration pause, MultiSleep::Seen seen) {
        sleep.update(seen, now += pause);
        return sleep.asleep();
    };
    EXPECT_TRUE(after(0s, {.heard = false, .may_sleep = true}));
    EXPECT_TRUE(after(1h, {.heard = false, .may_sleep = false})) << "the attempt goes on";
    EXPECT_FALSE(after(1s, {.heard = false, .may_sleep = false, .not_woken = true}));
    EXPECT_FALSE(after(1min, {.heard = false, .may_sleep = false})) << "nor does the next attempt hide it";
}

TEST(AppMultiSleep, AMultiThatHasNoStandbyLineWasNotLeftUnwoken) {
    core::StepResult result;
    config::Config config;
    result.outputs.multi_not_woken = true;
    EXPECT_FALSE(multi_not_woken(result, config));
    config.outputs.vebus_standby = config::Line{};
    EXPECT_TRUE(multi_not_woken(result, config));
    result.outputs.multi_not_woken = false;
    EXPECT_FALSE(multi_not_woken(result, config));
}

TEST(AppSettings, TheServiceIsNamedAfterThePortsKernelName) {
    EXPECT_EQ(service_name({}, "ttyUSB3"), "com.victronenergy.vebus.ttyUSB3");
    EXPECT_EQ(service_name({}, ""), "com.victronenergy.vebus.vebusbms");
    EXPECT_EQ(service_name({.name = "com.victronenergy.vebus.mine"}, "ttyUSB3"),
              "com.victronenergy.vebus.mine");
}

TEST(AppSettings, ALinkByIdLeadsToTheKernelName) {
    const auto folder = std::filesystem::temp_directory_path() / ("bms-by-id-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::filesystem::create_symlink("/dev/null", folder / "usb-adapter");
    EXPECT_EQ(kernel_name_of(folder / "usb-adapter"), "null");
    EXPECT_EQ(kernel_name_of(folder / "missing"), "");
    std::filesystem::remove_all(folder);
}

TEST(AppSettings, TheConfigurationReachesTheCore) { // M15
    config::Config c;
    c.protection.pre_alarm_lead = 45s;
    c.protection.restart = config::Restart::manual;
    c.btv.debounce_open = 7ms;
    c.remote.kind = config::Remote::Kind::one_line;
    const auto s = core_settings(c);
    EXPECT_EQ(s.pre_alarm_lead, 45s);
    EXPECT_EQ(s.loop.to_inactive, 7ms);
    EXPECT_TRUE(s.restart_manual);
    EXPECT_TRUE(s.remote_fitted);
    EXPECT_FALSE(s.pre_alarm_fitted);
}

TEST(AppOptions, AreReadAndWrongOnesAreNamed) {
    EXPECT_EQ(parse_options({}).config, "/etc/vebus-bms/vebus-bmsd.json");
    EXPECT_EQ(parse_options({"--config", "x", "--record", "y"}).record, "y");
    EXPECT_EQ(parse_options({"--check-config"}).what, Options::Do::check_config);
    EXPECT_EQ(parse_options({"--config"}).error, "--config needs a file name");
    EXPECT_EQ(parse_options({"--confg"}).error, "unknown option --confg; --help lists them");
}

} // namespace
} // namespace bms::test
