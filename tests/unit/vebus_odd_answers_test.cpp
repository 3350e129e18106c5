// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a Multi or another device seldom says, and what is made of it.
#include "unit/vebus_hand.hpp"
#include "unit/vebus_peer.hpp"
#include "vebus/reports.hpp"

#include "bms/vebus/bus_health.hpp"
#include "bms/vebus/describe.hpp"
#include "bms/vebus/leds.hpp"

#include <gmock/gmock.h>

namespace bms::vebus {
namespace {

using testing::HasSubstr;

TEST(VebusWords, WhatNoTableNamesIsCalledUnknown) {
    EXPECT_EQ(text(static_cast<Reject>(250)), "unknown reason");
    EXPECT_EQ(text(static_cast<Light>(250)), "unknown light");
    EXPECT_EQ(text(static_cast<LedMeaning>(250)), "unknown meaning");
    EXPECT_THAT(text_of(WinmonVerdict{.verdict = static_cast<Verdict>(250)}), HasSubstr("unknown verdict"));
}

TEST(VebusDescribe, AScaleOfNothingIsSaidToBeNotSupported) {
    EXPECT_THAT(text_of(RamInfo{.scale = RamInfo::Scale{.scale = 0x8000, .offset = 0}}),
                HasSubstr("not supported"));
}

TEST(VebusCodec, AFrameEndsWithItsEndMarkEvenWhenTheSumIsRight) {
    Bytes wire = encode({.from = multi_address, .number = 1, .message = Sync{}});
    std::uint8_t rest = 0;
    for (std::size_t i = 2; i + 1 < wire.size(); ++i) {
        rest = static_cast<std::uint8_t>(rest + wire[i]);
    }
    wire.back() = 0;
    wire[wire.size() - 2] = static_cast<std::uint8_t>(wire[wire.size() - 2] - rest);
    EXPECT_EQ(std::get<Reject>(decode(wire)), Reject::bad_checksum);
}

struct VebusBusHealth : testing::Test {
    /// How long the bus must be in order after this stop.
    Duration wait_after_stop() {
        health.stopped(now);
        Duration wait = 0s;
        while (wait < 2h && !health.clean_enough(now + wait)) {
            wait += 1s;
        }
        return wait;
    }

