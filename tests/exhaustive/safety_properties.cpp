// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "safety_properties.hpp"

#include <algorithm>
#include <array>

namespace bms::test {
namespace {

using namespace core;

bool closed(const LineReading& r) { return r.level == Level::active; }

/// What the edge looks like from outside, without debouncing.
struct View {
    const Edge& e;
    const Settings& settings;
    bool valid, on, cell_high, cell_low, imminent;
    bool loads, charge, pre_alarm; ///< after
    bool loads_before, pre_alarm_before;

    View(const Edge& edge, const Settings& s)
        : e(edge),
          settings(s),
          valid(e.inputs.lines_held && all_read(e.inputs)),
          on(valid && (closed(e.inputs.remote_h) || closed(e.inputs.remote_l))),
          cell_high(!closed(e.inputs.allow_to_charge)),
          cell_low(!closed(e.inputs.allow_to_discharge)),
          imminent(!closed(e.inputs.pre_alarm)),
          loads(out().load_disconnect == Line::high),
          charge(out().charge_disconnect == Line::high),
          pre_alarm(out().pre_alarm == Line::high),
          loads_before(e.from.power == Power::on && e.from.discharge != Discharge::load_disconnect),
          pre_alarm_before(e.from.discharge == Discharge::pre_alarm) {}

