// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// When the link may send, condition by condition, and when it stops for good. No simulator: the bytes are set
// by hand.
#include "bms/vebus/rs485_link.hpp"

#include <gmock/gmock.h>

#include <random>

namespace bms::vebus {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr Instant start = Instant(1h);

/// A bus whose every frame the test writes itself.
struct Hand {
    explicit Hand(LinkSettings settings = {.transmit = true}) : link(settings) {
        link.want(Wanted{.mode = SwitchState::off, .insist = true});
    }

    Bytes frame(const Message& message, Address from = multi_address) {
        number = next_number(number);
        return encode({.from = from, .number = number, .message = message});
    }
    void hear(const Bytes& bytes) { link.receive(bytes, now); }
    void sync() { hear(frame(Sync{})); }
    /// n syncs, 20 ms apart; now is the instant of the last one.
    void syncs(int n) {
        for (int i = 0; i < n; ++i) {
            now += 20ms;
            sync();
        }
    }
    Bytes poll() { return link.poll(now); }
    /// Through the next slots until something is sent.
    Bytes next_sent() {
        for (int i = 0; i < 200; ++i) {
            syncs(1);
            if (Bytes wire = poll(); !wire.empty()) {
                number = wire[3];
                return wire;
            }
        }
        return {};
    }

    Rs485Link link;
    Instant now = start;
    std::uint8_t number = 0;
};

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
    hand.link.want(Wanted{.mode = SwitchState::off, .charge = ChargeOrder::stop, .insist = true});
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
    hand.link.want(Wanted{.mode = SwitchState::off, .charge = ChargeOrder::stop});
    hand.next_sent(); // the mode
    const auto frame = std::get<Frame>(decode(hand.next_sent()));
    const std::uint8_t id = std::get<ReadSetting>(frame.message).id;
    hand.hear(hand.frame(SettingValue{.id = 0xE6, .value = 1})); // to another master
    EXPECT_EQ(hand.link.status().statistics.acknowledged, 0U);
    hand.hear(hand.frame(SettingValue{.id = id, .value = 1}));
    EXPECT_EQ(hand.link.status().statistics.acknowledged, 1U);
}

TEST(VebusListenOnly, TwoEchoMismatchesInARow) {
    Hand hand;
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(hand.link.status().listen_only_reason, "");
        Bytes wire = hand.next_sent();
        ASSERT_FALSE(wire.empty());
        wire[5] ^= 0x01;
        hand.hear(wire);
    }
    EXPECT_THAT(hand.link.status().listen_only_reason, HasSubstr("came back different"));
    EXPECT_EQ(hand.link.status().statistics.echo_mismatches, 2U);
    EXPECT_THAT(hand.next_sent(), IsEmpty());
    hand.link.resume();
    EXPECT_FALSE(hand.next_sent().empty());
}

TEST(VebusListenOnly, AnEchoThatFailsToAppearCountsWhereEchoesWereSeen) {
    Hand hand;
    hand.hear(hand.next_sent());
    EXPECT_EQ(hand.link.status().statistics.echoes, 1U);
    hand.next_sent();
    hand.next_sent();
    hand.syncs(1);
    EXPECT_THAT(hand.link.status().listen_only_reason, HasSubstr("came back different"));
}

TEST(VebusListenOnly, AGoodEchoForgivesTheMismatchBeforeIt) {
    Hand hand;
    for (int i = 0; i < 5; ++i) {
        Bytes broken = hand.next_sent();
        broken[5] ^= 0x01;
        hand.hear(broken);
        hand.hear(hand.next_sent());
    }
    EXPECT_EQ(hand.link.status().statistics.echo_mismatches, 5U);
    EXPECT_EQ(hand.link.status().listen_only_reason, "");
}

TEST(VebusListenOnly, NoEchoAtAllIsFine) {
    Hand hand;
    for (int i = 0; i < 10; ++i) {
        EXPECT_FALSE(hand.next_sent().empty());
    }
    EXPECT_EQ(hand.link.status().statistics.echo_mismatches, 0U);
}

TEST(VebusListenOnly, AStormOfBrokenFrames) {
    Hand hand;
    hand.syncs(3);
    for (int i = 0; i < 30; ++i) {
        hand.hear(Bytes{1, 2, 3, 4, 5, 6, 7, 8, 0xFF});
    }
    EXPECT_THAT(hand.link.status().listen_only_reason, HasSubstr("more broken than good"));
    EXPECT_THAT(hand.next_sent(), IsEmpty());
}

TEST(VebusListenOnly, AnotherBmsOnTheBus) {
    Hand hand;
    hand.hear(hand.frame(DeviceInfo{.type = device_bms, .version = 1146100}));
    EXPECT_THAT(hand.link.status().listen_only_reason, HasSubstr("1146100"));
    EXPECT_THAT(hand.next_sent(), IsEmpty());
}

TEST(VebusListenOnly, ADeviceOfUnknownAddressUnlessItIsAllowed) {
    for (const bool allowed : {false, true}) {
        Hand hand({.transmit = true, .several_units = allowed});
        for (int i = 0; i < 3; ++i) {
            hand.hear(hand.frame(Unknown{{0x38, 0x01}}, {0x84, 0x83}));
        }
        EXPECT_EQ(hand.next_sent().empty(), !allowed);
    }
}

TEST(VebusListenOnly, BrokenAddressesAreNoDevices) { // the checksum does not cover the address
    Hand hand;
    for (std::uint8_t i = 0; i < 100; ++i) {
        hand.hear(hand.frame(AcPhase{}, {i, 0x83}));
    }
    EXPECT_EQ(hand.link.status().listen_only_reason, "");
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
