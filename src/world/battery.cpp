// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "world/battery.hpp"

#include "world/random.hpp"

#include <algorithm>

namespace bms::world {
namespace {

constexpr double balancing_from_v = 3.50;   // only near full; the level is chosen
constexpr double balancing_ohm = 3.6;       // about 1 A; chosen
constexpr double warm_up_s = 4 * 3600.0;    // to reach the temperature around it; chosen
constexpr double kelvin_a_watt_100ah = 0.6; // of a 12.8 V 100 Ah battery; chosen

double balancer_a(const Cell& cell) {
    return cell.voltage_v > balancing_from_v ? cell.voltage_v / balancing_ohm : 0;
}

/// Closed until `opens`, then open until `closes`.
bool held(bool closed, bool opens, bool closes) { return closed ? !opens : closes; }

void measure(Battery& b, const Levels& levels) {
    b.lowest_v = b.highest_v = b.cell[0].voltage_v;
    for (const Cell& cell : b.all()) {
        b.lowest_v = std::min(b.lowest_v, cell.voltage_v);
        b.highest_v = std::max(b.highest_v, cell.voltage_v);
    }
    const double t = b.temperature_c;
    const bool too_cold_or_hot = t < levels.low_temperature_c || t > levels.high_temperature_c;
    const bool mild = t >= levels.low_temperature_c + levels.temperature_clear_k &&
                      t <= levels.high_temperature_c - levels.temperature_clear_k;
    b.shows.pre_alarm = !b.has_pre_alarm || b.lowest_v >= levels.pre_alarm_v;
    b.shows.allow_to_discharge = held(b.shows.allow_to_discharge, b.lowest_v < levels.low_cell_v,
                                      b.lowest_v >= levels.low_cell_clear_v);
    b.shows.allow_to_charge =
        held(b.shows.allow_to_charge, b.highest_v > levels.high_cell_v || too_cold_or_hot,
             b.highest_v < levels.high_cell_clear_v && mild);
}

/// The source as it is after a step, or at rest.
void refresh(Battery& b) {
    const double ohm_ah = cell_step(b.temperature_c, 1).ohmic_ohm_ah;
    b.source = {};
    for (const Cell& cell : b.all()) {
        b.source.inner_v += inner_voltage_v(cell);
        b.source.resistance_ohm += ohm_ah / cell.capacity_ah;
        b.source.stiffness_v_as += cell.slope_v / (3600 * cell.capacity_ah);
    }
}

void step_battery(Battery& b, double current_a, const Bank& bank, double ambient_c, double seconds) {
    const CellStep how = cell_step(b.temperature_c, seconds);
    for (Cell& cell : b.all()) {
        step(cell, current_a - (b.electronics ? balancer_a(cell) : 0), how);
    }
    const double size = bank.plan.capacity_ah / 100 * static_cast<double>(b.cells) / 4;
    const double heat_w = current_a * current_a * b.source.resistance_ohm;
    const double goal_c = ambient_c + heat_w * kelvin_a_watt_100ah / size;
    b.temperature_c += (goal_c - b.temperature_c) * std::min(1.0, seconds / warm_up_s);
    refresh(b);
    measure(b, bank.plan.levels);
}

std::span<Battery> string_of(Bank& bank, int number) {
    const auto series = static_cast<std::size_t>(bank.plan.series);
    return std::span(bank.battery).subspan(static_cast<std::size_t>(number) * series, series);
}

Source source_of_string(std::span<const Battery> string, double seconds) {
    Source s;
    for (const Battery& b : string) {
        s.inner_v += b.source.inner_v;
        s.resistance_ohm += b.source.resistance_ohm + seconds * b.source.stiffness_v_as;
    }
    return s;
}

} // namespace

std::string beyond_the_manual(const BankPlan& plan) {
    if (plan.nominal_v != 12.8 && plan.nominal_v != 25.6) {
        return "batteries are of 12.8 V or 25.6 V"; // M1
    }
    const int most = plan.nominal_v > 20 ? 2 : 4;
    if (plan.series < 1 || plan.series > most) { // M3
        return most == 4 ? "at most four 12.8 V batteries in series"
                         : "at most two 25.6 V batteries in series";
    }
    if (plan.nominal_v < 20 && plan.series == 3) { // M2
        return "systems are of 12, 24 or 48 V: one, two or four 12.8 V batteries in series";
    }
    if (plan.parallel < 1 || plan.batteries() > most_batteries) { // M4
        return "at most 20 batteries";
    }
    const double most_kwh =
        plan.series == 1 && plan.nominal_v < 20 ? 85 : 103; // M5: "84" and "102" are rounded
    return plan.energy_kwh() > most_kwh ? "more than 84 kWh at 12 V, or 102 kWh at 24 and 48 V" : "";
}

Bank make_bank(const BankPlan& plan, unsigned seed) {
    Random random(seed);
    Bank bank{.plan = plan, .battery = {}, .cable_cut = {}};
    bank.battery.resize(static_cast<std::size_t>(plan.batteries()));
    bank.cable_cut.assign(bank.battery.size() + 1, false);
    for (Battery& b : bank.battery) {
        b.cells = plan.nominal_v > 20 ? 8 : 4;
        b.has_pre_alarm = plan.pre_alarm;
        for (Cell& cell : b.all()) {
            cell.capacity_ah = plan.capacity_ah * (1 + random.between(-1, 1) * plan.capacity_spread);
            rest_at(cell, plan.start_charge + random.between(-1, 1) * plan.charge_spread);
        }
        refresh(b);
        measure(b, plan.levels);
    }
    bank.voltage_v = source_of(bank, 0).inner_v;
    return bank;
}

Source source_of(const Bank& bank, double seconds) {
    double conductance = 0, short_a = 0;
    const auto series = static_cast<std::size_t>(bank.plan.series);
    for (std::size_t at = 0; at < bank.battery.size(); at += series) {
        const Source s = source_of_string(std::span(bank.battery).subspan(at, series), seconds);
        conductance += 1 / s.resistance_ohm;
        short_a += s.inner_v / s.resistance_ohm;
    }
    return {.inner_v = short_a / conductance, .resistance_ohm = 1 / conductance};
}

void rest_cell(Bank& bank, std::size_t battery, std::size_t cell, double charge) {
    Battery& b = bank.battery[battery];
    rest_at(b.cell[cell], charge);
    refresh(b);
    measure(b, bank.plan.levels);
}

void step(Bank& bank, double current_a, double ambient_c, double seconds) {
    const Source all = source_of(bank, seconds);
    const double voltage_v = all.inner_v + current_a * all.resistance_ohm;
    for (int s = 0; s < bank.plan.parallel; ++s) {
        const std::span<Battery> string = string_of(bank, s);
        const Source own = source_of_string(string, seconds);
        const double own_a = (voltage_v - own.inner_v) / own.resistance_ohm;
        for (Battery& b : string) {
            step_battery(b, own_a, bank, ambient_c, seconds);
        }
    }
    bank.voltage_v = voltage_v;
    bank.current_a = current_a;
}

Loops loops_of(const Bank& bank) {
    const bool cut = std::find(bank.cable_cut.begin(), bank.cable_cut.end(), true) != bank.cable_cut.end();
    Loops loops{!cut, !cut, !cut};
    for (const Battery& b : bank.battery) {
        loops.allow_to_charge = loops.allow_to_charge && b.electronics && b.shows.allow_to_charge;
        loops.allow_to_discharge = loops.allow_to_discharge && b.electronics && b.shows.allow_to_discharge;
        loops.pre_alarm = loops.pre_alarm && (!b.has_pre_alarm || (b.electronics && b.shows.pre_alarm));
    }
    return loops;
}

double lowest_cell_v(const Bank& bank) {
    const auto lowest =
        std::min_element(bank.battery.begin(), bank.battery.end(),
                         [](const auto& a, const auto& b) { return a.lowest_v < b.lowest_v; });
    return lowest->lowest_v;
}

double highest_cell_v(const Bank& bank) {
    const auto highest =
        std::max_element(bank.battery.begin(), bank.battery.end(),
                         [](const auto& a, const auto& b) { return a.highest_v < b.highest_v; });
    return highest->highest_v;
}

double charge_of(const Bank& bank) {
    double sum = 0, cells = 0;
    for (const Battery& b : bank.battery) {
        for (const Cell& cell : b.all()) {
            sum += cell.charge;
            cells += 1;
        }
    }
    return sum / cells;
}

} // namespace bms::world
