// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// When the raw link stops sending, and when it begins again; who else may talk.
#include "unit/vebus_hand.hpp"

#include <gmock/gmock.h>

namespace bms::vebus {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

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

TEST(VebusReports, WhatAMultiSaysOfItsBatteryAndItsRelayIsTold) {
    Hand hand;
    hand.syncs(1);
    hand.hear(hand.frame(Condition{.ac_relay = 0}));
    EXPECT_EQ(hand.link.status().mains_present, true);
    hand.hear(hand.frame(Condition{.ac_relay = 7}));
    EXPECT_EQ(hand.link.status().mains_present, std::nullopt) << "a value that nobody has explained";
    hand.hear(hand.frame(DcInfo{.voltage_10mv = 2655}));
    EXPECT_NEAR(hand.link.status().dc_voltage_v.value_or(0), 26.55, 1e-9);
}

TEST(VebusReports, TheOwnerSaysHowOftenAModeIsRepeated) {
    Hand hand;
    hand.link.repeat_mode_every(4s);
    hand.pass_checks();
    int modes = 0;
    for (const Instant end = hand.now + 20s; hand.now < end;) {
        hand.syncs(1);
        if (const Bytes wire = hand.poll(); !wire.empty()) {
            hand.number = wire[3];
            modes += std::holds_alternative<SwitchCommand>(std::get<Frame>(decode(wire)).message) ? 1 : 0;
        }
    }
    EXPECT_NEAR(modes, 5, 1);
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

TEST(VebusListenOnly, AStormEndsByItselfOnceTheBusWasCleanForAMinuteThenForTwo) {
    Hand hand;
    const auto storm = [&hand] {
        hand.syncs(3);
        for (int i = 0; i < 200 && hand.link.status().listen_only == ListenOnly::no; ++i) {
            hand.hear(Bytes{1, 2, 3, 4, 5, 6, 7, 8, 0xFF});
        }
        ASSERT_EQ(hand.link.status().listen_only, ListenOnly::storm);
    };
    for (const int minutes : {1, 2, 4}) {
        storm();
        hand.syncs(minutes * 60 * 50 - 100);
        EXPECT_EQ(hand.link.status().listen_only, ListenOnly::storm) << minutes;
        hand.syncs(200);
        EXPECT_EQ(hand.link.status().listen_only, ListenOnly::no) << minutes;
        EXPECT_FALSE(hand.next_sent().empty());
    }
}

TEST(VebusListenOnly, AfterACollisionThatHasEndedTheCountOfMismatchesStartsAnew) {
    Hand hand;
    const auto collide = [&hand] {
        Bytes wire = hand.next_sent();
        ASSERT_FALSE(wire.empty());
        wire[5] ^= 0x01;
        hand.hear(wire);
    };
    collide();
    collide();
    EXPECT_EQ(hand.link.status().listen_only, ListenOnly::echo_mismatch);
    hand.syncs(62 * 50);
    EXPECT_EQ(hand.link.status().listen_only, ListenOnly::no);
    collide();
    EXPECT_EQ(hand.link.status().listen_only, ListenOnly::no);
    collide();
    EXPECT_EQ(hand.link.status().listen_only, ListenOnly::echo_mismatch);
}

TEST(VebusListenOnly, ABusThatGoesOnBeingBrokenIsNotSentOnAgain) {
    Hand hand;
    hand.syncs(3);
    hand.hear_all(Sync{}, 3);
    for (int second = 0; second < 180; ++second) {
        for (int i = 0; i < 30; ++i) {
            hand.hear(Bytes{1, 2, 3, 4, 5, 6, 7, 8, 0xFF});
        }
        hand.syncs(20);
        hand.now += 600ms;
    }
    EXPECT_EQ(hand.link.status().listen_only, ListenOnly::storm);
}

TEST(VebusListenOnly, ASilentBusIsNotACleanOne) {
    Hand hand;
    hand.syncs(3);
    for (int i = 0; i < 30; ++i) {
        hand.hear(Bytes{1, 2, 3, 4, 5, 6, 7, 8, 0xFF});
    }
    hand.now += 5min;
    hand.syncs(3);
    EXPECT_EQ(hand.link.status().listen_only, ListenOnly::storm);
}

TEST(VebusListenOnly, AnotherBmsStaysAReasonUntilTheOwnersWord) {
    Hand hand;
    hand.hear(hand.frame(DeviceInfo{.type = device_bms, .version = 1146100}, {0x42, 0x01}));
    EXPECT_EQ(hand.link.status().listen_only, ListenOnly::foreign_bms) << "its address is not known";
    hand.syncs(2 * 3600 * 50);
    EXPECT_EQ(hand.link.status().listen_only, ListenOnly::foreign_bms);
    hand.link.resume();
    EXPECT_EQ(hand.link.status().listen_only, ListenOnly::no);
}

TEST(VebusStrangers, ADigitalMultiControlIsHeardAndIsNoSecondMulti) { // M106
    constexpr Address dmc{0x42, 0x01};
    Hand hand;
    hand.hear(hand.frame(MasterLed{.ac_input_config = digital_multi_control_bit}));
    hand.hear_all(SwitchCommand{SwitchState::on}, 5, dmc);
    hand.hear_all(PanelPosition{.bits = 0x08}, 5, dmc);
    const LinkStatus& status = hand.link.status();
    EXPECT_EQ(status.listen_only, ListenOnly::no);
    EXPECT_EQ(status.panel_mode, SwitchState::charger_only);
    EXPECT_TRUE(status.panel_is_dmc);
    EXPECT_EQ(status.panel_changes, 1U) << "what it says first is no change";
    hand.hear_all(Unknown{{0x38, 0x01}}, 3, dmc);
    EXPECT_EQ(status.listen_only, ListenOnly::several_units) << "what else talks is another device";
}

TEST(VebusStrangers, WithoutADigitalMultiControlASwitchingStrangerIsADevice) {
    Hand hand;
    hand.hear(hand.frame(MasterLed{}));
    hand.hear_all(SwitchCommand{SwitchState::on}, 3, {0x42, 0x01});
    EXPECT_EQ(hand.link.status().listen_only, ListenOnly::several_units);
    EXPECT_EQ(hand.link.status().panel_mode, std::nullopt);
}

TEST(VebusStrangers, AnotherRemotesCommandIsHeardOurOwnEchoIsNot) {
    Hand hand;
    hand.pass_checks();
    hand.link.want(Wanted{.mode = SwitchState::charger_only, .insist = true});
    for (int i = 0; i < 10; ++i) {
        hand.hear(hand.next_sent());
    }
    EXPECT_EQ(hand.link.status().panel_mode, std::nullopt);
    hand.hear(hand.frame(SwitchCommand{SwitchState::off}, remote_address));
    EXPECT_EQ(hand.link.status().panel_mode, SwitchState::off);
    EXPECT_FALSE(hand.link.status().panel_is_dmc);
}

} // namespace
} // namespace bms::vebus
