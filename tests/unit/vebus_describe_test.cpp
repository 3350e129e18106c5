// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "vebus_samples.hpp"

#include "bms/vebus/codec.hpp"
#include "bms/vebus/describe.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace bms::vebus {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string value_of(const Message& message, std::string_view name) {
    for (const Field& field : fields_of(message)) {
        if (field.name == name) {
            return text_of(field);
        }
    }
    ADD_FAILURE() << text_of(message) << " has no field " << name;
    return {};
}

TEST(VebusDescribe, EveryKindOfMessageHasItsOwnName) {
    std::set<std::string_view> names;
    std::mt19937 random(1);
    for (std::size_t kind = 0; kind < message_kinds; ++kind) {
        const std::string_view name = name_of(random_message(kind, random));
        EXPECT_FALSE(name.empty());
        EXPECT_TRUE(std::all_of(name.begin(), name.end(), [](char c) {
            return std::islower(c) != 0 || c == '_';
        })) << name;
        EXPECT_TRUE(names.insert(name).second) << name << " twice";
    }
}

TEST(VebusDescribe, NamesAreThoseOfTheKinds) {
    EXPECT_EQ(name_of(Sync{}), "sync");
    EXPECT_EQ(name_of(SwitchCommand{}), "switch_command");
    EXPECT_EQ(name_of(ReadRam{}), "read_ram");
    EXPECT_EQ(name_of(RamValues{}), "ram_values");
    EXPECT_EQ(name_of(ReadSetting{}), "read_setting");
    EXPECT_EQ(name_of(SettingValue{}), "setting_value");
    EXPECT_EQ(name_of(AskSettingInfo{}), "ask_setting_info");
    EXPECT_EQ(name_of(SettingInfo{}), "setting_info");
    EXPECT_EQ(name_of(WriteById{}), "write_by_id");
    EXPECT_EQ(name_of(WinmonVerdict{}), "winmon_verdict");
    EXPECT_EQ(name_of(AskLeds{}), "ask_leds");
    EXPECT_EQ(name_of(LedReport{}), "led_report");
    EXPECT_EQ(name_of(AskVersion{}), "ask_version");
    EXPECT_EQ(name_of(VersionPart{}), "version_part");
    EXPECT_EQ(name_of(AskDeviceState{}), "ask_device_state");
    EXPECT_EQ(name_of(DeviceStateReport{}), "device_state_report");
    EXPECT_EQ(name_of(AskRamInfo{}), "ask_ram_info");
    EXPECT_EQ(name_of(RamInfo{}), "ram_info");
    EXPECT_EQ(name_of(AskSnapshot{}), "ask_snapshot");
    EXPECT_EQ(name_of(SnapshotValues{}), "snapshot_values");
    EXPECT_EQ(name_of(NameForWrite{}), "name_for_write");
    EXPECT_EQ(name_of(WriteNamed{}), "write_named");
    EXPECT_EQ(name_of(AskSwitchAndLimit{}), "ask_switch_and_limit");
    EXPECT_EQ(name_of(SwitchAndLimit{}), "switch_and_limit");
    EXPECT_EQ(name_of(AskEnergyCounters{}), "ask_energy_counters");
    EXPECT_EQ(name_of(EnergyCounters{}), "energy_counters");
    EXPECT_EQ(name_of(AccessPassword{}), "access_password");
    EXPECT_EQ(name_of(AccessReply{}), "access_reply");
    EXPECT_EQ(name_of(AskSerialNumber{}), "ask_serial_number");
    EXPECT_EQ(name_of(SerialNumber{}), "serial_number");
    EXPECT_EQ(name_of(AskExtraFlagAccess{}), "ask_extra_flag_access");
    EXPECT_EQ(name_of(ExtraFlagAccess{}), "extra_flag_access");
    EXPECT_EQ(name_of(MasterLed{}), "master_led");
    EXPECT_EQ(name_of(Condition{}), "condition");
    EXPECT_EQ(name_of(AcPhase{}), "ac_phase");
    EXPECT_EQ(name_of(AhCounter{}), "ah_counter");
    EXPECT_EQ(name_of(DcInfo{}), "dc_info");
    EXPECT_EQ(name_of(AcInfo{}), "ac_info");
    EXPECT_EQ(name_of(DeviceInfo{}), "device_info");
    EXPECT_EQ(name_of(DevicePoll{}), "device_poll");
    EXPECT_EQ(name_of(UnitInfo{}), "unit_info");
    EXPECT_EQ(name_of(PanelPosition{}), "panel_position");
    EXPECT_EQ(name_of(Unknown{}), "unknown");
}

TEST(VebusDescribe, FieldsHaveUnlikeNamesAndAValue) {
    for (const Message& message : sample_messages()) {
        std::set<std::string> names;
        for (const Field& field : fields_of(message)) {
            EXPECT_TRUE(names.insert(field.name).second) << field.name << " twice in " << text_of(message);
            EXPECT_FALSE(field.value.empty()) << field.name << " in " << text_of(message);
        }
    }
}

