// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Several units behind one MK3: the interface is turned to each in turn.
#include "mk2_link_fixture.hpp"

namespace bms::mk2 {
namespace {

/// A request to another unit waits until the interface has been turned to it.
TEST_F(Mk3LinkTest, WhatIsNoLongerWantedIsNotWrittenWhenTheInterfaceHasTurnedToItsUnit) {
    mk3.units[1] = {};
    const auto turning_to = [this](std::uint8_t unit) {
        return line.run_until(20s, [this, unit] {
            return !line.sent.empty() && line.sent.back() == Message(Target{.device = unit});
        });
    };
    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::stop});
    ASSERT_TRUE(line.run_until(20s, [this] { return status().charge_order_in_force; }));

    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::allow});
    ASSERT_TRUE(turning_to(1));
    mk3.writes.clear();
    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::stop});
    line.run(10s);
    for (const auto& [unit, write] : mk3.writes) {
        EXPECT_EQ(write.value, flags0_with_disable_charge) << "unit " << int(unit) << " may charge again";
    }

    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::allow});
    ASSERT_TRUE(turning_to(1));
    const auto before = count_of<Winmon>(line.sent);
    line.link.want(std::nullopt);
    line.run(10s);
    EXPECT_EQ(count_of<Winmon>(line.sent), before) << "nothing is wanted any more";
}

TEST_F(Mk3LinkTest, NothingIsWrittenToAUnitTurnedToOnceAnotherBmsIsHeard) {
    mk3.units[1] = {};
    line.link.want(Wanted{.mode = SwitchState::on});
    ASSERT_TRUE(started());
    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::stop});
    ASSERT_TRUE(line.run_until(20s, [this] { return line.sent.back() == Message(Target{.device = 1}); }));
    const auto before = count_of<Winmon>(line.sent);
    mk3.say(PassThrough{vebus::DeviceInfo{.type = vebus::device_bms, .version = 200}}, line.now);
    line.run(10s);
    EXPECT_NE(status().listen_only, ListenOnly::no);
    EXPECT_EQ(count_of<Winmon>(line.sent), before);
}

} // namespace
} // namespace bms::mk2
