// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "unit/profile_file.hpp"

#include "bms/profile/emitter.hpp"

#include <gmock/gmock.h>

namespace bms::profile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using vebus::Bytes;

constexpr Instant start = Instant(1h);

Bytes told(const Signals& signals, const Profile& profile = invented()) {
    return fill(profile, profile.frames.front(), signals);
}

TEST(ProfileFill, EachSignalTurnsItsOwnBitOver) {
    const auto flags = [](Signal signal) { return told(signals_of({signal})).at(2); };
    EXPECT_EQ(told({}), (Bytes{0x6B, 0xA5, 0x80, 0x10, 0xFA}));
    EXPECT_EQ(flags(Signal::cell_low), 0x81);
    EXPECT_EQ(flags(Signal::cell_high), 0x82);
    EXPECT_EQ(flags(Signal::cell_low_imminent), 0x84);
    EXPECT_EQ(flags(Signal::error), 0x88);
    EXPECT_EQ(flags(Signal::remote_off), 0x90);
    EXPECT_EQ(told(signals_of({Signal::cell_low, Signal::remote_off})).at(2), 0x91);
}

TEST(ProfileFill, ABitThatMeansPermissionIsSetInTheBaseAndClearedByTheSignal) {
    const Profile profile = must_parse(invented_with("\"base\": \"80\"", "\"base\": \"83\""));
    EXPECT_EQ(told({}, profile).at(2), 0x83);
    EXPECT_EQ(told(signals_of({Signal::cell_low}), profile).at(2), 0x82);
}

TEST(ProfileFill, TwoSignalsOfOneBitDoNotCancelEachOther) {
    const Profile profile = must_parse(invented_with("\"error\": 3", "\"error\": 1"));
    EXPECT_EQ(told(signals_of({Signal::cell_high, Signal::error}), profile).at(2), 0x82);
}

TEST(ProfileFill, TheLevelFollowsTheChargeOrder) {
    EXPECT_EQ(told(signals_of({Signal::cell_high}, ChargeLevel::reduced)).at(3), 0x70);
    EXPECT_EQ(told(signals_of({Signal::cell_high}, ChargeLevel::stopped)).at(3), 0xF0);
}

TEST(ProfileFill, NoSignalOfAStopLeavesTheLevelAtAllowed) {
    for (const Signal stop : {Signal::cell_high, Signal::error, Signal::remote_off}) {
        EXPECT_EQ(told(signals_of({stop})).at(3), 0xF0);
    }
    EXPECT_EQ(told(signals_of({Signal::cell_low, Signal::cell_low_imminent})).at(3), 0x10);
}

TEST(ProfileFill, WhatHasNoBitIsToldAsLowAndHighCell) {
    for (const auto& [drop, signal] :
         {std::pair{", \"error\": 3", Signal::error}, std::pair{", \"remote_off\": 4", Signal::remote_off}}) {
        const Profile profile = must_parse(invented_with(drop, ""));
        EXPECT_EQ(told(signals_of({signal}), profile), (Bytes{0x6B, 0xA5, 0x83, 0xF0, 0xFA}));
    }
}

TEST(ProfileFill, LessChargeIsToldAsHighCellWhereThereIsNoLevel) {
    const Profile profile = must_parse(
        invented_with("{\"level\": {\"allowed\": \"10\", \"reduced\": \"70\", \"stopped\": \"F0\"}}",
                      "{\"base\": \"00\", \"bits\": {\"error\": 0}}"));
    EXPECT_EQ(told(signals_of({}, ChargeLevel::reduced), profile).at(2), 0x82);
    EXPECT_EQ(told(signals_of({}, ChargeLevel::stopped), profile).at(2), 0x82);
}

/// Every frame due in steps of 10 ms, as milliseconds since start.
std::vector<int> sent_at(Emitter& emitter, Instant& now, Duration time) {
    std::vector<int> instants;
    for (const Instant end = now + time; now < end; now += 10ms) {
        if (emitter.due(now)) {
            instants.push_back(static_cast<int>(std::chrono::duration_cast<Millis>(now - start).count()));
        }
    }
    return instants;
}

TEST(ProfileEmitter, IsSilentUntilItIsToldSomething) {
    Emitter emitter{invented()};
    Instant now = start;
    EXPECT_EQ(emitter.next_due(), never);
    EXPECT_THAT(sent_at(emitter, now, 5s), IsEmpty());
    EXPECT_EQ(emitter.answer_to({.type = vebus::device_bms}), std::nullopt);
}

