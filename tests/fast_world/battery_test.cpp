// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The world's batteries against what is published of real ones (src/world/README.md).
#include "world/battery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace bms::world {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

void take(Cell& cell, double current_a, double seconds) {
    const CellStep second = cell_step(25, 1);
    for (double t = 0; t < seconds; ++t) {
        step(cell, current_a, second);
    }
}

Bank plain_bank(BankPlan plan = {}) { return make_bank(plan, 1); }

void rest(Bank& bank, double seconds = 1, double ambient_c = 15) { step(bank, 0, ambient_c, seconds); }

// The curve between 10 and 90 % against that of the published cell (Schimpe et al., 2018: 0.0085 to 0.78 of
// the graphite, 0.916 to 0.045 of the iron phosphate). Ours differs by where it is empty.
TEST(Cell, FollowsThePublishedCurveBetween10And90Percent) {
    double squares = 0;
    for (int percent = 10; percent <= 90; ++percent) {
        const double published_v = rested_voltage_v(percent / 100.0, {0.0085, 0.916}, {0.78, 0.045});
        const double off_v = open_circuit(percent / 100.0).voltage_v - published_v;
        squares += off_v * off_v;
    }
    const double rms_mv = 1000 * std::sqrt(squares / 81);
    std::printf("the curve is within %.1f mV (rms) of the published one\n", rms_mv);
    EXPECT_LT(rms_mv, 3);
    EXPECT_NEAR(open_circuit(0.5).voltage_v, 3.31, 0.01);
}

TEST(Cell, ItsCurveRisesEverywhere) {
    for (double charge = -0.02; charge < 1.05; charge += 0.001) {
        EXPECT_GT(open_circuit(charge + 0.001).voltage_v, open_circuit(charge).voltage_v) << charge;
    }
}

// About 3 % is left at 2.8 V, 1 % at 2.6 V: the battery's manual.
TEST(Cell, HasLeftWhatTheBatterysManualSays) {
    Cell cell;
    rest_at(cell, 0.2);
    const auto left_at = [&](double voltage_v) {
        while (cell.voltage_v >= voltage_v) {
            take(cell, -20, 1);
        }
        return cell.charge;
    };
    EXPECT_NEAR(left_at(2.8), 0.03, 0.01);
    EXPECT_NEAR(left_at(2.6), 0.01, 0.003);
}

TEST(Cell, LosesWhatIsTakenAndLittleByItself) {
    Cell cell;
    rest_at(cell, 0.8);
    take(cell, -100, 360);
    EXPECT_NEAR(cell.charge, 0.7, 0.0001);
    const CellStep minute = cell_step(25, 60);
    for (int i = 0; i < 30 * 24 * 60; ++i) {
        step(cell, 0, minute);
    }
    EXPECT_NEAR(cell.charge, 0.68, 0.0005);
}

TEST(Cell, RestsHigherAfterAChargeThanAfterADischarge) {
    Cell charged, discharged;
    rest_at(charged, 0.4);
    rest_at(discharged, 0.6);
    take(charged, 10, 3600);
    take(discharged, -10, 3600);
    take(charged, 0, 3600);
    take(discharged, 0, 3600);
    EXPECT_NEAR(charged.charge, discharged.charge, 0.001);
    EXPECT_NEAR(charged.voltage_v - discharged.voltage_v, 0.013, 0.006);
}

TEST(Cell, HasMoreResistanceInTheCold) {
    EXPECT_NEAR(cell_step(-20, 1).ohmic_ohm_ah / cell_step(25, 1).ohmic_ohm_ah, 4, 0.01);
}

TEST(Btv, OpensAndClosesItsLoopsAtItsLevels) {
    Bank bank = plain_bank();
    const auto loops_at = [&](double charge) {
        rest_cell(bank, 0, 1, charge);
        return loops_of(bank);
    };
    EXPECT_EQ(loops_at(0.5), (Loops{}));
    EXPECT_EQ(loops_at(0.045), (Loops{true, true, false})) << "below 3.10 V";
    EXPECT_EQ(loops_at(0.012), (Loops{true, false, false})) << "below 2.80 V";
    EXPECT_EQ(loops_at(0.08), (Loops{true, false, true})) << "not yet 3.20 V";
    EXPECT_EQ(loops_at(0.5), (Loops{}));
    EXPECT_EQ(loops_at(1.02), (Loops{false, true, true})) << "above 3.75 V";
    EXPECT_EQ(loops_at(1.012), (Loops{false, true, true})) << "not yet below 3.60 V";
    EXPECT_EQ(loops_at(0.99), (Loops{}));
}

