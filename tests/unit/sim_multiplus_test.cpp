// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the simulated system tells and does beyond switching and charging: memory, versions, other remotes,
// faults.
#include "sim/multiplus.hpp"
#include "support/places.hpp"
#include "unit/sim_multiplus_bus.hpp"

#include "bms/vebus/scale.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace bms::sim {
namespace {

using testing::HasSubstr;

using Bus = SimulatedBus;

TEST(SimulatedSystem, TellsItsFirmwareWholeOrInTwoParts) { // M54
    Bus bus;
    const auto whole = bus.ask<VersionPart>(AskVersion{.id = 0xA0});
    ASSERT_TRUE(whole.has_value());
    EXPECT_TRUE(whole->whole);
    EXPECT_EQ(whole->number, 2629492U);
    bus.set("version_form", "short");
    const auto low = bus.ask<VersionPart>(AskVersion{.id = 0xA1, .part = 0});
    const auto high = bus.ask<VersionPart>(AskVersion{.id = 0xA2, .part = 1});
    ASSERT_TRUE(low && high);
    EXPECT_FALSE(low->whole);
    EXPECT_EQ((high->number << 16) | low->number, 2629492U);
}

TEST(SimulatedSystem, TellsVariablesInTheScaleItNames) {
    for (const char* scale : {"0.1", "0.01"}) {
        Bus bus;
        bus.set("battery_current_scale", scale);
        const auto info = bus.ask<RamInfo>(AskRamInfo{.id = 1, .variable = 5});
        const auto values = bus.ask<RamValues>(ReadRam{.id = 2, .variables = {4, 5, 7}});
        ASSERT_TRUE(info && values);
        ASSERT_EQ(values->values.size(), 3U);
        EXPECT_NEAR(scale_of(*info)->value_of(values->values[1]), 35.0, 0.01) << scale;
        const auto period = scale_of(RamInfo{.scale = scale_of_variable(7, bus.multi.system.around)});
        EXPECT_NEAR(10.0 / period->value_of(values->values[2]), 50.0, 0.2);
        EXPECT_EQ(values->values[0], 5280);
    }
}

TEST(SimulatedSystem, RefusesAVariableASettingAndACommandItDoesNotHave) {
    Bus bus;
    EXPECT_EQ(bus.ask<WinmonVerdict>(ReadRam{.variables = {4, 99}})->verdict, Verdict::ram_not_supported);
    EXPECT_EQ(bus.ask<RamInfo>(AskRamInfo{.variable = 99})->scale, std::nullopt);
    EXPECT_EQ(bus.ask<WinmonVerdict>(ReadSetting{.setting = 999})->verdict, Verdict::setting_not_supported);
    EXPECT_EQ(bus.ask<SettingInfo>(AskSettingInfo{.setting = 999})->range, std::nullopt);
    EXPECT_EQ(bus.ask<WinmonVerdict>(Unknown{{0x00, 0xA5, 0x7F}})->verdict, Verdict::unknown_command);
}

TEST(SimulatedSystem, AValueBeyondTheRangeIsRefusedOrClipped) {
    Bus bus;
    bus.set("bulk_current_min_a", "10");
    EXPECT_EQ(bus.ask<SettingInfo>(AskSettingInfo{.setting = 4})->range->minimum, 10);
    const WriteById write{.is_setting = true, .number = 4, .value = 5};
    EXPECT_EQ(bus.ask<WinmonVerdict>(write)->verdict, Verdict::access_level_needed);
    EXPECT_EQ(bus.get("bulk_current_a"), "35");
    bus.set("out_of_range", "clipped");
    EXPECT_EQ(bus.ask<WinmonVerdict>(write)->verdict, Verdict::setting_written);
    EXPECT_EQ(bus.get("bulk_current_a"), "10");
}

TEST(SimulatedSystem, CountsWritesToTheEeprom) {
    Bus bus;
    WriteById write{.is_setting = true, .ram_only = true, .number = 4, .value = 20};
    bus.ask<WinmonVerdict>(write);
    EXPECT_EQ(bus.get("eeprom_writes"), "0");
    write.ram_only = false;
    bus.ask<WinmonVerdict>(write);
    EXPECT_EQ(bus.get("eeprom_writes"), "1");
    EXPECT_EQ(bus.ask<SettingValue>(ReadSetting{.setting = 4})->value, 20);
}

TEST(SimulatedSystem, LosesRamWithItsPower) {
    Bus bus;
    bus.ask<WinmonVerdict>(WriteById{.is_setting = true, .number = 4, .value = 7});
    bus.set("front", "off");
    bus.set("mains", "off");
    bus.run(11s);
    EXPECT_EQ(bus.get("awake"), "no");
    EXPECT_EQ(bus.get("bulk_current_a"), "35");
}

TEST(SimulatedSystem, FollowsTheEssSetpointUntilItIsNotRepeated) {
    Bus bus;
    bus.set("assistants", "0090,0054");
    EXPECT_EQ(bus.ask<RamValues>(ReadRam{.variables = {128, 129}})->values,
              (std::vector<std::uint16_t>{0x0090, 0x0054}));
    const auto minus_528_w = static_cast<std::uint16_t>(-528); // charge [R]
    EXPECT_EQ(bus.ask<WinmonVerdict>(WriteById{.number = 130, .value = minus_528_w})->verdict,
              Verdict::ram_written);
    EXPECT_EQ(bus.get("charge_current_a"), "10");
    bus.run(16s);
    EXPECT_EQ(bus.get("state"), "passthru");
    EXPECT_EQ(bus.ask<WinmonVerdict>(WriteById{.number = 129, .value = 1})->verdict,
              Verdict::ram_not_supported);
}

TEST(SimulatedSystem, AnEmergencyChargesWithFiveAmperesAndNeverInverts) { // M129-M131
    Bus bus;
    bus.set("configured_for_bms", "yes");
    bus.set("battery", "low");
    EXPECT_EQ((bus.ask<SettingValue>(ReadSetting{.setting = 60})->value & configured_for_bms_bit),
              configured_for_bms_bit);
    EXPECT_EQ(bus.get("state"), "charging");
    bus.run(6s);
    EXPECT_EQ(bus.get("state"), "emergency");
    EXPECT_EQ(bus.get("charge_current_a"), "5");
    EXPECT_EQ(bus.get("leds"), "mains"); // M130
    bus.set("battery", "charging");      // above 48 V
    EXPECT_EQ(bus.soon("charge_current_a"), "0");
    bus.set("mains", "off");
    EXPECT_EQ(bus.soon("state"), "off");
}

TEST(SimulatedSystem, AnInventedInfoFrameEndsTheEmergency) {
    Bus bus;
    bus.set("configured_for_bms", "yes");
    bus.set("bms_info", "3c01");
    bus.run(6s);
    EXPECT_EQ(bus.get("state"), "emergency");
    bus.say(Unknown{{0x3C, 0x01, 0x77}});
    EXPECT_EQ(bus.get("state"), "charging");
    bus.run(6s);
    EXPECT_EQ(bus.get("state"), "emergency");
}

TEST(SimulatedSystem, FirmwareAndAssistantsDecideTheErrorBesideABms) { // M54-M57, M136
    const struct {
        const char *firmware, *assistants, *error;
    } cases[] = {{"2629414", "0054", "15"},
                 {"2629415", "none", "7"},
                 {"2629415", "0054", "0"},
                 {"2629489", "none", "0"}};
    for (const auto& one : cases) {
        Bus bus;
        bus.set("firmware", one.firmware);
        bus.set("assistants", one.assistants);
        EXPECT_EQ(bus.soon("vebus_error"), "0");
        bus.set("foreign_bms", "on");
        EXPECT_EQ(bus.soon("vebus_error"), one.error) << one.firmware;
        EXPECT_EQ(bus.get("state"), one.error == std::string("0") ? "charging" : "off");
    }
}

TEST(SimulatedSystem, TheWorstUnitCounts) { // M56
    Bus bus;
    bus.set("system", "three-phase");
    bus.set("unit_2.firmware", "2629400");
    bus.set("foreign_bms", "on");
    EXPECT_EQ(bus.soon("vebus_error"), "15");
}

TEST(SimulatedSystem, AnErrorCodeSwitchesItOffAndBlinks) {
    Bus bus;
    bus.set("error_code", "10");
    EXPECT_EQ(bus.soon("state"), "off");
    EXPECT_EQ(bus.ask<LedReport>(AskLeds{})->leds_blink, led::inverter);
}

TEST(SimulatedSystem, ADepletedBatteryStartsFromInputOneOnly) { // M132
    Bus bus;
    bus.set("ac_inputs", "2");
    bus.set("battery", "depleted");
    bus.set("mains_1", "off");
    EXPECT_EQ(bus.soon("awake"), "no");
    bus.set("mains_2", "on");
    EXPECT_EQ(bus.soon("awake"), "no");
    bus.set("mains_1", "on");
    EXPECT_EQ(bus.soon("awake"), "yes");
    bus.set("mains_1", "off");
    EXPECT_EQ(bus.soon("awake"), "yes");
}

TEST(SimulatedSystem, AGxRepeatsItsSwitchAndADongleDoesNot) { // M105
    Bus bus;
    bus.set("dongle", "charger-only");
    bus.run(3s);
    EXPECT_EQ(bus.get("mode"), "charger-only");
    EXPECT_EQ(bus.count<SwitchCommand>(remote_address), 1);
    bus.set("gx", "on");
    bus.run(3100ms);
    EXPECT_EQ(bus.get("mode"), "on");
    EXPECT_EQ(bus.count<SwitchCommand>(remote_address), 5);
    EXPECT_EQ(bus.broken, 0);
}

TEST(SimulatedSystem, ARemotesFrameClosesTheSlot) {
    Bus bus;
    bus.set("gx", "on");
    bus.to_slot();
    bus.run(4ms);
    ASSERT_EQ(bus.count<SwitchCommand>(), 1);
    bus.multi.receive(
        encode(
            {.from = remote_address, .number = next_number(bus.heard.back().number), .message = AskLeds{}}),
        bus.now);
    EXPECT_EQ(bus.get("last_reject"), "late");
}

TEST(SimulatedSystem, ADigitalMultiControlIsSeenAnswersAndMayLock) { // M106
    Bus bus;
    EXPECT_EQ(bus.ask<DeviceInfo>(DevicePoll{.type = device_digital_multi_control}), std::nullopt);
    bus.set("dmc", "on");
    bus.set("remotes_repeat_ms", "0");
    bus.run(600ms);
    EXPECT_NE(bus.last<MasterLed>()->ac_input_config & digital_multi_control_bit, 0);
    EXPECT_TRUE(bus.ask<DeviceInfo>(DevicePoll{.type = device_digital_multi_control}).has_value());
    bus.set("dmc_locks", "yes");
    bus.say(SwitchCommand{SwitchState::off});
    EXPECT_EQ(bus.get("mode"), "on");
    bus.set("dmc_locks", "no");
    bus.say(SwitchCommand{SwitchState::off});
    EXPECT_EQ(bus.get("mode"), "off");
}

TEST(SimulatedSystem, AForeignBmsAnswersThePoll) {
    Bus bus;
    EXPECT_EQ(bus.ask<DeviceInfo>(DevicePoll{.type = device_bms}), std::nullopt);
    bus.set("foreign_bms", "on");
    EXPECT_EQ(bus.ask<DeviceInfo>(DevicePoll{.type = device_bms})->version, 1146100U);
}

TEST(SimulatedSystem, DisobeysWithoutSayingSo) {
    Bus bus;
    bus.set("disobeys", "limit");
    const WriteById write{.is_setting = true, .number = 4, .value = 5};
    EXPECT_EQ(bus.ask<WinmonVerdict>(write)->verdict, Verdict::setting_written);
    EXPECT_EQ(bus.get("charge_current_a"), "35");
    bus.set("disobeys", "switch");
    bus.say(SwitchCommand{SwitchState::off});
    EXPECT_EQ(bus.get("mode"), "on");
}

TEST(SimulatedSystem, SixtyHertzHasSixtySyncsASecond) {
    Bus bus;
    bus.set("frequency_hz", "60");
    bus.run(100ms);
    bus.heard.clear();
    bus.run(1s);
    EXPECT_NEAR(bus.count<Sync>(), 60, 1);
    EXPECT_EQ(bus.broken, 0);
}

TEST(SimulatedSystem, FurtherUnitsTalkFromOtherAddresses) {
    Bus bus;
    bus.set("system", "three-phase");
    bus.run(1s);
    EXPECT_EQ(bus.count<Condition>(), 15);
    EXPECT_EQ(bus.count<Condition>(multi_address), 5);
    EXPECT_EQ(bus.get("total_charge_current_a"), "105");
    EXPECT_EQ(bus.get("unit_2.state"), "charging");
}

TEST(SimulatedSystem, ReportsComeAsOftenAsSet) {
    Bus bus;
    bus.set("condition_ms", "1000");
    bus.set("ac_phase_ms", "0");
    bus.set("info_ms", "100");
    bus.set("ah_counter_ms", "500");
    bus.run(2s);
    EXPECT_EQ(bus.count<Condition>(), 2);
    EXPECT_EQ(bus.count<AcPhase>(), 0);
    EXPECT_EQ(bus.count<AcInfo>(), 20);
    EXPECT_EQ(bus.count<AhCounter>(), 4);
}

TEST(SimulatedSystem, LosesFramesEachWay) {
    Bus bus;
    bus.set("loss_to_multi_percent", "100");
    bus.say(SwitchCommand{SwitchState::off});
    EXPECT_EQ(bus.get("mode"), "on");
    EXPECT_EQ(bus.get("lost_to_multi"), "1");
    bus.set("loss_from_multi_percent", "100");
    bus.heard.clear();
    bus.run(100ms);
    EXPECT_TRUE(bus.heard.empty());
}

TEST(SimulatedSystem, LosesAndGarblesBytesEachWay) {
    for (const char* name : {"byte_loss_from_multi_percent", "garble_from_multi_percent"}) {
        Bus bus;
        bus.set(name, "100");
        bus.run(1s);
        EXPECT_GT(bus.broken, 50) << name;
    }
    for (const char* name : {"byte_loss_to_multi_percent", "garble_to_multi_percent"}) {
        Bus bus;
        bus.set(name, "100");
        bus.say(SwitchCommand{SwitchState::off});
        EXPECT_EQ(bus.get("last_reject"), "bad_checksum") << name;
    }
}

TEST(SimulatedSystem, LatencyMakesBytesLateEachWayAndKeepsTheirOrder) {
    Bus bus;
    bus.set("latency_ms", "5");
    bus.run(4500us);
    EXPECT_TRUE(bus.heard.empty());
    bus.run(1ms);
    EXPECT_EQ(bus.count<Sync>(), 1);
    bus.say(SwitchCommand{SwitchState::off}); // on the bus 10 ms after its sync
    EXPECT_EQ(bus.get("mode"), "on");
    bus.run(6ms);
    EXPECT_EQ(bus.get("mode"), "off");
    bus.set("latency_ms", "7"); // 14 ms: the slot is over
    bus.run(50ms);
    bus.say(SwitchCommand{SwitchState::on});
    bus.run(20ms);
    EXPECT_EQ(bus.get("mode"), "off");
    bus.set("jitter_ms", "30");
    bus.run(2s);
    EXPECT_EQ(bus.broken, 0);
    EXPECT_GT(bus.count<Sync>(), 90);
}

TEST(SimulatedSystem, AShorterSlotCanBeSet) {
    Bus bus;
    bus.set("slot_ms", "2");
    bus.set("latency_ms", "3");
    bus.say(SwitchCommand{SwitchState::off});
    bus.run(10ms);
    EXPECT_EQ(bus.get("last_reject"), "late");
}

TEST(SimulatedSystem, EveryNameIsThereAndDocumentedAndSetsWhatItShows) {
    Bus bus;
    bus.set("system", "three-phase");
    std::stringstream readme;
    readme << std::ifstream(bms::test::in_source("/src/sim/README.md")).rdbuf();
    for (const NameRow& row : multiplus_names()) {
        EXPECT_THAT(readme.str(), HasSubstr("`" + row.name + "`"));
        EXPECT_THAT(multiplus_help(), HasSubstr("  " + row.name));
        const std::string name = row.name.starts_with("unit_N") ? "unit_1" + row.name.substr(6) : row.name;
        const std::string value = bus.get(name);
        EXPECT_EQ(value.find("no " + name), std::string::npos);
        const auto refused = bus.multi.set(name, value);
        EXPECT_EQ(refused.has_value(), row.accepts.empty()) << name << "=" << value;
        EXPECT_TRUE(bus.multi.set(name, "nonsense").has_value()) << name;
    }
}

TEST(SimulatedSystem, SaysWhichBytesAndHeadsItTakes) {
    Bus bus;
    for (const char* bad : {"3", "3G", ""}) {
        EXPECT_THAT(bus.multi.set("bms_info", bad).value_or(""), HasSubstr("none HEX")) << bad;
    }
    for (const char* bad : {"54", "0054,", "0054 0090", "00540090"}) {
        EXPECT_THAT(bus.multi.set("assistants", bad).value_or(""), HasSubstr("none HEADS")) << bad;
    }
}

} // namespace
} // namespace bms::sim
