// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a capture seldom holds: fields of one side only, crowds of values and of devices, marks in the text.
#include "capture_samples.hpp"

#include "bms/capture/diff.hpp"
#include "bms/capture/stats.hpp"

#include <gmock/gmock.h>

namespace bms::capture {
namespace {

using test::bytes;
using test::header;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// One frame as heard, with fields of its own.
Heard heard(Duration at, const std::string& kind, const std::vector<vebus::Field>& fields,
            std::optional<vebus::Address> from = std::nullopt) {
    Heard h;
    h.at = at;
    h.from = from;
    h.kind = kind;
    h.known = true;
    h.payload = {0x01};
    h.fields = fields;
    return h;
}

vebus::Field text_field(const std::string& name, const std::string& value) {
    return {.name = name, .value = value};
}

/// Frames of one kind, a second apart, whose field has these values.
Side side_with(const std::string& field, const std::vector<std::string>& values) {
    Side side("side");
    Duration at{};
    for (const std::string& value : values) {
        side.add(heard(at += 1s, "report", {text_field(field, value)}));
    }
    return side;
}

std::vector<std::string> numbered(const std::string& before, int from, int count, const std::string& after) {
    std::vector<std::string> values;
    for (int i = from; i < from + count; ++i) {
        values.push_back(before + std::to_string(i) + after);
    }
    return values;
}

TEST(CaptureDiff, AFieldOfOneSideOnlyIsTold) {
    const Side a = side_with("state", {"on"}), b = side_with("phase", {"1"});
    EXPECT_THAT(difference(a, b, false), HasSubstr("  report, state: only in A\n"));
    EXPECT_THAT(difference(a, b, false), HasSubstr("  report, phase: only in B\n"));
}

TEST(CaptureDiff, ManyValuesAreNotListed) {
    const auto many = side_with("count", numbered("", 0, 40, ""));
    EXPECT_THAT(difference(many, side_with("count", {"7"}), false),
                HasSubstr("report, count: more than 32 values -> 7\n"));
    EXPECT_THAT(difference(many, side_with("count", numbered("", 100, 40, "")), false),
                HasSubstr("left out (--all shows it): report, count"))
        << "both count: they need not have met at a value";
    EXPECT_THAT(difference(many, many, true), HasSubstr("more than 32 values -> more than 32 values"))
        << "whether they are the same values nobody has kept";
}

TEST(CaptureDiff, RangesThatMeetAreNoiseAndWordsHaveNoRange) {
    const auto volts = [](int from) { return side_with("voltage", numbered("", from, 2, ".5 V")); };
    EXPECT_THAT(difference(side_with("voltage", {"10 V", "20 V"}), volts(12), false), HasSubstr("left out"));
    EXPECT_THAT(difference(volts(12), side_with("voltage", {"10 V", "20 V"}), false), HasSubstr("left out"));
    EXPECT_THAT(difference(volts(10), volts(20), false), HasSubstr("10.5 V, 11.5 V -> 20.5 V, 21.5 V"));
    EXPECT_THAT(difference(volts(20), volts(10), false), HasSubstr("20.5 V, 21.5 V -> 10.5 V, 11.5 V"));
    EXPECT_THAT(difference(side_with("mode", {"on", "off"}), side_with("mode", {"bulk", "float"}), false),
                HasSubstr("off, on -> bulk, float"));
    EXPECT_THAT(difference(volts(10), side_with("voltage", {"10volts", "11volts"}), false),
                Not(HasSubstr("left out")))
        << "a number is a whole word";
    EXPECT_THAT(difference(side_with("mode", {"on", "off"}), side_with("mode", {"on"}), false),
                HasSubstr("off, on -> on"));
}

TEST(CaptureDiff, WhatIsLeftOutIsListedOnce) {
    Side a("a"), b("b");
    for (int i = 0; i < 4; ++i) {
        const auto of = [&](int n) {
            return std::vector{text_field("volts", std::to_string(n)), text_field("amps", std::to_string(n))};
        };
        a.add(heard(Seconds(i), "report", of(i)));
        b.add(heard(Seconds(i), "report", of(i + 1)));
    }
    EXPECT_THAT(difference(a, b, false),
                HasSubstr("left out (--all shows it): report, volts; report, amps\n"));
}

TEST(CaptureDiff, OneSideWithoutFramesIsEnoughToCompareNothing) {
    const Side some = side_with("state", {"on"});
    EXPECT_THAT(difference(some, Side("b"), false), HasSubstr("nothing to compare"));
    EXPECT_THAT(difference(Side("a"), some, false), HasSubstr("nothing to compare"));
}

TEST(CaptureDiff, MoreThanOneBitAndDifferentBytesAreTold) {
    const auto side = [](const std::string& payload) {
        Side s("side");
        Heard h;
        h.kind = "unknown 5C";
        h.payload = bytes(payload);
        s.add(h);
        return s;
    };
    EXPECT_THAT(difference(side("5C 03"), side("5C 00"), false),
                HasSubstr("byte 1: 03 -> 00  (bit 0: 1 -> 0, bit 1: 1 -> 0)"));
}

TEST(CaptureDiff, ACrowdOfDevicesIsCountedNoFurtherThanTheLimit) {
    Side side("crowd");
    for (unsigned i = 0; i < 2 * max_groups; ++i) {
        side.add(heard(Seconds(i), "kind " + std::to_string(i), {}));
        side.add(heard(Seconds(i), "kind 0", {}));
    }
    EXPECT_EQ(side.kinds.size(), max_groups);
    EXPECT_EQ(side.frames, 3 * max_groups) << "those that are known are counted on";
}

TEST(CaptureText, AMarkStandsBetweenTheFrames) {
    EXPECT_EQ(line_of_text(Mark{1500ms, "low cell open"}), "---- 1.500000 mark: low cell open ----\n");
    EXPECT_EQ(line_of(Mark{1500ms, "low cell open"}), "1500000 mark low cell open\n");
    EXPECT_EQ(line_of(Chunk{.at = 2s, .bytes = {0x83, 0xFF}}), "2000000 83 FF\n");
}

TEST(CaptureText, AVeryLateFrameMovesTheColumns) {
    Heard h = heard(Seconds(1'000'000), "report", {});
    EXPECT_THAT(line_of_text(h), testing::StartsWith("1000000.000000  "));
}

TEST(CaptureFilter, AKindIsAlsoTheFirstByteOfAFrame) {
    Heard h = heard(1s, "sync", {});
    EXPECT_TRUE(passes(h, {.kind = "01"}));
    h.payload.clear();
    EXPECT_FALSE(passes(h, {.kind = "01"})) << "a broken one has no payload";
}

TEST(CaptureFormat, AHeaderWantsEachOfItsWords) {
    const auto wrong = [](const std::string& first_line) {
        Parser parser;
        parser.push(first_line + "\n");
        return parser.error().value_or("");
    };
    for (const auto* line : {
             "vebus-bms-capture 1 wire=can baud=256000 started=x program=y port=z",
             "vebus-bms-capture 1 wire=mk3 baud=0 started=x program=y port=z",
             "vebus-bms-capture 1 wire=mk3 baud=256k started=x program=y port=z",
             "vebus-bms-capture 1 wire=mk3 baud=99999999999 started=x program=y port=z",
             "vebus-bms-capture 1 wire=mk3 baud=2400 program=y port=z",
             "vebus-bms-capture 1 wire=mk3 baud=2400 started=x port=z",
             "vebus-bms-capture 1 wire=mk3 baud=2400 started=x program=y",
         }) {
        EXPECT_THAT(wrong(line), HasSubstr("the header wants")) << line;
    }
    EXPECT_THAT(wrong("vebus-bms-capture 1 wire=mk3 baud=2400 started=x program=y port=z"), IsEmpty());
}

} // namespace
} // namespace bms::capture
