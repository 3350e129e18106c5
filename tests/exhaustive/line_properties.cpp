// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "safety_properties.hpp"
#include "view.hpp"

#include <algorithm>
#include <array>

namespace bms::test {
namespace {

using namespace core;

bool always(const View&) { return true; }

bool nothing_permitted(const View& v) { return !v.charge && !v.loads && !v.pre_alarm; }

bool counts(Cause cause) { return cause == Cause::loop || cause == Cause::inputs_lost; }

/// What a side that comes back had to wait for.
bool has_waited(const Side& before, const Side& after, const View& v, Duration base) {
    return before.reconnect_delay >= base && after.closed_since &&
           v.e.now - *after.closed_since >= before.reconnect_delay;
}

bool disconnected_now(const Side& before, const Side& after) {
    return counts(after.cause) && !counts(before.cause);
}

/// The disconnects within the memory, this one with them, double the delay each.
bool delay_doubles(const Side& before, const Side& after, const View& v, Duration base) {
    const auto& at = before.history.at;
    const auto earlier = std::count_if(at.begin(), at.begin() + before.history.size,
                                       [&](Instant t) { return v.e.now - t < v.settings.disconnect_memory; });
    return after.reconnect_delay == std::min(base * (1 << earlier), v.settings.reconnect_delay_max);
}

Inputs without_words(Inputs in) {
    in.mode_wish.reset();
    in.panel_wish.reset();
    in.restart_loads = false;
    return in;
}

bool deadline_is_not_late(const View& v) {
    const StepResult later = step(v.after(), without_words(v.e.inputs), v.settings, v.e.now + tick);
    return later.moves.size == 0 && later.outputs == v.out();
}

bool second_step_changes_nothing(const View& v) {
    const StepResult again = step(v.after(), without_words(v.e.inputs), v.settings, v.e.now);
    return again.moves.size == 0 && again.outputs == v.out() && again.state == v.after();
}

/// Neither its cause nor its count nor its latch begins without the loop.
bool low_cell_is_not_claimed(const View& v) {
    const State& before = v.e.from;
    const State& s = v.after();
    return !s.low_since && (!s.restart_latched || before.restart_latched) &&
           (s.loads.cause != Cause::loop || before.loads.cause == Cause::loop) &&
           s.loads.history == before.loads.history;
}

constexpr std::array properties = std::to_array<Property>({
    {"chargers are never permitted with the charge loop open", "M12, M73",
     [](const View& v) { return v.cell_high; }, [](const View& v) { return !v.charge; }, LooksAt::outside},
    {"nothing is permitted with a line unread or lost", "decisions 2", [](const View& v) { return !v.valid; },
     nothing_permitted, LooksAt::outside},
    {"nothing is permitted with the remote terminal off", "M33, M92-M94, M96",
     [](const View& v) { return !v.on; }, nothing_permitted, LooksAt::outside},
    {"with the discharge loop open, or loads taken off by the SoC rule, they are on only while PreAlarm is "
     "high "
     "and its lead runs",
     "M15", [](const View& v) { return v.loads && v.loads_must_go(); },
     [](const View& v) {
         return v.pre_alarm && v.e.now - v.after().pre_alarm_since < v.settings.pre_alarm_lead;
     },
     LooksAt::outside},
    {"neither a low cell nor the SoC rule disconnects loads before PreAlarm has been high for the lead",
     "M15", [](const View& v) { return v.loads_before && !v.loads && v.on; },
     [](const View& v) { return v.lead_over(); }, LooksAt::outside},
    {"a low cell, or the SoC rule, disconnects loads at the first such instant after the lead",
     "M15, decisions 3", [](const View& v) { return v.loads_before && v.loads_must_go() && v.lead_over(); },
     [](const View& v) { return !v.loads; }, LooksAt::outside},
    {"loads are disconnected only because of a low cell, the SoC rule, the remote terminal or a lost line",
     "M17, M91, M121", [](const View& v) { return v.loads_before && !v.loads && v.on; },
     [](const View& v) { return v.loads_must_go(); }, LooksAt::outside},
    {"chargers are disconnected only because of their loop, the remote terminal or a lost line", "M20, M91",
     [](const View& v) { return v.charge_before && !v.charge && v.on; },
     [](const View& v) { return v.cell_high; }, LooksAt::outside},
    {"loads are never connected while the discharge loop is open, or the SoC rule takes them off: also not "
     "by "
     "a start",
     "decisions 3, M121", [](const View& v) { return !v.loads_before && v.loads_must_go(); },
     [](const View& v) { return !v.loads; }, LooksAt::outside},
    {"loads that their loop or a lost line disconnected wait for the reconnect delay", "M125, decisions 3",
     [](const View& v) { return counts(v.e.from.loads.cause) && v.loads && !v.loads_before; },
     [](const View& v) { return has_waited(v.e.from.loads, v.after().loads, v, v.settings.reconnect_delay); },
     LooksAt::outside},
    {"chargers that their loop or a lost line disconnected wait for the reconnect delay", "M128, decisions 4",
     [](const View& v) { return counts(v.e.from.charging.cause) && v.charge && !v.charge_before; },
     [](const View& v) {
         return has_waited(v.e.from.charging, v.after().charging, v, v.settings.charge_reconnect_delay);
     },
     LooksAt::outside},
    {"each disconnect of the loads within the memory doubles their delay", "decisions 3",
     [](const View& v) { return disconnected_now(v.e.from.loads, v.after().loads); },
     [](const View& v) {
         return delay_doubles(v.e.from.loads, v.after().loads, v, v.settings.reconnect_delay);
     }},
    {"each disconnect of the chargers within the memory doubles their delay", "decisions 4",
     [](const View& v) { return disconnected_now(v.e.from.charging, v.after().charging); },
     [](const View& v) {
         return delay_doubles(v.e.from.charging, v.after().charging, v, v.settings.charge_reconnect_delay);
     }},
    {"loads that wait for a person stay off", "decisions 3",
     [](const View& v) { return v.after().restart_latched; }, [](const View& v) { return !v.loads; }},
    {"only the user's word or the remote terminal ends that wait", "decisions 3",
     [](const View& v) { return v.e.from.restart_latched && !v.after().restart_latched; },
     [](const View& v) {
         return v.e.inputs.restart_loads || v.after().power == Power::remote_off ||
                v.e.from.power == Power::remote_off;
     }},
    {"PreAlarm is high whenever loads are on and one of its loops is open", "M8, M13",
     [](const View& v) { return v.loads && (v.loads_must_go() || v.imminent); },
     [](const View& v) { return v.pre_alarm; }, LooksAt::outside},
    {"a low state of charge is never told as a low cell, and waits for no person", "M121",
     [](const View& v) { return v.e.inputs.soc_rule != SocRule::none && v.valid && !v.cell_low; },
     low_cell_is_not_claimed},
    {"PreAlarm floats once loads are off", "decisions 3", [](const View& v) { return !v.loads; },
     [](const View& v) { return !v.pre_alarm; }, LooksAt::outside},
    {"the D-Bus permissions are what the outputs show", "decisions 7", always,
     [](const View&
            v) { return v.out().allow_to_charge == v.charge && v.out().allow_to_discharge == v.loads; },
     LooksAt::outside},
    {"LED cell > 2.8 V is on exactly while LoadDisconnect is high", "M28, M125, M126", always,
     [](const View& v) { return v.out().led_cell_low == v.loads; }, LooksAt::outside},
    {"LED cell > 4 V is on only while ChargeDisconnect floats, and never because of the remote terminal",
     "M27, M127", [](const View& v) { return v.out().led_cell_high; },
     [](const View& v) { return v.on && !v.charge; }, LooksAt::outside},
    {"LED cell > 4 V is on whenever the charge loop is open and the system is on", "M27, M128",
     [](const View& v) { return v.on && v.cell_high; }, [](const View& v) { return v.out().led_cell_high; },
     LooksAt::outside},
    {"the status LED flickers exactly while the lines cannot be trusted", "M26, M124", always,
     [](const View& v) { return (v.e.result.status_led == StatusLed::rapid) == !v.valid; }},
    {"the status LED flashes every 10 s only while the Multi is on", "M24, M25",
     [](const View& v) { return v.e.result.status_led == StatusLed::alive; },
     [](const View& v) {
         const MultiReport& multi = v.e.inputs.multi;
         return v.on && (multi.configured ? multi.heard && multi.active != Mode::off : v.loads);
     }},
    {"inputs not valid are an error on D-Bus", "decisions 2", [](const View& v) { return !v.valid; },
     [](const View& v) { return v.out().error; }, LooksAt::outside},
    {"the same step twice at the same instant changes nothing", "design", always, second_step_changes_nothing,
     LooksAt::result},
    {"nothing changes by itself before the deadline the core has named", "design",
     [](const View& v) { return v.e.result.next_deadline > v.e.now + tick; }, deadline_is_not_late,
     LooksAt::result},
});

} // namespace

std::span<const Property> line_properties() { return properties; }

} // namespace bms::test