TEST(Btv, StopsChargeInColdAndHeat) { // M73
    Bank bank = plain_bank();
    bank.battery[0].temperature_c = 4;
    rest(bank, 1, 4);
    EXPECT_EQ(loops_of(bank), (Loops{false, true, true}));
    bank.battery[0].temperature_c = 6;
    rest(bank, 1, 6);
    EXPECT_FALSE(loops_of(bank).allow_to_charge) << "2 K more are wanted";
    bank.battery[0].temperature_c = 8;
    rest(bank, 1, 8);
    EXPECT_TRUE(loops_of(bank).allow_to_charge);
    bank.battery[0].temperature_c = 51;
    rest(bank, 1, 51);
    EXPECT_EQ(loops_of(bank), (Loops{false, true, true}));
}

TEST(Btv, IsAChainThatAnyBatteryAndAnyCutOpens) { // M7, M58
    Bank bank = plain_bank({.series = 2, .parallel = 2});
    for (std::size_t cable = 0; cable < bank.cable_cut.size(); ++cable) {
        bank.cable_cut[cable] = true;
        EXPECT_EQ(loops_of(bank), (Loops{false, false, false})) << "cable " << cable + 1;
        bank.cable_cut[cable] = false;
    }
    for (Battery& b : bank.battery) {
        b.electronics = false;
        EXPECT_EQ(loops_of(bank), (Loops{false, false, false}));
        b.electronics = true;
    }
    EXPECT_EQ(loops_of(bank), (Loops{}));
}

TEST(Btv, OfAnOldBatteryGivesNoPreAlarm) { // M14
    Bank bank = plain_bank({.pre_alarm = false});
    rest_cell(bank, 0, 0, 0.012);
    EXPECT_EQ(loops_of(bank), (Loops{true, false, true}));
}

TEST(Bank, BalancesItselfNearFullOnly) {
    const auto spread = [](const Bank& b) {
        return b.battery[0].cell[0].charge - b.battery[0].cell[1].charge;
    };
    Bank full = plain_bank({.start_charge = 0.99}), half = plain_bank({.start_charge = 0.5});
    rest_cell(full, 0, 0, 1.02);
    rest_cell(half, 0, 0, 0.53);
    for (int minute = 0; minute < 240; ++minute) {
        rest(full, 60);
        rest(half, 60);
    }
    EXPECT_LT(spread(full), 0.02);
    EXPECT_NEAR(spread(half), 0.03, 0.0001);
}

TEST(Bank, SharesCurrentBetweenStringsAndKeepsTheCharge) {
    Bank bank = plain_bank({.parallel = 3});
    for (std::size_t cell = 0; cell < 4; ++cell) {
        rest_cell(bank, 0, cell, 0.3);
    }
    const double before = charge_of(bank);
    for (int minute = 0; minute < 24 * 60; ++minute) {
        rest(bank, 60);
    }
    EXPECT_NEAR(charge_of(bank), before, 0.001);
    EXPECT_GT(bank.battery[0].cell[0].charge, 0.4) << "the others have charged it";
    EXPECT_LT(bank.battery[1].cell[0].charge, 0.76);
}

// What a scenario may describe; the configuration of the daemon does not describe a bank.
TEST(Bank, BeyondTheManualIsRefusedInWords) {
    EXPECT_THAT(beyond_the_manual({.series = 4, .parallel = 5}), IsEmpty());
    EXPECT_THAT(beyond_the_manual({.series = 1, .parallel = 20, .capacity_ah = 330}), IsEmpty());
    EXPECT_THAT(beyond_the_manual({.series = 1, .parallel = 20, .nominal_v = 25.6, .capacity_ah = 200}),
                IsEmpty());
    EXPECT_THAT(beyond_the_manual({.series = 5}), HasSubstr("four 12.8 V"));
    EXPECT_THAT(beyond_the_manual({.series = 3}), HasSubstr("12, 24 or 48 V"));
    EXPECT_THAT(beyond_the_manual({.series = 4, .nominal_v = 25.6}), HasSubstr("two 25.6 V"));
    EXPECT_THAT(beyond_the_manual({.series = 2, .parallel = 11}), HasSubstr("20 batteries"));
    EXPECT_THAT(beyond_the_manual({.parallel = 20, .capacity_ah = 400}), HasSubstr("84 kWh"));
    EXPECT_THAT(beyond_the_manual({.nominal_v = 24}), HasSubstr("12.8 V or 25.6 V"));
}

} // namespace
} // namespace bms::world
