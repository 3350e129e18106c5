// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/venus/facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace bms::venus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ItemTree published(const Facts& facts) {
    ItemTree tree;
    publish(facts, tree);
    return tree;
}

std::int32_t flag(const ItemTree& tree, Path path) { return std::get<std::int32_t>(tree.value(path)); }
std::uint32_t level(const ItemTree& tree, Path path) { return std::get<std::uint32_t>(tree.value(path)); }

Facts healthy() {
    Facts facts;
    Protection& p = facts.protection;
    p.inputs_valid = p.remote_on = true;
    p.allow_to_charge = p.allow_to_discharge = true;
    p.load_disconnect_high = p.charge_disconnect_high = true;
    facts.multi.link_configured = facts.multi.expected = facts.multi.heard = true;
    return facts;
}

/// All combinations of the flags that items are made of.
void for_every_combination(const std::function<void(const Facts&)>& check) {
    constexpr unsigned flags = 12;
    for (unsigned bits = 0; bits < (1U << flags); ++bits) {
        Facts facts;
        unsigned next = 0;
        Protection& p = facts.protection;
        Multi& m = facts.multi;
        for (bool* flag : {&p.inputs_valid, &p.cable_fault, &p.remote_on, &p.cell_high, &p.cell_low,
                           &p.allow_to_charge, &p.allow_to_discharge, &p.pre_alarm, &m.link_configured,
                           &m.expected, &m.heard, &facts.notify_pre_alarm})
            *flag = (bits >> next++ & 1U) != 0;
        check(facts);
    }
}

TEST(Facts, TheBatterysLimitsAndBlocksAreThePermissions) {
    auto facts = healthy();
    facts.bank = {.max_charge_amperes = 100.0, .max_discharge_amperes = 200.0, .charge_volts = 28.4};
    ItemTree tree(Role::battery);
    publish(facts, tree);
    EXPECT_EQ(tree.value(Path::max_charge_voltage), Value{28.4});
    EXPECT_EQ(tree.value(Path::max_charge_current), Value{100.0});
    EXPECT_EQ(flag(tree, Path::modules_blocking_charge), 0);
    EXPECT_EQ(flag(tree, Path::product_id), 0);
    facts.protection.allow_to_charge = false;
    publish(facts, tree);
    EXPECT_EQ(tree.value(Path::max_charge_current), Value{0.0});
    EXPECT_EQ(flag(tree, Path::modules_blocking_charge), 1);
    EXPECT_EQ(flag(tree, Path::modules_online), 1);
    facts.protection.inputs_valid = false;
    publish(facts, tree);
    EXPECT_EQ(flag(tree, Path::battery_allow_to_discharge), 0);
    EXPECT_EQ(flag(tree, Path::modules_offline), 1);
}

TEST(Facts, WhatOurPlaceMeansStandsBehindTheReason) {
    auto facts = healthy();
    facts.protection.reason = "all loops closed";
    facts.role_note = "DVCC does not listen to us";
    EXPECT_EQ(published(facts).value(Path::bms_reason),
              Value{"all loops closed. DVCC does not listen to us"});
}

TEST(Facts, APermissionIsAlwaysZeroOrOneAndNeverMoreThanWasGiven) {
    for_every_combination([](const Facts& facts) {
        const auto tree = published(facts);
        const Protection& p = facts.protection;
        ASSERT_EQ(flag(tree, Path::allow_to_charge), p.allow_to_charge && p.inputs_valid ? 1 : 0);
        ASSERT_EQ(flag(tree, Path::allow_to_discharge), p.allow_to_discharge && p.inputs_valid ? 1 : 0);
    });
}

TEST(Facts, LinesThatCannotBeReadAreAnErrorWithBothPermissionsTaken) {
    for_every_combination([](const Facts& facts) {
        const auto tree = published(facts);
        const bool valid = facts.protection.inputs_valid;
        ASSERT_EQ(flag(tree, Path::bms_error), !valid || facts.protection.cable_fault ? 1 : 0);
        ASSERT_EQ(is_valid(tree.value(Path::line_cell_high)), valid);
        ASSERT_EQ(is_valid(tree.value(Path::remote_on)), valid);
        if (!valid) {
            ASSERT_EQ(flag(tree, Path::allow_to_charge), 0);
            ASSERT_EQ(flag(tree, Path::allow_to_discharge), 0);
            ASSERT_EQ(level(tree, Path::allow_to_charge_rate), 255U);
        }
    });
}

TEST(Facts, TheLimitsAreZeroInAStopElseTheConfiguredOnes) {
    for_every_combination([](Facts facts) {
        const auto unlimited = published(facts);
        facts.bank = {50.0, 120.0};
        const auto limited = published(facts);
        const bool charge = flag(limited, Path::allow_to_charge) == 1;
        const bool discharge = flag(limited, Path::allow_to_discharge) == 1;
        ASSERT_EQ(limited.value(Path::max_charge_current), Value{charge ? 50.0 : 0.0});
        ASSERT_EQ(limited.value(Path::max_discharge_current), Value{discharge ? 120.0 : 0.0});
        ASSERT_EQ(unlimited.value(Path::max_charge_current), charge ? Value{} : Value{0.0});
        ASSERT_EQ(unlimited.value(Path::max_discharge_current), discharge ? Value{} : Value{0.0});
    });
}