TEST(ProfileEmitter, SendsAtOnceAndThenEachInterval) {
    Emitter emitter{invented()};
    Instant now = start;
    emitter.say({});
    EXPECT_THAT(sent_at(emitter, now, 1600ms), ElementsAre(0, 500, 1000, 1500));
    EXPECT_EQ(emitter.next_due(), start + 2000ms);
}

// M25
TEST(ProfileEmitter, TakesTheLongerIntervalInLowPower) {
    Emitter emitter{invented()};
    Instant now = start;
    emitter.say({});
    emitter.quiet(true);
    EXPECT_THAT(sent_at(emitter, now, 1700ms), ElementsAre(0, 800, 1600));
    emitter.quiet(false);
    EXPECT_EQ(emitter.next_due(), start + 2100ms);
}

TEST(ProfileEmitter, AChangeIsSentAtOnceAndTheIntervalStartsAnew) {
    Emitter emitter{invented()};
    Instant now = start;
    emitter.say({});
    sent_at(emitter, now, 210ms);
    emitter.say(signals_of({Signal::cell_low}));
    EXPECT_EQ(emitter.due(now)->payload.at(2), 0x81);
    EXPECT_THAT(sent_at(emitter, now, 600ms), ElementsAre(710));
}

TEST(ProfileEmitter, SayingTheSameAgainSendsNothing) {
    Emitter emitter{invented()};
    Instant now = start;
    emitter.say({});
    sent_at(emitter, now, 300ms);
    emitter.say({});
    EXPECT_EQ(emitter.next_due(), start + 500ms);
}

TEST(ProfileEmitter, FlickeringSignalsSendAtMostOneFrameInAHundredMilliseconds) {
    Emitter emitter{invented()};
    std::vector<Instant> sent;
    for (int i = 0; i < 300; ++i) {
        const Instant now = start + i * Duration(10ms);
        emitter.say(i % 3 == 0 ? Signals{} : signals_of({Signal::cell_low}));
        if (emitter.due(now)) {
            EXPECT_TRUE(sent.empty() || now - sent.back() >= change_spacing);
            sent.push_back(now);
        }
    }
    EXPECT_GE(sent.size(), 20U);
    EXPECT_LE(sent.size(), 30U);
}

TEST(ProfileEmitter, HushedItIsSilentUntilItIsToldAgain) {
    Emitter emitter{invented()};
    Instant now = start;
    emitter.say({});
    sent_at(emitter, now, 100ms);
    emitter.hush();
    EXPECT_EQ(emitter.next_due(), never);
    EXPECT_THAT(sent_at(emitter, now, 2s), IsEmpty());
    emitter.say({});
    EXPECT_NE(emitter.due(now), std::nullopt);
}

TEST(ProfileEmitter, FramesOfOwnIntervalsShareTheBus) {
    const std::string text = invented_with(
        "\"frames\": [", R"("frames": [{"payload": "6C 01", "interval_ms": 300, "interval_quiet_ms": 300},)");
    Emitter emitter{must_parse(text)};
    emitter.say({});
    std::vector<int> first_bytes;
    for (Instant now = start; now <= start + 1s; now += 10ms) {
        while (const auto frame = emitter.due(now)) {
            first_bytes.push_back(frame->payload.front());
        }
    }
    EXPECT_THAT(first_bytes,
                ElementsAre(0x6C, 0x6B, 0x6C, 0x6B, 0x6C, 0x6C, 0x6B)); // 0 0 300 500 600 900 1000 ms
}

TEST(ProfileEmitter, AnswersThePollForABmsAndNoOther) {
    Emitter emitter{invented()};
    emitter.say({});
    const auto answer = emitter.answer_to({.type = vebus::device_bms});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->from, (vebus::Address{0x42, 0x4D}));
    const auto message = vebus::decode_payload(answer->payload);
    EXPECT_EQ(std::get<vebus::DeviceInfo>(message).type, vebus::device_bms);
    EXPECT_EQ(std::get<vebus::DeviceInfo>(message).version, 1146100U);
    EXPECT_EQ(emitter.answer_to({.type = vebus::device_digital_multi_control}), std::nullopt);
}

TEST(ProfileEmitter, WithoutAReplyInTheProfileNoPollIsAnswered) {
    Profile profile = invented();
    profile.presence_reply.reset();
    Emitter emitter{profile};
    emitter.say({});
    EXPECT_EQ(emitter.answer_to({.type = vebus::device_bms}), std::nullopt);
}

} // namespace
} // namespace bms::profile
