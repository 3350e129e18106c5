// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// When the link may send, condition by condition.
#include "unit/vebus_hand.hpp"

#include <gmock/gmock.h>

#include <random>

namespace bms::vebus {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(VebusSendRule, ThreeCleanSyncsInARowAndNotOneLess) {
    Hand hand;
    hand.syncs(2);
    EXPECT_THAT(hand.poll(), IsEmpty());
    hand.syncs(1);
    EXPECT_FALSE(hand.poll().empty());
}

TEST(VebusSendRule, OurFrameHasTheLastNumberPlusOneAlsoOverTheEnd) {
    for (const int last : {5, 126, 127}) {
        Hand hand;
        hand.number = static_cast<std::uint8_t>(last - 3);
        hand.syncs(3);
        ASSERT_EQ(hand.number, last);
        EXPECT_EQ(hand.poll().at(3), (last + 1) % 128);
    }
}

TEST(VebusSendRule, AStaleSyncOpensNoSlot) {
    Hand hand;
    hand.syncs(3);
    hand.now += 10ms;
    EXPECT_THAT(hand.poll(), IsEmpty());
    hand.now += 10ms;
    hand.sync();
    hand.now += 9999us;
    EXPECT_FALSE(hand.poll().empty());
    EXPECT_EQ(hand.link.status().statistics.missed_slots, 1U);
}

TEST(VebusSendRule,
     WhatBecomesDueAfterTheSyncWaitsForTheNextOne) { // its age is unknown by an adapter's jitter
    Hand hand;
    hand.link.want(std::nullopt);
    hand.syncs(3);
    ASSERT_THAT(hand.poll(), IsEmpty()) << "nothing to say";
    hand.now += 5ms;
    hand.link.want(Wanted{});
    EXPECT_THAT(hand.poll(), IsEmpty()) << "with 8 ms of jitter this would be 13 ms after the sync";
    hand.now += 15ms;
    hand.sync();
    EXPECT_FALSE(hand.poll().empty());
    EXPECT_EQ(hand.link.status().statistics.missed_slots, 0U);
}

TEST(VebusSendRule, AnyByteAfterTheSyncClosesTheSlot) {
    for (const Bytes& after : {Bytes{0x83}, Bytes{0xFF}, Bytes{0x00, 0xFB}}) {
        Hand hand;
        hand.syncs(3);
        hand.hear(after);
        EXPECT_THAT(hand.poll(), IsEmpty());
    }
}

TEST(VebusSendRule, AFrameAfterTheSyncClosesTheSlot) {
    Hand hand;
    hand.syncs(3);
    hand.hear(hand.frame(AcPhase{}));
    EXPECT_THAT(hand.poll(), IsEmpty());
}

TEST(VebusSendRule, ABrokenFrameStartsTheCountOfCleanSyncsAnew) {
    Hand hand;
    hand.syncs(2);
    hand.hear(Bytes{1, 2, 3, 4, 5, 6, 7, 8, 0xFF});
    hand.syncs(2);
    EXPECT_THAT(hand.poll(), IsEmpty());
    hand.syncs(1);
    EXPECT_FALSE(hand.poll().empty());
}

TEST(VebusSendRule, ABacklogReadAtOnceOpensNoSlot) {
    Hand hand;
    Bytes backlog;
    for (int i = 0; i < 10; ++i) {
        const Bytes one = hand.frame(Sync{});
        backlog.insert(backlog.end(), one.begin(), one.end());
    }
    hand.hear(backlog);
    EXPECT_THAT(hand.poll(), IsEmpty());
}

TEST(VebusSendRule, ASyncFromAnotherAddressOpensNoSlot) {
    Hand hand;
    hand.syncs(3);
    hand.hear(hand.frame(Sync{}, {0x42, 0x01}));
    EXPECT_THAT(hand.poll(), IsEmpty());
}

TEST(VebusSendRule, OneFrameASyncAndNotEverySync) {
    Hand hand;
    hand.pass_checks();
    hand.link.want(Wanted{.mode = SwitchState::charger_only, .charge = ChargeOrder::stop, .insist = true});
    hand.syncs(3);
    EXPECT_FALSE(hand.poll().empty());
    EXPECT_THAT(hand.poll(), IsEmpty());
    hand.number = next_number(hand.number);
    hand.syncs(1);
    EXPECT_THAT(hand.poll(), IsEmpty());
    hand.syncs(1);
    EXPECT_FALSE(hand.poll().empty()) << "the charge stop waits for its own slot";
}

TEST(VebusSendRule, SendingSwitchedOffSendsNothing) {
    Hand hand({.transmit = false});
    EXPECT_THAT(hand.next_sent(), IsEmpty());
    EXPECT_THAT(hand.link.status().listen_only_reason, HasSubstr("configuration"));
}

TEST(VebusLinkReply, OnlyTheIdThatWasAskedWithCounts) {
    Hand hand;
    hand.pass_checks();
    hand.link.want(Wanted{.mode = SwitchState::off, .charge = ChargeOrder::stop});
    Message order = hand.next_order();
    while (std::holds_alternative<SwitchCommand>(order)) {
        order = hand.next_order();
    }
    const std::uint8_t id = std::get<ReadSetting>(order).id;
    hand.hear(hand.frame(SettingValue{.id = 0xE6, .value = 1})); // to another master
    EXPECT_EQ(hand.link.status().statistics.acknowledged, 0U);
    hand.hear(hand.frame(SettingValue{.id = id, .value = 1}));
    EXPECT_EQ(hand.link.status().statistics.acknowledged, 1U);
    EXPECT_EQ(hand.link.status().statistics.round_trip.count, 1U);
}

/// Watches a link from outside and knows of each byte given to it whether a slot can be open.
struct Watcher {
    Framer framer;
    Instant last_sync = Instant::min();
    bool sync_last = false;
    std::uint8_t number = 0;

