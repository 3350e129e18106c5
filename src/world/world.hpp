// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A boat, a van or a hut: a bank, what charges it, what draws from it, and the weather. Time is passed in,
// chance is seeded, and the same calls give the same world. It knows nothing of how a BMS decides.
#pragma once

#include "world/battery.hpp"
#include "world/devices.hpp"

#include <optional>
#include <vector>

namespace bms::world {

/// The box's own supply: from the bank, or from Aux-In when its voltage is higher (M31, M158).
struct Supply {
    double board_w = 3;
    double aux_v = 0; ///< 0: no adapter
    bool aux_on = true;
    enum class From : unsigned char { nothing, bank, aux };
    From from = From::bank;
};

/// Hours and energy, for an owner to read.
struct Tally {
    double hours = 0;
    double hours_loads_off = 0;  ///< LoadDisconnect floating
    double hours_charge_off = 0; ///< ChargeDisconnect floating
    double served_kwh = 0;       ///< DC loads and inverter
    double charged_kwh = 0;      ///< into the bank
    double lowest_cell_v = 9, highest_cell_v = 0;
    double lowest_cell_v_permitted = 9;  ///< while loads were permitted
    double highest_cell_v_permitted = 0; ///< while charge was permitted
};

struct World {
    Bank bank;
    std::vector<Load> loads;
    std::vector<Drain> drains;
    std::vector<Charger> chargers;
    std::optional<BatteryProtect> battery_protect;
    Multi multi;
    Supply supply;
    bool remote_on = true;       ///< the person's switch on the remote terminal
    bool program_runs = true;    ///< the box's program; false: killed, and not started again
    std::optional<Switch> panel; ///< what a Digital Multi Control says (M105); nullopt: there is none
    bool mains = false;
    bool engine = false;
    double sun = 1;            ///< 0 dark cloud to 1 clear sky
    double temperature_c = 15; ///< mean of the day around the batteries
    double time_s = 0;         ///< since midnight of day 1
    double gx_silent_s = 0;    ///< DVCC has heard nothing for so long
    Tally tally;
};

/// One step under these outputs, of up to 60 s.
void step(World& world, const BmsSide& box, double seconds);

/// The longest next step in which no level of the electronics is passed unseen: 60, 10 or 5 s where the cells
/// are far from all of them, else 1 s.
double calm_for_s(const World& world);

/// What cannot be (no number, a charge out of all bounds), in words; empty: all well.
std::string impossible(const World& world);

/// Below it an inverter stops by itself.
bool inverter_has_voltage(const World& world);

/// The box must be fed to do anything (M137): from which 9 V it runs.
bool box_has_supply(const World& world);

} // namespace bms::world
