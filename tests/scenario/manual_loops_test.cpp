// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The manual and the decisions on loops, remote terminal and restarts, as short stories in virtual time.
#include "support/core_fixture.hpp"

#include <gtest/gtest.h>

namespace bms::test {
namespace {

using core::Cause;

TEST(Manual_1_PreAlarm, GoesHighWhenTheLoopOpensAndNothingIsDisconnected) { // M8, M13, M170
    CoreBench bench;
    bench.start();
    bench.pre_alarm_loop(false);
    bench.run(20ms);
    EXPECT_TRUE(bench.pre_alarm_high());
    bench.run(10min);
    EXPECT_TRUE(bench.pre_alarm_high());
    EXPECT_TRUE(bench.loads_on());
    EXPECT_TRUE(bench.charge_on());
}

TEST(Manual_1_PreAlarm, LeadsLoadDisconnectBy30SecondsAlsoWithoutAWarningFromTheBattery) { // M15
    CoreBench bench;
    bench.start();
    bench.discharge_loop(false);
    bench.run(20ms);
    const Instant high = bench.now;
    EXPECT_TRUE(bench.pre_alarm_high());
    bench.run(30s - 1us);
    EXPECT_TRUE(bench.loads_on());
    bench.run(1us);
    EXPECT_FALSE(bench.loads_on());
    EXPECT_EQ(bench.now - high, 30s);
    EXPECT_FALSE(bench.pre_alarm_high()) << "a buzzer would eat the reserve";
    EXPECT_TRUE(bench.charge_on()) << "a low cell must be charged";
}

TEST(Manual_1_PreAlarm, ALowCellLongAfterThePreAlarmActsAtOnce) { // M15
    CoreBench bench;
    bench.start();
    bench.pre_alarm_loop(false);
    bench.run(5min);
    bench.discharge_loop(false);
    bench.run(20ms);
    EXPECT_FALSE(bench.loads_on());
}

TEST(Manual_1_PreAlarm, AFlickeringLoopCannotPostponeTheDisconnect) { // M15, decisions 3
    for (const Duration open_for : {30ms, 300ms, 700ms}) {
        CoreBench bench;
        bench.start();
        const Instant begin = bench.now;
        while (bench.loads_on() && bench.now - begin < 2min) {
            bench.discharge_loop(false);
            bench.run(open_for);
            bench.discharge_loop(true);
            bench.run(1s - open_for);
        }
        EXPECT_GE(bench.now - begin, 30s);
        EXPECT_LE(bench.now - begin, 32s) << open_for.count();
    }
}

TEST(Manual_1_PreAlarm, IsReleasedOnlyAfterBothLoopsHaveBeenClosedFor10Seconds) {
    CoreBench bench;
    bench.start();
    bench.pre_alarm_loop(false);
    bench.run(1s);
    bench.pre_alarm_loop(true);
    bench.run(500ms + 9s);
    EXPECT_TRUE(bench.pre_alarm_high());
    bench.pre_alarm_loop(false); // not unbroken: from the beginning
    bench.run(1s);
    bench.pre_alarm_loop(true);
    bench.run(500ms + 10s - 1us);
    EXPECT_TRUE(bench.pre_alarm_high());
    bench.run(1us);
    EXPECT_FALSE(bench.pre_alarm_high());
}

TEST(Manual_1_PreAlarm, IsSkippedOnOldBatteriesButTheLeadStays) {
    CoreBench bench({.pre_alarm_fitted = false});
    bench.inputs.pre_alarm = {};
    bench.start();
    ASSERT_TRUE(bench.loads_on());
    bench.discharge_loop(false);
    bench.run(30s);
    EXPECT_TRUE(bench.loads_on());
    EXPECT_TRUE(bench.pre_alarm_high());
    bench.run(20ms);
    EXPECT_FALSE(bench.loads_on());
}

TEST(Manual_3_3_1_LoadDisconnect,
     ComesBackAfterTheReconnectDelayWhichDoublesWithEachDisconnect) { // M9, M17, M125, M169
    CoreBench bench;
    bench.start();
    for (const Duration delay : {5s, 10s, 20s, 40s, 80s, 160s, 300s, 300s}) {
        bench.discharge_loop(false);
        bench.run(30s + 20ms);
        ASSERT_FALSE(bench.loads_on());
        bench.discharge_loop(true);
        bench.run(500ms + delay - 1us);
        ASSERT_FALSE(bench.loads_on()) << delay.count();
        bench.run(1us);
        ASSERT_TRUE(bench.loads_on()) << delay.count();
        bench.run(11s); // PreAlarm released
    }
    bench.run(1h);
    bench.discharge_loop(false);
    bench.run(30s + 20ms);
    bench.discharge_loop(true);
    bench.run(500ms + 5s);
    EXPECT_TRUE(bench.loads_on()) << "an hour without a disconnect is forgiven";
}

TEST(Manual_3_3_1_LoadDisconnect, APreAlarmStillThereWhenLoadsComeBackStartsANewLead) { // M15
    CoreBench bench;
    bench.start();
    bench.pre_alarm_loop(false);
    bench.discharge_loop(false);
    bench.run(31s);
    bench.discharge_loop(true);
    bench.run(500ms + 5s);
    ASSERT_TRUE(bench.loads_on());
    EXPECT_TRUE(bench.pre_alarm_high());
    bench.discharge_loop(false);
    bench.run(29s);
    EXPECT_TRUE(bench.loads_on());
    bench.run(1s);
    EXPECT_FALSE(bench.loads_on());
}

TEST(Manual_3_3_2_ChargeDisconnect, FloatsAtOnceAndLoadsStay) { // M6, M12, M20, M73, M171
    CoreBench bench;
    bench.start();
    bench.charge_loop(false);
    bench.run(20ms);
    EXPECT_FALSE(bench.charge_on());
    EXPECT_FALSE(bench.out().allow_to_charge);
    EXPECT_TRUE(bench.out().led_cell_high); // M27, M177
    EXPECT_TRUE(bench.loads_on());
    EXPECT_FALSE(bench.pre_alarm_high());
    EXPECT_FALSE(bench.out().error) << "a single open loop is never an error";
}

TEST(Manual_3_3_2_ChargeDisconnect, ComesBackByItselfAfterTheDelay) { // M128
    CoreBench bench;
    bench.start();
    bench.charge_loop(false);
    bench.run(1min);
    bench.charge_loop(true);
    bench.run(500ms + 5s - 1us);
    EXPECT_FALSE(bench.charge_on());
    EXPECT_TRUE(bench.out().led_cell_high) << "still off because of the loop";
    bench.run(1us);
    EXPECT_TRUE(bench.charge_on());
    EXPECT_FALSE(bench.out().led_cell_high);
}

TEST(Decisions_2, BothLoopsOpeningTogetherIsTheCableUntilEitherCloses) {
    CoreBench bench;
    bench.start();
    bench.discharge_loop(false);
    bench.run(60ms);
    bench.charge_loop(false);
    bench.run(60ms);
    EXPECT_TRUE(bench.out().cable_fault);
    EXPECT_TRUE(bench.out().error);
    EXPECT_FALSE(bench.charge_on()) << "charge off at once";
    EXPECT_TRUE(bench.pre_alarm_high()) << "loads after PreAlarm and 30 s";
    bench.run(31s);
    EXPECT_FALSE(bench.loads_on());
    bench.charge_loop(true);
    bench.run(600ms);
    EXPECT_FALSE(bench.out().cable_fault);
}

TEST(Decisions_2, LoopsOpeningApartAreNotTheCable) {
    CoreBench bench;
    bench.start();
    bench.discharge_loop(false);
    bench.run(101ms);
    bench.charge_loop(false);
    bench.run(1s);
    EXPECT_FALSE(bench.out().cable_fault);
    EXPECT_FALSE(bench.out().error);
}

TEST(Decisions_2, AGlitchShorterThanTheDebounceTimeIsNothing) {
    CoreBench bench;
    bench.start();
    bench.discharge_loop(false);
    bench.run(19ms);
    bench.discharge_loop(true);
    bench.run(1h);
    EXPECT_EQ(bench.state.discharge, core::Discharge::allowed);
    EXPECT_EQ(bench.moves.size(), 4u) << "power, loads, charge and the Multi's charger: the start alone";
}

TEST(Decisions_2, ALostLineTakesBothPermissionsAtOnceAndIsAnError) {
    CoreBench bench;
    bench.start();
    bench.lose_lines();
    EXPECT_FALSE(bench.loads_on());
    EXPECT_FALSE(bench.charge_on());
    EXPECT_TRUE(bench.out().error);
    EXPECT_EQ(bench.result.status_led, core::StatusLed::rapid);
    bench.regain_lines();
    bench.run(5s);
    EXPECT_TRUE(bench.loads_on());
    EXPECT_TRUE(bench.charge_on());
}

TEST(Decisions_3, AStartWithTheDischargeLoopOpenNeverPutsLoadsOn) {
    CoreBench bench;
    bench.inputs.allow_to_discharge = {core::Level::inactive, bench.now};
    bench.start();
    bench.run(1h);
    for (const core::Move& move : bench.moves) {
        EXPECT_NE(move.region, "discharge") << move.to;
    }
    EXPECT_EQ(bench.state.loads.cause, Cause::loop);
    EXPECT_TRUE(bench.charge_on());
}

TEST(Decisions_3, AStartWithHealthyLinesHasNoDelayBeyondTheDebounce) {
    CoreBench bench;
    bench.take_step();
    bench.run(500ms);
    EXPECT_TRUE(bench.loads_on());
    EXPECT_TRUE(bench.charge_on());
}

TEST(Decisions_3, ManualRestartWaitsForTheWord) {
    CoreBench bench({.restart_manual = true});
    bench.start();
    bench.discharge_loop(false);
    bench.run(31s);
    bench.discharge_loop(true);
    bench.run(1h);
    EXPECT_FALSE(bench.loads_on());
    EXPECT_TRUE(core::memory_of(bench.state).restart_latched);
    bench.restart_loads();
    EXPECT_TRUE(bench.loads_on());
}

TEST(Decisions_3, TheLatchSurvivesARestartOfTheDaemonAndIsClearedByTheRemoteSwitch) {
    CoreBench bench({.restart_manual = true}, {.restart_latched = true});
    bench.start();
    bench.run(1h);
    EXPECT_FALSE(bench.loads_on());
    bench.remote(false);
    bench.run(1s);
    bench.remote(true);
    bench.run(1s);
    EXPECT_TRUE(bench.loads_on());
}

TEST(Manual_3_4_Remote, OffTakesEverythingAtOnceAndOnGivesItBackWithoutDelay) { // M33, M91, M172
    CoreBench bench;
    bench.start();
    bench.remote(false);
    bench.run(100ms);
    EXPECT_FALSE(bench.loads_on());
    EXPECT_FALSE(bench.charge_on());
    EXPECT_FALSE(bench.pre_alarm_high());
    EXPECT_FALSE(bench.out().led_cell_high) << "not because of the loop";
    EXPECT_TRUE(bench.out().quiet);
    EXPECT_FALSE(bench.out().error);
    bench.remote(true);
    bench.run(100ms);
    EXPECT_TRUE(bench.loads_on());
    EXPECT_TRUE(bench.charge_on());
}

TEST(Manual_3_4_Remote, TruthTableOfHAndL) { // M92, M93, M94, M96, M146
    struct Case {
        bool h, l, on;
    };
    for (const Case c : {Case{false, false, false}, Case{true, false, true}, Case{false, true, true},
                         Case{true, true, true}}) {
        CoreBench bench;
        bench.inputs.remote_h.level = c.h ? core::Level::active : core::Level::inactive;
        bench.inputs.remote_l.level = c.l ? core::Level::active : core::Level::inactive;
        bench.start();
        EXPECT_EQ(bench.loads_on(), c.on) << c.h << c.l;
    }
}

TEST(Manual_5_2_Led, StatusFlashesOnceIn10SecondsAndRapidlyWhenItCannotProtect) { // M24, M26, M124, M175
    using core::led_at, core::StatusLed;
    const auto lit_time = [](StatusLed pattern, Duration length) {
        Duration lit{};
        int flashes = 0;
        for (Instant now{7s}, end = now + length; now < end;) {
            const auto led = led_at(pattern, now);
            const Instant until = std::min(led.next_change, end);
            lit += led.lit ? until - now : Duration::zero();
            flashes += led.lit ? 1 : 0;
            now = until;
        }
        return std::pair{lit, flashes};
    };
    EXPECT_EQ(lit_time(StatusLed::alive, 100s), std::pair(Duration(1s), 10));
    EXPECT_EQ(lit_time(StatusLed::dark, 100s), std::pair(Duration::zero(), 0));
    EXPECT_NEAR(lit_time(StatusLed::rapid, 10s).second, 150, 15);
}

TEST(NextChange, TellsWhatWillHappenAndWhen) {
    CoreBench bench;
    bench.start();
    EXPECT_EQ(bench.result.next_change.what, "");
    bench.discharge_loop(false);
    bench.run(20ms);
    EXPECT_EQ(bench.result.next_change.what, "loads will be disconnected");
    EXPECT_EQ(bench.result.next_change.at, bench.now + 30s);
}

/// Held, and yet not read: a chip that answers no more.
TEST(Decisions_2, ALineThatCannotBeReadTakesPermissionAndComesBackDebounced) {
    CoreBench bench;
    bench.start();
    ASSERT_TRUE(bench.loads_on() && bench.charge_on());
    bench.inputs.allow_to_charge.level = core::Level::unknown;
    bench.take_step();
    EXPECT_FALSE(bench.loads_on() || bench.charge_on());
    EXPECT_EQ(bench.state.power, core::Power::inputs_lost);
    bench.charge_loop(true);
    EXPECT_FALSE(bench.charge_on()) << "not before it has stood for its time";
    bench.run(10s);
    EXPECT_TRUE(bench.loads_on() && bench.charge_on());
}

} // namespace
} // namespace bms::test
