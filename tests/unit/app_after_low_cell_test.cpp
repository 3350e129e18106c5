// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/after_low_cell.hpp"
#include "support/core_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::test {
namespace {

using namespace app;
using testing::HasSubstr;
using testing::Optional;
using testing::StartsWith;

config::Config boat() {
    config::Config c;
    c.bank.battery = config::BatteryType::v12;
    c.bank.series = 2;
    c.bank.parallel = 2;
    c.bank.capacity_ah = 200;
    return c;
}

TEST(AfterLowCell, TheDrainsAreAddedAndTheBoardCountsAtTheBanksVoltage) { // M69
    config::Config c = boat();
    EXPECT_DOUBLE_EQ(residual_settings(c).bank_ah.value_or(0), 400);
    EXPECT_DOUBLE_EQ(residual_settings(c).drains_ma, 0);
    EXPECT_NEAR(residual_settings(c).board_ma, 117, 0.5) << "3 W at 25.6 V";
    c.drains = {6, 10, 2, 9, 0.5, 1.5};
    EXPECT_DOUBLE_EQ(residual_settings(c).drains_ma, 23);
    EXPECT_NEAR(residual_settings(c).board_ma, 234, 0.5);
    c.drains.board_w.reset();
    EXPECT_DOUBLE_EQ(residual_settings(c).board_ma, 0);
}

TEST(AfterLowCell, OnGxPowALowCellCutsTheBoardOff) { // M103
    config::Config c = boat();
    c.power.fed_from = config::FedFrom::gx_pow;
    EXPECT_DOUBLE_EQ(residual_settings(c).board_ma, 0);
    EXPECT_EQ(power_settings(c).fed_from, guard::FedFrom::gx_pow);
}

TEST(AfterLowCell, WithoutADescribedBankThereIsNoFigure) {
    const config::Config c;
    EXPECT_EQ(residual_settings(c).bank_ah, std::nullopt);
    EXPECT_NEAR(residual_settings(c).board_ma, 234, 0.5);
    EXPECT_EQ(power_settings(c).low_cell_v, std::nullopt);
    EXPECT_EQ(power_settings(c).rest_h, std::nullopt);
    EXPECT_EQ(outlook_lines(c), "");
}

TEST(AfterLowCell, TheOutlookSaysHowLongTheRestWillLast) { // M120
    config::Config c = boat();
    EXPECT_EQ(outlook_lines(c),
              "about 4.0 Ah are left after a low cell: 34 h with 117 mA\n"
              "at a low cell: this board goes on and empties the battery: the rest lasts 34 h\n");
    c.detectors.aux_in = config::Line{.name = "GPIO5"};
    c.system.aux_in_adapter_v = 24;
    EXPECT_THAT(outlook_lines(c), HasSubstr("unless Aux-In is powered"));
    EXPECT_TRUE(power_settings(c).aux_in_fitted);
    EXPECT_EQ(power_settings(c).aux_in_v, 24);
    EXPECT_THAT(power_settings(c).low_cell_v, Optional(testing::DoubleNear(22.4, 1e-9)));
}

TEST(AfterLowCell, ATimeWithoutHardwareThatWakesIsNoTime) {
    config::Config c = boat();
    c.power.off_after_min = 0.5;
    EXPECT_EQ(power_settings(c).off_after, std::nullopt);
    c.power.wake_hardware = config::WakeHardware::wired;
    EXPECT_EQ(power_settings(c).off_after, Duration(30s));
    c.power.off_after_min.reset();
    EXPECT_EQ(power_settings(c).off_after, std::nullopt);
}

// ------------------------------------------------------------------------------------------ what a low cell
// is

struct AfterLowCellOfTheCore : CoreBench, testing::Test {
    explicit AfterLowCellOfTheCore(core::Settings s = {}) : CoreBench(s) {}
};

TEST_F(AfterLowCellOfTheCore, ItBeginsWhenTheLoadsGoOffAndNotBefore) {
    start();
    EXPECT_FALSE(low_cell_alone(result));
    EXPECT_TRUE(recovered(result, now));
    discharge_loop(false);
    run(29s);
    EXPECT_FALSE(low_cell_alone(result)) << "PreAlarm: loads still draw";
    EXPECT_TRUE(recovered(result, now));
    run(2s);
    EXPECT_TRUE(low_cell_alone(result));
    EXPECT_FALSE(recovered(result, now));
    discharge_loop(true);
    run(1s);
    EXPECT_FALSE(low_cell_alone(result)) << "the loop is closed, its delay runs";
    EXPECT_FALSE(recovered(result, now));
    run(10s);
    EXPECT_TRUE(recovered(result, now));
}

TEST_F(AfterLowCellOfTheCore, NeitherRemoteOffNorALostLineIsALowCell) {
    start();
    remote(false);
    run(1s);
    EXPECT_FALSE(low_cell_alone(result));
    remote(true);
    run(10s);
    lose_lines();
    EXPECT_FALSE(low_cell_alone(result));
    run(1min);
    EXPECT_FALSE(recovered(result, now)) << "the loop cannot be read";
}

TEST_F(AfterLowCellOfTheCore, WithTheRemoteOffAClosedLoopIsAChargedBatteryAllTheSame) {
    start();
    discharge_loop(false);
    run(31s);
    remote(false);
    run(1min);
    EXPECT_FALSE(recovered(result, now));
    discharge_loop(true);
    run(4s);
    EXPECT_FALSE(recovered(result, now)) << "not for good yet";
    run(2s);
    ASSERT_FALSE(loads_on());
    EXPECT_TRUE(recovered(result, now));
}

TEST_F(AfterLowCellOfTheCore, NorIsABrokenCable) {
    start();
    charge_loop(false);
    discharge_loop(false);
    run(31s);
    ASSERT_FALSE(loads_on());
    EXPECT_FALSE(low_cell_alone(result));
    charge_loop(true);
    run(1s);
    EXPECT_TRUE(low_cell_alone(result)) << "it was a cell, after all";
}

struct AfterLowCellByHand : AfterLowCellOfTheCore {
    AfterLowCellByHand() : AfterLowCellOfTheCore({.restart_manual = true}) {}
};

TEST_F(AfterLowCellByHand, LoadsThatWaitForAPersonWaitOnAChargedBattery) {
    start();
    discharge_loop(false);
    run(31s);
    EXPECT_FALSE(recovered(result, now));
    discharge_loop(true);
    run(10s);
    ASSERT_FALSE(loads_on());
    EXPECT_TRUE(recovered(result, now));
    EXPECT_FALSE(low_cell_alone(result));
}

} // namespace
} // namespace bms::test
