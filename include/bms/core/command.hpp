// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the inverter/charger is told: the user's wish, less what the BMS forbids. A fourth question, a fourth
// table.
#pragma once

#include "bms/core/table.hpp"

#include <optional>

namespace bms::core {

/// The switch of the inverter/charger. Wish and command are both one of these.
enum class Mode : unsigned char { off, charger_only, inverter_only, on };
template<>
inline constexpr std::size_t count_of<Mode> = 4;

constexpr bool may_charge(Mode m) { return m == Mode::on || m == Mode::charger_only; }
constexpr bool may_invert(Mode m) { return m == Mode::on || m == Mode::inverter_only; }

enum class CommandSignal : unsigned char {
    no_discharge,         ///< loads are off, or the SoC rule keeps what is left (M95)
    no_charge,            ///< the Multi's charger must stop
    discharge_not_obeyed, ///< told charger-only, and it still may invert: the next rung is off
    charge_not_obeyed, ///< told to stop charging, and current still flows or it cannot be told: the next rung
                       ///< is off
};
template<>
inline constexpr std::size_t count_of<CommandSignal> = 4;

using CommandRow = Row<Mode, CommandSignal>;

/// from: the wish; to: the command. Never more than the wish: no unit is switched on that the user wants off.
inline constexpr std::array command_table = [] {
    using enum Mode;
    using enum CommandSignal;
    return std::to_array<CommandRow>({
        {on, no(no_discharge) & no(no_charge), on, "as wished"},
        {on, no(no_discharge) & is(no_charge) & no(charge_not_obeyed), on,
         "on, its charger stopped on its own"},
        {on, no(no_discharge) & is(no_charge) & is(charge_not_obeyed), off, "it goes on charging: off"},
        {on, is(no_discharge) & no(no_charge) & no(discharge_not_obeyed), charger_only,
         "no discharge, may be recharged"}, // M10, M134
        {on, is(no_discharge) & no(no_charge) & is(discharge_not_obeyed), off, "it goes on inverting: off"},
        {on, is(no_discharge) & is(no_charge) & no(discharge_not_obeyed) & no(charge_not_obeyed),
         charger_only, "neither, AC passes through"}, // M33
        {on, is(no_discharge) & is(no_charge) & is(discharge_not_obeyed), off, "it goes on inverting: off"},
        {on, is(no_discharge) & is(no_charge) & no(discharge_not_obeyed) & is(charge_not_obeyed), off,
         "its charger cannot be stopped alone: off"},

        {inverter_only, no(no_discharge), inverter_only, "as wished"},
        {inverter_only, is(no_discharge), off, "no discharge, charging not wished"},

        {charger_only, no(no_charge) & no(no_discharge), charger_only, "as wished"},
        {charger_only, no(no_charge) & is(no_discharge) & no(discharge_not_obeyed), charger_only,
         "as wished"},
        {charger_only, no(no_charge) & is(no_discharge) & is(discharge_not_obeyed), off,
         "it goes on inverting: off"},
        {charger_only, is(no_charge) & no(charge_not_obeyed) & no(no_discharge), charger_only,
         "its charger stopped on its own, AC passes through"},
        {charger_only, is(no_charge) & no(charge_not_obeyed) & is(no_discharge) & no(discharge_not_obeyed),
         charger_only, "neither, AC passes through"},
        {charger_only, is(no_charge) & no(charge_not_obeyed) & is(no_discharge) & is(discharge_not_obeyed),
         off, "it goes on inverting: off"},
        {charger_only, is(no_charge) & is(charge_not_obeyed), off,
         "its charger cannot be stopped alone: off"},

        {off, {}, off, "off is wished"},
    });
}();

static_assert(exactly_one_row(command_table));

/// The command never permits what the wish does not, and never discharges under a discharge veto.
consteval bool command_is_within_wish_and_veto() {
    for (const CommandRow& row : command_table) {
        const bool veto = (row.when.set & is(CommandSignal::no_discharge).set) != 0;
        if ((may_charge(row.to) && !may_charge(row.from)) || (may_invert(row.to) && !may_invert(row.from)) ||
            (may_invert(row.to) && veto)) {
            return false;
        }
    }
    return true;
}
static_assert(command_is_within_wish_and_veto());

enum class ChargeOrder : unsigned char { allow, reduce, stop };

/// One instruction to a link back end. RAM only, nothing is written to the Multi's EEPROM.
struct Command {
    Mode mode = Mode::off;
    ChargeOrder charge = ChargeOrder::allow;
    int limit_a = 0;     ///< with reduce: charge current per unit, A
    bool insist = false; ///< repeat it: a veto is active, or it has not been acknowledged yet
    bool operator==(const Command&) const = default;
};

/// The end of the ladder (decisions 6): told off, or told to stop charging, for long enough, and still it
/// does. Only what is wired protects then.
enum class NotObeying : unsigned char { none, inverts, charges, both };

/// What the inverter/charger says of itself; nullopt is "not known", never a guess.
struct MultiReport {
    bool configured = false; ///< a link back end is configured
    bool heard = false;      ///< and it hears its peer
    bool listen_only = false;
    std::optional<Mode> remote;           ///< what remote panels, we among them, have asked for
    std::optional<Mode> front;            ///< its own switch
    std::optional<Mode> active;           ///< what follows from both
    std::optional<bool> ac_present;       ///< AC at an input
    std::optional<int> charge_current_da; ///< DC current of the unit that charges most, in 0.1 A, positive
                                          ///< into the battery; a limit is per unit, so the worst unit counts
    std::optional<bool> can_stop_charge;  ///< false: the unit refused the setting that stops its charger
    std::optional<bool> can_limit_charge;
    bool dmc = false; ///< a Digital Multi Control is on the bus: it and not D-Bus has the word (M106)
    bool mode_refused = false; ///< told our mode again and again, it never showed it in its remote bits
    bool operator==(const MultiReport&) const = default;
};

} // namespace bms::core
