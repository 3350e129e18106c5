// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the inverter/charger is told: wish, veto, obedience.
#include "support/multi_fixture.hpp"

namespace bms::test {
namespace {

using core::ChargeOrder;
using core::Mode;

TEST_F(WithMulti, ALowCellMakesItChargerOnlyAndAfterwardsItIsGivenBack) { // M10, M134
    EXPECT_EQ(commanded(), Mode::on);
    EXPECT_FALSE(out().multi->insist) << "nothing to say while it does as wished";
    low_cell();
    EXPECT_EQ(commanded(), Mode::charger_only);
    EXPECT_EQ(out().multi->charge, ChargeOrder::allow);
    EXPECT_TRUE(out().multi->insist);
    obey();
    EXPECT_TRUE(core::memory_of(state).wish == Mode::on) << "kept, should the daemon die now";
    discharge_loop(true);
    run(500ms + 5s);
    EXPECT_EQ(commanded(), Mode::on);
    EXPECT_TRUE(out().multi->insist) << "until acknowledged";
    obey();
    EXPECT_FALSE(out().multi->insist);
    EXPECT_EQ(core::memory_of(state).wish, std::nullopt);
}

TEST_F(WithMulti, AUnitWeDidNotTakeDownIsNeverSwitchedOn) {
    multi(reporting(Mode::off));
    EXPECT_EQ(state.wish.mode, Mode::off) << "switched off outside: that is the wish now";
    low_cell();
    EXPECT_EQ(commanded(), Mode::off);
    discharge_loop(true);
    run(10min);
    EXPECT_EQ(commanded(), Mode::off);
}

TEST_F(WithMulti, NothingIsCommandedBeforeItHasReported) {
    CoreBench fresh;
    fresh.inputs.multi = {.configured = true};
    fresh.inputs.allow_to_discharge = {core::Level::inactive, fresh.now};
    fresh.start();
    EXPECT_EQ(fresh.out().multi, std::nullopt);
    fresh.multi(reporting(Mode::off));
    EXPECT_EQ(fresh.commanded(), Mode::off);
}

TEST_F(WithMulti, AVetoThatIsNotPassedOnTakesNothingDown) { // listening only
    auto report = reporting(Mode::on);
    report.listen_only = true;
    multi(report);
    low_cell();
    EXPECT_EQ(core::memory_of(state).wish, std::nullopt) << "nothing is ours to give back";
}

TEST_F(WithMulti, WhatWasTakenDownBeforeTheLinkFellSilentIsStillOwed) {
    low_cell();
    obey();
    auto report = reporting(Mode::charger_only);
    report.listen_only = true;
    multi(report);
    EXPECT_EQ(core::memory_of(state).wish, Mode::on);
}

TEST_F(WithMulti, AWishStoredBeforeARestartIsGivenBack) {
    CoreBench fresh({}, {.wish = Mode::on});
    fresh.inputs.multi = reporting(Mode::charger_only);
    fresh.start();
    EXPECT_EQ(fresh.commanded(), Mode::on);
}

TEST_F(WithMulti, ARestartOfTheDaemonAloneDoesNotBlinkTheInverter) {
    CoreBench fresh;
    fresh.inputs.multi = reporting(Mode::on);
    fresh.take_step();
    EXPECT_EQ(fresh.out().multi, std::nullopt) << "the lines are being read";
    fresh.run(500ms);
    EXPECT_EQ(fresh.commanded(), Mode::on);
    EXPECT_EQ(fresh.out().multi->charge, ChargeOrder::allow);
}

TEST_F(WithMulti, LinesThatCannotBeReadAtTheStartTakeTheInverterAfterTheGrace) {
    CoreBench fresh;
    fresh.inputs.multi = reporting(Mode::on);
    fresh.inputs.lines_held = false;
    fresh.take_step();
    fresh.run(2s);
    EXPECT_EQ(fresh.commanded(), Mode::charger_only);
    EXPECT_EQ(fresh.out().multi->charge, ChargeOrder::stop);
}

TEST_F(WithMulti, TheWishOnDBusWaitsBehindTheVeto) { // M29, M106
    low_cell();
    obey();
    wish(Mode::off);
    EXPECT_EQ(commanded(), Mode::off);
    wish(Mode::on);
    EXPECT_EQ(commanded(), Mode::charger_only);
    EXPECT_EQ(state.wish.mode, Mode::on);
}

TEST_F(WithMulti, TheFrontSwitchIsAWish) { // M25, M29
    auto report = reporting(Mode::on);
    report.front = report.active = Mode::off;
    multi(report);
    EXPECT_EQ(state.wish.mode, Mode::off);
    EXPECT_TRUE(out().quiet) << "the Multi is off: slower frames, dark LED";
    EXPECT_EQ(result.status_led, core::StatusLed::dark);
    EXPECT_TRUE(loads_on()) << "quiet takes no permission";
    multi(reporting(Mode::on));
    EXPECT_EQ(state.wish.mode, Mode::on);
}

TEST_F(WithMulti, AWordOfTheUserIsNotLostToWhatTheUnitStillShows) { // M29
    auto report = reporting(Mode::on);
    report.front = Mode::off;
    multi(report);
    wish(Mode::on);
    multi(report); // obeyed, with the switch at off
    // The switch goes on too, while the unit still shows something else, which is not our command either.
    report.front = Mode::on;
    report.remote = report.active = Mode::off;
    multi(report);
    take_step();
    EXPECT_EQ(state.wish.mode, Mode::on);
    wish(Mode::charger_only);
    take_step();
    EXPECT_EQ(state.wish.mode, Mode::charger_only);
}

TEST_F(WithMulti, InverterOnlyUnderADischargeVetoIsOff) {
    wish(Mode::inverter_only);
    obey();
    low_cell();
    EXPECT_EQ(commanded(), Mode::off);
}

TEST_F(WithMulti, AHighCellReducesTheCurrentForAnHourAndThenStops) { // M11, M135
    charge_loop(false);
    run(20ms);
    EXPECT_EQ(commanded(), Mode::on) << "loads stay";
    EXPECT_EQ(out().multi->charge, ChargeOrder::reduce);
    EXPECT_EQ(out().multi->limit_a, 5);
    EXPECT_FALSE(out().allow_to_charge) << "every other charger stops";
    run(1h - 1us);
    EXPECT_EQ(out().multi->charge, ChargeOrder::reduce);
    run(1us);
    EXPECT_EQ(out().multi->charge, ChargeOrder::stop);
}

TEST_F(WithMulti, AReducedCurrentThatIsNotObeyedIsAStop) { // decisions 4
    multi(reporting(Mode::on, 600));
    charge_loop(false);
    run(20ms + 9s);
    EXPECT_EQ(out().multi->charge, ChargeOrder::reduce);
    run(2s);
    EXPECT_EQ(out().multi->charge, ChargeOrder::stop);
}

TEST_F(WithMulti, AReducedCurrentWithinATenthAndOneAmpereIsObeyed) {
    multi(reporting(Mode::on, 65)); // 5 A x 1.1 + 1 A
    charge_loop(false);
    run(30min);
    EXPECT_EQ(out().multi->charge, ChargeOrder::reduce);
    multi(reporting(Mode::on, 66));
    run(10s);
    EXPECT_EQ(out().multi->charge, ChargeOrder::stop);
}

TEST_F(WithMulti, OnHighCellStopMeansStop) {
    settings.reduce_on_high_cell = false;
    charge_loop(false);
    run(20ms);
    EXPECT_EQ(out().multi->charge, ChargeOrder::stop);
    EXPECT_EQ(commanded(), Mode::on) << "only its charger";
}

TEST_F(WithMulti, AHighCellLeavesTheInverterOnOnlyWhereAMeasurementShowsThatNothingCharges) { // decisions 4
    settings.reduce_on_high_cell = false;
    for (const auto measured : {std::optional(0), std::optional<int>()}) {
        auto report = reporting(Mode::on, measured);
        report.can_stop_charge = false;
        multi(report);
        charge_loop(false);
        run(20ms);
        EXPECT_EQ(commanded(), measured ? Mode::on : Mode::off);
        charge_loop(true);
        run(10min);
    }
}

TEST_F(WithMulti, NeverReducesWithBothLoopsOpen) {
    charge_loop(false);
    run(1s);
    EXPECT_EQ(out().multi->charge, ChargeOrder::reduce);
    discharge_loop(false);
    run(20ms);
    EXPECT_EQ(out().multi->charge, ChargeOrder::stop);
}

TEST_F(WithMulti, RemoteOffMeansNeitherAndAcPassesThrough) { // M33
    remote(false);
    run(100ms);
    EXPECT_EQ(commanded(), Mode::charger_only);
    EXPECT_EQ(out().multi->charge, ChargeOrder::stop);
}

TEST_F(WithMulti, RemoteOffIsOffWhereItsChargerCannotBeStoppedAlone) { // decisions 5
    auto report = reporting(Mode::on);
    report.can_stop_charge = false;
    multi(report);
    remote(false);
    run(100ms);
    EXPECT_EQ(commanded(), Mode::off);
}

TEST_F(WithMulti, OneThatGoesOnInvertingIsSwitchedOff) { // decisions 6: the ladder
    low_cell();
    EXPECT_EQ(commanded(), Mode::charger_only);
    run(5s);
    EXPECT_EQ(commanded(), Mode::off);
    discharge_loop(true);
    run(500ms + 5s);
    EXPECT_EQ(commanded(), Mode::on) << "the veto is over: the wish again";
}

TEST_F(WithMulti, OneThatGoesOnChargingInAStopIsSwitchedOff) {
    settings.reduce_on_high_cell = false;
    multi(reporting(Mode::on, 400));
    charge_loop(false);
    run(20ms + 9s);
    EXPECT_EQ(commanded(), Mode::on);
    run(2s);
    EXPECT_EQ(commanded(), Mode::off);
}

TEST_F(WithMulti, AStopLeavesTheMultiAsWithoutABms) { // M129, decisions 6
    EXPECT_EQ(core::command_on_stop(core::initial_state({})), std::nullopt)
        << "never reported: nothing is said";
    const auto left = core::command_on_stop(state).value();
    EXPECT_EQ(left.mode, Mode::charger_only);
    EXPECT_EQ(left.charge, ChargeOrder::reduce);
    EXPECT_EQ(left.limit_a, 5);
    charge_loop(false);
    run(1s);
    EXPECT_EQ(core::command_on_stop(state)->charge, ChargeOrder::stop) << "what is forbidden stays forbidden";
    wish(Mode::off);
    EXPECT_EQ(core::command_on_stop(state)->mode, Mode::off);
}

TEST_F(WithMulti, ChargerOnlyWithoutAcIsQuiet) { // M25, M134
    auto report = reporting(Mode::charger_only);
    report.ac_present = false;
    low_cell();
    multi(report);
    EXPECT_TRUE(out().quiet);
    report.ac_present = true;
    multi(report);
    EXPECT_FALSE(out().quiet);
}

} // namespace
} // namespace bms::test
