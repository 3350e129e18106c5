// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the box puts on wires and on the buses, and how a remote input takes it. The world never asks why.
#pragma once

#include <optional>

namespace bms::world {

/// The switch of an inverter/charger, or of a panel for one.
enum class Switch : unsigned char { off, charger_only, inverter_only, on };

constexpr bool may_charge(Switch s) { return s == Switch::on || s == Switch::charger_only; }
constexpr bool may_invert(Switch s) { return s == Switch::on || s == Switch::inverter_only; }
/// What both allow.
constexpr Switch meet(Switch a, Switch b) {
    const bool charge = may_charge(a) && may_charge(b), invert = may_invert(a) && may_invert(b);
    return charge ? (invert ? Switch::on : Switch::charger_only)
                  : (invert ? Switch::inverter_only : Switch::off);
}

/// Told over VE.Bus; stays in force until the next one, also when the box dies.
struct MultiOrder {
    Switch mode = Switch::on;
    std::optional<double> charge_limit_a; ///< of each unit; 0 stops its charger
    bool operator==(const MultiOrder&) const = default;
};

/// The box as the world sees it. Outputs are high or float; they never sink (M13, M17, M20, M66).
struct BmsSide {
    bool alive = false; ///< its program runs: it repeats what it says on D-Bus
    bool load_disconnect = false, charge_disconnect = false, pre_alarm = false;
    bool two_signal_discharge = false, two_signal_charge = false;
    bool vebus_standby = false;
    bool allow_to_charge = false;    ///< on D-Bus, for DVCC
    std::optional<MultiOrder> multi; ///< nullopt: nothing is said
    bool operator==(const BmsSide&) const = default;
};

/// What a terminal feels.
enum class Terminal : unsigned char { floating, low, high };

/// How a load's or charger's remote input is joined to the box.
enum class Control : unsigned char {
    none,              ///< not joined: always on
    load_disconnect,   ///< to the output LoadDisconnect
    charge_disconnect, ///< to the output ChargeDisconnect
    battery_protect,   ///< fed through the BatteryProtect, whose H is on LoadDisconnect
    dvcc,              ///< by its GX: DVCC
};

struct Remote {
    Control control = Control::none;
    bool on_when_low = false;     ///< an active-low input (M68, M86)
    bool inverting_cable = false; ///< pulls low while the output is high
};

/// Is it switched on by its remote input?
constexpr bool is_on(const Remote& remote, bool output_high) {
    const Terminal driven = remote.inverting_cable ? Terminal::low : Terminal::high;
    const Terminal felt = output_high ? driven : Terminal::floating;
    return felt == (remote.on_when_low ? Terminal::low : Terminal::high);
}

} // namespace bms::world
