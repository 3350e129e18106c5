// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/places.hpp"

#include "bms/mk2/framer.hpp"
#include "bms/vebus/codec.hpp"
#include "bms/vebus/scale.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <random>
#include <sstream>

namespace bms::mk2 {
namespace {

using nlohmann::json;

Bytes from_hex(const std::string& hex) {
    std::istringstream in(hex);
    Bytes bytes;
    for (std::string pair; in >> pair;) {
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(pair, nullptr, 16)));
    }
    return bytes;
}

std::vector<json> vectors_of(const std::vector<std::string>& kinds) {
    std::ifstream file(bms::test::in_source("/tests/data/vebus/vectors.json"));
    std::vector<json> chosen;
    for (const auto& vector : json::parse(file)) {
        if (std::find(kinds.begin(), kinds.end(), vector.at("kind").get<std::string>()) != kinds.end()) {
            chosen.push_back(vector);
        }
    }
    return chosen;
}

json fields_of_winmon(const vebus::Message& message) {
    json fields = json::object();
    if (const auto* write = std::get_if<vebus::WriteById>(&message)) {
        const int flags = (write->is_setting ? 1 : 0) | (write->ram_only ? 2 : 0);
        fields = {{"flags", flags}, {"id_", write->number}, {"value", write->value}};
    } else if (const auto* ram = std::get_if<vebus::RamValues>(&message)) {
        fields["values"] = ram->values;
    } else if (const auto* snapshot = std::get_if<vebus::SnapshotValues>(&message)) {
        for (const std::uint16_t value : snapshot->values) {
            fields["values"].push_back(static_cast<std::int16_t>(value));
        }
    } else if (const auto* state = std::get_if<vebus::DeviceStateReport>(&message)) {
        fields = {{"state", state->state}, {"sub", state->substate}};
    } else if (const auto* ask = std::get_if<vebus::AskRamInfo>(&message)) {
        fields["id_"] = ask->variable;
    } else if (const auto* info = std::get_if<vebus::RamInfo>(&message); info && info->scale) {
        const auto scale = vebus::scale_of(*info).value();
        fields = {{"scale_raw", info->scale->scale},
                  {"offset", info->scale->offset},
                  {"scale", scale.factor},
                  {"signed", scale.is_signed},
                  {"bit", scale.bit}};
    }
    return fields;
}

/// The fields the data names, as this codec calls them.
json fields_of(const Message& message) {
    if (const auto* version = std::get_if<InterfaceVersion>(&message)) {
        return {{"version", version->version}, {"mode", version->target}};
    }
    if (const auto* leds = std::get_if<LedReport>(&message)) {
        return {{"on", leds->leds.on}, {"blink", leds->leds.blink}};
    }
    if (const auto* winmon = std::get_if<Winmon>(&message)) {
        return fields_of_winmon(winmon->message);
    }
    const auto* passed = std::get_if<PassThrough>(&message);
    if (const auto* dc = passed ? std::get_if<vebus::DcInfo>(&passed->message) : nullptr) {
        return {{"dc_v", dc->voltage_10mv / 100.0},
                {"inv_i_raw", dc->inverter_current_raw},
                {"chg_i_raw", dc->charger_current_raw},
                {"period", dc->period}};
    }
    if (const auto* ac = passed ? std::get_if<vebus::AcInfo>(&passed->message) : nullptr) {
        return {{"state", ac->device_state},
                {"phase_info", ac->phase},
                {"mains_v", ac->mains_voltage_10mv / 100.0},
                {"mains_a_raw", ac->mains_current_raw},
                {"inv_v", ac->inverter_voltage_10mv / 100.0},
                {"inv_a_raw", ac->inverter_current_raw},
                {"period", ac->period}};
    }
    return json::object();
}

void expect_published_fields(const json& vector, const Message& message) {
    const json fields = fields_of(message);
    const json published = vector.value("decoded", json::object());
    for (const auto& [name, value] : published.items()) {
        SCOPED_TRACE(name);
        ASSERT_TRUE(fields.contains(name));
        if (value.is_number()) {
            EXPECT_NEAR(fields.at(name).get<double>(), value.get<double>(), 1e-9);
        } else {
            EXPECT_EQ(fields.at(name), value);
        }
    }
}

bool is_unknown(const Message& message) {
    if (const auto* winmon = std::get_if<Winmon>(&message)) {
        return std::holds_alternative<vebus::Unknown>(winmon->message);
    }
    if (const auto* passed = std::get_if<PassThrough>(&message)) {
        return std::holds_alternative<vebus::Unknown>(passed->message);
    }
    return std::holds_alternative<Unknown>(message);
}

