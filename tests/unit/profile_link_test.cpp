// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A frame profile on the bus: the link sends what the emitter says, under the rules of every frame.
#include "support/virtual_wire.hpp"
#include "unit/profile_file.hpp"
#include "unit/vebus_bus.hpp"

#include "bms/profile/emitter.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace bms::profile {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using namespace vebus;

constexpr Address bms_address{0x42, 0x4D};

bool from_bms(const Frame& frame) { return frame.from == bms_address; }

/// A bus whose every frame the test writes itself, with a link that has the invented profile.
struct Hand {
    explicit Hand(LinkSettings settings = {.transmit = true}, bool with_profile = true)
        : link(settings, {}, with_profile ? &emitter : nullptr) {
        emitter.say({});
        link.want(Wanted{.mode = SwitchState::on});
    }

    void hear(const Message& message, Address from = multi_address) {
        number = next_number(number);
        link.receive(encode({.from = from, .number = number, .message = message}), now);
    }
    /// Through one cycle of 20 ms; what the link sends goes to `sent`, after a check of its number.
    void cycle() {
        now += 20ms;
        hear(Sync{});
        const Bytes wire = link.poll(now);
        if (wire.empty()) {
            return;
        }
        const Frame frame = std::get<Frame>(decode(wire));
        EXPECT_EQ(frame.number, next_number(number));
        number = frame.number;
        sent.push_back({now, frame});
        if (adapter_echoes) {
            link.receive(wire, now);
        }
    }
    void run(Duration time) {
        for (const Instant end = now + time; now < end;) {
            cycle();
        }
    }
    std::vector<std::pair<Instant, Frame>> info_frames() const {
        std::vector<std::pair<Instant, Frame>> found;
        for (const auto& one : sent) {
            if (from_bms(one.second)) {
                found.push_back(one);
            }
        }
        return found;
    }
    std::string reason() const { return link.status().listen_only_reason; }

    Emitter emitter{invented()};
    Rs485Link link;
    Instant now = Instant(1h);
    std::uint8_t number = 120; // so that it passes 127
    bool adapter_echoes = false;
    std::vector<std::pair<Instant, Frame>> sent;
};

TEST(ProfileOnTheBus, FramesGoOutAtTheirIntervalWithTheNextNumber) {
    Hand hand;
    hand.run(10s);
    const auto frames = hand.info_frames();
    EXPECT_NEAR(static_cast<double>(frames.size()), 20, 1);
    for (std::size_t i = 1; i < frames.size(); ++i) {
        const Duration apart = frames[i].first - frames[i - 1].first;
        EXPECT_GE(apart, 500ms);
        EXPECT_LE(apart, 560ms);
    }
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(frames.front().second.message, Message(Unknown{{0x6B, 0xA5, 0x80, 0x10, 0xFA}}));
    EXPECT_EQ(hand.link.status().statistics.info_frames, frames.size());
}

TEST(ProfileOnTheBus, WithoutAProfileNoneIsSentAndNoPollAnswered) {
    Hand hand({.transmit = true}, false);
    hand.hear(DevicePoll{.type = device_bms}, remote_address);
    hand.run(10s);
    EXPECT_FALSE(hand.sent.empty());
    EXPECT_THAT(hand.info_frames(), IsEmpty());
}

TEST(ProfileOnTheBus, AChangeIsOnTheBusWithinTwoSyncs) {
    Hand hand;
    hand.run(3200ms);
    for (int i = 0; i < 20; ++i) { // at every place between two frames, 60 ms later each time
        hand.run(Duration(560ms));
        const auto before = hand.info_frames().size();
        hand.emitter.say(i % 2 == 0 ? signals_of({Signal::cell_low}) : Signals{});
        const Instant changed = hand.now;
        const bool rested = changed - hand.info_frames().back().first >= change_spacing;
        hand.run(rested ? 40ms : 140ms);
        ASSERT_GT(hand.info_frames().size(), before) << "change " << i;
        const Bytes payload = std::get<Unknown>(hand.info_frames().at(before).second.message).payload;
        EXPECT_EQ(payload.at(2), i % 2 == 0 ? 0x81 : 0x80);
    }
}