TEST(Facts, AlarmsNameTheCauseAndNotItsConsequences) {
    for_every_combination([](const Facts& facts) {
        const auto tree = published(facts);
        const Protection& p = facts.protection;
        const Multi& m = facts.multi;
        const bool trusted = p.inputs_valid && !p.cable_fault;
        const auto low = !trusted ? 0U : p.cell_low ? 2U : p.pre_alarm ? 1U : 0U;
        ASSERT_EQ(level(tree, Path::alarm_low_battery), low);
        ASSERT_EQ(level(tree, Path::alarm_l1_low_battery), low);
        ASSERT_EQ(level(tree, Path::alarm_bms_pre_alarm), p.pre_alarm && facts.notify_pre_alarm ? 1U : 0U);
        ASSERT_EQ(level(tree, Path::alarm_bms_connection_lost),
                  m.link_configured && m.expected && !m.heard ? 2U : 0U);
        ASSERT_EQ(flag(tree, Path::bms_pre_alarm), p.pre_alarm ? 1 : 0);
    });
}

// The values systemcalc and the GUI need before they take this for a VE.Bus BMS V2.
TEST(Facts, IdentityIsThatOfAVebusBmsV2) {
    const auto tree = published(healthy());
    EXPECT_EQ(flag(tree, Path::bms_type), 2);
    EXPECT_EQ(flag(tree, Path::bms_expected), 1);
    EXPECT_GE(level(tree, Path::bms_version), 1146100U);
    EXPECT_EQ(tree.text(Path::mk2_product_name), "MK3");
    EXPECT_EQ(tree.text(Path::mgmt_connection), "VE.Bus");
    EXPECT_EQ(tree.text(Path::mgmt_process_name), "vebus-bmsd");
    EXPECT_FALSE(tree.text(Path::product_name).empty());
    EXPECT_EQ(flag(tree, Path::product_id), 0);
    EXPECT_EQ(flag(tree, Path::number_of_phases), 1);
}

TEST(Facts, WhatIsNotKnownOfTheMultiIsInvalid) {
    const auto tree = published(healthy());
    for (Path path : {Path::firmware_version, Path::state, Path::dc_voltage, Path::dc_current, Path::dc_power,
                      Path::number_of_multis, Path::dmc_version, Path::active_input, Path::multi_mode})
        EXPECT_FALSE(is_valid(tree.value(path))) << row_of(path).path;
}

TEST(Facts, TheMultiIsShownAsItReports) {
    Facts facts = healthy();
    facts.multi.firmware = 0x489;
    facts.multi.state = 9;
    facts.multi.wish = Mode::charger_only;
    facts.multi.dc_volts = 26.4;
    facts.multi.dc_amperes = -5.0;
    const auto tree = published(facts);
    EXPECT_EQ(tree.text(Path::firmware_version), "489");
    EXPECT_EQ(tree.text(Path::state), "inverting");
    EXPECT_EQ(tree.text(Path::mode), "charger only");
    EXPECT_EQ(tree.text(Path::dc_power), "-132W");
    EXPECT_EQ(flag(tree, Path::mode_is_adjustable), 1);
}

TEST(Facts, ADigitalMultiControlTakesTheSwitch) { // M106
    Facts facts = healthy();
    facts.multi.dmc = true;
    EXPECT_EQ(flag(published(facts), Path::mode_is_adjustable), 0);
}

TEST(Facts, AMultiThatIsOutOfControlIsAnAlarmAlsoWhileItIsHeard) { // decisions 6
    Facts facts = healthy();
    EXPECT_EQ(level(published(facts), Path::alarm_bms_connection_lost), 0U);
    facts.multi.out_of_control = true;
    EXPECT_EQ(level(published(facts), Path::alarm_bms_connection_lost), 2U);
}

TEST(Facts, RemoteOffIsLowPower) { // M33
    Facts facts = healthy();
    facts.multi.state = 9;
    facts.protection.remote_on = false;
    EXPECT_EQ(published(facts).text(Path::state), "low power");
}

TEST(Facts, ACountdownMakesASignalEveryTenSecondsAtMost) {
    Facts facts = healthy();
    ItemTree tree;
    Instant now{100s};
    int signals = 0;
    for (int left = 60; left >= 0; --left, now += 1s) {
        facts.protection.seconds_to_next_change = left;
        publish(facts, tree);
        signals += tree.take_changes(now).empty() ? 0 : 1;
    }
    EXPECT_EQ(signals, 7);
    EXPECT_EQ(flag(tree, Path::seconds_to_next_change), 0);
    facts.protection.seconds_to_next_change = 61;
    publish(facts, tree);
    EXPECT_EQ(flag(tree, Path::seconds_to_next_change), 120);
}

TEST(Facts, PublishingTheSameFactsAgainChangesNothing) {
    ItemTree tree;
    publish(healthy(), tree);
    tree.take_changes(Instant{1s});
    publish(healthy(), tree);
    EXPECT_THAT(tree.take_changes(Instant{10s}), IsEmpty());
}

