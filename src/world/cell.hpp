// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// One LiFePO4 cell. Where each number comes from: src/world/README.md.
#pragma once

namespace bms::world {

/// How much lithium is in each electrode of a cell, 0 to 1.
struct Lithiation {
    double graphite = 0, iron_phosphate = 0;
};

/// At rest, V, from the published potentials of both electrodes, for any use that a cell makes of them.
double rested_voltage_v(double charge, const Lithiation& at_empty, const Lithiation& at_full);

/// At rest, V; charge 0 to 1 as a share of the capacity. Below 0 and above 1 the cell is harmed, and its
/// voltage runs away: 0.6 V a percent down (to 0 V), 0.2 V a percent up.
struct OpenCircuit {
    double voltage_v = 0;
    double slope_v = 0; ///< change of the voltage for a whole capacity
};
OpenCircuit open_circuit(double charge);

struct Cell {
    double capacity_ah = 100;
    double charge = 0.8;         ///< share of its capacity: 0 empty, 1 full
    double polarisation_v = 0;   ///< slow part of the voltage under current
    double hysteresis = 0;       ///< -1 after a discharge to 1 after a charge
    double open_circuit_v = 3.3; ///< at this charge, with hysteresis; kept by step()
    double slope_v = 0;          ///< of it, here, for a whole capacity
    double voltage_v = 3.3;      ///< at its poles, as of the last step
};

/// What all cells of a battery have in common during a step, worked out once.
struct CellStep {
    double seconds = 1;
    double ohmic_ohm_ah =
        0; ///< resistance of a cell times its capacity: four times as much at -20 as at 25 degC
    double leak_share = 0; ///< of the capacity, by self-discharge
    double slow_share = 0; ///< of the way of the slow part
};

/// seconds: above 0, up to 60.
CellStep cell_step(double temperature_c, double seconds);

/// The voltage that it would have without current now, V: what is in it, and the slow part.
inline double inner_voltage_v(const Cell& cell) { return cell.open_circuit_v + cell.polarisation_v; }

/// Takes `current_a`, into the cell above 0.
void step(Cell& cell, double current_a, const CellStep& how);

/// As after hours of rest at this charge.
void rest_at(Cell& cell, double charge);

} // namespace bms::world
