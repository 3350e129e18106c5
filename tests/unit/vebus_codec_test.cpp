// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/places.hpp"

#include "bms/vebus/codec.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <random>
#include <sstream>

namespace bms::vebus {
namespace {

using nlohmann::json;
using testing::ElementsAre;

Bytes from_hex(const std::string& hex) {
    std::istringstream in(hex);
    Bytes bytes;
    for (std::string pair; in >> pair;) {
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(pair, nullptr, 16)));
    }
    return bytes;
}

std::vector<json> raw_vectors() {
    std::ifstream file(bms::test::in_source("/tests/data/vebus/vectors.json"));
    std::vector<json> raw;
    for (const auto& vector : json::parse(file)) {
        if (vector.at("kind").get<std::string>().starts_with("vebus_raw")) {
            raw.push_back(vector);
        }
    }
    return raw;
}

/// The fields the data names, as this codec calls them.
json fields_of(const Frame& frame) {
    json fields{{"fn", frame.number}};
    if (const auto* sync = std::get_if<Sync>(&frame.message)) {
        fields["mode"] = sync->status;
        fields["timestamp"] = sync->timestamp_90us;
    } else if (const auto* phase = std::get_if<AcPhase>(&frame.message)) {
        fields["freq_mHz"] = phase->frequency_mhz;
        fields["timestamp24"] = phase->timestamp_400ns;
        fields["mode"] = phase->mode;
        fields["dc_volt"] = phase->dc_voltage_20mv / 50.0;
    } else if (const auto* counter = std::get_if<AhCounter>(&frame.message)) {
        fields["ah"] = counter->charge_ah;
    } else if (const auto* ac = std::get_if<AcInfo>(&frame.message)) {
        fields.update({{"bf", ac->backfeed_factor},
                       {"inv", ac->inverter_factor},
                       {"state", ac->device_state},
                       {"phase_info", ac->phase},
                       {"mains_v", ac->mains_voltage_10mv / 100.0},
                       {"mains_a_raw", ac->mains_current_raw},
                       {"inv_v", ac->inverter_voltage_10mv / 100.0},
                       {"inv_a_raw", ac->inverter_current_raw},
                       {"period", ac->period}});
    }
    return fields;
}

/// The checksum before it was escaped, for the vectors that name it.
int checksum_of(const Bytes& wire) {
    const int last = wire[wire.size() - 2];
    const bool escaped = wire[wire.size() - 3] == 0xFA && last <= 5;
    return escaped ? 0xFA + last : last;
}

TEST(VebusVectors, EveryRawFrameDecodesToItsPublishedFieldsAndEncodesToTheSameBytes) {
    const auto vectors = raw_vectors();
    ASSERT_GE(vectors.size(), 15U);
    for (const auto& vector : vectors) {
        SCOPED_TRACE(vector.at("id").get<std::string>());
        const Bytes wire = from_hex(vector.at("hex").get<std::string>());
        const Decoded decoded = decode(wire);
        ASSERT_TRUE(std::holds_alternative<Frame>(decoded)) << text(std::get<Reject>(decoded));
        const auto& frame = std::get<Frame>(decoded);
        const json fields = fields_of(frame);
        for (const auto& [name, value] : vector.at("decoded").items()) {
            SCOPED_TRACE(name);
            if (name == "payload") {
                EXPECT_EQ(encode_payload(frame.message), from_hex(value.get<std::string>()));
            } else if (name == "checksum") {
                EXPECT_EQ(checksum_of(wire), value.get<int>());
            } else {
                ASSERT_TRUE(fields.contains(name));
                EXPECT_NEAR(fields.at(name).get<double>(), value.get<double>(), 1e-9);
            }
        }
        EXPECT_EQ(encode(frame), wire);
    }
}

TEST(VebusVectors, KnownFramesAreNotLeftUnknown) {
    for (const auto& vector : raw_vectors()) {
        const auto frame = std::get<Frame>(decode(from_hex(vector.at("hex").get<std::string>())));
        const bool nobody_knows_it = vector.at("kind") == "vebus_raw_broadcast_38";
        EXPECT_EQ(std::holds_alternative<Unknown>(frame.message), nobody_knows_it) << vector.at("id");
    }
}

TEST(VebusCodec, SwitchCommandOnIsTheFrameOthersSend) {
    const Frame on{.from = remote_address, .number = 0x60, .message = SwitchCommand{SwitchState::on}};
    EXPECT_EQ(encode(on), from_hex("98 F7 FE 60 3F 07 00 00 00 5D FF"));
}