TEST(Mk2Vectors, EveryFrameDecodesToItsPublishedFieldsAndEncodesToTheSameBytes) {
    std::size_t good = 0;
    for (const auto& vector : vectors_of({"mk2", "mk2_bus_passthrough"})) {
        SCOPED_TRACE(vector.at("id").get<std::string>());
        const Bytes wire = from_hex(vector.at("hex").get<std::string>());
        const Decoded decoded = decode(wire);
        if (vector.at("checksum_ok") == false) {
            EXPECT_EQ(decoded, Decoded(Reject::bad_checksum));
            continue;
        }
        ASSERT_TRUE(std::holds_alternative<Frame>(decoded)) << text(std::get<Reject>(decoded));
        const auto& frame = std::get<Frame>(decoded);
        expect_published_fields(vector, frame.message);
        EXPECT_EQ(encode(frame), wire);
        ++good;
    }
    EXPECT_GE(good, 50U);
}

TEST(Mk2Vectors, OnlyWhatNobodyKnowsIsLeftUnknown) {
    std::vector<std::string> unknown;
    for (const auto& vector : vectors_of({"mk2", "mk2_bus_passthrough"})) {
        const Decoded decoded = decode(from_hex(vector.at("hex").get<std::string>()));
        if (const auto* frame = std::get_if<Frame>(&decoded); frame && is_unknown(frame->message)) {
            unknown.push_back(vector.at("id"));
        }
    }
    EXPECT_THAT(unknown, testing::ElementsAre("mk2-o01", "mk2-o03", "mk2-o04"));
}

TEST(Mk2Vectors, AFramePrintedWithoutItsChecksumDecodesOnceItIsAdded) {
    const auto vectors = vectors_of({"mk2_partial"});
    ASSERT_EQ(vectors.size(), 3U);
    for (const auto& vector : vectors) {
        SCOPED_TRACE(vector.at("id").get<std::string>());
        Bytes wire = from_hex(vector.at("hex").get<std::string>());
        EXPECT_EQ(decode(wire), Decoded(Reject::cut_short));
        wire.push_back(checksum_of(wire));
        const auto frame = std::get<Frame>(decode(wire));
        EXPECT_FALSE(is_unknown(frame.message));
        expect_published_fields(vector, frame.message);
        EXPECT_EQ(encode(frame), wire);
    }
}

TEST(Mk2Vectors, TheStateOrderOfVeConfigureHasTheChecksumThatItsSourceCalculated) {
    const auto order = SetState{.position = Position::on,
                                .limit_deci_a = 0xFF00,
                                .flags = state_flag::forward_panel_frames,
                                .extended = SetState::Extended{state_flag_ext0::forward_config_replies, {}}};
    EXPECT_EQ(encode(order), from_hex("09 FF 53 03 00 FF 01 40 00 04 5E"));
}

TEST(Mk2Vectors, AStreamIsTakenApartIntoItsFrames) {
    const auto vectors = vectors_of({"mk2_stream"});
    ASSERT_EQ(vectors.size(), 1U);
    Framer framer;
    const auto items = framer.push(from_hex(vectors.front().at("hex").get<std::string>()));
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].frame.message, Message(TakeSnapshot{{14, 16, 15}}));
    EXPECT_EQ(items[1].frame.message, Message(AskAcInfo{1}));
}

TEST(Mk2Codec, KnownFramesMeanWhatTheirSourcesSay) {
    const auto message = [](const std::string& hex) {
        return std::get<Frame>(decode(from_hex(hex))).message;
    };
    EXPECT_EQ(message("05 3F 07 00 00 00 C2"),
              Message(PassThrough{vebus::SwitchCommand{vebus::SwitchState::on}}));
    EXPECT_EQ(message("06 21 FF FF FF FF 83 4A"),
              Message(PassThrough{vebus::DevicePoll{.type = vebus::device_bms}}));
    const auto bms = std::get<PassThrough>(message("0A 20 00 00 00 00 83 F4 7C 11 00 D2"));
    EXPECT_EQ(std::get<vebus::DeviceInfo>(bms.message).version, 1146100U);
    EXPECT_EQ(message("07 FF 53 01 00 80 01 80 A5"), Message(SetState{.position = Position::charger_only}));
    EXPECT_EQ(message("08 FF 78 37 00 84 03 00 00 C3"),
              Message(Winmon{.channel = Channel::x,
                             .message = vebus::WriteById{.ram_only = false, .number = 0x84, .value = 3},
                             .device = 0}));
    EXPECT_EQ(message("07 FF 46 09 03 00 2C 01 7B"), Message(BatteryLimits{.discharge_deci_a = 300}));
}

