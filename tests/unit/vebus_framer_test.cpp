// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/framer.hpp"

#include <gtest/gtest.h>

#include <random>

namespace bms::vebus {
namespace {

Frame sync_frame(std::uint8_t number) {
    return {
        .from = multi_address, .number = number, .message = Sync{.status = 0x51, .timestamp_90us = 0xFFFE}};
}

Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

TEST(VebusFramer, FindsTheSameFramesInAnyChunking) {
    std::mt19937 random(7);
    Bytes stream;
    std::vector<Frame> sent;
    for (int i = 0; i < 500; ++i) {
        Bytes payload(1 + random() % 20);
        for (auto& byte : payload) {
            byte = static_cast<std::uint8_t>(random());
        }
        sent.push_back({.from = multi_address,
                        .number = static_cast<std::uint8_t>(i % frame_numbers),
                        .message = decode_payload(payload)});
        stream = stream + encode(sent.back());
    }
    for (int round = 0; round < 20; ++round) {
        Framer framer;
        std::vector<Frame> found;
        for (std::size_t at = 0; at < stream.size();) {
            const std::size_t size = std::min<std::size_t>(1 + random() % 40, stream.size() - at);
            for (const auto& item : framer.push(ByteView(stream).subspan(at, size))) {
                found.push_back(std::get<Frame>(item.decoded));
            }
            at += size;
        }
        ASSERT_EQ(found, sent);
        EXPECT_EQ(framer.counters().frames, sent.size());
        EXPECT_EQ(framer.counters().garbage_bytes, 0U);
    }
}

TEST(VebusFramer, GarbageBeforeAFrameCostsThatFrameOnly) {
    Framer framer;
    const auto items = framer.push(Bytes{0x12, 0x34, 0x83} + encode(sync_frame(1)) + encode(sync_frame(2)));
    ASSERT_EQ(items.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<Reject>(items[0].decoded));
    EXPECT_EQ(std::get<Frame>(items[1].decoded), sync_frame(2));
    EXPECT_EQ(framer.counters().garbage_bytes, 3U + encode(sync_frame(1)).size());
}

TEST(VebusFramer, ATruncatedFrameIsNotGluedToTheNext) {
    Framer framer;
    Bytes first = encode(sync_frame(1));
    first.erase(first.end() - 4, first.end());
    const auto items = framer.push(first + encode(sync_frame(2)) + encode(sync_frame(3)));
    ASSERT_EQ(items.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<Reject>(items[0].decoded));
    EXPECT_EQ(std::get<Frame>(items[1].decoded), sync_frame(3));
}

TEST(VebusFramer, EndlessGarbageIsBoundedCountedAndForgottenAtTheNextEnd) {
    Framer framer;
    EXPECT_TRUE(framer.push(Bytes(100000, 0x11)).empty());
    const auto items = framer.push(Bytes{0xFF} + encode(sync_frame(1)));
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(std::get<Reject>(items[0].decoded), Reject::too_long);
    EXPECT_EQ(items[0].wire.size(), max_frame_bytes);
    EXPECT_EQ(std::get<Frame>(items[1].decoded), sync_frame(1));
    EXPECT_EQ(framer.counters().rejected_as(Reject::too_long), 1U);
    EXPECT_EQ(framer.counters().garbage_bytes, 100001U);
}

TEST(VebusFramer, CountsByReason) {
    Framer framer;
    Bytes broken = encode(sync_frame(1));
    broken[5] ^= 0x10;
    framer.push(broken);
    framer.push(Bytes{0x00, 0xFB, 0x40, 0x3F, 0xFF});
    framer.push(Bytes{0xFF, 0xFF});
    EXPECT_EQ(framer.counters().rejected_as(Reject::bad_checksum), 1U);
    EXPECT_EQ(framer.counters().rejected_as(Reject::too_short), 1U)
        << "an FF alone is no frame, broken or not";
    EXPECT_EQ(framer.counters().garbage_bytes, broken.size() + 5 + 2);
}

TEST(VebusFramer, AFrameFromAnUnknownAddressIsGivenAndCounted) {
    Framer framer;
    const auto items = framer.push(encode({.from = {0x42, 0x01}, .number = 3, .message = Unknown{{0x38}}}));
    ASSERT_EQ(items.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<Frame>(items[0].decoded));
    EXPECT_EQ(framer.counters().unknown_address, 1U);
}

TEST(VebusFramer, KnowsWhetherAnythingWasHeardSinceTheLastFrame) {
    Framer framer;
    EXPECT_FALSE(framer.at_frame_end());
    framer.push(encode(sync_frame(1)));
    EXPECT_TRUE(framer.at_frame_end());
    framer.push(Bytes{0x83});
    EXPECT_FALSE(framer.at_frame_end());
    framer.push(Bytes{0xFF});
    EXPECT_FALSE(framer.at_frame_end()) << "the end of something broken is not the end of a frame";
}

} // namespace
} // namespace bms::vebus
