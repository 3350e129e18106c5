// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "world/world.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace bms::world {
namespace {

constexpr double day_s = 24 * 3600.0;
constexpr double sunrise_s = 6 * 3600.0, daylight_s = 12 * 3600.0; // chosen: an equinox
constexpr double day_swing_k = 4;                                  // chosen
constexpr double box_runs_from_v = 9;                              // M137
constexpr double dvcc_expires_s = 60;             // then a solar charger raises error 67 and stops
constexpr double inverter_efficiency = 0.92;      // chosen
constexpr double inverter_stops_cell_v = 9.3 / 4; // its own low battery shut-down; chosen
constexpr double bus_sleeps_after_s = 10;         // chosen
constexpr double solar_efficiency = 0.95;         // chosen
constexpr double by_hand_cell_v = 13.5 / 4;       // a small charger on float voltage; chosen

// How far a voltage can move in a step: of the curve, for each whole capacity.
constexpr double steepest_v = 20;

double daylight(double time_s) {
    const double into_day = std::fmod(time_s, day_s) - sunrise_s;
    return into_day <= 0 || into_day >= daylight_s ? 0 : std::sin(into_day / daylight_s * 3.14159265358979);
}

double ambient_c(const World& w) {
    // Warmest at 15:00.
    return w.temperature_c +
           day_swing_k * std::cos((std::fmod(w.time_s, day_s) / day_s - 0.625) * 6.28318530717959);
}

double cell_v(const World& w) { return w.bank.voltage_v / w.bank.plan.cells_in_series(); }

bool permitted(const Remote& remote, const World& w, const BmsSide& box) {
    switch (remote.control) {
    case Control::load_disconnect:
        return is_on(remote, box.load_disconnect);
    case Control::charge_disconnect:
        return is_on(remote, box.charge_disconnect);
    case Control::battery_protect:
        return w.battery_protect && w.battery_protect->closed;
    case Control::dvcc:
        return box.allow_to_charge && w.gx_silent_s < dvcc_expires_s;
    default:
        return true;
    }
}

double offered_a(const Charger& c, const World& w) {
    switch (c.kind) {
    case ChargerKind::solar:
        return c.rating * w.sun * daylight(w.time_s) * solar_efficiency / std::max(1.0, w.bank.voltage_v);
    case ChargerKind::orion:
    case ChargerKind::cyrix:
        return w.engine ? c.rating : 0;
    case ChargerKind::ac:
        return w.mains ? c.rating : 0;
    default:
        return c.rating;
    }
}

/// What loads, drains and the box draw, A.
double draw_loads(World& w, const BmsSide& box, double seconds) {
    const double v = std::max(1.0, w.bank.voltage_v);
    double sum_a = 0;
    for (Load& load : w.loads) {
        load.on = permitted(load.remote, w, box);
        if (load.on) {
            sum_a += load.power_w / v;
            load.served_wh += load.power_w * seconds / 3600;
            w.tally.served_kwh += load.power_w * seconds / 3.6e6;
        }
    }
    for (const Drain& drain : w.drains) {
        sum_a += drain.current_a;
    }
    Supply& s = w.supply;
    const double aux_v = s.aux_on ? s.aux_v : 0;
    s.from = std::max(aux_v, w.bank.voltage_v) < box_runs_from_v ? Supply::From::nothing
             : aux_v > w.bank.voltage_v                          ? Supply::From::aux
                                                                 : Supply::From::bank;
    return sum_a + (s.from == Supply::From::bank ? s.board_w / v : 0);
}

bool wired_stop(const Multi& m, bool two_signal) { return m.two_signal && !two_signal; }

/// Without AC it lives while it is on, while its standby line is held, and some seconds longer.
void stay_awake(World& w, const BmsSide& box, double seconds) {
    Multi& m = w.multi;
    const bool on =
        may_invert(m.active()) && !wired_stop(m, box.two_signal_discharge) && inverter_has_voltage(w);
    m.off_s = w.mains || on || box.vebus_standby ? 0 : m.off_s + seconds;
    m.awake = m.off_s < bus_sleeps_after_s;
    if (m.awake && box.multi) {
        m.order = *box.multi;
    }
}

double multi_charge_limit_a(const Multi& m, const BmsSide& box) {
    if (!may_charge(m.active()) || wired_stop(m, box.two_signal_charge)) {
        return 0;
    }
    return m.units * std::min(m.charger_a, m.order.charge_limit_a.value_or(m.charger_a));
}

/// What the inverter draws, A; serves the AC loads from mains or bank.
double invert(World& w, const BmsSide& box, double seconds) {
    Multi& m = w.multi;
    const bool inverts = !w.mains && may_invert(m.active()) && !wired_stop(m, box.two_signal_discharge) &&
                         inverter_has_voltage(w);
    m.does = w.mains ? Multi::Does::passes_through : inverts ? Multi::Does::inverts : Multi::Does::nothing;
    (w.mains || inverts ? m.served_wh : m.missed_wh) += m.ac_load_w * seconds / 3600;
    if (!inverts) {
        return 0;
    }
    w.tally.served_kwh += m.ac_load_w * seconds / 3.6e6;
    return (m.ac_load_w / inverter_efficiency + m.units * m.idle_w) / std::max(1.0, w.bank.voltage_v);
}

/// One source of charge current: as much as it has, up to the bank's voltage that it aims at.
struct Pushing {
    Stages* stages;
    double* current_a;
    double most_a;
    double goal_v; ///< of each cell in series
};

/// One of each kind, and the inverter/charger.
struct Sources {
    std::array<Pushing, 8> list{};
    std::size_t size = 0;

