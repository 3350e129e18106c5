// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What is asked, ordered and believed, on any wire.
#include "unit/vebus_peer.hpp"

#include <gmock/gmock.h>

namespace bms::vebus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Known = Capability::Known;

constexpr Wanted stop_charge{.mode = SwitchState::on, .charge = ChargeOrder::stop};

TEST(VebusChecks, FindFirmwareUnitsFlagsEssAndScales) { // M54
    Talk talk(by_mk3);
    talk.units[0].ram = {{4, 5280}, {5, 350}, {128, 0x0093}, {132, 0x0054}};
    talk.units[0].settings[60] = 0x0080;
    talk.pass_checks();
    const LinkFindings& found = talk.status().found;
    EXPECT_EQ(found.firmware, Firmware{2629492});
    EXPECT_EQ(found.units, 1);
    EXPECT_EQ(found.configured_for_bms, true);
    EXPECT_EQ(found.ess, (EssRecord{.setpoint_variable = 133, .variables = 4}));
    EXPECT_EQ(found.bms_version, std::nullopt);
    EXPECT_EQ(found.dmc_version, std::nullopt);
}

TEST(VebusChecks, AShortVersionIsPutTogetherFromItsParts) {
    Talk talk;
    talk.units[0].short_versions = true;
    talk.pass_checks();
    EXPECT_EQ(talk.status().found.firmware, Firmware{2629492});
    EXPECT_EQ(talk.sent_of<AskVersion>().size(), 2U);
}

TEST(VebusChecks, TooOldAFirmwareEndsControlWithTheErrorAndTheCure) { // M56, M57
    Talk talk;
    talk.units[0].version = 2629414;
    talk.dialogue.want(Wanted{.mode = SwitchState::off, .insist = true});
    talk.run(10s);
    EXPECT_EQ(talk.status().listen_only, ListenOnly::firmware_too_old);
    for (const char* word : {"error 15", "489", "outputs", "firmware 414"}) {
        EXPECT_THAT(talk.status().listen_only_reason, HasSubstr(word));
    }
    EXPECT_EQ(talk.changed_at, std::nullopt);
    talk.units[0].version = 2629489;
    talk.run(120s);
    EXPECT_EQ(talk.status().listen_only, ListenOnly::firmware_too_old);
    talk.dialogue.resume();
    talk.run(2s);
    EXPECT_EQ(talk.status().listen_only, ListenOnly::no);
    EXPECT_EQ(talk.remote, SwitchState::off);
}

TEST(VebusChecks, OneBrokenVersionDoesNotEndControl) {
    Talk talk;
    bool first = true;
    talk.trick = [&first](const Outgoing& asked, std::vector<Talk::Reply>& replies) {
        if (std::holds_alternative<AskVersion>(asked.message) && std::exchange(first, false)) {
            std::get<VersionPart>(replies.front().message).number = 2629001;
        }
    };
    talk.pass_checks();
    EXPECT_EQ(talk.status().listen_only, ListenOnly::no);
    EXPECT_EQ(talk.status().found.firmware, Firmware{2629492});
}

TEST(VebusChecks, FirmwareThatNeedsAnAssistantIsAFindingOnly) { // M55
    Talk talk;
    talk.units[0].version = 2629415;
    talk.pass_checks();
    EXPECT_EQ(talk.status().listen_only, ListenOnly::no);
    EXPECT_EQ(band_of(talk.status().found.firmware.value()), FirmwareBand::needs_assistant);
}

TEST(VebusChecks, TheLowestFirmwareCountsAndNoneWhileAUnitHasNotToldIts) {
    Talk talk({}, {0, 1, 2});
    talk.units[1].version = 2629480;
    talk.units[2].version = std::nullopt;
    talk.pass_checks();
    EXPECT_EQ(talk.status().found.firmware, std::nullopt);
    talk.units[2].version = 2629500;
    ASSERT_TRUE(talk.run_until(70s, [&] { return talk.status().found.firmware.has_value(); }))
        << "unanswered checks are asked again";
    EXPECT_EQ(talk.status().found.firmware, Firmware{2629480});
    EXPECT_EQ(talk.status().found.units, 3);
}

TEST(VebusChecks, UnansweredTheyDelayTheFirstOrderByASecondAtMost) {
    Talk talk;
    talk.units[0].silent = true;
    talk.dialogue.want(Wanted{.mode = SwitchState::off, .insist = true});
    talk.run(5s);
    ASSERT_TRUE(talk.changed_at.has_value());
    EXPECT_LE(*talk.changed_at - talk_start, Duration(1s));
    EXPECT_EQ(talk.remote, SwitchState::off);
    EXPECT_EQ(talk.status().found.firmware, std::nullopt);
    EXPECT_EQ(talk.status().found.configured_for_bms, std::nullopt);
    EXPECT_TRUE(talk.status().found.done);
}

