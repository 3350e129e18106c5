// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What an edge looks like from outside, once the lines are debounced.
#pragma once

#include "walk.hpp"

namespace bms::test {

inline bool closed(const core::LineReading& r) { return r.level == core::Level::active; }

struct View {
    const Edge& e;
    const core::Settings& settings;
    bool valid, on, cell_high, cell_low, imminent;
    bool soc_low;                  ///< the SoC rule takes the loads off
    bool loads, charge, pre_alarm; ///< after
    bool loads_before, charge_before, pre_alarm_before;

    /// In the walk nothing is debounced: the lines are what the inputs say.
    View(const Edge& edge, const core::Settings& s) : View(edge, s, edge.inputs) {}
    /// lines: the readings after debouncing, where the edge is one of a real daemon.
    View(const Edge& edge, const core::Settings& s, const core::Inputs& lines)
        : e(edge),
          settings(s),
          valid(lines.lines_held && all_read(lines)),
          on(valid && (closed(lines.remote_h) || closed(lines.remote_l))),
          cell_high(!closed(lines.allow_to_charge)),
          cell_low(!closed(lines.allow_to_discharge)),
          imminent(!closed(lines.pre_alarm)),
          soc_low(edge.inputs.soc_rule == core::SocRule::loads_off),
          loads(out().load_disconnect == core::Line::high),
          charge(out().charge_disconnect == core::Line::high),
          pre_alarm(out().pre_alarm == core::Line::high),
          loads_before(e.from.power == core::Power::on &&
                       e.from.discharge != core::Discharge::load_disconnect),
          charge_before(e.from.power == core::Power::on && e.from.charge == core::Charge::allowed),
          pre_alarm_before(e.from.discharge == core::Discharge::pre_alarm) {}

    const core::Outputs& out() const { return e.result.outputs; }
    const core::State& after() const { return e.result.state; }
    /// Loads may draw for the lead at most.
    bool loads_must_go() const { return cell_low || soc_low; }
    bool lead_over() const {
        return pre_alarm_before && e.now - e.from.pre_alarm_since >= settings.pre_alarm_lead;
    }
    static bool all_read(const core::Inputs& in) {
        return in.allow_to_charge.level != core::Level::unknown &&
               in.allow_to_discharge.level != core::Level::unknown &&
               in.pre_alarm.level != core::Level::unknown;
    }
};

/// All that outputs permit, so that two of them can be compared.
struct Permissions {
    bool loads = false, charge = false, invert = false;
    int multi_charge = 0; ///< 0 none, 1 reduced, 2 as it likes
    bool told = false;    ///< the Multi is told anything

    Permissions() = default;
    explicit Permissions(const core::Outputs& out)
        : loads(out.load_disconnect == core::Line::high), charge(out.charge_disconnect == core::Line::high) {
        if (out.multi) {
            told = true;
            invert = core::may_invert(out.multi->mode);
            multi_charge = core::may_charge(out.multi->mode) ? 2 - static_cast<int>(out.multi->charge) : 0;
        }
    }
    bool within(const Permissions& more) const {
        const bool multi =
            !told || !more.told || (invert <= more.invert && multi_charge <= more.multi_charge);
        return loads <= more.loads && charge <= more.charge && multi;
    }
};

} // namespace bms::test