TEST(ProfileOnTheBus, APollForABmsIsAnsweredInTheNextSlot) {
    Hand hand;
    hand.run(1s);
    const auto before = hand.info_frames().size();
    hand.hear(DevicePoll{.type = device_bms}, remote_address);
    hand.run(40ms);
    ASSERT_EQ(hand.info_frames().size(), before + 1);
    const auto reply = std::get<DeviceInfo>(hand.info_frames().back().second.message);
    EXPECT_EQ(reply.type, device_bms);
    EXPECT_EQ(reply.version, 1146100U);
    hand.run(1s);
    const auto frames = hand.info_frames();
    EXPECT_EQ(
        std::count_if(frames.begin(), frames.end(),
                      [](const auto& one) { return std::holds_alternative<DeviceInfo>(one.second.message); }),
        1)
        << "one answer a poll";
}

TEST(ProfileOnTheBus, APollThatNobodyWaitsForAnyMoreIsNotAnswered) {
    Hand hand;
    hand.run(1s);
    hand.hear(DevicePoll{.type = device_bms}, remote_address);
    hand.now += 1100ms; // the bus was silent
    const auto before = hand.info_frames().size();
    hand.run(300ms);
    for (auto i = before; i < hand.info_frames().size(); ++i) {
        EXPECT_FALSE(std::holds_alternative<DeviceInfo>(hand.info_frames()[i].second.message));
    }
}

TEST(ProfileOnTheBus, AnotherPollIsNotAnswered) {
    Hand hand;
    hand.run(1s);
    const auto before = hand.info_frames().size();
    hand.hear(DevicePoll{.type = device_digital_multi_control}, remote_address);
    hand.run(60ms);
    EXPECT_LE(hand.info_frames().size(), before + 1);
    for (const auto& [at, frame] : hand.info_frames()) {
        EXPECT_FALSE(std::holds_alternative<DeviceInfo>(frame.message));
    }
}

TEST(ProfileOnTheBus, OurOwnFramesAndAnswersHeardAsEchoAreNoForeignBms) {
    Hand hand;
    hand.adapter_echoes = true;
    for (int i = 0; i < 20; ++i) {
        hand.run(400ms);
        hand.hear(DevicePoll{.type = device_bms}, remote_address);
    }
    EXPECT_EQ(hand.reason(), "");
    EXPECT_EQ(hand.link.status().statistics.echoes, hand.sent.size());
}

TEST(ProfileOnTheBus, ARealBmsAtTheAddressOfTheProfileStopsUs) {
    for (const bool several_units : {false, true}) {
        Hand hand({.transmit = true, .several_units = several_units});
        hand.run(1s);
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(hand.reason(), "");
            hand.hear(Unknown{{0x6B, 0xA5, 0x80, 0x10, 0xFA}}, bms_address);
        }
        EXPECT_THAT(hand.reason(), HasSubstr("two BMSes must not command one Multi"));
        const auto before = hand.sent.size();
        hand.run(5s);
        EXPECT_EQ(hand.sent.size(), before);
    }
}

TEST(ProfileOnTheBus, ListeningOnlySendsNothingAndAnswersNothing) {
    Hand hand({.transmit = false});
    hand.hear(DevicePoll{.type = device_bms}, remote_address);
    hand.run(5s);
    EXPECT_THAT(hand.sent, IsEmpty());
}

TEST(ProfileOnTheBus, AModeUnderAVetoGoesBeforeAnInfoFrameAndAnyOtherOrderAfterIt) {
    for (const bool veto : {true, false}) {
        Hand hand;
        hand.run(5s); // the checks that come before every order, and the first mode
        while (hand.now - hand.info_frames().back().first < 200ms) {
            hand.cycle();
        }
        hand.sent.clear();
        hand.emitter.say(signals_of({Signal::cell_low})); // both are due now
        hand.link.want(Wanted{.mode = SwitchState::charger_only, .insist = veto});
        hand.run(200ms);
        ASSERT_GE(hand.sent.size(), 2U);
        EXPECT_EQ(from_bms(hand.sent.at(0).second), !veto);
        EXPECT_EQ(from_bms(hand.sent.at(1).second), veto);
    }
}

