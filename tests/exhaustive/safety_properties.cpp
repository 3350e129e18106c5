// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "safety_properties.hpp"

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