TEST(VebusCodec, ChecksumsThatLookLikeControlBytesAreEscapedAndFaIsNot) {
    // The frame number moves the checksum one by one: 0 W to RAM variable 131 gives FA at number 67 (hex).
    const Message write{WriteById{.id = 0xE6, .number = 0x83, .value = 0}};
    const auto tail = [&write](std::uint8_t number) {
        const Bytes wire = encode({.from = remote_address, .number = number, .message = write});
        EXPECT_EQ(encode(std::get<Frame>(decode(wire))), wire);
        return Bytes(wire.end() - 3, wire.end());
    };
    EXPECT_THAT(tail(0x67), ElementsAre(0x00, 0xFA, 0xFF));
    EXPECT_THAT(tail(0x66), ElementsAre(0xFA, 0x01, 0xFF));
    EXPECT_THAT(tail(0x65), ElementsAre(0xFA, 0x02, 0xFF));
    EXPECT_THAT(tail(0x64), ElementsAre(0xFA, 0x03, 0xFF));
    EXPECT_THAT(tail(0x63), ElementsAre(0xFA, 0x04, 0xFF));
    EXPECT_THAT(tail(0x62), ElementsAre(0xFA, 0x05, 0xFF));
    EXPECT_THAT(tail(0x61), ElementsAre(0x00, 0x00, 0xFF));
}

TEST(VebusCodec, StuffingGivesBackEveryByteAndHidesTheEndOfFrame) {
    Bytes all(256);
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = static_cast<std::uint8_t>(i);
    }
    const Bytes stuffed = stuff(all);
    EXPECT_EQ(stuffed.size(), 256U + 6U);
    EXPECT_THAT(stuffed, testing::Not(testing::Contains(0xFF)));
    EXPECT_EQ(unstuff(stuffed), all);
}

TEST(VebusCodec, WhatStuffingNeverMakesIsRefused) {
    EXPECT_EQ(unstuff(Bytes{0xFA}), std::nullopt);
    EXPECT_EQ(unstuff(Bytes{0xFA, 0x79}), std::nullopt);
    EXPECT_EQ(unstuff(Bytes{0xFA, 0x80}), std::nullopt);
    EXPECT_EQ(unstuff(Bytes{0x01, 0xFB}), std::nullopt);
}

TEST(VebusCodec, RandomPayloadsSurviveTheWire) {
    std::mt19937 random(20260101);
    for (int round = 0; round < 20000; ++round) {
        Bytes payload(1 + random() % 24);
        for (auto& byte : payload) {
            byte = static_cast<std::uint8_t>(random() % 3 == 0 ? 0xFA + random() % 6 : random());
        }
        const Frame frame{.from = round % 2 == 0 ? multi_address : remote_address,
                          .number = static_cast<std::uint8_t>(random() % frame_numbers),
                          .message = decode_payload(payload)};
        const Bytes wire = encode(frame);
        ASSERT_EQ(std::count(wire.begin() + 4, wire.end(), 0xFF), 1);
        ASSERT_EQ(encode_payload(frame.message), payload);
        ASSERT_EQ(std::get<Frame>(decode(wire)), frame);
    }
}

template<typename T>
void expect_round_trip(const T& message) {
    const Frame frame{.from = multi_address, .number = 1, .message = message};
    const Decoded decoded = decode(encode(frame));
    ASSERT_TRUE(std::holds_alternative<Frame>(decoded));
    EXPECT_EQ(std::get<Frame>(decoded), frame);
    EXPECT_TRUE(std::holds_alternative<T>(std::get<Frame>(decoded).message));
}

TEST(VebusCodec, EveryMessageSurvivesTheWire) {
    expect_round_trip(Sync{.status = 0xFF, .timestamp_90us = 0xFAFF});
    for (const auto state :
         {SwitchState::off, SwitchState::charger_only, SwitchState::inverter_only, SwitchState::on}) {
        expect_round_trip(SwitchCommand{state});
    }
    expect_round_trip(ReadRam{.id = 0xA0, .variables = {4, 15, 14}});
    expect_round_trip(RamValues{.id = 0xA0, .values = {5280, 65000, 0}});
    expect_round_trip(ReadSetting{.id = 0xA1, .setting = 0x0104});
    expect_round_trip(SettingValue{.id = 0xA1, .value = 0x8154});
    expect_round_trip(SettingValue{.id = 0xA1, .value = 0x8154, .extra = {0, 1}});
    expect_round_trip(AskSettingInfo{.id = 0xA2, .setting = 4});
    expect_round_trip(SettingInfo{.id = 0xA2});
    expect_round_trip(SettingInfo{
        .id = 0xA2,
        .range = SettingInfo::Range{.scale = 1, .preset = 3, .minimum = 1, .maximum = 3, .extra = {0}}});
    expect_round_trip(WriteById{.id = 0xA3, .is_setting = true, .ram_only = false, .number = 4, .value = 70});
    for (const auto verdict :
         {Verdict::unknown_command, Verdict::ram_written, Verdict::setting_written,
          Verdict::ram_not_supported, Verdict::setting_not_supported, Verdict::access_level_needed}) {
        expect_round_trip(WinmonVerdict{.id = 0xA4, .verdict = verdict});
    }
    expect_round_trip(WinmonVerdict{.id = 0xA4, .verdict = Verdict::setting_written, .detail = {1}});
    expect_round_trip(
        MasterLed{.leds_on = 0x11, .actual_limit_deci_a = 160, .switches = decode_switches(0x37)});
    expect_round_trip(
        Condition{.dc_current_deci_a = -253, .content = 0x30, .ac_relay = 2, .temperature = 0xFA});
    expect_round_trip(AcPhase{.frequency_mhz = 49990,
                              .timestamp_400ns = 0xFAFBFC,
                              .power_factor_32768th = -2,
                              .dc_voltage_20mv = 0x0A4B,
                              .unknown_17 = 7});
    expect_round_trip(AhCounter{.installation = 350, .charge_ah = 194});
    expect_round_trip(
        DcInfo{.voltage_10mv = 5280, .inverter_current_raw = 0x010203, .charger_current_raw = 0xFFFFFF});
    expect_round_trip(
        AcInfo{.device_state = 9, .phase = 8, .mains_voltage_10mv = 23276, .mains_current_raw = -161});
    expect_round_trip(DeviceInfo{.type = device_bms, .version = 1146100});
    expect_round_trip(Unknown{{0x38, 0x01, 0xC0, 0xC0}});
}

