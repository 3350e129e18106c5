// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "waking.hpp"

#include "multi.hpp"

#include <algorithm>

namespace bms::core {
namespace {

bool sees_ac(const Inputs& in) { return in.mains == true || in.multi.ac_present == true; }

WakeFor purpose_now(const State& s, const Inputs& in) {
    if (s.power != Power::on || !s.wish.mode) {
        return WakeFor::nothing;
    }
    if (!no_discharge(s)) {
        const bool told_to = in.multi.configured && may_invert(command_row(s, in.multi).to);
        return told_to ? WakeFor::invert : WakeFor::nothing;
    }
    const bool empty = s.loads.cause == Cause::loop || s.restart_latched || s.soc_rule != SocRule::none;
    const bool recharges =
        empty && s.multi_charge != MultiCharge::stop && may_charge(*s.wish.mode) && sees_ac(in);
    return recharges ? WakeFor::recharge : WakeFor::nothing;
}

/// Its electronics live on AC, so that the standby line is not needed to be heard.
bool lives_on_ac(const MultiReport& multi) { return multi.heard && multi.ac_present == true; }

bool inverts(const MultiReport& multi) { return multi.active && may_invert(*multi.active); }

} // namespace

void advance_waking(State& s, const Inputs& in, const Settings& settings, Instant now) {
    Waking& w = s.waking;
    const WakeFor purpose = purpose_now(s, in);
    const bool fresh = purpose != WakeFor::nothing && purpose != w.purpose;
    w.purpose = purpose;
    if (fresh) {
        w.pause = Duration::zero();
    }
    const bool recharge = purpose == WakeFor::recharge;
    const bool asleep = recharge ? !lives_on_ac(in.multi) : !inverts(in.multi);
    const bool missing = purpose != WakeFor::nothing && (asleep || (recharge && s.discharge_not_obeyed));
    // Loads that come back may wake it at once. AC that comes and goes may not hold the line of an empty
    // battery.
    const bool due = (fresh && !recharge) || now >= next_attempt(s, settings);
    if ((missing || (fresh && recharge)) && due) { // told charger-only when AC is seen is an attempt too
        w.began = now;
        w.pause = std::clamp(2 * w.pause, settings.wake_pause, settings.wake_pause_max);
        if (s.discharge_not_obeyed) {
            s.discharge_not_obeyed = false; // charger-only again, and again it has its time to obey
            s.inverting_since.reset();
        }
    }
    w.missing = missing && (asleep || s.discharge_not_obeyed);
    w.standby = w.missing && asleep && w.began && now - *w.began < settings.wake_hold;
}

Instant next_attempt(const State& s, const Settings& settings) {
    if (s.waking.purpose == WakeFor::nothing) {
        return never;
    }
    return s.waking.began ? *s.waking.began + std::max(s.waking.pause, settings.wake_pause) : Instant{};
}

Instant waking_deadline(const State& s, const Settings& settings, Instant now) {
    const Instant over = s.waking.standby ? *s.waking.began + settings.wake_hold : never;
    const Instant again = s.waking.missing ? next_attempt(s, settings) : never;
    return std::min(over, again > now ? again : never);
}

} // namespace bms::core
