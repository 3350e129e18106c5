// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "capture_samples.hpp"

#include "bms/capture/diff.hpp"

#include <gmock/gmock.h>

namespace bms::capture {
namespace {

using test::bytes;
using test::header;
using test::InventedBus;
using ::testing::HasSubstr;
using ::testing::Not;

Side side_of(const std::string& name, const std::vector<Chunk>& chunks) {
    Side side(name);
    Decoder decoder(Wire::vebus);
    for (const auto& chunk : chunks) {
        for (const auto& heard : decoder.push(chunk)) {
            side.add(heard);
        }
    }
    return side;
}

std::vector<Chunk> each(Duration period, const std::vector<vebus::Message>& messages,
                        vebus::Address from = vebus::multi_address) {
    std::vector<Chunk> chunks;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const vebus::Frame frame{
            .from = from, .number = static_cast<std::uint8_t>(i % 128), .message = messages[i]};
        chunks.push_back({static_cast<std::int64_t>(i) * period, vebus::encode(frame)});
    }
    return chunks;
}

TEST(CaptureDiff, the_flag_of_an_invented_bms_is_found_among_counters_and_measurements) {
    InventedBus bus;
    const auto closed = side_of("closed", bus.run(5s, 0x03));
    const auto open = side_of("open", bus.run(5s, 0x01));
    EXPECT_EQ(difference(closed, open, false),
              "A: closed (300 frames)\n"
              "B: open (300 frames)\n"
              "  4B 1E unknown 5C, byte 1: 03 -> 01  (bit 1: 1 -> 0)\n"
              "  changes on both sides, left out (--all shows it): 83 83 sync, timestamp\n");
}

TEST(CaptureDiff, a_side_compared_with_itself_has_no_difference) {
    InventedBus bus;
    const auto side = side_of("one", bus.run(400ms, 0x03)); // too short for many values
    EXPECT_EQ(difference(side, side, true), "A: one (24 frames)\nB: one (24 frames)\n  no difference\n");
}

TEST(CaptureDiff, a_kind_on_one_side_only_is_told_with_its_bytes_strangers_first) {
    InventedBus bus;
    const auto silent = side_of("pulled", each(20ms, {vebus::Sync{0x51, 7}, vebus::Sync{0x51, 7}}));
    const auto talking = side_of("talking", bus.run(200ms, 0x03));
    EXPECT_THAT(difference(silent, talking, false),
                HasSubstr("  4B 1E unknown 5C: only in B, 2 frames, every 100.0 ms, bytes 5C, 03, {00, 01}, "
                          "{80, 81}\n"
                          "  83 83 sync, timestamp: "));
    EXPECT_THAT(difference(talking, silent, false), HasSubstr("unknown 5C: only in A, 2 frames"));
}

TEST(CaptureDiff, a_longer_interval_is_told_and_jitter_is_not) {
    const std::vector<vebus::Message> frames(10, vebus::Unknown{{0x5C, 0x00}});
    const auto quick = side_of("a", each(100ms, frames));
    EXPECT_THAT(difference(quick, side_of("b", each(110ms, frames)), false),
                HasSubstr("83 83 unknown 5C, period: 100.0 ms -> 110.0 ms\n"));
    EXPECT_THAT(difference(quick, side_of("b", each(104ms, frames)), false), HasSubstr("no difference"));
}

TEST(CaptureDiff, known_fields_are_compared_by_their_words) {
    const auto on = side_of("a", each(1s, {vebus::SwitchCommand{vebus::SwitchState::on}}));
    const auto off = side_of("b", each(1s, {vebus::SwitchCommand{vebus::SwitchState::charger_only}}));
    EXPECT_THAT(difference(on, off, false), HasSubstr("83 83 switch_command, mode: on -> charger only\n"));
}

TEST(CaptureDiff, values_that_change_on_both_sides_without_anything_in_common_are_told) {
    const auto low = side_of("a", each(1s, {vebus::Unknown{{0x5C, 0x00}}, vebus::Unknown{{0x5C, 0x80}}}));
    const auto high = side_of("b", each(1s, {vebus::Unknown{{0x5C, 0x01}}, vebus::Unknown{{0x5C, 0x81}}}));
    EXPECT_THAT(difference(low, high, false),
                HasSubstr("unknown 5C, byte 1: 00, 80 -> 01, 81  (bit 0: 0 -> 1)\n"));
}

std::vector<vebus::Message> counting(std::uint8_t from, int count) {
    std::vector<vebus::Message> frames;
    for (int i = 0; i < count; ++i) {
        frames.push_back(vebus::Unknown{{0x5C, static_cast<std::uint8_t>(from + i)}});
    }
    return frames;
}

TEST(CaptureDiff, a_byte_that_trembles_on_both_sides_is_left_out_until_all_is_wanted) {
    const auto a = side_of("a", each(1s, counting(0x80, 3)));
    const auto b = side_of("b", each(1s, counting(0x82, 3)));
    EXPECT_THAT(difference(a, b, false), HasSubstr("left out (--all shows it): 83 83 unknown 5C, byte 1"));
    EXPECT_THAT(difference(a, b, true), HasSubstr("byte 1: 80, 81, 82 -> 82, 83, 84"));
}

TEST(CaptureDiff, many_values_of_a_byte_are_told_as_a_range) {
    const auto a = side_of("a", each(1s, counting(0x00, 20)));
    const auto b = side_of("b", each(1s, counting(0x40, 20)));
    EXPECT_THAT(difference(a, b, false), HasSubstr("byte 1: 20 values 00..13 -> 20 values 40..53"));
}

TEST(CaptureDiff, a_measurement_over_the_same_range_is_no_difference) {
    const auto volts = [](std::initializer_list<int> hundredths) {
        std::vector<vebus::Message> frames;
        for (const int value : hundredths) {
            frames.push_back(vebus::DcInfo{.voltage_10mv = static_cast<std::uint16_t>(value)});
        }
        return frames;
    };
    const auto a = side_of("a", each(1s, volts({5270, 5290})));
    EXPECT_THAT(difference(a, side_of("b", each(1s, volts({5280, 5260}))), false), HasSubstr("left out"));
    EXPECT_THAT(difference(a, side_of("b", each(1s, volts({5100, 5110}))), false),
                Not(HasSubstr("left out")));
}

TEST(CaptureDiff, lengths_are_compared) {
    const auto two = side_of("a", each(1s, {vebus::Unknown{{0x5C, 0x00}}}));
    const auto three = side_of("b", each(1s, {vebus::Unknown{{0x5C, 0x00, 0x00}}}));
    EXPECT_THAT(difference(two, three, false), HasSubstr("unknown 5C, bytes in the payload: 2 -> 3\n"));
}

TEST(CaptureDiff, a_side_without_frames_is_told) {
    EXPECT_THAT(difference(Side("a"), Side("b"), false),
                HasSubstr("nothing to compare: one side has no frames"));
}

/// The invented bus with a mark before each stretch of 10 s; the loop is turned a second after its mark.
Sections marked(const std::vector<std::pair<std::string, std::uint8_t>>& stretches, Duration settle) {
    Sections sections(header, settle);
    InventedBus bus;
    std::uint8_t flags = 0x03;
    for (const auto& [mark, next] : stretches) {
        if (!mark.empty()) {
            EXPECT_EQ(sections.add(Mark{bus.now, mark}), std::nullopt);
        }
        for (const auto part : {1s, 9s}) {
            for (const auto& chunk : bus.run(part, part == 1s ? flags : next)) {
                sections.add(chunk);
            }
        }
        flags = next;
    }
    return sections;
}

TEST(CaptureDiff, marked_sections_are_compared_with_the_first_and_the_same_words_are_the_same_side) {
    const auto sections = marked(
        {{"", 0x07}, {"all closed", 0x03}, {"low cell open", 0x01}, {"all closed", 0x03}, {"high", 0x02}},
        2s);
    EXPECT_EQ(sections.text(false),
              "A: all closed (960 frames)\n"
              "B: low cell open (480 frames)\n"
              "  4B 1E unknown 5C, byte 1: 03 -> 01  (bit 1: 1 -> 0)\n"
              "  changes on both sides, left out (--all shows it): 83 83 sync, timestamp\n"
              "\n"
              "A: all closed (960 frames)\n"
              "B: high (480 frames)\n"
              "  4B 1E unknown 5C, byte 1: 03 -> 02  (bit 0: 1 -> 0)\n"
              "  changes on both sides, left out (--all shows it): 83 83 sync, timestamp\n");
}

TEST(CaptureDiff, without_time_to_settle_the_old_state_is_in_the_new_section) {
    EXPECT_THAT(marked({{"a", 0x03}, {"b", 0x01}}, 0s).text(false), HasSubstr("byte 1: 03 -> 01, 03"));
}

TEST(CaptureDiff, one_mark_is_compared_with_what_came_before_it) {
    EXPECT_THAT(
        marked({{"", 0x03}, {"open", 0x01}}, 2s).text(false),
        HasSubstr("A: before the first mark (600 frames)\nB: open (480 frames)\n  4B 1E unknown 5C, byte 1"));
}

TEST(CaptureDiff, a_file_without_marks_says_how_to_make_them) {
    EXPECT_THAT(marked({{"", 0x03}}, 2s).text(false), HasSubstr("There is no mark in this file"));
}

TEST(CaptureDiff, too_many_different_marks_are_refused) {
    Sections sections(header, 0s);
    std::optional<std::string> wrong;
    for (int i = 0; i < 40 && !wrong; ++i) {
        wrong = sections.add(Mark{Seconds(i), "mark " + std::to_string(i)});
    }
    EXPECT_THAT(wrong.value_or(""), HasSubstr("more than 31 different marks"));
}

} // namespace
} // namespace bms::capture
