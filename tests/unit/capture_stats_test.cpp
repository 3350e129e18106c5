// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "capture_samples.hpp"

#include "bms/capture/stats.hpp"

#include <gmock/gmock.h>

namespace bms::capture {
namespace {

using test::bytes;
using test::header;
using test::InventedBus;
using ::testing::HasSubstr;

TEST(CapturePeriods, the_middle_the_shortest_and_the_longest_are_kept) {
    Periods periods;
    for (const auto at : {0ms, 20ms, 40ms, 61ms, 161ms}) {
        periods.event(at);
    }
    EXPECT_EQ(periods.count(), 4U);
    EXPECT_EQ(periods.p50(), 20ms);
    EXPECT_EQ(periods.shortest(), 20ms);
    EXPECT_EQ(periods.longest(), 100ms);
    periods.interrupt();
    periods.event(1h);
    EXPECT_EQ(periods.count(), 4U);
    EXPECT_EQ(periods.longest(), 100ms);
}

TEST(CapturePeriods, the_middle_is_found_among_unlike_intervals_and_rounded_down) {
    Periods quick, slow;
    for (const auto at : {0ms, 10ms, 30ms, 60ms}) {
        quick.event(at);
    }
    EXPECT_EQ(quick.p50(), 20ms);
    for (const auto at : {0s, 2'099s}) {
        slow.event(at);
    }
    EXPECT_EQ(slow.p50(), 2'000s);
    EXPECT_EQ(slow.longest(), 2'099s);
    EXPECT_EQ(Periods().p50(), 0s) << "nothing came";
}

// M51
TEST(CaptureStats, a_clean_bus_is_said_to_be_as_expected_and_the_stranger_comes_first) {
    Stats stats(header);
    InventedBus bus;
    for (const auto& chunk : bus.run(3s, 0x01)) {
        stats.add(chunk);
    }
    stats.add(Mark{bus.now, "done"});
    EXPECT_EQ(
        stats.text(),
        R"(capture  wire vebus, 256000 baud, port /dev/ttyTest, started 2026-11-24T00:18:12Z, recorded by vebus-bms 0.1.0
length   3.0 s, 1 marks, 1805 bytes in 180 reads, line load 2.4 %
frames   180 good, 0 rejected, 0.00 % of the bytes in no good frame
numbers  0 gaps, 0 frames or more missed in them
syncs    50.00 a second, 50 to 50 in one; as expected (50 +-1)

from   kind                    count  p50 ms   min ms    max ms  payload bytes
4B 1E  unknown 5C                 30   100.0    100.0     100.0  4
83 83  sync                      150    20.0     20.0      20.0  4
)");
}

TEST(CaptureStats, rejects_gaps_and_a_wrong_rate_are_counted) {
    Stats stats(header);
    for (int i = 0; i < 5; ++i) {
        const vebus::Frame sync{.from = vebus::multi_address,
                                .number = static_cast<std::uint8_t>((126 + 3 * i) % 128),
                                .message = vebus::Sync{0x51, 1}};
        stats.add(Chunk{i * 1s, vebus::encode(sync)});
    }
    stats.add(Chunk{5s, bytes("83 83 FE 05 38 01 C0 C1 45 FF 83 FF")});
    EXPECT_EQ(stats.rejects(), 2U);
    const auto text = stats.text();
    EXPECT_THAT(
        text,
        HasSubstr("frames   5 good, 2 rejected, 19.35 % of the bytes in no good frame\n"
                  "         rejected: 1 x checksum is wrong\n"
                  "         rejected: 1 x too short for a frame\n"
                  "numbers  4 gaps, 8 frames or more missed in them\n"
                  "syncs    1.00 a second, 1 to 1 in one; NOT as expected (50 +-1, where mains has 60 Hz "
                  "60 +-1)\n"));
}

TEST(CaptureStats, syncs_at_60_hz_mains_are_as_expected_too) {
    Stats stats(header);
    for (int i = 0; i < 180; ++i) {
        const vebus::Frame sync{.from = vebus::multi_address,
                                .number = static_cast<std::uint8_t>(i % 128),
                                .message = vebus::Sync{0x51, 1}};
        stats.add(Chunk{i * 16667us, vebus::encode(sync)});
    }
    EXPECT_THAT(stats.text(), HasSubstr("as expected where mains has 60 Hz (60 +-1)\n"));
}

TEST(CaptureStats, an_empty_capture_has_figures_too) {
    EXPECT_THAT(Stats(header).text(), HasSubstr("line load ? %"));
}

TEST(CaptureStats, noise_with_lucky_checksums_does_not_fill_the_memory) {
    Stats stats(header);
    for (unsigned i = 0; i < 1000; ++i) {
        const vebus::Frame frame{
            .from = {static_cast<std::uint8_t>(i / 250), static_cast<std::uint8_t>(i % 250)},
            .number = 0,
            .message = vebus::Unknown{{0x5C}}};
        stats.add(Chunk{Millis(i), vebus::encode(frame)});
    }
    EXPECT_EQ(stats.frames(), 1000U);
    EXPECT_EQ(stats.unknown_groups(), max_groups);
    EXPECT_THAT(stats.text(), HasSubstr("744 frames of further kinds are not listed"));
    const vebus::Frame again{.from = {0, 0}, .number = 1, .message = vebus::Unknown{{0x5C, 0x01}}};
    stats.add(Chunk{1s, vebus::encode(again)});
    const auto text = stats.text();
    EXPECT_THAT(text, HasSubstr("744 frames of further kinds")) << "a kind that is listed goes on counting";
    EXPECT_THAT(text, HasSubstr("  1, 2\n")) << "with each of its lengths";
}

} // namespace
} // namespace bms::capture
