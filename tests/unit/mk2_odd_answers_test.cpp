// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a unit or an interface seldom says, and what is made of it.
#include "mk2_link_fixture.hpp"

#include "bms/mk2/codec.hpp"

namespace bms::mk2 {
namespace {

/// A payload with its length and its checksum.
Bytes framed(Bytes payload) {
    payload.insert(payload.begin(), static_cast<std::uint8_t>(payload.size()));
    payload.push_back(checksum_of(payload));
    return payload;
}

bool is_unknown(const Bytes& payload) {
    return std::holds_alternative<Unknown>(std::get<Frame>(decode(framed(payload))).message);
}

bool winmon_unknown(const Bytes& payload) {
    const Frame frame = std::get<Frame>(decode(framed(payload)));
    return std::holds_alternative<vebus::Unknown>(std::get<Winmon>(frame.message).message);
}

TEST(Mk2Words, WhatNoTableNamesIsCalledUnknown) {
    EXPECT_EQ(text(static_cast<Reject>(250)), "unknown reason");
    EXPECT_EQ(position_of(static_cast<SwitchState>(250)), Position::unknown);
    EXPECT_EQ(state_of(static_cast<Position>(250)), std::nullopt);
}

TEST(Mk2Codec, TheChecksumOfALengthAloneMakesTheSumZero) { EXPECT_EQ(checksum_of(Bytes{0x07}), 0xF9); }

TEST(Mk2Codec, AnOrderIsKnownOnlyInTheShapeOfTheDocument) {
    EXPECT_FALSE(is_unknown({0xFF, 'S', 4, 0x00, 0x80, 1, 0, 0, 0}));
    EXPECT_TRUE(is_unknown({0xFF, 'S', 5, 0x00, 0x80, 1, 0, 0, 0})) << "no such position";
    EXPECT_TRUE(is_unknown({0xFF, 'S', 4, 0x00, 0x80, 2, 0, 0, 0})) << "another mark";
    EXPECT_TRUE(is_unknown({0xFF, 'S', 4, 0x00, 0x80, 1, 0, 7, 0})) << "no zero before the flags";
}

TEST(Mk2Codec, ASpecialRequestBeyondTheDocumentIsUnknown) {
    EXPECT_FALSE(is_unknown({0xFF, 'F', 4}));
    EXPECT_TRUE(is_unknown({0xFF, 'F', 10}));
    EXPECT_FALSE(is_unknown({0xFF, 'F', 8, 1, 2, 3, 4})) << "a reset, with its unit's number";
}

TEST(Mk2Codec, OnlyZerosFillUpAnOldRequest) {
    EXPECT_TRUE(winmon_unknown({0xFF, 'W', 0xEE, 0, 0})) << "no command, with or without what fills it up";
    EXPECT_TRUE(winmon_unknown({0xFF, 'W', 0xEE, 1, 0}));
    EXPECT_TRUE(winmon_unknown({0xFF, 'W', 0xEE, 0, 1}));
    EXPECT_TRUE(winmon_unknown({0xFF, 'W', 0xEE, 0, 0, 0}));
}

TEST_F(Mk3LinkTest, AFrameBehindGarbageIsHeardOnceTheLineIsSilent) {
    Bytes bytes{0x10, 0xFF}; // the beginning of a longer frame, cut off by a restart
    const Bytes version = encode(InterfaceVersion{.version = 1170216, .target = 'B'});
    bytes.insert(bytes.end(), version.begin(), version.end());
    line.mk3.powered = false;
    line.hear(bytes);
    EXPECT_EQ(status().found.interface_version, std::nullopt);
    line.run(1s);
    EXPECT_EQ(status().found.interface_version, 1170216U);
    EXPECT_EQ(status().framer.garbage_bytes, 2U);
}

TEST_F(Mk3LinkTest, TheStateOfTheUnitTellsWhetherMainsIsOn) {
    line.link.want(Wanted{});
    ASSERT_TRUE(started());
    const auto mains_in = [this](std::uint8_t state) {
        line.hear(encode(PassThrough{vebus::AcInfo{.device_state = state, .phase = 8}}));
        return status().mains_present;
    };
    for (const std::uint8_t inverting : Bytes{4, 5, 6}) {
        EXPECT_EQ(mains_in(inverting), false) << int{inverting};
    }
    for (const std::uint8_t on_mains : Bytes{7, 8, 9}) {
        EXPECT_EQ(mains_in(on_mains), true) << int{on_mains};
    }
    EXPECT_EQ(mains_in(0), std::nullopt) << "off";
}

TEST_F(Mk3LinkTest, WhatConcernsNoUnitChangesNothing) {
    line.link.want(Wanted{.mode = SwitchState::on});
    ASSERT_TRUE(started());
    const vebus::LinkStatus before = status();
    line.hear(encode(PassThrough{vebus::SwitchCommand{SwitchState::off}}));
    line.hear(encode(PassThrough{vebus::PanelPosition{.bits = 0}}));
    line.hear(encode(Lines{.panel_detect = true}));
    line.hear(encode(PassThrough{vebus::UnitInfo{.unique_number = 1, .type = 2, .units = 0}}));
    EXPECT_EQ(status().panel_mode, before.panel_mode);
    EXPECT_EQ(status().panel_changes, before.panel_changes);
    EXPECT_EQ(status().remote_mode, before.remote_mode);
    EXPECT_EQ(status().found.units, 1) << "a unit that knows of no unit has said nothing";
    EXPECT_EQ(status().found.firmware, before.found.firmware);
}

TEST_F(Mk3LinkTest, AnErrorCountsOnlyWithLedsThatAreKnown) {
    line.link.want(Wanted{});
    ASSERT_TRUE(started());
    line.run(3s);
    ASSERT_EQ(status().vebus_error, 0);
    line.hear(encode(LedReport{
        .leds = leds_not_known, .condition = LedReport::Condition{.error = 3}, .extra = {0x80, 0}}));
    EXPECT_EQ(status().vebus_error, 0) << "the interface itself does not hear the units";
    line.hear(encode(LedReport{.leds = {vebus::led::mains, 0}}));
    EXPECT_EQ(status().vebus_error, 0) << "a short report has none";
    line.hear(encode(LedReport{
        .leds = {vebus::led::mains, 0}, .condition = LedReport::Condition{.error = 3}, .extra = {0x80, 0}}));
    EXPECT_EQ(status().vebus_error, 3);
}

TEST_F(Mk3LinkTest, ARefusalThatNobodyAskedForIsNotBelieved) {
    line.link.want(Wanted{});
    ASSERT_TRUE(started());
    line.run(100ms);
    line.hear(encode(Winmon{.message = vebus::WinmonVerdict{.verdict = vebus::Verdict::unknown_command}}));
    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::stop});
    EXPECT_TRUE(line.run_until(10s, [this] { return status().charge_order_in_force; }));
    EXPECT_EQ(status().charge_stop.known, vebus::Capability::Known::yes);
}

} // namespace
} // namespace bms::mk2