/// Nothing is hidden: whatever bit of a frame is another one, the words are others too.
TEST(VebusDescribe, EveryBitOfAFrameShows) {
    for (const Message& message : sample_messages()) {
        const bool is_sync = std::holds_alternative<Sync>(message);
        const Bytes payload = encode_payload(message);
        for (std::size_t bit = is_sync ? 8 : 0; bit < payload.size() * 8; ++bit) {
            Bytes changed = payload;
            changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
            Message other = decode_payload(changed);
            if (is_sync) {
                other = Sync{.status = changed[1],
                             .timestamp_90us = static_cast<std::uint16_t>(changed[2] | changed[3] << 8)};
            }
            ASSERT_NE(text_of(other), text_of(message)) << "byte " << 4 + bit / 8 << " bit " << bit % 8;
        }
    }
}

TEST(VebusDescribe, WinmonRepliesOfUnknownLayoutKeepTheirBytesUnderTheirName) {
    EXPECT_EQ(text_of(Message(SwitchAndLimit{.id = 0xA0, .content = {0x07, 0xA0}})),
              "switch_and_limit id=0xA0 content=0x07 0xA0");
    EXPECT_EQ(text_of(Message(EnergyCounters{.id = 0xA0, .counters = {1, 2}})),
              "energy_counters id=0xA0 counters=0x01 0x02 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0x00");
    EXPECT_EQ(value_of(AccessPassword{.password = {1, 2, 3, 4, 5, 6, 7, 8}}, "valid"), "30 s");
    EXPECT_EQ(value_of(AccessReply{}, "content"), "none");
    EXPECT_EQ(value_of(ExtraFlagAccess{.is_9f = true, .content = {0xFF}}, "reply"), "9F");
}

TEST(VebusDescribe, ASerialNumberIsReadWhereItIsWrittenInLetters) {
    SerialNumber number;
    const std::string_view label = "HQ2233ABCDE";
    std::copy(label.begin(), label.end(), number.serial.begin());
    EXPECT_EQ(value_of(number, "serial_number"), label);
    number.serial[10] = 0x00;
    EXPECT_EQ(value_of(number, "serial_number"), "0x48 0x51 0x32 0x32 0x33 0x33 0x41 0x42 0x43 0x44 0x00");
}

TEST(VebusDescribe, BytesWithoutAMeaningStandAsHexAtTheirPlaceInTheFrame) {
    EXPECT_EQ(value_of(Unknown{{0x38, 0x01, 0xC0, 0xC0}}, "bytes_4_to_7"), "0x38 0x01 0xC0 0xC0");
    EXPECT_EQ(value_of(Condition{.unknown_13 = 0xAB, .unknown_14 = 0x0C}, "bytes_13_to_14"), "0xAB 0x0C");
    EXPECT_EQ(value_of(Condition{.unknown_16 = 0x7F}, "byte_16"), "0x7F");
    EXPECT_EQ(value_of(SettingValue{.extra = {1, 2}}, "bytes_9_to_10"), "0x01 0x02");
    EXPECT_EQ(value_of(AcPhase{.unknown_17 = 7}, "byte_17_high_nibble"), "0x7");
    // Each bytes_N is what the wire has at N.
    for (const Message& message : sample_messages()) {
        const Bytes payload = encode_payload(message);
        for (const Field& field : fields_of(message)) {
            if (!field.name.starts_with("byte_") && !field.name.starts_with("bytes_")) {
                continue;
            }
            if (field.name.ends_with("nibble")) {
                continue;
            }
            const std::size_t index = std::stoul(field.name.substr(field.name.find('_') + 1));
            const auto first = static_cast<std::uint8_t>(std::stoul(field.value.substr(0, 4), nullptr, 16));
            ASSERT_EQ(first, payload.at(index - 4)) << field.name << " of " << text_of(message);
        }
    }
}

TEST(VebusDescribe, NumbersComeInPhysicalUnits) {
    const MasterLed led{.leds_on = led::mains,
                        .ac_input_config = 0xA5,
                        .minimum_limit_deci_a = 45,
                        .maximum_limit_deci_a = 500,
                        .actual_limit_deci_a = 160};
    EXPECT_EQ(value_of(led, "smallest_limit"), "4.5 A");
    EXPECT_EQ(value_of(led, "largest_limit"), "50.0 A");
    EXPECT_EQ(value_of(led, "limit"), "16.0 A");
    EXPECT_EQ(value_of(Condition{.dc_current_deci_a = -253}, "dc_current"), "-25.3 A");
    EXPECT_EQ(value_of(AcPhase{.frequency_mhz = 50006}, "frequency"), "50.006 Hz");
    EXPECT_EQ(value_of(AcPhase{.dc_voltage_20mv = 2635}, "dc_voltage"), "52.70 V");
    EXPECT_EQ(value_of(AcPhase{.power_factor_32768th = -16384}, "power_factor"), "-0.50000");
    EXPECT_EQ(value_of(AhCounter{.charge_ah = 194}, "charge"), "194 Ah");
    EXPECT_EQ(value_of(DcInfo{.voltage_10mv = 1441}, "voltage"), "14.41 V");
    EXPECT_EQ(value_of(AcInfo{.mains_voltage_10mv = 23276}, "mains_voltage"), "232.76 V");
    EXPECT_EQ(value_of(AcInfo{.mains_current_raw = -161}, "mains_current"), "-161 raw")
        << "its scale must be asked for";
    EXPECT_EQ(value_of(Sync{.timestamp_90us = 536}, "timestamp"), "48.24 ms");
}