    void add(const Pushing& p) {
        if (size < list.size()) {
            list[size++] = p;
        }
    }
    Pushing* begin() { return list.data(); }
    Pushing* end() { return list.data() + size; }
};

/// The lower goal first: who aims higher fills up what is missing.
double push(World& w, Sources& sources, double drawn_a, double seconds) {
    const Source bank = source_of(w.bank, seconds);
    std::sort(sources.begin(), sources.end(),
              [](const Pushing& a, const Pushing& b) { return a.goal_v < b.goal_v; });
    double sum_a = -drawn_a;
    for (const Pushing& p : sources) {
        const double goal_v = p.goal_v * w.bank.plan.cells_in_series();
        const double room_a = (goal_v - bank.inner_v) / bank.resistance_ohm - sum_a;
        *p.current_a = std::clamp(room_a, 0.0, p.most_a);
        sum_a += *p.current_a;
    }
    return sum_a;
}

Sources sources_of(World& w, const BmsSide& box) {
    Sources sources;
    for (Charger& c : w.chargers) {
        c.permitted = permitted(c.remote, w, box);
        const double goal_v = c.kind == ChargerKind::hand ? by_hand_cell_v : target_cell_v(c.stages);
        sources.add({&c.stages, &c.current_a, c.permitted ? offered_a(c, w) : 0, goal_v});
    }
    Multi& m = w.multi;
    if (m.fitted) {
        const double limit_a = w.mains ? multi_charge_limit_a(m, box) : 0;
        sources.add({&m.stages, &m.current_a, limit_a, target_cell_v(m.stages)});
        m.does = limit_a > 0 ? Multi::Does::charges : m.does;
    }
    return sources;
}

void count(World& w, const BmsSide& box, double seconds) {
    Tally& t = w.tally;
    const double lowest = lowest_cell_v(w.bank), highest = highest_cell_v(w.bank);
    const double hours = seconds / 3600;
    t.hours += hours;
    t.hours_loads_off += box.load_disconnect ? 0 : hours;
    t.hours_charge_off += box.charge_disconnect ? 0 : hours;
    t.charged_kwh += std::max(0.0, w.bank.current_a) * w.bank.voltage_v * hours / 1000;
    t.lowest_cell_v = std::min(t.lowest_cell_v, lowest);
    t.highest_cell_v = std::max(t.highest_cell_v, highest);
    if (box.load_disconnect) {
        t.lowest_cell_v_permitted = std::min(t.lowest_cell_v_permitted, lowest);
    }
    if (box.charge_disconnect) {
        t.highest_cell_v_permitted = std::max(t.highest_cell_v_permitted, highest);
    }
}

} // namespace

void step(World& w, const BmsSide& box, double seconds) {
    w.gx_silent_s = box.alive ? 0 : w.gx_silent_s + seconds;
    if (w.battery_protect) {
        step(*w.battery_protect, box.load_disconnect, cell_v(w), seconds);
    }
    double drawn_a = draw_loads(w, box, seconds);
    double inverter_a = 0;
    if (w.multi.fitted) {
        stay_awake(w, box, seconds);
        inverter_a = invert(w, box, seconds);
    }
    drawn_a += inverter_a;
    Sources sources = sources_of(w, box);
    const double current_a = push(w, sources, drawn_a, seconds);
    step(w.bank, current_a, ambient_c(w), seconds);
    for (const Pushing& p : sources) {
        step(*p.stages, p.most_a > 0, cell_v(w), seconds);
    }
    w.multi.current_a -= inverter_a;
    count(w, box, seconds);
    w.time_s += seconds;
}

double calm_for_s(const World& w) {
    const Levels& levels = w.bank.plan.levels;
    const double c_rate = std::abs(w.bank.current_a) / (w.bank.plan.parallel * w.bank.plan.capacity_ah);
    double gap_v = 1;
    for (const Battery& b : w.bank.battery) {
        const double low = b.shows.allow_to_discharge ? levels.low_cell_v : levels.low_cell_clear_v;
        const double high = b.shows.allow_to_charge ? levels.high_cell_v : levels.high_cell_clear_v;
        gap_v = std::min({gap_v, std::abs(b.lowest_v - low), std::abs(b.highest_v - high),
                          b.has_pre_alarm ? std::abs(b.lowest_v - levels.pre_alarm_v) : 1.0});
    }
    for (const double seconds : {60.0, 10.0, 5.0}) {
        const double may_move_v = steepest_v * c_rate * seconds / 3600 + 0.05 * c_rate + 0.004;
        if (gap_v > may_move_v) {
            return seconds;
        }
    }
    return 1;
}

std::string impossible(const World& w) {
    for (std::size_t i = 0; i < w.bank.battery.size(); ++i) {
        for (const Cell& cell : w.bank.battery[i].all()) {
            const bool sound = std::isfinite(cell.voltage_v) && std::isfinite(cell.charge) &&
                               cell.capacity_ah > 0 && cell.charge > -10 && cell.charge < 2;
            if (!sound) {
                return "battery " + std::to_string(i + 1) + " has a cell of " +
                       std::to_string(cell.voltage_v) + " V at " + std::to_string(100 * cell.charge) + " %";
            }
        }
    }
    return std::isfinite(w.bank.current_a) ? "" : "the bank's current is no number";
}

bool inverter_has_voltage(const World& w) { return cell_v(w) > inverter_stops_cell_v; }

bool box_has_supply(const World& w) { return w.supply.from != Supply::From::nothing; }

} // namespace bms::world
