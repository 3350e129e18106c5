// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The core over the "venus" link, in virtual time: wish, veto and ladder where /Mode is all there is.
#include "app/mapping.hpp"
#include "app/multi_control.hpp"
#include "support/core_fixture.hpp"
#include "unit/guard_venus_driver.hpp"

namespace bms::test {
namespace {

using core::Mode;
using guard::Obeys;
using testing::ElementsAre;
using testing::IsEmpty;

class CoreOverVenusLink : public guard::LinkWithADriver {
  protected:
    CoreOverVenusLink() {
        now = bench.now;
        arrives();
        bench.start();
        pass(5s);
    }

    /// Both go on together, as the daemon lets them.
    void pass(Duration length) {
        constexpr Duration step = 100ms;
        for (Duration left = length; left > Duration::zero(); left -= step) {
            run(step);
            bench.run(step);
            now = bench.now;
            look_again();
        }
    }
    void look_again() {
        bench.inputs.multi = app::report_of(link.status());
        bench.inputs.panel_wish = app::heard_from_panel(link.status(), panel_changes);
        bench.take_step();
        bench.inputs.panel_wish.reset();
        link.want(app::wanted_of(bench.result.outputs.multi), now);
    }
    /// A user's hand in the GUI.
    void gui(int mode) {
        becomes("/Mode", mode);
        look_again();
    }
    void low_cell() {
        bench.discharge_loop(false);
        pass(31s);
    }
    /// AC is there, and the Multi charges with so much.
    void charges(double amperes) {
        becomes("/Ac/ActiveIn/Connected", 1);
        becomes("/State", 3);
        becomes("/Dc/0/Current", amperes);
    }

    CoreBench bench;
    std::uint64_t panel_changes = 0;
};

TEST_F(CoreOverVenusLink, ALowCellIsChargerOnlyAndRecoveryIsTheWish) {
    EXPECT_THAT(writes, IsEmpty());
    low_cell();
    EXPECT_THAT(writes, ElementsAre(1));
    pass(10min);
    EXPECT_THAT(writes, ElementsAre(1));
    EXPECT_EQ(bench.out().multi_not_obeying, core::NotObeying::none);
    bench.discharge_loop(true);
    pass(10s);
    EXPECT_THAT(writes, ElementsAre(1, 3));
    EXPECT_FALSE(bench.state.wish.taken_down);
}

TEST_F(CoreOverVenusLink, TheGuisOnUnderAVetoIsWrittenBackAndGivenAfterwards) {
    gui(4); // the user has switched it off before
    pass(1s);
    EXPECT_EQ(bench.state.wish.mode, Mode::off);
    low_cell();
    EXPECT_THAT(writes, IsEmpty());
    gui(3);
    pass(5s);
    EXPECT_THAT(writes, ElementsAre(1));
    EXPECT_EQ(bench.state.wish.mode, Mode::on);
    bench.discharge_loop(true);
    pass(20s);
    EXPECT_EQ(number("/Mode"), 3);
}

TEST_F(CoreOverVenusLink, AUsersOffDuringAVetoStaysOffAfterwards) {
    low_cell();
    gui(4);
    pass(5s);
    bench.discharge_loop(true);
    pass(1min);
    EXPECT_THAT(writes, ElementsAre(1));
    EXPECT_EQ(number("/Mode"), 4);
}

TEST_F(CoreOverVenusLink, OneThatGoesOnInvertingIsSwitchedOffAndThenIsAnAlarm) {
    obeys = Obeys::in_name;
    low_cell();
    EXPECT_THAT(writes, ElementsAre(1));
    pass(6s);
    EXPECT_THAT(writes, ElementsAre(1, 4));
    EXPECT_EQ(bench.out().multi_not_obeying, core::NotObeying::none);
    pass(6s);
    EXPECT_EQ(bench.out().multi_not_obeying, core::NotObeying::inverts);
}

TEST_F(CoreOverVenusLink, OneThatDoesNotTakeTheModeIsAnAlarm) {
    obeys = Obeys::no;
    low_cell();
    pass(30s);
    EXPECT_EQ(bench.out().multi_not_obeying, core::NotObeying::inverts);
    EXPECT_EQ(writes.back(), 4);
}

// Charging cannot be stopped alone: without a charge current the loads stay, with one the unit goes off.
TEST_F(CoreOverVenusLink, AHighCellLeavesAnInverterOnThatDoesNotCharge) {
    bench.charge_loop(false);
    pass(1min);
    EXPECT_THAT(writes, IsEmpty());
}

TEST_F(CoreOverVenusLink, AHighCellSwitchesAUnitOffThatGoesOnCharging) {
    charges(30.0);
    pass(5s);
    bench.charge_loop(false);
    pass(9s);
    EXPECT_THAT(writes, IsEmpty());
    pass(3s);
    EXPECT_THAT(writes, ElementsAre(4));
    bench.charge_loop(true);
    pass(10s);
    EXPECT_THAT(writes, ElementsAre(4, 3));
}

TEST_F(CoreOverVenusLink, WithoutAMeasuredCurrentAHighCellSwitchesItOffAtOnce) {
    becomes("/Dc/0/Current", venus::Value{});
    pass(1s);
    bench.charge_loop(false);
    pass(1s);
    EXPECT_THAT(writes, ElementsAre(4));
}

TEST_F(CoreOverVenusLink, RemoteOffForbidsBothAndIsOff) {
    bench.remote(false);
    pass(1s);
    EXPECT_THAT(writes, ElementsAre(4));
    bench.remote(true);
    pass(2s);
    EXPECT_THAT(writes, ElementsAre(4, 3));
}

TEST_F(CoreOverVenusLink, ARestartRemembersTheWish) {
    low_cell();
    const core::Memory memory = core::memory_of(bench.state);
    bench = CoreBench({}, memory);
    bench.now = now;
    link = guard::VenusLink({.transmit = true});
    arrives();
    bench.start();
    pass(20s);
    EXPECT_EQ(number("/Mode"), 3);
}

TEST_F(CoreOverVenusLink, ADriverThatReturnsInAVetoIsToldAgain) {
    low_cell();
    link.vanished(guard::driver_name, now);
    pass(1min);
    items["/Mode"] = 3;
    items["/State"] = 9;
    arrives();
    pass(2s);
    EXPECT_EQ(number("/Mode"), 1);
    EXPECT_EQ(bench.state.wish.mode, Mode::on);
}

TEST_F(CoreOverVenusLink, ALateWordAtTheEndOfAVetoTakesNoWishAway) {
    low_cell();
    obeys = Obeys::late_word;
    bench.discharge_loop(true);
    pass(7s); // reconnected, and the driver has shown charger-only once more
    obeys = Obeys::yes;
    becomes("/Mode", 3);
    pass(10s);
    EXPECT_EQ(bench.state.wish.mode, Mode::on);
    EXPECT_EQ(number("/Mode"), 3);
}

} // namespace
} // namespace bms::test