TEST(Mk2Codec, AlarmsAndErrorOfAnLedReportAreTakenApart) {
    const Bytes wire = encode(Unknown{{0xFF, 'L', 0x01, 0x10, 0x21, 0x8E}});
    const auto report = std::get<LedReport>(std::get<Frame>(decode(wire)).message);
    ASSERT_TRUE(report.condition);
    EXPECT_EQ(report.condition->pre_alarm, (Alarms{.temperature = true}));
    EXPECT_EQ(report.condition->alarm, (Alarms{.low_battery = true}));
    EXPECT_EQ(report.condition->error, 14);
    EXPECT_EQ(report.condition->flags, led_flag_blocked);
}

TEST(Mk2Codec, FillerOfTheOldChannelIsNoPartOfTheMessage) {
    const Message ask = Winmon{.channel = Channel::w, .message = vebus::AskVersion{.part = 0}};
    EXPECT_EQ(encode(ask), from_hex("05 FF 57 05 00 00 A0"));
    EXPECT_EQ(std::get<Frame>(decode(from_hex("05 FF 57 05 00 00 A0"))).message, ask);
    EXPECT_EQ(encode(Winmon{.channel = Channel::x, .message = vebus::AskVersion{.part = 0}}),
              from_hex("03 FF 58 05 A1"));
}

TEST(Mk2Codec, AppendedLedsAreNoPartOfTheMessage) {
    // The reply "DisableCharge written" with mains on and bulk blinking behind it.
    const Frame frame{.message =
                          Winmon{.message = vebus::WinmonVerdict{.verdict = vebus::Verdict::setting_written}},
                      .leds = Leds{.on = vebus::led::mains, .blink = vebus::led::bulk}};
    EXPECT_EQ(encode(frame), from_hex("85 FF 58 88 01 04 97"));
    EXPECT_EQ(decode(encode(frame)), Decoded(frame));
    EXPECT_EQ(decode(from_hex("83 FF 56 01 27")), Decoded(Reject::bad_length)) << "no room for LEDs";
}

void expect_round_trip(const Message& message) {
    for (const auto& leds : {std::optional<Leds>{}, std::optional<Leds>{leds_not_known}}) {
        const Frame frame{.message = message, .leds = leds};
        EXPECT_EQ(decode(encode(frame)), Decoded(frame));
    }
}

TEST(Mk2Codec, EveryMessageSurvivesTheWire) {
    expect_round_trip(AskInterface{});
    expect_round_trip(InterfaceVersion{.version = 1170216, .target = 'B'});
    expect_round_trip(Target{.device = 3});
    expect_round_trip(Target{.device = 3, .extra = {0}});
    expect_round_trip(AskLeds{});
    expect_round_trip(LedReport{.leds = leds_not_known});
    expect_round_trip(LedReport{.leds = {1, 2}, .extra = {0}});
    expect_round_trip(LedReport{.leds = {1, 2},
                                .condition = LedReport::Condition{.alarm = {.ripple = true}, .error = 31},
                                .extra = {0x80, 0}});
    expect_round_trip(AskDcInfo{});
    for (std::uint8_t phase = 1; phase <= 4; ++phase) {
        expect_round_trip(AskAcInfo{phase});
    }
    expect_round_trip(AskMasterLed{});
    expect_round_trip(TakeSnapshot{{4, 5}});
    expect_round_trip(AskUnit{});
    expect_round_trip(AskUnit{2});
    expect_round_trip(ResetUnit{0x01020304});
    expect_round_trip(BatteryLimits{.discharge_deci_a = 1234});
    expect_round_trip(StateTaken{});
    for (const auto state : {vebus::SwitchState::off, vebus::SwitchState::charger_only,
                             vebus::SwitchState::inverter_only, vebus::SwitchState::on}) {
        expect_round_trip(SetState{.position = position_of(state)});
        expect_round_trip(PassThrough{vebus::SwitchCommand{state}});
        EXPECT_EQ(state_of(position_of(state)), state);
    }
    expect_round_trip(SetState{.flags = 0x50, .extended = SetState::Extended{.flags_ext0 = 4}});
    expect_round_trip(SetState{.limit_deci_a = 160, .extended = SetState::Extended{4, 1}});
    expect_round_trip(AskLines{});
    expect_round_trip(Lines{.standby = true});
    for (const auto channel : {Channel::x, Channel::y, Channel::z}) {
        expect_round_trip(Winmon{.channel = channel, .message = vebus::ReadRam{.variables = {4, 5}}});
        expect_round_trip(Winmon{.channel = channel, .message = vebus::AskSnapshot{}, .device = 31});
    }
    expect_round_trip(Winmon{.channel = Channel::w, .message = vebus::AskVersion{.part = 1}});
    expect_round_trip(Winmon{.message = vebus::NameForWrite{.is_setting = true, .number = 0x104}});
    expect_round_trip(Winmon{.message = vebus::WriteNamed{.value = 200}});
    expect_round_trip(Winmon{.channel = Channel::w, .message = vebus::AskEnergyCounters{}});
    expect_round_trip(Winmon{.message = vebus::AccessPassword{.password = {1, 2, 3, 4, 5, 6, 7, 8}}});
    expect_round_trip(Winmon{.message = vebus::SerialNumber{.serial = {'H', 'Q'}}});
    expect_round_trip(Winmon{.message = vebus::SnapshotValues{.values = {1, 0xFFFF}}});
    expect_round_trip(PassThrough{vebus::UnitInfo{.unique_number = 0x01020304,
                                                  .type = 0x20,
                                                  .unknown_10 = {1, 2},
                                                  .units = 0x07,
                                                  .unknown_16 = {3, 0x10},
                                                  .address = 2}});
    expect_round_trip(Unknown{{0xFF, 'R', 1}});
}

