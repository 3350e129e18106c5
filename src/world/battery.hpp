// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Batteries with their electronics (BTV), and the bank they make. A battery measures its cells and opens a
// loop; nothing here decides more than that.
#pragma once

#include "world/cell.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace bms::world {

/// The three loops of the M8 cables as the box sees them (M7, M58). Closed is healthy.
struct Loops {
    bool allow_to_charge = true;
    bool allow_to_discharge = true;
    bool pre_alarm = true;
    bool operator==(const Loops&) const = default;
};

/// What is set in, or built into, the electronics of the batteries (M14).
struct Levels {
    double pre_alarm_v = 3.10;      ///< 2.85 to 3.15
    double low_cell_v = 2.80;       ///< 2.60 to 2.80
    double low_cell_clear_v = 3.20; ///< all cells
    double high_cell_v = 3.75;      ///< built in
    double high_cell_clear_v = 3.60;
    double low_temperature_c = 5; ///< -20 to 20
    double high_temperature_c = 50;
    double temperature_clear_k = 2; ///< not published; chosen
};

inline constexpr std::size_t most_cells = 8;
inline constexpr int most_batteries = 20; // M4

/// What a battery or a string looks like from its poles. A current of I for t seconds ends at
/// inner_v + I * (resistance_ohm + t * stiffness_v_as): worked out so, long steps swing nowhere.
struct Source {
    double inner_v = 0;
    double resistance_ohm = 0;
    double stiffness_v_as = 0; ///< how much an ampere-second moves the voltage
};

struct Battery {
    std::array<Cell, most_cells> cell{};
    std::size_t cells = 4; ///< 4: 12.8 V, 8: 25.6 V (M1)
    double temperature_c = 15;
    bool electronics = true; ///< false: dead, its loops are open
    bool has_pre_alarm = true;
    Loops shows; ///< as its electronics last said
    double lowest_v = 3.3, highest_v = 3.3;
    Source source; ///< as of the last step

    std::span<Cell> all() { return {cell.data(), cells}; }
    std::span<const Cell> all() const { return {cell.data(), cells}; }
};

struct BankPlan {
    int series = 1;
    int parallel = 1;
    double nominal_v = 12.8; ///< of one battery: 12.8 or 25.6
    double capacity_ah = 200;
    double start_charge = 0.8;
    double capacity_spread = 0; ///< up to this share more or less
    double charge_spread = 0;
    bool pre_alarm = true; ///< false: old batteries
    Levels levels;

    int batteries() const { return series * parallel; }
    int cells_in_series() const { return series * (nominal_v > 20 ? 8 : 4); }
    /// Nominal, as the manual counts it (M5).
    double energy_kwh() const { return batteries() * nominal_v * capacity_ah / 1000; }
};

/// What the manual does not allow of this bank (M1 to M5), in words; empty: nothing.
std::string beyond_the_manual(const BankPlan& plan);

struct Bank {
    BankPlan plan;
    std::vector<Battery> battery; ///< string after string
    std::vector<bool> cable_cut;  ///< the cable before battery 1, 2, ..., and the one back to the box (M58)
    double voltage_v = 0;
    double current_a = 0; ///< into the bank above 0
};

/// seed: of the spread of the cells.
Bank make_bank(const BankPlan& plan, unsigned seed);

/// The whole bank at the end of a step of so long: inner_v + current * resistance_ohm.
Source source_of(const Bank& bank, double seconds);

/// One cell as after hours of rest at this charge. Batteries and cells count from 0.
void rest_cell(Bank& bank, std::size_t battery, std::size_t cell, double charge);

/// Current for `seconds`: cells, balancers, warmth, electronics.
void step(Bank& bank, double current_a, double ambient_c, double seconds);

/// The loops at the box: in series through all batteries; a cut cable opens all three.
Loops loops_of(const Bank& bank);

double lowest_cell_v(const Bank& bank);
double highest_cell_v(const Bank& bank);
/// Mean of all cells, 0 to 1.
double charge_of(const Bank& bank);

} // namespace bms::world
