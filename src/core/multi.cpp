// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "multi.hpp"

#include "bms/core/words.hpp"

#include <algorithm>

namespace bms::core {
namespace {

bool no_charge(const State& s) { return s.multi_charge == MultiCharge::stop; }

/// The most charge current that counts as obeying, 0.1 A: a tenth and 1 A above the limit, or 1 A in a stop.
int tolerated_charge_da(const State& s, const Settings& settings) {
    return s.multi_charge == MultiCharge::reduce ? 11 * settings.reduced_charge_current_a + 10 : 10;
}

void note(std::optional<Instant>& since, bool holds, Instant now) {
    since = holds ? std::optional(since.value_or(now)) : std::nullopt;
}

bool lasted(std::optional<Instant> since, Duration length, Instant now) {
    return since && now - *since >= length;
}

/// One rung up for each time it had to obey and did not; down again only when the veto is over. A new rung
/// gets its own time.
void climb(bool& first, bool& last, std::optional<Instant>& since, bool disobeys, bool forbidden) {
    last = forbidden && (last || (first && disobeys));
    if (forbidden && !first && disobeys) {
        since.reset();
    }
    first = forbidden && (first || disobeys);
}

/// A restart of the daemon alone must not blink the inverter: nothing is said while the lines are first read.
bool still_reading(const State& s, const Settings& settings, Instant now) {
    return s.started && now - *s.started < settings.start_grace;
}

} // namespace

bool no_discharge(const State& s) {
    return s.discharge == Discharge::load_disconnect || s.soc_rule != SocRule::none;
}

bool veto(const State& s) { return no_discharge(s) || s.multi_charge != MultiCharge::allow; }

/// Changes made at the unit are a wish too. Under a veto only the front switch and words that are known to be
/// a user's are listened to: everything else the unit shows then may be our own doing. After such a word what
/// the unit shows is old, until it has obeyed.
void follow_wish(State& s, const Inputs& in) {
    const MultiReport& multi = in.multi;
    Wish& wish = s.wish;
    if (!wish.mode) {
        wish.mode = multi.active; // first sight: what it does is what is wanted
    }
    const bool ours = multi.remote == wish.command || multi.active == wish.command;
    const bool switched = wish.front && multi.front && *wish.front != *multi.front;
    if (switched) {
        wish.mode = multi.front;
    } else if (!veto(s) && wish.acknowledged && multi.active && !ours) {
        wish.mode = multi.active;
    }
    if (multi.front) {
        wish.front = multi.front;
    }
    const bool told = in.mode_wish && !multi.dmc; // M106: beside a Digital Multi Control D-Bus has no word
    if (told) {
        wish.mode = in.mode_wish;
    }
    if (in.panel_wish) { // both in one step: the hand at the panel
        wish.mode = in.panel_wish;
    }
    wish.acknowledged = wish.acknowledged && !switched && !told && !in.panel_wish;
}

void note_disobedience(State& s, const MultiReport& multi, const Settings& settings, Instant now) {
    const bool told_not_to_invert = no_discharge(s) && s.wish.command && !may_invert(*s.wish.command);
    const bool refuses = multi.heard && multi.mode_refused;
    const bool may_go_on_inverting = refuses || (multi.active && may_invert(*multi.active));
    note(s.inverting_since, told_not_to_invert && may_go_on_inverting, now);

    const bool told_to_charge_less = s.multi_charge != MultiCharge::allow;
    const bool told_off = no_charge(s) && s.wish.command == Mode::off;
    const bool charges = multi.charge_current_da ? *multi.charge_current_da > tolerated_charge_da(s, settings)
                                                 : told_off && refuses;
    note(s.overcurrent_since, told_to_charge_less && charges, now);
}

void judge_disobedience(State& s, const Settings& settings, Instant now) {
    const bool inverts = lasted(s.inverting_since, settings.mode_obeys_within, now);
    const bool charges = lasted(s.overcurrent_since, settings.current_obeys_within, now);
    climb(s.discharge_not_obeyed, s.inverts_though_off, s.inverting_since, inverts, no_discharge(s));
    climb(s.charge_not_obeyed, s.charges_though_off, s.overcurrent_since, charges,
          s.multi_charge != MultiCharge::allow);
}

const CommandRow& command_row(const State& s, const MultiReport& multi) {
    // A charger that cannot be stopped on its own is taken off where both are forbidden, or where nothing
    // measured says that it has stopped (decisions: unknown only takes permission away).
    const bool unstoppable = multi.can_stop_charge == false && (no_discharge(s) || !multi.charge_current_da);
    Signals<CommandSignal> signals;
    signals.set(CommandSignal::no_discharge, no_discharge(s))
        .set(CommandSignal::no_charge, no_charge(s))
        .set(CommandSignal::discharge_not_obeyed, s.discharge_not_obeyed)
        .set(CommandSignal::charge_not_obeyed, no_charge(s) && (s.charge_not_obeyed || unstoppable));
    return lookup(command_table, *s.wish.mode, signals);
}

std::string_view advance_command(State& s, const Inputs& in, const Settings& settings, Instant now,
                                 Moves& moves) {
    const MultiReport& multi = in.multi;
    if (!s.wish.mode) {
        return "the Multi has not reported yet";
    }
    if (still_reading(s, settings, now)) {
        return "the lines are being read";
    }
    const CommandRow& row = command_row(s, multi);
    if (s.wish.command != row.to) {
        moves.add({"multi", s.wish.command ? word(*s.wish.command) : "unknown", word(row.to), row.why});
        s.wish.command = row.to;
        s.wish.acknowledged = false;
    }
    s.wish.acknowledged =
        s.wish.acknowledged || multi.remote == row.to || (!veto(s) && multi.active == row.to);
    // Listening only we take nothing down, and what was ours before is still owed.
    const bool less_than_wished = row.to != *s.wish.mode;
    const bool still_owed = s.wish.taken_down && (less_than_wished || !s.wish.acknowledged);
    s.wish.taken_down = still_owed || (less_than_wished && !multi.listen_only);
    return row.why;
}

Instant multi_deadline(const State& s, const Settings& settings, Instant now) {
    const Instant mode = s.inverting_since && !(s.discharge_not_obeyed && s.inverts_though_off)
                             ? *s.inverting_since + settings.mode_obeys_within
                             : never;
    const Instant current = s.overcurrent_since && !s.charges_though_off
                                ? *s.overcurrent_since + settings.current_obeys_within
                                : never;
    const Instant grace = still_reading(s, settings, now) ? *s.started + settings.start_grace : never;
    return std::min({mode, current, grace});
}

} // namespace bms::core