TEST(Facts, AHighCellChangesWhatDependsOnItTogether) {
    Facts facts = healthy();
    ItemTree tree;
    publish(facts, tree);
    tree.take_changes(Instant{1s});
    facts.protection.cell_high = true;
    facts.protection.allow_to_charge = false;
    facts.protection.charge_disconnect_high = false;
    publish(facts, tree);
    EXPECT_THAT(tree.take_changes(Instant{1s}),
                ElementsAre(Path::allow_to_charge, Path::allow_to_charge_rate, Path::line_cell_high,
                            Path::output_charge_disconnect, Path::max_charge_current));
}

TEST(Facts, EverythingThatIsKnownOfTheMultiIsShown) {
    Facts facts = healthy();
    Multi& m = facts.multi;
    m.mode = Mode::inverter_only;
    m.error = 3;
    m.units = 2;
    m.dmc_version = 1140100;
    m.interface_version = 1170212;
    m.phases = 3;
    m.ac_inputs = 2;
    m.active_input = 1;
    m.ac_present = true;
    m.round_trip_ms = 12.5;
    m.longest_round_trip_ms = 40.0;
    facts.identity.hardware = "Raspberry Pi";
    facts.neighbours.dvcc = 3;
    const auto tree = published(facts);
    EXPECT_EQ(tree.text(Path::multi_mode), "inverter only");
    EXPECT_EQ(flag(tree, Path::vebus_error), 3);
    EXPECT_EQ(flag(tree, Path::number_of_multis), 2);
    EXPECT_EQ(flag(tree, Path::dmc_version), 1140100);
    EXPECT_EQ(level(tree, Path::interface_version), 1170212U);
    EXPECT_EQ(flag(tree, Path::number_of_phases), 3);
    EXPECT_EQ(flag(tree, Path::number_of_ac_inputs), 2);
    EXPECT_EQ(flag(tree, Path::active_input), 1);
    EXPECT_EQ(tree.text(Path::active_input_connected), "yes");
    EXPECT_EQ(tree.text(Path::round_trip), "12.5ms");
    EXPECT_EQ(tree.text(Path::longest_round_trip), "40.0ms");
    EXPECT_EQ(tree.text(Path::hardware_version), "Raspberry Pi");
    EXPECT_EQ(flag(tree, Path::dvcc), 3);
}

TEST(Facts, DetectorsThatAreFittedAreShownAndOthersAreInvalid) {
    Facts facts = healthy();
    EXPECT_FALSE(is_valid(published(facts).value(Path::line_mains)));
    facts.protection.mains = true;
    facts.protection.aux_in = false;
    EXPECT_EQ(flag(published(facts), Path::line_mains), 1);
    EXPECT_EQ(flag(published(facts), Path::line_aux_in), 0);
}

TEST(Facts, WhatALowCellLeftIsShownWhileItIsCounted) { // M69
    Facts facts = healthy();
    facts.reserve = {.reason = "how long it would last", .power_source = "battery", .at_low_cell = "goes on"};
    const auto before = published(facts);
    EXPECT_FALSE(is_valid(before.value(Path::residual_hours_left)));
    EXPECT_FALSE(is_valid(before.value(Path::residual_percent_left)));
    EXPECT_EQ(before.text(Path::residual_reason), "how long it would last");
    EXPECT_EQ(before.text(Path::alarm_residual_drain), "ok");
    EXPECT_EQ(before.text(Path::power_source), "battery");      // M31
    EXPECT_EQ(before.text(Path::power_at_low_cell), "goes on"); // M32
    facts.reserve.hours_left = 8.5;
    facts.reserve.percent_left = 50;
    facts.reserve.alarm = 1;
    const auto counted = published(facts);
    EXPECT_EQ(counted.text(Path::residual_hours_left), "8.5h");
    EXPECT_EQ(counted.text(Path::residual_percent_left), "50%");
    EXPECT_EQ(counted.text(Path::alarm_residual_drain), "warning");
}

TEST(Facts, APowerThatNoUnitHasIsInvalid) {
    Facts facts = healthy();
    facts.multi.dc_volts = 26.0;
    facts.multi.dc_amperes = 1e9;
    const auto tree = published(facts);
    EXPECT_FALSE(is_valid(tree.value(Path::dc_power)));
    EXPECT_EQ(tree.value(Path::dc_voltage), Value{26.0});
    facts.multi.dc_amperes.reset();
    EXPECT_FALSE(is_valid(published(facts).value(Path::dc_power))) << "half of it is not known";
}

TEST(Facts, NeighboursThatGoOnAreAnAlarm) {
    Facts facts = healthy();
    EXPECT_EQ(level(published(facts), Path::alarm_charge_not_obeyed), 0U);
    facts.neighbours.charging = facts.neighbours.drawing = true;
    EXPECT_EQ(level(published(facts), Path::alarm_charge_not_obeyed), 2U);
    EXPECT_EQ(level(published(facts), Path::alarm_loads_not_obeyed), 2U);
}

} // namespace
} // namespace bms::venus