TEST(VebusChecks, OrdersComeBeforeTheChecksThatAreLeft) {
    Talk talk;
    for (int i = 128; i < 250; ++i) {
        talk.units[0].ram[static_cast<std::uint8_t>(i)] = 0x0090; // a long list of assistants
    }
    talk.dialogue.want(Wanted{.mode = SwitchState::off, .charge = ChargeOrder::stop, .insist = true});
    ASSERT_TRUE(talk.run_until(2s, [&] { return talk.status().charge_order_in_force; }));
    EXPECT_FALSE(talk.status().found.done);
}

TEST(VebusChecks, WhatStaysUnansweredIsAskedOnceAMinute) {
    Talk talk;
    talk.units[0].silent = true;
    talk.pass_checks();
    const auto before = talk.sent.size();
    talk.run(600s);
    EXPECT_LE(talk.sent.size() - before, 5U * 10U) << "five questions, ten minutes";
    EXPECT_GE(talk.sent.size() - before, 5U * 9U);
}

TEST(VebusChecks, AnotherBmsEndsControlAlsoWhenItComesLater) {
    for (const bool later : {false, true}) {
        Talk talk;
        talk.dialogue.want(Wanted{.mode = SwitchState::charger_only});
        if (later) {
            talk.run(5s);
            EXPECT_EQ(talk.status().listen_only, ListenOnly::no);
        }
        talk.devices[device_bms] = 1146100;
        talk.run(65s);
        EXPECT_EQ(talk.status().listen_only, ListenOnly::foreign_bms);
        EXPECT_EQ(talk.status().found.bms_version, 1146100U);
        EXPECT_EQ(talk.changed_at.has_value(), later);
    }
}

TEST(VebusChecks, ADigitalMultiControlThatGoesIsForgotten) { // M106
    Talk talk;
    talk.devices[device_digital_multi_control] = 1234;
    talk.pass_checks();
    EXPECT_EQ(talk.status().found.dmc_version, 1234U);
    EXPECT_EQ(talk.status().listen_only, ListenOnly::no);
    talk.devices.clear();
    talk.run(65s);
    EXPECT_EQ(talk.status().found.dmc_version, std::nullopt);
}

TEST(VebusChecks, TheSearchForEssEnds) {
    struct Case {
        std::map<std::uint8_t, std::uint16_t> ram;
        std::optional<EssRecord> ess;
        std::size_t reads;
    };
    std::map<std::uint8_t, std::uint16_t> endless;
    for (int i = 128; i < 256; ++i) {
        endless[static_cast<std::uint8_t>(i)] = 0x0090;
    }
    const Case cases[] = {{{{128, 0x0054}}, EssRecord{.setpoint_variable = 129, .variables = 4}, 1},
                          {{{128, 0x0090}, {129, 0x0054}}, EssRecord{130, 4}, 2},
                          {{{128, 0x0000}}, std::nullopt, 1},
                          {{}, std::nullopt, 1},
                          {{{128, 0x009F}, {144, 0x0000}}, std::nullopt, 2},
                          {endless, std::nullopt, 127}};
    for (const Case& one : cases) {
        Talk talk;
        talk.units[0].ram = one.ram;
        talk.pass_checks();
        EXPECT_EQ(talk.status().found.ess, one.ess);
        EXPECT_EQ(talk.sent_of<ReadRam>().size(), one.reads);
    }
}

TEST(VebusChecks, AreMadeAgainWhenTheMultiWasLost) {
    Talk talk;
    talk.pass_checks();
    talk.speaks = false;
    talk.units[0].silent = true;
    talk.run(20s);
    EXPECT_FALSE(talk.status().heard);
    EXPECT_EQ(talk.status().found.firmware, std::nullopt);
    talk.speaks = true;
    talk.units[0] = Peer{.version = 2629400};
    talk.run(3s);
    EXPECT_EQ(talk.status().listen_only, ListenOnly::firmware_too_old);
}

