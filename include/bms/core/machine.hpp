// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// THE file to read: what the BMS decides, as four small tables.
//
// The questions are independent, so each has its own region: do we trust the inputs and are we switched on
// (Power), may loads draw (Discharge), may chargers push (Charge), and what is the Multi's own charger told
// (MultiCharge). Outputs come from all of them at once (outputs.hpp), never from a single move.
//
// Who guarantees what: the batteries measure their cells and open a loop; these tables turn loops and time
// into permissions; the wiring board turns a missing permission, or a dead process, into a disconnected
// output.
#pragma once

#include "bms/core/table.hpp"

namespace bms::core {

// ------------------------------------------------------------------------------------------------ Power

enum class Power : unsigned char {
    starting,    ///< No complete, debounced reading of the lines has been made yet. Nothing is permitted.
    on,          ///< Inputs are trusted and the remote terminal says on (M92-M94).
    remote_off,  ///< Inputs are trusted and the remote terminal says off: nothing is permitted, AC passes
                 ///< through (M33).
    inputs_lost, ///< A line that was read before is lost: nothing is permitted until it is back.
};
template<>
inline constexpr std::size_t count_of<Power> = 4;

enum class PowerSignal : unsigned char {
    inputs_valid, ///< every protective line is held, read and debounced
    remote_on,    ///< remote terminal: H and L joined, H high or L low; undefined is off (M92-M96)
};
template<>
inline constexpr std::size_t count_of<PowerSignal> = 2;

using PowerRow = Row<Power, PowerSignal>;

inline constexpr std::array power_table = [] {
    using enum Power;
    using enum PowerSignal;
    return std::to_array<PowerRow>({
        {starting, no(inputs_valid), starting, "the lines have not been read yet"},
        {starting, is(inputs_valid) & no(remote_on), remote_off, "remote on/off is off"},
        {starting, is(inputs_valid) & is(remote_on), on, "all lines read, remote on/off is on"},

        {on, no(inputs_valid), inputs_lost, "a line is lost"},
        {on, is(inputs_valid) & no(remote_on), remote_off, "remote on/off is off"}, // M33, M91
        {on, is(inputs_valid) & is(remote_on), on, "remote on/off is on"},

        {remote_off, no(inputs_valid), inputs_lost, "a line is lost"},
        {remote_off, is(inputs_valid) & no(remote_on), remote_off, "remote on/off is off"},
        {remote_off, is(inputs_valid) & is(remote_on), on, "remote on/off is on"},

        {inputs_lost, no(inputs_valid), inputs_lost, "a line is lost"},
        {inputs_lost, is(inputs_valid) & no(remote_on), remote_off, "lines are back, remote on/off is off"},
        {inputs_lost, is(inputs_valid) & is(remote_on), on, "lines are back"},
    });
}();

static_assert(exactly_one_row(power_table));
static_assert(settles_in_one_step(power_table, {}));

// -------------------------------------------------------------------------------------------- Discharge

enum class Discharge : unsigned char {
    allowed,         ///< LoadDisconnect high: loads and inverter may draw.
    pre_alarm,       ///< As allowed, and PreAlarm high: loads will be disconnected soon (M8, M13).
    load_disconnect, ///< LoadDisconnect floating: loads and inverter off (M9, M10, M17). The state we start
                     ///< in.
};
template<>
inline constexpr std::size_t count_of<Discharge> = 3;

enum class DischargeSignal : unsigned char {
    powered,           ///< Power is on
    cell_low,          ///< the allow-to-discharge loop is open
    cell_low_imminent, ///< the pre-alarm loop is open
    lead_over,         ///< PreAlarm has been high for the lead time, 30 s at least (M15)
    release_over,      ///< both loops have been closed, unbroken, for the release time
    reconnect_over,    ///< the loop has been closed, unbroken, for the reconnect delay
    restart_latched,   ///< restart is manual and the user has not given the word
    soc_low,           ///< the SoC rule takes the loads off (M121)
};
template<>
inline constexpr std::size_t count_of<DischargeSignal> = 8;

using DischargeRow = Row<Discharge, DischargeSignal>;

inline constexpr std::array discharge_table = [] {
    using enum Discharge;
    using enum DischargeSignal;
    return std::to_array<DischargeRow>({
        {allowed, no(powered), load_disconnect, "switched off or inputs lost: loads off at once"}, // M33
        {allowed, is(powered) & no(cell_low) & no(soc_low) & no(cell_low_imminent), allowed,
         "cells above the pre-alarm level"},
        {allowed, is(powered) & no(cell_low) & no(soc_low) & is(cell_low_imminent), pre_alarm,
         "cell undervoltage imminent"}, // M8
        {allowed, is(powered) & no(cell_low) & is(soc_low), pre_alarm,
         "state of charge low: PreAlarm first"}, // M121
        {allowed, is(powered) & is(cell_low), pre_alarm,
         "cell undervoltage without warning: PreAlarm first"}, // M15

        {pre_alarm, no(powered), load_disconnect, "switched off or inputs lost: loads off at once"},
        {pre_alarm, is(powered) & is(cell_low) & is(lead_over), load_disconnect,
         "cell undervoltage, and PreAlarm has been high long enough"}, // M9, M15
        {pre_alarm, is(powered) & is(cell_low) & no(lead_over), pre_alarm,
         "cell undervoltage, PreAlarm lead running"},
        {pre_alarm, is(powered) & no(cell_low) & is(soc_low) & is(lead_over), load_disconnect,
         "state of charge low, and PreAlarm has been high long enough"}, // M15, M121
        {pre_alarm, is(powered) & no(cell_low) & is(soc_low) & no(lead_over), pre_alarm,
         "state of charge low, PreAlarm lead running"},
        {pre_alarm, is(powered) & no(cell_low) & no(soc_low) & is(cell_low_imminent), pre_alarm,
         "cell undervoltage imminent"},
        {pre_alarm, is(powered) & no(cell_low) & no(soc_low) & no(cell_low_imminent) & no(release_over),
         pre_alarm, "cells are back, waiting until that lasts"},
        {pre_alarm, is(powered) & no(cell_low) & no(soc_low) & no(cell_low_imminent) & is(release_over),
         allowed, "cells recovered"},

        {load_disconnect, no(powered), load_disconnect, "switched off or inputs lost"},
        {load_disconnect, is(powered) & is(cell_low), load_disconnect,
         "cell undervoltage: charge the battery"}, // M125
        {load_disconnect, is(powered) & no(cell_low) & is(soc_low), load_disconnect,
         "state of charge low: charge the battery"}, // M121
        {load_disconnect, is(powered) & no(cell_low) & no(soc_low) & is(restart_latched), load_disconnect,
         "waiting for the word to restart the loads"},
        {load_disconnect, is(powered) & no(cell_low) & no(soc_low) & no(restart_latched) & no(reconnect_over),
         load_disconnect, "cells are back, reconnect delay running"},
        {load_disconnect,
         is(powered) & no(cell_low) & no(soc_low) & no(restart_latched) & is(reconnect_over) &
             is(cell_low_imminent),
         pre_alarm, "loads back on, cell undervoltage still imminent"},
        {load_disconnect,
         is(powered) & no(cell_low) & no(soc_low) & no(restart_latched) & is(reconnect_over) &
             no(cell_low_imminent),
         allowed, "cells in range, loads on"},
    });
}();

static_assert(exactly_one_row(discharge_table));
static_assert(settles_in_one_step(discharge_table, no(DischargeSignal::lead_over)));

// ----------------------------------------------------------------------------------------------- Charge

enum class Charge : unsigned char {
    allowed,           ///< ChargeDisconnect high: chargers may push.
    charge_disconnect, ///< ChargeDisconnect floating: chargers off (M12, M20). The state we start in.
};
template<>
inline constexpr std::size_t count_of<Charge> = 2;

enum class ChargeSignal : unsigned char {
    powered,   ///< Power is on
    cell_high, ///< the allow-to-charge loop is open: cell voltage or temperature, it cannot be told which
               ///< (M73)
    reconnect_over, ///< the loop has been closed, unbroken, for the reconnect delay
};
template<>
inline constexpr std::size_t count_of<ChargeSignal> = 3;

using ChargeRow = Row<Charge, ChargeSignal>;

inline constexpr std::array charge_table = [] {
    using enum Charge;
    using enum ChargeSignal;
    return std::to_array<ChargeRow>({
        {allowed, no(powered), charge_disconnect, "switched off or inputs lost: chargers off at once"},
        {allowed, is(powered) & is(cell_high), charge_disconnect,
         "the battery stops charging: high cell or temperature"}, // M12
        {allowed, is(powered) & no(cell_high), allowed, "cells and temperature in range"},

        {charge_disconnect, no(powered), charge_disconnect, "switched off or inputs lost"},
        {charge_disconnect, is(powered) & is(cell_high), charge_disconnect,
         "the battery stops charging: high cell or temperature"}, // M73
        {charge_disconnect, is(powered) & no(cell_high) & no(reconnect_over), charge_disconnect,
         "cells are back, reconnect delay running"},
        {charge_disconnect, is(powered) & no(cell_high) & is(reconnect_over), allowed,
         "cells and temperature in range, chargers on"}, // M128
    });
}();

static_assert(exactly_one_row(charge_table));
static_assert(settles_in_one_step(charge_table, {}));

// ------------------------------------------------------------------------------------------ MultiCharge

/// What the inverter/charger's own charger is told. Only on a high cell alone may it go on at a reduced
/// current, so that the cells can balance (M11, M135): bounded in time, and only while it is seen to obey.
enum class MultiCharge : unsigned char {
    allow,
    reduce,
    stop, ///< The state we start in.
};
template<>
inline constexpr std::size_t count_of<MultiCharge> = 3;

enum class MultiChargeSignal : unsigned char {
    powered,        ///< Power is on
    charge_allowed, ///< Charge is allowed
    reducible,      ///< the charge loop alone is the cause, and reducing is configured and possible
    reduce_over,    ///< reduced for as long as one opening may be
    not_obeyed,     ///< measured charge current stays above the reduced limit
};
template<>
inline constexpr std::size_t count_of<MultiChargeSignal> = 5;

using MultiChargeRow = Row<MultiCharge, MultiChargeSignal>;

inline constexpr std::array multi_charge_table = [] {
    using enum MultiCharge;
    using enum MultiChargeSignal;
    return std::to_array<MultiChargeRow>({
        {allow, no(powered), stop, "switched off or inputs lost"},
        {allow, is(powered) & is(charge_allowed), allow, "charging allowed"},
        {allow, is(powered) & no(charge_allowed) & is(reducible), reduce,
         "high cell: reduced current, cells can balance"},
        {allow, is(powered) & no(charge_allowed) & no(reducible), stop, "charging not allowed"},

        {reduce, no(powered), stop, "switched off or inputs lost"},
        {reduce, is(powered) & is(charge_allowed), allow, "charging allowed again"},
        {reduce, is(powered) & no(charge_allowed) & no(reducible), stop, "more than a high cell: stop"},
        {reduce, is(powered) & no(charge_allowed) & is(reducible) & is(not_obeyed), stop,
         "the charge current did not come down: stop"},
        {reduce, is(powered) & no(charge_allowed) & is(reducible) & no(not_obeyed) & is(reduce_over), stop,
         "still a high cell after the time for balancing: stop"},
        {reduce, is(powered) & no(charge_allowed) & is(reducible) & no(not_obeyed) & no(reduce_over), reduce,
         "high cell: reduced current, cells can balance"},

        {stop, no(powered), stop, "switched off or inputs lost"},
        {stop, is(powered) & is(charge_allowed), allow, "charging allowed"},
        {stop, is(powered) & no(charge_allowed), stop, "charging not allowed"},
    });
}();

static_assert(exactly_one_row(multi_charge_table));
static_assert(settles_in_one_step(multi_charge_table,
                                  no(MultiChargeSignal::reduce_over) & no(MultiChargeSignal::not_obeyed)));

} // namespace bms::core