TEST(Mk2Codec, RandomPayloadsSurviveTheWire) {
    std::mt19937 random(20260102);
    const Bytes heads{0xFF, 0xFF, 0xFF, 0x20, 0x21, 0x38, 0x3C, 0x3D, 0x3F, 0x40, 0x41};
    const std::string letters = "VALFSHWXYZxyzRD";
    for (int round = 0; round < 20000; ++round) {
        Bytes payload(2 + random() % (max_counted - 1));
        for (auto& byte : payload) {
            byte = static_cast<std::uint8_t>(random() % 3 == 0 ? 0 : random());
        }
        payload[0] = heads[random() % heads.size()];
        payload[1] = static_cast<std::uint8_t>(letters[random() % letters.size()]);
        Bytes wire{static_cast<std::uint8_t>(payload.size())};
        wire.insert(wire.end(), payload.begin(), payload.end());
        wire.push_back(checksum_of(wire));
        const auto frame = std::get<Frame>(decode(wire));
        ASSERT_EQ(encode(frame), wire);
    }
}

TEST(Mk2Codec, APanelFrameIsReadInBothItsForms) {
    const auto state = [](int bits) {
        return state_of(vebus::PanelPosition{.bits = static_cast<std::uint8_t>(bits)});
    };
    EXPECT_EQ(state(0x01), vebus::SwitchState::charger_only);
    EXPECT_EQ(state(0x53), vebus::SwitchState::on);
    EXPECT_EQ(state(0x04), vebus::SwitchState::off);
    EXPECT_EQ(state(0x0A), vebus::SwitchState::on) << "older form";
    EXPECT_EQ(state(0x0B), vebus::SwitchState::off) << "older form";
    EXPECT_EQ(state(0x00), std::nullopt);
    EXPECT_EQ(state(0x05), std::nullopt);
}

TEST(Mk2Codec, EachRejectSaysItsReason) {
    const auto reason = [](const std::string& hex) { return std::get<Reject>(decode(from_hex(hex))); };
    EXPECT_EQ(reason(""), Reject::cut_short);
    EXPECT_EQ(reason("05 3F 07 00 00 00"), Reject::cut_short);
    EXPECT_EQ(reason("01 FF 56 AA"), Reject::bad_length);
    EXPECT_EQ(reason("17 FF 56 A9"), Reject::bad_length);
    EXPECT_EQ(reason("02 FF 56 A9 00"), Reject::bad_length);
    EXPECT_EQ(reason("02 00 56 A8"), Reject::bad_head);
    EXPECT_EQ(reason("05 3F 07 00 00 00 B5"), Reject::bad_checksum) << "the plain sum does not do for a 3F";
    for (std::size_t kind = 0; kind < reject_kinds; ++kind) {
        EXPECT_NE(text(static_cast<Reject>(kind)), "unknown reason");
    }
}

} // namespace
} // namespace bms::mk2
