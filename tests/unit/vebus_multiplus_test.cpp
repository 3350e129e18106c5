// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The simulated MultiPlus itself: it must be no kinder than a real one.
#include "unit/vebus_bus.hpp"

#include <gmock/gmock.h>

namespace bms::vebus {
namespace {

using testing::HasSubstr;

struct World : VirtualBus {
    World() : VirtualBus({.transmit = false}) {}

    std::uint8_t last_number() {
        std::uint8_t number = 0;
        Framer framer;
        for (const auto& item : framer.push(heard)) {
            number = std::get<Frame>(item.decoded).number;
        }
        return number;
    }
    /// To the given time after the next sync.
    void to(Duration after_sync) {
        const Instant sync = bus_start + ((now - bus_start) / 20ms + 1) * Duration(20ms);
        const Bytes said = multi.poll(sync + after_sync);
        heard.insert(heard.end(), said.begin(), said.end());
        now = sync + after_sync;
    }
    void command(std::uint8_t number, const Message& message = SwitchCommand{SwitchState::off}) {
        multi.receive(encode({.from = remote_address, .number = number, .message = message}), now);
    }

    Bytes heard;
};

TEST(SimulatedMultiplus, AcceptsACommandInItsSlotWithTheNextNumber) {
    World world;
    world.to(8ms);
    world.command(next_number(world.last_number()));
    EXPECT_EQ(world.world("commands_accepted"), "1");
    EXPECT_EQ(world.world("mode"), "off");
    EXPECT_EQ(world.world("state"), "off");
}

TEST(SimulatedMultiplus, RefusesAnotherNumber) {
    World world;
    world.to(8ms);
    world.command(world.last_number());
    world.command(next_number(next_number(world.last_number())));
    EXPECT_EQ(world.world("commands_rejected"), "2");
    EXPECT_EQ(world.world("last_reject"), "bad_fn");
    EXPECT_EQ(world.world("mode"), "on");
}

TEST(SimulatedMultiplus, RefusesACommandAfterTheAcPhaseFrame) {
    World world;
    world.to(12500us);
    world.command(next_number(world.last_number()));
    EXPECT_EQ(world.world("last_reject"), "late");
}

TEST(SimulatedMultiplus, RefusesABrokenCommand) {
    World world;
    world.to(5ms);
    Bytes wire = encode({.from = remote_address, .number = 1, .message = SwitchCommand{}});
    wire[5] ^= 0x02;
    world.multi.receive(wire, world.now);
    EXPECT_EQ(world.world("last_reject"), "bad_checksum");
}

TEST(SimulatedMultiplus, ARamOnlyWriteIsInForceButNotReadBack) {
    World world;
    world.to(2ms);
    world.command(next_number(world.last_number()),
                  WriteById{.id = 0xA0, .is_setting = true, .number = 4, .value = 7});
    EXPECT_EQ(world.world("bulk_current_a"), "7");
    world.to(2ms);
    world.to(2ms);
    world.heard.clear();
    world.to(2ms);
    world.command(next_number(world.last_number()), ReadSetting{.id = 0xA1, .setting = 4});
    world.heard.clear();
    world.to(19ms);
    Framer framer;
    std::optional<SettingValue> value;
    for (const auto& item : framer.push(world.heard)) {
        if (const auto* reply = std::get_if<SettingValue>(&std::get<Frame>(item.decoded).message)) {
            value = *reply;
        }
    }
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(value->value, 35);
}

TEST(SimulatedMultiplus, FollowsMainsAndSwitches) { // M134
    World world;
    const auto state = [&world] {
        world.run(100ms);
        return world.world("state");
    };
    EXPECT_EQ(state(), "charging");
    world.set("battery", "full");
    EXPECT_EQ(state(), "passthru");
    world.set("mains", "off");
    EXPECT_EQ(state(), "inverting");
    world.set("front", "charger-only");
    EXPECT_EQ(state(), "off");
    world.set("mains", "on");
    EXPECT_EQ(state(), "passthru");
    world.set("front", "off");
    EXPECT_EQ(state(), "off");
}

TEST(SimulatedMultiplus, OffWithoutMainsGoesSilentAfterTenSecondsUnlessHeldInStandby) {
    for (const char* standby : {"off", "on"}) {
        World world;
        world.set("standby", standby);
        world.set("front", "off");
        world.set("mains", "off");
        world.run(9900ms);
        EXPECT_EQ(world.world("awake"), "yes");
        world.run(300ms);
        EXPECT_EQ(world.world("awake"), std::string(standby) == "on" ? "yes" : "no");
        world.set("mains", "on"); // M62
        world.run(100ms);
        EXPECT_EQ(world.world("awake"), "yes");
    }
}

TEST(SimulatedMultiplus, CalledLateItLeavesOutTheCyclesItMissed) {
    World world;
    world.multi.poll(bus_start);
    EXPECT_LT(world.multi.poll(bus_start + 10s).size(), 100U);
    EXPECT_GT(world.multi.next_deadline(), bus_start + 10s);
}

TEST(SimulatedMultiplus, SaysWhatItAccepts) {
    World world;
    EXPECT_THAT(world.multi.set("mains", "maybe").value(), HasSubstr("on off"));
    EXPECT_THAT(world.multi.set("garble_percent", "101").value(), HasSubstr("0 to 100"));
    EXPECT_THAT(world.multi.set("state", "off").value(), HasSubstr("can be set: mains"));
}

} // namespace
} // namespace bms::vebus