TEST(VebusDescribe, EnumsComeInWordsAndWhatHasNoWordAsHex) {
    EXPECT_EQ(text_of(SwitchCommand{SwitchState::charger_only}), "switch_command mode=charger only");
    EXPECT_EQ(value_of(MasterLed{.status = 2}, "status"), "low battery");
    EXPECT_EQ(value_of(MasterLed{.status = 7}, "status"), "0x07");
    EXPECT_EQ(value_of(MasterLed{.switches = decode_switches(0x31)}, "switches"),
              "remote charge, charging active, inverting active");
    EXPECT_EQ(value_of(MasterLed{.leds_on = 0x11, .leds_blink = 0x14}, "led_inverter"),
              "blinking in antiphase");
    EXPECT_EQ(value_of(MasterLed{.leds_on = 0x11, .leds_blink = 0x14}, "led_bulk"), "blinking");
    EXPECT_EQ(value_of(LedReport{.leds_on = 0x1F, .leds_blink = 0x1F}, "leds_mean"),
              "the LEDs are not known");
    EXPECT_EQ(value_of(Condition{.voltage_status = 0x13}, "voltage_status"), "inverter on");
    EXPECT_EQ(value_of(Condition{.ac_relay = 2}, "ac_relay"), "island");
    EXPECT_EQ(value_of(AcInfo{.device_state = 9, .phase = 8}, "device_state"), "charging");
    EXPECT_EQ(value_of(AcInfo{.device_state = 44, .phase = 8}, "device_state"), "0x2C");
    EXPECT_EQ(value_of(DeviceStateReport{.state = 9, .substate = 3}, "substate"), "float");
    EXPECT_EQ(value_of(DeviceStateReport{.state = 4, .substate = 3}, "substate"), "0x03")
        << "only charging has some";
    EXPECT_EQ(value_of(DeviceInfo{.type = device_bms}, "device"), "VE.Bus BMS");
    EXPECT_EQ(value_of(DevicePoll{.type = device_digital_multi_control}, "device"), "Digital Multi Control");
    EXPECT_EQ(value_of(WinmonVerdict{.verdict = Verdict::access_level_needed}, "verdict"),
              "access level needed");
    EXPECT_EQ(
        value_of(WinmonVerdict{.verdict = Verdict::setting_written, .detail = {1}}, "in_force_after_reset"),
        "yes");
    EXPECT_EQ(value_of(ReadRam{.variables = {4, 200}}, "variables"), "4 (battery voltage), 200");
    EXPECT_EQ(value_of(ReadSetting{.setting = 4}, "setting"), "4 (bulk current)");
    EXPECT_EQ(value_of(VersionPart{.whole = true, .number = 2629492}, "version"), "2629492 (firmware 492)");
    EXPECT_EQ(value_of(AskDeviceState{.request = AskDeviceState::Request::force_float}, "request"),
              "force float");
    EXPECT_EQ(value_of(PanelPosition{.bits = 0x0A}, "position"), "on");
    EXPECT_EQ(value_of(PanelPosition{.bits = 0x02}, "position"), "not known");
    EXPECT_EQ(value_of(RamInfo{.scale = RamInfo::Scale{.scale = 0x7F9C, .offset = 0}}, "factor"), "0.010000");
    EXPECT_EQ(value_of(RamInfo{}, "supported"), "no");
}

TEST(VebusDescribe, AWriteSaysWhereItGoesAndWhetherChargingIsDisabled) {
    const WriteById stop{.id = 0xA0, .is_setting = true, .ram_only = true, .number = 0, .value = 0x8154};
    EXPECT_EQ(text_of(stop),
              "write_by_id id=0xA0 setting=0 (flags 0 to 15) ram_only=yes value=33108 raw value_hex=0x8154 "
              "flags=60 Hz, no stop after 10 h of bulk, DisableCharge, AES off, remote overrules AC2");
    WriteById start = stop;
    start.value = 0x8114;
    EXPECT_THAT(value_of(start, "flags"), Not(HasSubstr("DisableCharge")));
    const WriteById to_eeprom{.is_setting = false, .ram_only = false, .number = 4};
    EXPECT_EQ(value_of(to_eeprom, "ram_only"), "no");
    EXPECT_EQ(value_of(to_eeprom, "variable"), "4 (battery voltage)");
}

} // namespace
} // namespace bms::vebus
