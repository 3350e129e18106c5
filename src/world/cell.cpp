// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "world/cell.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace bms::world {
namespace {

// Safari and Delacourt, J. Electrochem. Soc. 158 (2011) A562 and A63: potentials of the two electrodes of a
// LiFePO4/graphite cell against lithium, V.
double iron_phosphate_v(double lithiation) {
    const double free = 1 - lithiation;
    return 3.4323 - 0.8428 * std::exp(-80.2493 * std::pow(free, 1.3198)) -
           3.2474e-6 * std::exp(20.2645 * std::pow(free, 3.8003)) +
           3.2482e-6 * std::exp(20.2646 * std::pow(free, 3.7995));
}

double graphite_v(double lithiation) {
    const double x = lithiation;
    return 0.6379 + 0.5416 * std::exp(-305.5309 * x) - 0.044 * std::tanh((x - 0.1958) / 0.1088) -
           0.1978 * std::tanh((x - 1.0571) / 0.0854) - 0.6875 * std::tanh((x + 0.0117) / 0.0529) -
           0.0175 * std::tanh((x - 0.5692) / 0.0875);
}

// What of each electrode a cell uses between empty and full. Full: Schimpe et al., J. Electrochem. Soc. 165
// (2018) A181. Empty: fitted to what the batteries' manual says is left, about 3 % at 2.8 V and 1 % at 2.6 V.
constexpr Lithiation empty{.graphite = 0.0040, .iron_phosphate = 0.959};
constexpr Lithiation full{.graphite = 0.78, .iron_phosphate = 0.045};

constexpr int steps_in_curve = 1000;
using Curve = std::array<double, steps_in_curve + 1>;

const Curve& curve() {
    static const Curve sampled = [] {
        Curve c{};
        for (int i = 0; i <= steps_in_curve; ++i) {
            c[static_cast<std::size_t>(i)] =
                rested_voltage_v(static_cast<double>(i) / steps_in_curve, empty, full);
        }
        return c;
    }();
    return sampled;
}

constexpr double below_empty_v = 60;    // for each whole capacity below empty; chosen
constexpr double above_full_v = 20;     // for each whole capacity above full; chosen
constexpr double ohmic_ohm_ah = 0.10;   // 1 mOhm at 100 Ah; chosen
constexpr double slow_ohm_ah = 0.05;    // the slow part; chosen
constexpr double slow_s = 60;           // its time; chosen
constexpr double hysteresis_v = 0.008;  // half of the gap between charge and discharge; chosen
constexpr double hysteresis_turns = 25; // the branch is changed within about 1/25 of the capacity; chosen
constexpr double self_discharge = 0.02; // of the capacity in 30 days at 25 degC; chosen
constexpr double seconds_in_hour = 3600.0;

double cold_factor(double temperature_c) {
    // A straight line through 1 at 25 degC and 4 at -20 degC, never below 0.8; chosen.
    return std::max(0.8, 1 + (25 - temperature_c) * 3 / 45);
}

void look_up(Cell& cell) {
    const OpenCircuit open = open_circuit(cell.charge);
    cell.open_circuit_v = std::max(0.0, open.voltage_v + hysteresis_v * cell.hysteresis);
    cell.slope_v = open.slope_v;
}

} // namespace

double rested_voltage_v(double charge, const Lithiation& at_empty, const Lithiation& at_full) {
    const auto between = [&](double low, double high) { return low + charge * (high - low); };
    return iron_phosphate_v(between(at_empty.iron_phosphate, at_full.iron_phosphate)) -
           graphite_v(between(at_empty.graphite, at_full.graphite));
}

OpenCircuit open_circuit(double charge) {
    if (charge < 0) {
        const double voltage_v = curve().front() + below_empty_v * charge;
        return voltage_v > 0 ? OpenCircuit{voltage_v, below_empty_v} : OpenCircuit{};
    }
    if (charge >= 1) {
        return {curve().back() + above_full_v * (charge - 1), above_full_v};
    }
    const double at = charge * steps_in_curve;
    const auto i = static_cast<std::size_t>(at);
    const double rise_v = curve()[i + 1] - curve()[i];
    return {curve()[i] + (at - static_cast<double>(i)) * rise_v, rise_v * steps_in_curve};
}

CellStep cell_step(double temperature_c, double seconds) {
    const double warmth = std::max(0.1, 1 + (temperature_c - 25) / 20); // chosen
    return {.seconds = seconds,
            .ohmic_ohm_ah = ohmic_ohm_ah * cold_factor(temperature_c),
            .leak_share = self_discharge * warmth * seconds / (30 * 24 * seconds_in_hour),
            .slow_share = seconds / (slow_s + seconds)};
}

void step(Cell& cell, double current_a, const CellStep& how) {
    const double c_rate = current_a / cell.capacity_ah;
    const double moved = c_rate * how.seconds / seconds_in_hour;
    cell.charge += moved - how.leak_share;

    const double turn = hysteresis_turns * moved;
    cell.hysteresis = (cell.hysteresis + turn) / (1 + std::abs(turn));
    cell.polarisation_v += (c_rate * slow_ohm_ah - cell.polarisation_v) * how.slow_share;
    look_up(cell);
    cell.voltage_v = std::max(0.0, inner_voltage_v(cell) + c_rate * how.ohmic_ohm_ah);
}

void rest_at(Cell& cell, double charge) {
    cell.charge = charge;
    cell.polarisation_v = 0;
    cell.hysteresis = 0;
    look_up(cell);
    cell.voltage_v = cell.open_circuit_v;
}

} // namespace bms::world
