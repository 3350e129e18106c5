// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/core/step.hpp"

#include "multi.hpp"
#include "sides.hpp"
#include "waking.hpp"

#include "bms/core/words.hpp"

#include <algorithm>

namespace bms::core {
namespace {

/// The lines after debouncing, in the manual's words. Without a value the worse one is assumed.
struct Debounced {
    bool valid, remote_on, cell_high, cell_low, cell_low_imminent;
};

LineReading not_after(LineReading reading, Instant now) {
    reading.since = std::min(reading.since, now);
    return reading;
}

Debounced debounce(State& s, const Inputs& in, const Settings& set, Instant now) {
    s.allow_to_charge.update(not_after(in.allow_to_charge, now), set.loop, now);
    s.allow_to_discharge.update(not_after(in.allow_to_discharge, now), set.loop, now);
    s.pre_alarm.update(not_after(in.pre_alarm, now), set.loop, now);
    s.remote_h.update(not_after(in.remote_h, now), set.remote, now);
    s.remote_l.update(not_after(in.remote_l, now), set.remote, now);

    const bool remote_known = !set.remote_fitted || (s.remote_h.value && s.remote_l.value);
    const bool pre_alarm_known = !set.pre_alarm_fitted || s.pre_alarm.value.has_value();
    return {
        .valid = in.lines_held && s.allow_to_charge.value && s.allow_to_discharge.value && remote_known &&
                 pre_alarm_known,
        // M92-M94: joined, H high or L low. With the two comparators any of them shows as one of the two
        // lines.
        .remote_on =
            !set.remote_fitted || s.remote_h.value.value_or(false) || s.remote_l.value.value_or(false),
        .cell_high = !s.allow_to_charge.value.value_or(false),
        .cell_low = !s.allow_to_discharge.value.value_or(false),
        .cell_low_imminent = set.pre_alarm_fitted && !s.pre_alarm.value.value_or(false),
    };
}

/// Keeps `since` at the instant a condition began, unbroken.
void track(std::optional<Instant>& since, bool holds, Instant now) {
    if (!holds) {
        since.reset();
    } else if (!since) {
        since = now;
    }
}

void track_lines(State& s, const Debounced& lines, Instant now) {
    track(s.low_since, lines.valid && lines.cell_low, now);
    track(s.high_since, lines.valid && lines.cell_high, now);
    track(s.loads.closed_since, lines.valid && !lines.cell_low, now);
    track(s.charging.closed_since, lines.valid && !lines.cell_high, now);
    track(s.calm_since, lines.valid && !lines.cell_low && !lines.cell_low_imminent, now);
}

bool reached(std::optional<Instant> since, Duration length, Instant now) {
    return since && now - *since >= length;
}

/// Looks the row up, moves the region, notes the move. Returns why we are where we are.
template<typename Table, typename Region, typename Signal>
std::string_view advance(const Table& table, std::string_view name, Region& region, Signals<Signal> signals,
                         Moves& moves) {
    const auto& row = lookup(table, region, signals);
    if (row.to != region) {
        moves.add({name, word(region), word(row.to), row.why});
        region = row.to;
    }
    return row.why;
}

std::string_view advance_power(State& s, const Debounced& lines, Moves& moves) {
    Signals<PowerSignal> signals;
    signals.set(PowerSignal::inputs_valid, lines.valid).set(PowerSignal::remote_on, lines.remote_on);
    return advance(power_table, "power", s.power, signals, moves);
}

std::string_view advance_discharge(State& s, const Debounced& lines, const Settings& set, Instant now,
                                   Moves& moves) {
    using enum DischargeSignal;
    const Discharge before = s.discharge;
    Signals<DischargeSignal> signals;
    signals.set(powered, s.power == Power::on)
        .set(cell_low, lines.cell_low)
        .set(cell_low_imminent, lines.cell_low_imminent)
        .set(lead_over, before == Discharge::pre_alarm && now - s.pre_alarm_since >= set.pre_alarm_lead)
        .set(release_over, reached(s.calm_since, set.pre_alarm_release, now))
        .set(reconnect_over, reached(s.loads.closed_since, s.loads.reconnect_delay, now))
        .set(restart_latched, s.restart_latched)
        .set(soc_low, s.soc_rule == SocRule::loads_off);
    const auto why = advance(discharge_table, "discharge", s.discharge, signals, moves);
    if (s.discharge == Discharge::pre_alarm && before != Discharge::pre_alarm) {
        s.pre_alarm_since = now;
    }
    const Cause cause_before = s.loads.cause;
    update_side(s.loads, s.discharge == Discharge::load_disconnect, s.power,
                {.loop_open = lines.cell_low, .soc_rule = s.soc_rule == SocRule::loads_off},
                {set.reconnect_delay, set.reconnect_delay_max, set.disconnect_memory}, now);
    if (set.restart_manual && s.loads.cause == Cause::loop && cause_before != Cause::loop) {
        s.restart_latched = true;
    }
    return why;
}

std::string_view advance_charge(State& s, const Debounced& lines, const Settings& set, Instant now,
                                Moves& moves) {
    using enum ChargeSignal;
    Signals<ChargeSignal> signals;
    signals.set(powered, s.power == Power::on)
        .set(cell_high, lines.cell_high)
        .set(reconnect_over, reached(s.charging.closed_since, s.charging.reconnect_delay, now));
    const auto why = advance(charge_table, "charge", s.charge, signals, moves);
    update_side(s.charging, s.charge == Charge::charge_disconnect, s.power, {.loop_open = lines.cell_high},
                {set.charge_reconnect_delay, set.reconnect_delay_max, set.disconnect_memory}, now);
    return why;
}

std::string_view advance_multi_charge(State& s, const Debounced& lines, const Inputs& in, const Settings& set,
                                      Instant now, Moves& moves) {
    using enum MultiChargeSignal;
    const MultiCharge before = s.multi_charge;
    const bool high_cell_alone = s.charging.cause == Cause::loop && !lines.cell_low;
    Signals<MultiChargeSignal> signals;
    signals.set(powered, s.power == Power::on)
        .set(charge_allowed, s.charge == Charge::allowed)
        .set(reducible, set.reduce_on_high_cell && high_cell_alone && in.multi.can_limit_charge != false)
        .set(reduce_over, before == MultiCharge::reduce && now - s.multi_charge_since >= set.reduce_max)
        .set(not_obeyed, before == MultiCharge::reduce && s.charge_not_obeyed);
    const auto why = advance(multi_charge_table, "multi charge", s.multi_charge, signals, moves);
    if (s.multi_charge != before) {
        s.multi_charge_since = now;
        s.overcurrent_since.reset(); // a new order gets its own time to be obeyed
        s.charge_not_obeyed = s.charges_though_off = false;
    }
    return why;
}

/// Everything that will happen by itself with the inputs as they are.
template<typename Visit>
void for_each_pending(const State& s, const Debounced& lines, const Settings& set, Visit visit) {
    const bool on = s.power == Power::on;
    const bool loads_may_not = lines.cell_low || s.soc_rule == SocRule::loads_off;
    if (s.discharge == Discharge::pre_alarm && loads_may_not) {
        visit("loads will be disconnected", s.pre_alarm_since + set.pre_alarm_lead);
    }
    if (s.discharge == Discharge::pre_alarm && s.calm_since && !loads_may_not) {
        visit("PreAlarm will go off", *s.calm_since + set.pre_alarm_release);
    }
    if (on && s.discharge == Discharge::load_disconnect && s.loads.closed_since && !s.restart_latched &&
        !loads_may_not) {
        visit("loads will be connected again", *s.loads.closed_since + s.loads.reconnect_delay);
    }
    if (on && s.charge == Charge::charge_disconnect && s.charging.closed_since) {
        visit("charging will be allowed again", *s.charging.closed_since + s.charging.reconnect_delay);
    }
    if (s.waking.missing) {
        visit("the Multi will be woken, or told to recharge, again", next_attempt(s, set));
    }
    if (s.multi_charge == MultiCharge::reduce) {
        visit("the Multi's reduced charging will be stopped", s.multi_charge_since + set.reduce_max);
    }
}

void find_deadlines(StepResult& r, const Debounced& lines, const Settings& set, Instant now) {
    for_each_pending(r.state, lines, set, [&](std::string_view what, Instant at) {
        if (at > now && at < r.next_change.at) {
            r.next_change = {what, at};
        }
    });
    const State& s = r.state;
    Instant next = std::min({r.next_change.at, s.allow_to_charge.next_deadline(set.loop),
                             s.allow_to_discharge.next_deadline(set.loop), multi_deadline(s, set, now),
                             waking_deadline(s, set, now)});
    if (set.pre_alarm_fitted) {
        next = std::min(next, s.pre_alarm.next_deadline(set.loop));
    }
    if (set.remote_fitted) {
        next = std::min({next, s.remote_h.next_deadline(set.remote), s.remote_l.next_deadline(set.remote)});
    }
    r.next_deadline = next;
}

} // namespace

StepResult step(const State& state, const Inputs& inputs, const Settings& settings, Instant now) {
    StepResult r;
    r.state = state;
    State& s = r.state;
    s.soc_rule = inputs.soc_rule;
    const Debounced lines = debounce(s, inputs, settings, now);
    track_lines(s, lines, now);
    r.why_power = advance_power(s, lines, r.moves);
    track(s.started, s.power == Power::starting, now);
    if (inputs.restart_loads || s.power == Power::remote_off) {
        s.restart_latched = false;
    }
    r.why_loads = advance_discharge(s, lines, settings, now, r.moves);
    r.why_charge = advance_charge(s, lines, settings, now, r.moves);
    note_disobedience(s, inputs.multi, settings, now);
    judge_disobedience(s, settings, now);
    r.why_multi_charge = advance_multi_charge(s, lines, inputs, settings, now, r.moves);
    follow_wish(s, inputs);
    advance_waking(s, inputs, settings, now);
    r.why_command = advance_command(s, inputs, settings, now, r.moves);
    note_disobedience(s, inputs.multi, settings, now); // against the orders as they are now
    r.outputs = outputs_of(s, inputs, settings);
    r.status_led = status_led(s, r.outputs, inputs.multi);
    find_deadlines(r, lines, settings, now);
    return r;
}

} // namespace bms::core