    const Outputs& out() const { return e.result.outputs; }
    bool lead_over() const {
        return pre_alarm_before && e.now - e.from.pre_alarm_since >= settings.pre_alarm_lead;
    }
    static bool all_read(const Inputs& in) {
        return in.allow_to_charge.level != Level::unknown && in.allow_to_discharge.level != Level::unknown &&
               in.pre_alarm.level != Level::unknown;
    }
};

struct Property {
    const char* text;
    bool (*holds)(const View&);
};

bool command_is_safe(const View& v) {
    const auto& multi = v.out().multi;
    const auto& wish = v.e.result.state.wish.mode;
    if (!multi) {
        return true;
    }
    const bool within_wish = wish && (!may_invert(multi->mode) || may_invert(*wish)) &&
                             (!may_charge(multi->mode) || may_charge(*wish));
    const bool no_discharge_obeyed = v.loads || !may_invert(multi->mode);
    const bool charge_obeyed = v.charge || multi->charge != ChargeOrder::allow;
    return within_wish && no_discharge_obeyed && charge_obeyed;
}

bool users_word_is_heard(const View& v) {
    const Inputs& in = v.e.inputs;
    const auto word = in.panel_wish ? in.panel_wish : in.multi.dmc ? std::nullopt : in.mode_wish;
    return !word || v.e.result.state.wish.mode == word;
}

bool lasted(std::optional<Instant> since, Duration length, Instant now) {
    return since && now - *since >= length;
}

/// The last rung is reached exactly when the one before was, and the Multi has gone on for its whole time
/// again.
bool last_rung_is_reached_exactly_when_disobeyed(const View& v) {
    const State& before = v.e.from;
    const State& s = v.e.result.state;
    const MultiReport& multi = v.e.inputs.multi;
    const bool loads_off = s.discharge == Discharge::load_disconnect;
    const bool told_off = before.wish.command == Mode::off;
    const bool may_invert_now =
        (multi.active && may_invert(*multi.active)) || (multi.heard && multi.mode_refused);
    const bool inverts = loads_off && told_off && before.discharge_not_obeyed && may_invert_now &&
                         lasted(before.inverting_since, v.settings.mode_obeys_within, v.e.now);
    const bool charges = s.multi_charge == MultiCharge::stop && before.charge_not_obeyed &&
                         multi.charge_current_da.value_or(0) > 10 &&
                         lasted(before.overcurrent_since, v.settings.current_obeys_within, v.e.now);
    // A refused "off" stands in for a current that nobody measures.
    const bool refuses = s.multi_charge == MultiCharge::stop && told_off && before.charge_not_obeyed &&
                         multi.heard && multi.mode_refused && !multi.charge_current_da &&
                         lasted(before.overcurrent_since, v.settings.current_obeys_within, v.e.now);
    const bool expect_inverts = loads_off && (before.inverts_though_off || inverts);
    const bool expect_charges =
        s.multi_charge == MultiCharge::stop && (before.charges_though_off || charges || refuses);
    return s.inverts_though_off == expect_inverts && s.charges_though_off == expect_charges &&
           (v.out().multi_not_obeying != NotObeying::none) == (expect_inverts || expect_charges);
}

/// The standby line is high only within an attempt's time, for a Multi that does not yet do what it is woken
/// for; with loads off only where AC is there to recharge from.
bool standby_is_bounded(const View& v) {
    if (v.out().vebus_standby == Line::floating) {
        return true;
    }
    const State& s = v.e.result.state;
    const MultiReport& multi = v.e.inputs.multi;
    const bool within = v.on && s.waking.began && v.e.now - *s.waking.began < v.settings.wake_hold;
    const bool ac = v.e.inputs.mains == true || multi.ac_present == true;
    const bool recharge = s.loads.cause == Cause::loop && ac && may_charge(*s.wish.mode) && v.charge &&
                          !(multi.heard && multi.ac_present == true);
    const bool invert = may_invert(*s.wish.mode) && !(multi.active && may_invert(*multi.active));
    return within && (v.loads ? invert : recharge);
}

/// While loads are off an attempt begins at least the pause after the one before, whatever AC does, and the
/// pause doubles up to its longest as long as AC stays.
bool attempts_are_spaced(const View& v) {
    const Waking& before = v.e.from.waking;
    const Waking& w = v.e.result.state.waking;
    const bool begins = w.began == v.e.now && before.began && before.began != w.began;
    if (!begins || v.loads || v.settings.wake_pause == Duration::zero()) {
        return true;
    }
    const bool goes_on = before.purpose == w.purpose;
    return v.e.now - *before.began >= (goes_on ? before.pause : v.settings.wake_pause) &&
           (!goes_on || w.pause >= std::min(2 * before.pause, v.settings.wake_pause_max));
}

/// Off because it went on inverting ends while loads are off only by an attempt with AC to recharge from.
bool retry_needs_ac(const View& v) {
    const State& s = v.e.result.state;
    const bool ended = v.e.from.discharge_not_obeyed && !s.discharge_not_obeyed && !v.loads;
    return !ended || (s.waking.purpose == WakeFor::recharge && s.waking.began == v.e.now &&
                      (v.e.inputs.mains == true || v.e.inputs.multi.ac_present == true) &&
                      s.wish.command == Mode::charger_only);
}

bool panel_detect_is_ours_to_hold(const View& v) {
    const bool high = v.out().vebus_panel_detect == Line::high;
    const bool has_a_say =
        v.e.inputs.multi.configured && v.out().multi && v.e.result.state.power != Power::starting;
    return high == has_a_say; // no letter of the walks only listens
}

bool reduce_is_the_named_exception(const View& v) {
    const auto& multi = v.out().multi;
    if (!multi || multi->charge != ChargeOrder::reduce) {
        return true;
    }
    const State& s = v.e.result.state;
    return v.on && !v.cell_low && s.charging.cause == Cause::loop &&
           v.e.now - s.multi_charge_since < v.settings.reduce_max && !s.charge_not_obeyed;
}

bool deadline_is_not_late(const View& v) {
    Inputs same = v.e.inputs;
    same.mode_wish.reset();
    same.panel_wish.reset();
    same.restart_loads = false;
    if (v.e.result.next_deadline <= v.e.now + tick) {
        return true;
    }
    const StepResult later = step(v.e.result.state, same, v.settings, v.e.now + tick);
    return later.moves.size == 0 && later.outputs == v.out();
}

bool second_step_changes_nothing(const View& v) {
    Inputs same = v.e.inputs;
    same.mode_wish.reset();
    same.panel_wish.reset();
    same.restart_loads = false;
    const StepResult again = step(v.e.result.state, same, v.settings, v.e.now);
    return again.moves.size == 0 && again.outputs == v.out() && again.state == v.e.result.state;
}

constexpr std::array properties = std::to_array<Property>({
    {"chargers are never permitted with the charge loop open (M12, M73)",
     [](const View& v) { return !v.charge || !v.cell_high; }},
    {"nothing is permitted with a line unread or lost (decisions 2)",
     [](const View& v) { return v.valid || (!v.charge && !v.loads && !v.pre_alarm); }},
    {"nothing is permitted with the remote terminal off (M33, M92-M96)",
     [](const View& v) { return v.on || (!v.charge && !v.loads && !v.pre_alarm); }},
    {"with the discharge loop open loads are on only while PreAlarm is high and its lead runs (M15)",
     [](const View& v) {
         return !v.loads || !v.cell_low ||
                (v.pre_alarm && v.e.now - v.e.result.state.pre_alarm_since < v.settings.pre_alarm_lead);
     }},
    {"a low cell never disconnects loads before PreAlarm has been high for the lead (M15)",
     [](const View& v) { return !v.loads_before || v.loads || !v.on || v.lead_over(); }},
    {"loads are disconnected only because of a low cell, the remote terminal or a lost line",
     [](const View& v) { return !v.loads_before || v.loads || !v.on || v.cell_low; }},
    {"loads are never connected while the discharge loop is open: also not by a start (decisions 3)",
     [](const View& v) { return v.loads_before || !v.loads || !v.cell_low; }},
    {"PreAlarm is high whenever loads are on and one of its loops is open (M8, M13)",
     [](const View& v) { return !v.loads || !(v.cell_low || v.imminent) || v.pre_alarm; }},
    {"PreAlarm floats once loads are off", [](const View& v) { return v.loads || !v.pre_alarm; }},
    {"the D-Bus permissions are what the outputs show",
     [](const View& v) {
         return v.out().allow_to_charge == v.charge && v.out().allow_to_discharge == v.loads;
     }},
    {"LED cell > 2.8 V is on exactly while LoadDisconnect is high (M28, M126)",
     [](const View& v) { return v.out().led_cell_low == v.loads; }},
    {"LED cell > 4 V is on only while ChargeDisconnect floats, and never because of the remote terminal "
     "(M27)",
     [](const View& v) { return !v.out().led_cell_high || (v.on && !v.charge); }},
    {"LED cell > 4 V is on whenever the charge loop is open and the system is on (M128)",
     [](const View& v) { return !(v.on && v.cell_high) || v.out().led_cell_high; }},
    {"the Multi is never told more than the wish, nor to invert or charge against a veto (M10, M106)",
     command_is_safe},
    {"reduced charging is for a high cell alone, bounded and obeyed (M11, M135)",
     reduce_is_the_named_exception},
    {"the user's last word is the wish, also under a veto; beside a Digital Multi Control D-Bus has none "
     "(M29, "
     "M106)",
     users_word_is_heard},
    {"an alarm says that the Multi goes on, exactly when it does after being told off (decisions 6)",
     last_rung_is_reached_exactly_when_disobeyed},
    {"the standby line is held an attempt's time, never against the wish, with loads off only for AC (M62)",
     standby_is_bounded},
    {"attempts to wake the Multi of an empty battery are spaced, whatever AC does (M62)",
     attempts_are_spaced},
    {"a Multi that goes on inverting is given charger-only again only with AC (M62)", retry_needs_ac},
    {"panel-detect is held exactly while the Multi is commanded (decisions 5)", panel_detect_is_ours_to_hold},
    {"inputs not valid are an error on D-Bus", [](const View& v) { return v.valid || v.out().error; }},
    {"the same step twice at the same instant changes nothing", second_step_changes_nothing},
    {"nothing changes by itself before the deadline the core has named", deadline_is_not_late},
});

} // namespace

std::string broken_property(const Edge& edge, const core::Settings& settings) {
    const View view(edge, settings);
    for (const Property& p : properties) {
        if (!p.holds(view)) {
            return p.text;
        }
    }
    return {};
}

} // namespace bms::test
