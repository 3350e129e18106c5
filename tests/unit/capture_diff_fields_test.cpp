// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What becomes of fields that are compared: frames made by hand, INVENTED names and values.
#include "bms/capture/diff.hpp"

#include <gmock/gmock.h>

namespace bms::capture {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

Heard status(Duration at, std::vector<vebus::Field> fields) {
    return {.at = at,
            .from = vebus::multi_address,
            .kind = "status",
            .known = true,
            .payload = {0x5C},
            .fields = std::move(fields)};
}

/// A frame a second with one field, "level".
Side side_of(const std::string& name, const std::vector<std::string>& values) {
    Side side(name);
    Duration at{};
    for (const auto& value : values) {
        side.add(status(at += 1s, {{"level", value}}));
    }
    return side;
}

Side side_of_bytes(const std::string& name, const std::vector<Bytes>& payloads) {
    Side side(name);
    Duration at{};
    for (const auto& payload : payloads) {
        side.add({.at = at += 1s, .from = vebus::multi_address, .kind = "unknown 5C", .payload = payload});
    }
    return side;
}

std::vector<std::string> numbers(int first, int count) {
    std::vector<std::string> values;
    for (int i = 0; i < count; ++i) {
        values.push_back(std::to_string(first + i));
    }
    return values;
}

TEST(CaptureDiffFields, a_field_that_one_side_never_has_is_told) {
    Side a("a"), b("b");
    a.add(status(1s, {{"mode", "on"}, {"limit", "5", "A"}}));
    b.add(status(1s, {{"mode", "on"}, {"relay", "open"}}));
    EXPECT_EQ(difference(a, b, false), "A: a (1 frames)\n"
                                       "B: b (1 frames)\n"
                                       "  83 83 status, limit: only in A\n"
                                       "  83 83 status, relay: only in B\n");
}

TEST(CaptureDiffFields, words_that_change_on_both_sides_without_any_in_common_are_told) {
    EXPECT_THAT(
        difference(side_of("a", {"on", "off"}), side_of("b", {"charger only", "inverter only"}), false),
        HasSubstr("level: off, on -> charger only, inverter only\n"));
}

TEST(CaptureDiffFields, numbers_on_one_side_and_words_on_the_other_have_no_range_in_common) {
    EXPECT_THAT(difference(side_of("a", {"1", "2"}), side_of("b", {"low", "high"}), false),
                HasSubstr("level: 1, 2 -> high, low\n"));
    EXPECT_THAT(difference(side_of("a", {"1:10", "1:20"}), side_of("b", {"1:11", "1:12"}), false),
                HasSubstr("level: 1:10, 1:20 -> 1:11, 1:12\n"))
        << "a number is a whole word";
}

TEST(CaptureDiffFields, ranges_apart_are_told_whichever_is_higher) {
    const auto low = side_of("low", {"1", "2"}), high = side_of("high", {"5", "6"});
    EXPECT_THAT(difference(low, high, false), HasSubstr("level: 1, 2 -> 5, 6\n"));
    EXPECT_THAT(difference(high, low, false), HasSubstr("level: 5, 6 -> 1, 2\n"));
    EXPECT_THAT(difference(side_of("wide", {"0", "9"}), high, false), HasSubstr("left out"));
}

TEST(CaptureDiffFields, a_field_that_changes_on_one_side_only_is_told) {
    EXPECT_THAT(difference(side_of("a", {"1", "2"}), side_of("b", {"1"}), false),
                HasSubstr("level: 1, 2 -> 1\n"));
}

TEST(CaptureDiffFields, more_values_than_are_kept_are_told_as_many) {
    const auto counter = side_of("counter", numbers(0, 40));
    EXPECT_THAT(difference(counter, side_of("still", {"200"}), false),
                HasSubstr("level: more than 32 values -> 200\n"));
    EXPECT_THAT(difference(counter, side_of("later", numbers(1000, 40)), false), HasSubstr("left out"))
        << "two counters, at other counts";
    EXPECT_THAT(difference(counter, side_of("few", {"1000", "2000"}), false),
                HasSubstr("level: more than 32 values -> 1000, 2000\n"));
    EXPECT_THAT(difference(counter, counter, true),
                HasSubstr("level: more than 32 values -> more than 32 values\n"))
        << "whether they are the same is not known";
}

TEST(CaptureDiffFields, as_many_values_as_are_kept_may_come_again_and_again) {
    auto values = numbers(100, 32);
    const auto once = side_of("once", values);
    values.insert(values.end(), {"100", "131"});
    const auto again = side_of("again", values);
    EXPECT_THAT(difference(once, again, true), EndsWith("  no difference\n"));
    values.emplace_back("132");
    EXPECT_THAT(difference(once, side_of("one more", values), true), HasSubstr("-> more than 32 values"));
}

TEST(CaptureDiffFields, all_that_trembles_is_named_and_compared_on_demand) {
    Side a("a"), b("b");
    for (const int step : {0, 1}) {
        const Duration at = Seconds(step);
        a.add(status(at, {{"volts", std::to_string(50 + step)}, {"amperes", std::to_string(step)}}));
        b.add(status(at, {{"volts", std::to_string(51 + step)}, {"amperes", std::to_string(1 + step)}}));
    }
    EXPECT_THAT(difference(a, b, false),
                HasSubstr("left out (--all shows it): 83 83 status, volts; 83 83 status, amperes\n"));
    EXPECT_THAT(difference(a, b, true),
                AllOf(HasSubstr("volts: 50, 51 -> 51, 52\n"), HasSubstr("amperes: 0, 1 -> 1, 2\n"),
                      Not(HasSubstr("left out"))));
}

TEST(CaptureDiffFields, a_byte_that_stops_changing_is_told_bit_by_bit) {
    EXPECT_THAT(difference(side_of_bytes("a", {{0x5C, 0x00}, {0x5C, 0x01}, {0x5C, 0x02}}),
                           side_of_bytes("b", {{0x5C, 0x01}}), false),
                HasSubstr("byte 1: 00, 01, 02 -> 01  (bit 0: changes -> 1, bit 1: changes -> 0)\n"));
}

TEST(CaptureDiffFields, values_that_differ_while_every_bit_changes_on_both_sides_name_no_bit) {
    EXPECT_THAT(difference(side_of_bytes("a", {{0x5C, 0x00}, {0x5C, 0x03}}),
                           side_of_bytes("b", {{0x5C, 0x01}, {0x5C, 0x02}}), false),
                HasSubstr("byte 1: 00, 03 -> 01, 02\n"));
}

TEST(CaptureDiffFields, several_lengths_of_a_kind_are_listed) {
    EXPECT_THAT(difference(side_of_bytes("a", {{0x5C, 0x00}, {0x5C, 0x00, 0x00}}),
                           side_of_bytes("b", {{0x5C, 0x00}}), false),
                HasSubstr("bytes in the payload: 2, 3 -> 2\n"));
}

TEST(CaptureDiffFields, one_silent_side_is_enough_for_nothing_to_compare) {
    const auto heard = side_of("heard", {"1"});
    EXPECT_THAT(difference(heard, Side("silent"), false), HasSubstr("nothing to compare"));
    EXPECT_THAT(difference(Side("silent"), heard, false), HasSubstr("nothing to compare"));
}

TEST(CaptureDiffFields, what_an_interface_says_has_no_sender) {
    Side a("a"), b("b");
    a.add({.at = 1s, .kind = "lines", .known = true, .payload = {0xFF}, .fields = {{"byte_1", "0xFF"}}});
    b.add(status(1s, {{"level", "1"}}));
    EXPECT_THAT(difference(a, b, false), HasSubstr("  lines: only in A, 1 frames\n"));
}

TEST(CaptureDiffFields, noise_of_ever_new_kinds_does_not_fill_the_memory_and_hides_no_known_one) {
    Side side("noise");
    for (std::size_t i = 0; i < max_groups + 50; ++i) {
        side.add({.at = 1s, .kind = "unknown " + std::to_string(i), .payload = {0x5C}});
    }
    EXPECT_EQ(side.kinds.size(), max_groups);
    EXPECT_EQ(side.frames, max_groups);
    side.add({.at = 2s, .kind = "unknown 0", .payload = {0x5C}});
    EXPECT_EQ(side.frames, max_groups + 1);
    side.add({.at = 3s, .kind = "rejected", .wire = {0x83}, .rejected = "cut short"});
    EXPECT_EQ(side.frames, max_groups + 1) << "bytes that are no frame belong to no side";
}

} // namespace
} // namespace bms::capture