TEST(VebusCodec, EverySwitchRegisterByteSurvives) {
    for (int bits = 0; bits < 256; ++bits) {
        EXPECT_EQ(encode_switches(decode_switches(static_cast<std::uint8_t>(bits))), bits);
    }
}

TEST(VebusCodec, AKnownFrameOfAnotherLengthIsUnknownNotGuessed) {
    Bytes payload = encode_payload(MasterLed{});
    payload.push_back(0);
    EXPECT_EQ(decode_payload(payload), Message(Unknown{payload}));
    payload.erase(payload.begin() + 5, payload.end());
    EXPECT_EQ(decode_payload(payload), Message(Unknown{payload}));
}

TEST(VebusCodec, EachRejectSaysItsReason) {
    const Bytes good = from_hex("98 F7 FE 60 3F 07 00 00 00 5D FF");
    const auto reason = [](const Bytes& wire) { return std::get<Reject>(decode(wire)); };
    EXPECT_EQ(reason({}), Reject::too_short);
    EXPECT_EQ(reason(from_hex("00 FB 40 3F FF")), Reject::too_short); // what a Multi says at power-up
    EXPECT_EQ(reason(Bytes(max_frame_bytes + 1, 0)), Reject::too_long);
    EXPECT_EQ(reason(from_hex("98 F7 FC 60 3F 07 00 00 00 5F FF")), Reject::bad_type);
    EXPECT_EQ(reason(from_hex("98 F7 FE 80 3F 07 00 00 00 3D FF")), Reject::bad_number);
    EXPECT_EQ(reason(from_hex("98 F7 FE 60 3F 07 00 FA 00 63 FF")), Reject::bad_stuffing);
    for (std::size_t i = 2; i < good.size() - 1; ++i) {
        Bytes broken = good;
        broken[i] ^= 0x01;
        EXPECT_TRUE(std::holds_alternative<Reject>(decode(broken))) << "byte " << i;
    }
    for (std::size_t kind = 0; kind < reject_kinds; ++kind) {
        EXPECT_NE(text(static_cast<Reject>(kind)), "unknown reason");
    }
}

TEST(VebusCodec, ASyncWithoutItsMarkOpensNoSlot) {
    // 56 instead of 55: the sum does not see it, the mark does.
    EXPECT_EQ(decode(from_hex("83 83 FD 02 56 51 18 02 97 FF")), Decoded(Reject::bad_type));
}

TEST(VebusReader, StaysFailedAndGivesZeroAfterReadingPastTheEnd) {
    const Bytes bytes{1, 2, 3};
    Reader in(bytes);
    EXPECT_EQ(in.u16(), 0x0201);
    EXPECT_EQ(in.u16(), 0);
    EXPECT_EQ(in.u8(), 0) << "a failed reader must not go on with what is left";
    EXPECT_FALSE(in.ok());
}

TEST(VebusWriter, WritesWhatTheReaderReads) {
    const Bytes bytes = Writer().u8(1).u16(0x0203).s16(-2).u24(0x040506).u32(0x0708090A).take();
    Reader in(bytes);
    EXPECT_EQ(in.u8(), 1);
    EXPECT_EQ(in.u16(), 0x0203);
    EXPECT_EQ(in.s16(), -2);
    EXPECT_EQ(in.u24(), 0x040506U);
    EXPECT_EQ(in.u32(), 0x0708090AU);
    EXPECT_TRUE(in.ok_and_done());
}

} // namespace
} // namespace bms::vebus
