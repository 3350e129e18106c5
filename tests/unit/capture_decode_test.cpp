// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "capture_samples.hpp"
#include "support/places.hpp"

#include "bms/capture/decode.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace bms::capture {
namespace {

using nlohmann::json;
using test::bytes;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::vector<json> published(const std::string& kind) {
    std::ifstream file(bms::test::in_source("/tests/data/vebus/vectors.json"));
    std::vector<json> found;
    for (const auto& vector : json::parse(file)) {
        if (vector.at("kind").get<std::string>().starts_with(kind) && vector.at("checksum_ok") == true) {
            found.push_back(vector);
        }
    }
    return found;
}

std::string text_of(const std::vector<Heard>& all) {
    std::string text;
    for (const auto& heard : all) {
        text += line_of_text(heard);
    }
    return text;
}

TEST(CaptureDecode, every_published_raw_frame_becomes_a_line) {
    const auto vectors = published("vebus_raw");
    ASSERT_GE(vectors.size(), 15U);
    Decoder decoder(Wire::vebus);
    for (const auto& vector : vectors) {
        const auto wire = bytes(vector.at("hex").get<std::string>());
        const auto heard = decoder.push({1ms, wire});
        ASSERT_THAT(heard, SizeIs(1)) << vector.at("id");
        EXPECT_EQ(heard[0].wire, wire);
        EXPECT_EQ(heard[0].number, wire[3]);
        EXPECT_EQ(heard[0].rejected, "");
        EXPECT_EQ(heard[0].known, vector.at("kind") != "vebus_raw_broadcast_38") << vector.at("id");
        EXPECT_EQ(heard[0].known, !heard[0].fields.empty()) << vector.at("id");
    }
}

TEST(CaptureDecode, frames_are_put_together_from_chunks_and_stamped_with_the_last_one) {
    Decoder decoder(Wire::vebus);
    EXPECT_THAT(decoder.push({1s, bytes("83 83 FD 02 55 51")}), IsEmpty());
    EXPECT_EQ(text_of(decoder.push({1020011us, bytes("18 02 97 FF 98 F7 FE 60 3F 07 00 00 00 5D FF")})),
              "    1.020011  83 83    2  sync                status 0x51, timestamp 48.24 ms\n"
              "    1.020011  98 F7   96  switch_command      mode on\n");
}

TEST(CaptureDecode, what_is_not_known_or_broken_is_shown_with_its_bytes) {
    Decoder decoder(Wire::vebus);
    EXPECT_EQ(
        text_of(decoder.push({7us, bytes("83 83 FE 05 38 01 C0 C0 45 FF 83 83 FE 05 38 01 C0 C1 45 FF")})),
        "    0.000007  83 83    5  unknown 38          38 01 C0 C0\n"
        "    0.000007  -- --    -  rejected            checksum is wrong: 83 83 FE 05 38 01 C0 C1 45 FF\n");
}

TEST(CaptureDecode, every_published_frame_of_an_interface_becomes_a_line) {
    for (const auto* kind : {"mk2_bus", "mk2"}) {
        const auto vectors = published(kind);
        ASSERT_THAT(vectors, Not(IsEmpty())) << kind;
        for (const auto& vector : vectors) {
            Decoder decoder(Wire::mk3);
            const auto wire = bytes(vector.at("hex").get<std::string>());
            const auto heard = decoder.push({1ms, wire});
            ASSERT_THAT(heard, Not(IsEmpty())) << vector.at("id");
            Bytes joined;
            for (const auto& one : heard) {
                EXPECT_EQ(one.rejected, "") << vector.at("id");
                EXPECT_EQ(one.from, std::nullopt);
                joined.insert(joined.end(), one.wire.begin(), one.wire.end());
            }
            EXPECT_EQ(joined, wire) << vector.at("id");
        }
    }
}

TEST(CaptureDecode, an_interface_and_what_it_passes_through_have_their_words) {
    Decoder decoder(Wire::mk3);
    const auto text = text_of(decoder.push(
        {0us, bytes("07 FF 56 28 DB 11 00 00 90 05 3F 07 00 00 00 C2 07 FF 58 85 90 00 61 59 D3 12")}));
    EXPECT_THAT(text, StartsWith("    0.000000  -- --    -  interface_version   byte_1 0xFF, byte_2 0x56"));
    EXPECT_THAT(text, ::testing::HasSubstr("switch_command      mode on\n"));
    EXPECT_THAT(text, ::testing::HasSubstr("winmon_X ram_values id 0x00, values 144 22881 raw\n"));
}

TEST(CaptureDecode, bytes_of_an_interface_that_are_no_frame_are_shown_once_and_with_their_reason) {
    Decoder decoder(Wire::mk3);
    EXPECT_EQ(text_of(decoder.push({0us, bytes("00 30 02 FF 56 A9 04 FF 41")})),
              "    0.000000  -- --    -  rejected            length is not one of a frame: 00 30\n"
              "    0.000000  -- --    -  ask_interface       byte_1 0xFF, byte_2 0x56\n");
    EXPECT_EQ(text_of(decoder.push({1s, bytes("02 FF 56 A9")})),
              "    0.000000  -- --    -  rejected            cut short: 04 FF 41\n"
              "    1.000000  -- --    -  ask_interface       byte_1 0xFF, byte_2 0x56\n");
}

TEST(CaptureDecode, a_filter_keeps_what_it_names) {
    Decoder decoder(Wire::vebus);
    const auto sync = decoder.push({0us, bytes("83 83 FD 02 55 51 18 02 97 FF")})[0];
    const auto strange = decoder.push({0us, bytes("83 83 FE 05 38 01 C0 C0 45 FF")})[0];
    const auto broken = decoder.push({0us, bytes("83 83 FE 05 38 01 C0 C1 45 FF")})[0];
    const auto kept = [&](const Filter& filter) {
        return std::vector{passes(sync, filter), passes(strange, filter), passes(broken, filter)};
    };
    EXPECT_EQ(kept({}), (std::vector{true, true, true}));
    EXPECT_EQ(kept({.kind = "sync"}), (std::vector{true, false, false}));
    EXPECT_EQ(kept({.kind = "38"}), (std::vector{false, true, false}));
    EXPECT_EQ(kept({.kind = "55"}), (std::vector{true, false, false})) << "the first byte of a sync";
    EXPECT_EQ(kept({.kind = "unknown 38"}), (std::vector{false, true, false}));
    EXPECT_EQ(kept({.kind = "rejected"}), (std::vector{false, false, true}));
    EXPECT_EQ(kept({.unknown = true}), (std::vector{false, true, true}));
    EXPECT_EQ(kept({.from = vebus::multi_address}), (std::vector{true, true, false}));
    EXPECT_EQ(kept({.from = vebus::remote_address}), (std::vector{false, false, false}));
}

TEST(CaptureDecode, an_address_is_two_bytes) {
    for (const auto* text : {"98 F7", "98f7", "98:F7"}) {
        EXPECT_EQ(parse_address(text), vebus::remote_address) << text;
    }
    for (const auto* text : {"", "98", "98 F", "98 F7 00", "9 8F7", "98-F7", "G8 F7"}) {
        EXPECT_EQ(parse_address(text), std::nullopt) << text;
    }
}

TEST(CaptureDecode, what_an_interface_says_is_named_by_its_letter_when_it_has_no_words) {
    Decoder decoder(Wire::mk3);
    EXPECT_EQ(text_of(decoder.push({0us, bytes("02 FF 4A B5 02 20 01 DD")})),
              "    0.000000  -- --    -  unknown FF 4A       FF 4A\n"
              "    0.000000  -- --    -  unknown 20          20 01\n");
}

TEST(CaptureDecode, a_mark_is_a_line_between_the_frames) {
    EXPECT_EQ(line_of_text(Mark{.at = 1500ms, .text = "loop open"}), "---- 1.500000 mark: loop open ----\n");
}

TEST(CaptureDecode, the_stamp_of_a_long_recording_is_shown_whole) {
    const Heard late{.at = 123'456s, .kind = "rejected", .wire = {0x83}, .rejected = "cut short"};
    EXPECT_EQ(line_of_text(late), "123456.000000  -- --    -  rejected            cut short: 83\n");
}

} // namespace
} // namespace bms::capture