TEST(ProfileOnTheBus, OrdersStillReachTheMultiBesideTheQuickestProfile) {
    std::string text = invented_with("\"interval_ms\": 500", "\"interval_ms\": 100");
    Emitter emitter{must_parse(text)};
    emitter.say({});
    VirtualBus bus({.transmit = true}, {}, 1, &emitter);
    bus.link.want(Wanted{.mode = SwitchState::charger_only, .charge = ChargeOrder::stop, .insist = true});
    EXPECT_TRUE(bus.run_until(2s, [&] { return bus.link.status().charge_order_in_force; }));
    EXPECT_EQ(bus.world("mode"), "charger-only");
    EXPECT_GE(bus.link.status().statistics.info_frames, 2U);
}

/// The Multi believes the invented profile here, and no other one does: no real info frame is public.
struct Believed {
    explicit Believed(test::Adapter adapter = {}, std::uint32_t seed = 1)
        : multi(bus_start, seed), wire(link, multi, adapter, bus_start, seed) {
        set("bms_info", "6BA5"); // INVENTED, as the profile is
        set("bms_timeout_s", "5");
        set("configured_for_bms", "yes");
        link.want(Wanted{});
    }
    void set(const std::string& name, const std::string& value) {
        EXPECT_EQ(multi.set(name, value), std::nullopt) << name;
    }
    bool in_emergency_within(Duration limit, bool wanted) {
        return wire.run_until(limit, [&] {
            return (multi.system.units.front().state() == sim::UnitState::emergency) == wanted;
        });
    }

    Emitter emitter{invented()};
    Rs485Link link{{.transmit = true}, {}, &emitter};
    sim::Multiplus multi;
    test::VirtualWire<sim::Multiplus> wire;
};

TEST(ProfileOnTheBus, TheInventedFramesBringTheMultiOutOfItsEmergencyModeAndTheirSilenceBackIntoIt) { // M129
    Believed bus;
    ASSERT_TRUE(bus.in_emergency_within(6s, true)) << "nobody has said anything yet";
    EXPECT_TRUE(bus.wire.run_until(20s, [&] { return bus.link.status().emergency_mode; }))
        << "and the link sees it";
    for (int round = 0; round < 3; ++round) {
        bus.emitter.say({});
        ASSERT_TRUE(bus.in_emergency_within(1s, false)) << "round " << round;
        EXPECT_FALSE(bus.in_emergency_within(30s, true)) << "as long as the frames come";
        bus.emitter.hush();
        EXPECT_FALSE(bus.in_emergency_within(4s, true)) << "the last one holds for its time";
        ASSERT_TRUE(bus.in_emergency_within(2s, true)) << "round " << round;
    }
}

TEST(ProfileOnTheBus, LostFramesDoNotBringTheEmergencyMode) {
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        Believed bus({.loss = 0.10, .jitter = 2ms}, seed);
        bus.emitter.say({});
        bus.emitter.quiet(true); // the longer interval
        EXPECT_FALSE(bus.in_emergency_within(5min, true)) << "seed " << seed;
    }
}

TEST(ProfileOnTheBus, WhileNothingIsWantedOfTheMultiNoFrameKeepsItOutOfItsEmergencyMode) {
    Believed bus;
    bus.emitter.say({});
    ASSERT_FALSE(bus.in_emergency_within(20s, true));
    bus.link.want(std::nullopt); // nothing is wanted, so nothing is said
    ASSERT_TRUE(bus.in_emergency_within(6s, true));
    EXPECT_FALSE(bus.in_emergency_within(30s, false));
}

} // namespace
} // namespace bms::profile