    BusHealth health;
    Instant now = bus_start;
};

TEST_F(VebusBusHealth, EachStopDoublesTheWaitUntilAnHourInOrder) {
    EXPECT_EQ(wait_after_stop(), BusHealth::first_wait);
    health.sending_again(now);
    EXPECT_EQ(wait_after_stop(), 2 * BusHealth::first_wait);
    health.sending_again(now);
    now += BusHealth::longest_wait - 1s;
    EXPECT_EQ(wait_after_stop(), 4 * BusHealth::first_wait);
    health.sending_again(now);
    now += BusHealth::longest_wait;
    EXPECT_EQ(wait_after_stop(), BusHealth::first_wait);
}

TEST_F(VebusBusHealth, ASecondOfBrokenFramesOnlyIsNotClean) {
    health.stopped(now);
    for (int second = 0; second < 120; ++second) {
        health.count(false, now);
        now += 1s;
    }
    health.count(true, now);
    EXPECT_FALSE(health.clean_enough(now));
}

TEST(VebusAnswers, AWriteIsConfirmedByTheWordForItsKindOnly) {
    const WriteById setting{.is_setting = true, .ram_only = true, .number = 4, .value = 5};
    const WriteById variable{.is_setting = false, .ram_only = true, .number = 4, .value = 5};
    const WinmonVerdict setting_done{.verdict = Verdict::setting_written};
    const WinmonVerdict variable_done{.verdict = Verdict::ram_written};
    EXPECT_TRUE(answers(setting, setting_done));
    EXPECT_TRUE(answers(variable, variable_done));
    EXPECT_FALSE(answers(setting, variable_done));
    EXPECT_FALSE(answers(variable, setting_done));
    EXPECT_FALSE(answers(ReadSetting{.setting = 4}, setting_done)) << "nothing was to be written";
    EXPECT_FALSE(answers(ReadSetting{.setting = 4}, variable_done));
    EXPECT_TRUE(answers(ReadSetting{.setting = 4}, WinmonVerdict{.verdict = Verdict::unknown_command}));
}

TEST(VebusAnswers, APollIsAnsweredByADeviceOfItsTypeOnly) {
    const DevicePoll poll{.type = device_bms};
    EXPECT_TRUE(answers(poll, DeviceInfo{.type = device_bms}));
    EXPECT_FALSE(answers(poll, DeviceInfo{.type = device_digital_multi_control}));
    EXPECT_FALSE(answers(poll, SettingValue{}));
}

TEST(VebusReports, ADeviceStateThatAnotherAskedForIsTold) {
    Hand hand;
    hand.syncs(1);
    hand.hear(hand.frame(DeviceStateReport{.id = 0x80, .state = 9, .substate = 3}));
    EXPECT_EQ(hand.link.status().device_state, 9);
    EXPECT_EQ(hand.link.status().device_substate, 3);
    EXPECT_EQ(hand.link.status().statistics.replies, 1U);
}

TEST(VebusListenOnly, ABmsThatAnswersFromTheAddressOfARemoteIsAnotherBms) {
    Hand hand;
    hand.syncs(1);
    hand.hear(hand.frame(DeviceInfo{.type = device_bms, .version = 1146100}, remote_address));
    EXPECT_EQ(hand.link.status().listen_only, ListenOnly::foreign_bms);
    EXPECT_THAT(hand.link.status().listen_only_reason, HasSubstr("1146100"));
}

TEST(VebusChecks, ADeviceOfAnotherTypeIsNeitherABmsNorADigitalMultiControl) {
    Talk talk;
    talk.pass_checks();
    talk.dialogue.take(DeviceInfo{.type = 0x42, .version = 7}, 0, talk.now);
    EXPECT_EQ(talk.status().listen_only, ListenOnly::no);
    EXPECT_EQ(talk.status().found.bms_version, std::nullopt);
    EXPECT_EQ(talk.status().found.dmc_version, std::nullopt);
}

TEST(VebusChecks, AVersionOfNothingIsNoVersion) {
    Talk talk;
    talk.units[0].version = 0x2800'0000;
    talk.pass_checks();
    EXPECT_EQ(talk.status().found.firmware, std::nullopt);
    EXPECT_EQ(talk.status().listen_only, ListenOnly::no);
    EXPECT_EQ(talk.status().found.units, 1) << "it has answered all the same";
}

TEST(VebusChecks, AnAnswerToAQuestionOfBeforeANewUnitWasFoundAnswersNoOther) {
    Talk talk(by_mk3);
    bool found = false;
    talk.trick = [&](const Outgoing& asked, std::vector<Talk::Reply>&) {
        const auto* read = std::get_if<ReadRam>(&asked.message);
        if (read && read->variables.front() == 128 && !std::exchange(found, true)) {
            talk.units[1];
            talk.dialogue.units_are({0, 1});
        }
    };
    talk.pass_checks();
    talk.run(5s);
    ASSERT_TRUE(found);
    EXPECT_EQ(talk.status().found.units, 2);
    ASSERT_TRUE(talk.status().dc_current_a.has_value()) << "a scale is missing: it was taken for answered";
    EXPECT_NEAR(*talk.status().dc_current_a, 2 * 35.0, 0.01);
}

struct VebusLeavingUnit : testing::Test {
    /// Unit 1 leaves while its battery is being read; then it answers, or does not.
    void unit_1_leaves(bool silent) {
        talk.pass_checks();
        talk.trick = [this, silent](const Outgoing& asked, std::vector<Talk::Reply>& replies) {
            const auto* read = std::get_if<ReadRam>(&asked.message);
            if (read && read->variables.size() == 2 && asked.unit == 1 && !std::exchange(left, true)) {
                talk.dialogue.units_are({0});
                replies.resize(silent ? 0 : replies.size());
            }
        };
        talk.run(30s);
        ASSERT_TRUE(left);
    }

    Talk talk{by_mk3, {0, 1}};
    bool left = false;
};

TEST_F(VebusLeavingUnit, TheLastWordOfAUnitThatLeftIsNotPartOfTheSum) {
    unit_1_leaves(false);
    ASSERT_TRUE(talk.status().dc_current_a.has_value());
    EXPECT_NEAR(*talk.status().dc_current_a, 35.0, 0.01);
}

TEST_F(VebusLeavingUnit, AUnitThatLeftWithoutAWordIsNotWaitedFor) {
    unit_1_leaves(true);
    ASSERT_TRUE(talk.status().dc_current_a.has_value());
    EXPECT_NEAR(*talk.status().dc_current_a, 35.0, 0.01);
}

TEST(VebusOrders, TheSameOrderAgainIsNoNewOne) {
    Talk talk;
    EXPECT_TRUE(talk.dialogue.want(Wanted{.mode = SwitchState::on}));
    EXPECT_FALSE(talk.dialogue.want(Wanted{.mode = SwitchState::on}));
    EXPECT_TRUE(talk.dialogue.want(std::nullopt));
    EXPECT_FALSE(talk.dialogue.want(std::nullopt));
}

TEST(VebusOrders, NothingIsDueWhereNothingWasEverWanted) {
    Talk talk;
    talk.dialogue.restore_originals({{.unit = 0, .flags0 = std::nullopt, .bulk_current_a = 35}});
    EXPECT_EQ(talk.dialogue.next_due(), never);
    EXPECT_FALSE(talk.dialogue.next(talk.now).has_value());
    ASSERT_EQ(talk.status().originals.size(), 1U) << "but what is owed is known";
    EXPECT_EQ(talk.status().originals.front().flags0, std::nullopt);
}

} // namespace
} // namespace bms::vebus
