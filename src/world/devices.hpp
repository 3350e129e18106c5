// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Loads, chargers and the inverter/charger as simple models. Numbers and sources: src/world/README.md.
#pragma once

#include "world/wires.hpp"

#include <string>

namespace bms::world {

/// A DC load of constant power.
struct Load {
    std::string name;
    double power_w = 0; ///< while it is switched on
    Remote remote;
    bool on = false; ///< as of the last step
    double served_wh = 0;
};

/// A small load that nothing switches off (M69, M118).
struct Drain {
    std::string name;
    double current_a = 0;
};

/// Electronic switch for loads without a remote input (M19, M70 to M72).
struct BatteryProtect {
    bool closed = true;
    double low_s = 0;  ///< below its own level for so long
    double good_s = 0; ///< above its restart level for so long, after it cut by voltage
    bool cut_by_voltage = false;
};

/// cell_v: bank voltage for each cell in series.
void step(BatteryProtect& switch_, bool h_is_high, double cell_v, double seconds);

/// Bulk, absorption, float. Every charger follows its own (M82).
struct Stages {
    enum class Stage : unsigned char { bulk, absorption, floating };
    Stage stage = Stage::bulk;
    double in_stage_s = 0;
    double low_s = 0;
};

double target_cell_v(const Stages& stages);
void step(Stages& stages, bool running, double cell_v, double seconds);

enum class ChargerKind : unsigned char {
    solar, ///< solar charger, by sun
    orion, ///< DC-DC charger from the alternator (M88)
    cyrix, ///< Cyrix-Li-Charge from the alternator: one way, engages with charge voltage only (M87)
    ac,    ///< AC charger on the mains (M83)
    hand,  ///< a small charger that a person connects (M133); nothing controls it
};

struct Charger {
    std::string name;
    ChargerKind kind = ChargerKind::solar;
    double rating = 0; ///< A; W of its panels for a solar charger
    Remote remote;
    Stages stages;
    bool permitted = false; ///< by remote input or DVCC, as of the last step
    double current_a = 0;
};

/// One or several units as one.
struct Multi {
    bool fitted = false;
    int units = 1;
    double charger_a = 70;   ///< of each unit
    double idle_w = 11;      ///< of each unit, while it inverts or charges
    bool two_signal = false; ///< the box's two copies are wired to its two-signal inputs
    Switch front = Switch::on;
    MultiOrder order; ///< as last heard
    double ac_load_w = 0;

    enum class Does : unsigned char { nothing, passes_through, charges, inverts };
    Does does = Does::nothing;
    bool awake = true; ///< its electronics have supply: AC, standby line, or it is on
    double off_s = 0;  ///< without a reason to be awake for so long
    double current_a = 0;
    Stages stages;
    double served_wh = 0, missed_wh = 0;

    /// What follows from all its switches.
    Switch active() const { return meet(front, order.mode); }
};

} // namespace bms::world