TEST(VebusOrders, AStopIsInForceWhenEveryUnitHasAcknowledgedIt) {
    Talk talk({}, {0, 1, 2});
    talk.units[2].settings[0] = 0x0010;
    talk.units[1].silent = true;
    talk.dialogue.want(stop_charge);
    talk.run(10s);
    EXPECT_FALSE(talk.status().charge_order_in_force);
    EXPECT_THAT(talk.status().charge_stop.why, HasSubstr("unit 1: the Multi does not answer"));
    EXPECT_EQ(talk.units[0].in_force[0], 0x8154);
    EXPECT_EQ(talk.units[2].in_force[0], 0x0050) << "each unit's own original";
    talk.units[1].silent = false;
    ASSERT_TRUE(talk.run_until(15s, [&] { return talk.status().charge_order_in_force; }));
    EXPECT_EQ(talk.status().originals, (Originals{{.unit = 0, .flags0 = 0x8114},
                                                  {.unit = 1, .flags0 = 0x8114},
                                                  {.unit = 2, .flags0 = 0x0010}}));
    talk.dialogue.want(Wanted{});
    talk.run(5s);
    EXPECT_EQ(talk.units[2].in_force[0], 0x0010);
    EXPECT_EQ(talk.status().originals, Originals{});
    for (const WriteById& write : talk.sent_of<WriteById>()) {
        EXPECT_TRUE(write.is_setting && write.ram_only);
    }
}

TEST(VebusOrders, TheWorstUnitsCapabilityCounts) {
    Talk talk({}, {0, 5});
    talk.units[5].refuses_writes = true;
    talk.dialogue.want(stop_charge);
    talk.run(5s);
    EXPECT_EQ(talk.status().charge_stop.known, Known::no);
    EXPECT_THAT(talk.status().charge_stop.why, HasSubstr("unit 5: the Multi asks for a password"));
}

TEST(VebusOrders, AUnitThatIsGoneIsStillOwedItsOriginal) {
    Talk talk({}, {0, 1});
    talk.dialogue.want(stop_charge);
    talk.run(5s);
    talk.dialogue.units_are({0});
    talk.dialogue.want(Wanted{});
    talk.run(5s);
    EXPECT_EQ(talk.status().originals, (Originals{{.unit = 1, .flags0 = 0x8114}}));
    EXPECT_TRUE(talk.status().charge_order_in_force) << "of those that are there";
    talk.dialogue.units_are({0, 1});
    talk.run(5s);
    EXPECT_EQ(talk.status().originals, Originals{});
    EXPECT_EQ(talk.units[1].in_force[0], 0x8114);
}

TEST(VebusOrders, WithoutAnyUnitNothingIsInForce) {
    Talk talk({}, {});
    talk.dialogue.want(stop_charge);
    talk.run(5s);
    EXPECT_FALSE(talk.status().charge_order_in_force);
    EXPECT_EQ(talk.status().charge_stop.known, Known::unknown);
}

TEST(VebusOrders, InverterOnlyIsEnteredFromOnAndOnIsNeverAStepElsewhere) {
    using enum SwitchState;
    struct Way {
        SwitchState from, to;
        std::vector<SwitchState> sent;
    };
    const Way ways[] = {
        {off, inverter_only, {on, inverter_only}},     {charger_only, inverter_only, {on, inverter_only}},
        {on, inverter_only, {inverter_only}},          {inverter_only, on, {on}},
        {inverter_only, charger_only, {charger_only}}, {inverter_only, off, {off}},
        {off, charger_only, {charger_only}},           {off, on, {on}}};
    for (const Way& way : ways) {
        Talk talk;
        talk.remote = way.from;
        talk.run(1s);
        talk.dialogue.want(Wanted{.mode = way.to});
        talk.run(10s);
        EXPECT_EQ(talk.remote, way.to);
        std::vector<SwitchState> sent;
        for (const SwitchCommand& command : talk.sent_of<SwitchCommand>()) {
            sent.push_back(command.state);
        }
        EXPECT_EQ(sent, way.sent) << static_cast<int>(way.from) << " to " << static_cast<int>(way.to);
    }
}

TEST(VebusOrders, NothingIsSentWithoutAWish) {
    Talk talk(by_mk3);
    talk.run(30s);
    EXPECT_TRUE(talk.sent.empty());
    EXPECT_EQ(talk.dialogue.next_due(), never);
}

TEST(VebusMeasuring, SumsTheUnitsByTheirOwnScales) {
    Talk talk(by_mk3, {0, 1});
    talk.units[0].scales[5] = {0x8064, 0};                  // 0.01 A signed
    talk.units[0].ram[5] = 1234;                            // 12.34 A
    talk.units[1].scales[5] = {0x800A, 0};                  // 0.1 A signed
    talk.units[1].ram[5] = static_cast<std::uint16_t>(-50); // -5.0 A
    talk.pass_checks();
    talk.run(3s);
    EXPECT_NEAR(talk.status().dc_voltage_v.value(), 52.80, 1e-9);
    EXPECT_NEAR(talk.status().dc_current_a.value(), 7.34, 1e-9);
    EXPECT_NEAR(talk.status().highest_unit_current_a.value(), 12.34, 1e-9);
    talk.units[1].silent = true;
    talk.run(10s);
    EXPECT_EQ(talk.status().dc_current_a, std::nullopt) << "a sum without one unit is a wrong sum";
    EXPECT_EQ(talk.status().highest_unit_current_a, std::nullopt);
    talk.units[1].silent = false;
    talk.run(15s);
    EXPECT_TRUE(talk.status().dc_current_a.has_value());
}