    void hear(ByteView bytes, Instant now) {
        for (const std::uint8_t byte : bytes) {
            const auto items = framer.push(ByteView(&byte, 1));
            sync_last = false;
            for (const auto& item : items) {
                if (const auto* frame = std::get_if<Frame>(&item.decoded)) {
                    number = frame->number;
                    sync_last = frame->from == multi_address && std::holds_alternative<Sync>(frame->message);
                    last_sync = sync_last ? now : last_sync;
                }
            }
        }
    }
};

Bytes noise(std::mt19937& random, std::uint8_t& number) {
    const auto choice = random() % 16;
    number = static_cast<std::uint8_t>(choice == 0 ? random() % frame_numbers : next_number(number));
    Bytes wire = encode({.from = multi_address, .number = number, .message = Sync{}});
    if (choice == 1) {
        wire = encode({.from = multi_address, .number = number, .message = AcPhase{}});
    } else if (choice == 2) {
        wire[random() % wire.size()] = static_cast<std::uint8_t>(random());
    } else if (choice == 3) {
        wire = Bytes(wire.begin(), wire.begin() + static_cast<long>(random() % wire.size()));
    } else if (choice == 4) {
        wire.push_back(static_cast<std::uint8_t>(random()));
    }
    return wire;
}

TEST(VebusSendRule, HoldsForEveryFrameSentInARandomStream) {
    std::size_t sent = 0;
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        std::mt19937 random(seed);
        Hand hand;
        Watcher watcher;
        Instant last_sent = Instant::min();
        for (int i = 0; i < 5000; ++i) {
            hand.now += random() % 4 == 0 ? Duration(random() % 40000) : Duration(20ms);
            const Bytes bytes = noise(random, hand.number);
            hand.hear(bytes);
            watcher.hear(bytes, hand.now);
            hand.now += Duration(random() % 12000);
            hand.link.resume(); // storms are not what this is about
            const Bytes wire = hand.poll();
            if (wire.empty()) {
                continue;
            }
            ++sent;
            hand.number = wire[3];
            ASSERT_TRUE(watcher.sync_last) << "seed " << seed << ", step " << i;
            ASSERT_LT(hand.now - watcher.last_sync, Duration(10ms));
            ASSERT_EQ(wire[3], next_number(watcher.number));
            ASSERT_NE(watcher.last_sync, last_sent) << "two frames in one slot";
            last_sent = watcher.last_sync;
            ASSERT_TRUE(std::holds_alternative<Frame>(decode(wire)));
        }
    }
    EXPECT_GT(sent, 100U) << "a link that never sends keeps every rule";
}

} // namespace
} // namespace bms::vebus