TEST(VebusMeasuring, AUnitWithoutTheScaleIsNotMeasured) {
    Talk talk(by_mk3);
    talk.units[0].scales.erase(5);
    talk.pass_checks();
    talk.run(5s);
    EXPECT_EQ(talk.status().dc_current_a, std::nullopt);
}

TEST(VebusReports, OnlyMainsOnLitForTenSecondsLooksLikeTheEmergencyMode) { // M129, M130
    Talk talk;
    talk.pass_checks();
    talk.leds_on = led::mains;
    talk.run(9s);
    EXPECT_FALSE(talk.status().emergency_mode);
    talk.run(2s);
    EXPECT_TRUE(talk.status().emergency_mode);
    talk.dialogue.want(stop_charge); // our own stop looks the same
    talk.run(1s);
    EXPECT_FALSE(talk.status().emergency_mode);
    talk.dialogue.want(Wanted{});
    talk.run(12s);
    EXPECT_TRUE(talk.status().emergency_mode);
    talk.leds_blink = led::low_battery;
    talk.run(1s);
    EXPECT_FALSE(talk.status().emergency_mode);
}

TEST(VebusReports, AnErrorIsShownByTheInverterLedButItsNumberIsNotInTheFrame) {
    Talk talk;
    talk.run(1s);
    EXPECT_EQ(talk.status().vebus_error, 0);
    talk.leds_on = talk.leds_blink = led::inverter;
    talk.run(1s);
    EXPECT_TRUE(talk.status().error_shown);
    EXPECT_EQ(talk.status().vebus_error, std::nullopt);
    talk.leds_on = talk.leds_blink = 0x1F; // not known
    talk.run(1s);
    EXPECT_FALSE(talk.status().error_shown);
    talk.leds_blink = 0;
    talk.run(1s);
    EXPECT_EQ(talk.status().vebus_error, 0);
    EXPECT_EQ(talk.status().ac_input, 0);
    EXPECT_EQ(talk.status().ac_inputs, 1);
}

TEST(VebusReports, APanelsFirstWordIsNoChangeWhatItSaysLaterIs) { // M106
    Talk talk;
    talk.run(1s);
    talk.dialogue.take_panel(SwitchState::on, false, talk.now);
    EXPECT_EQ(talk.status().panel_changes, 0U);
    talk.dialogue.take_panel(SwitchState::on, false, talk.now);
    EXPECT_EQ(talk.status().panel_changes, 0U) << "panels repeat themselves";
    talk.dialogue.take_panel(SwitchState::charger_only, false, talk.now);
    EXPECT_EQ(talk.status().panel_changes, 1U);
    Talk late;
    late.run(20s);
    late.dialogue.take_panel(SwitchState::off, false, late.now);
    EXPECT_EQ(late.status().panel_changes, 1U) << "a hand at a panel that had been silent";
}

TEST(VebusReports, PanelPositionsAreCountedAsTheMk2Does) {
    EXPECT_EQ(commanded_by(PanelPosition{.bits = 0x08}), SwitchState::charger_only);
    EXPECT_EQ(commanded_by(PanelPosition{.bits = 0x09}), SwitchState::inverter_only);
    EXPECT_EQ(commanded_by(PanelPosition{.bits = 0x0A}), SwitchState::on);
    EXPECT_EQ(commanded_by(PanelPosition{.bits = 0x0B}), SwitchState::off);
    EXPECT_EQ(commanded_by(PanelPosition{.bits = 0x02}), std::nullopt) << "bit 3 says that it counts";
    EXPECT_EQ(commanded_by(SwitchCommand{SwitchState::off}), SwitchState::off);
    EXPECT_EQ(commanded_by(Sync{}), std::nullopt);
}

TEST(VebusReports, RoundTripsAreMeasured) {
    Talk talk;
    talk.pass_checks();
    const RoundTrip& trip = talk.status().statistics.round_trip;
    EXPECT_GT(trip.count, 0U);
    EXPECT_EQ(trip.longest, Duration(30ms));
    EXPECT_EQ(trip.sum, static_cast<std::int64_t>(trip.count) * Duration(30ms));
}

} // namespace
} // namespace bms::vebus
