// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "vebus/measuring.hpp"

#include <algorithm>

namespace bms::vebus {

namespace {

/// In intervals: how old a value may be, and how long a unit that does not answer is left alone.
constexpr int stale_after = 5;
constexpr int rest = 10;

} // namespace

Measuring::Measuring(bool on_, Duration every_, int max_tries_, const Checks& checks_, LinkStatus& seen_)
    : on(on_), every(every_), max_tries(max_tries_), checks(checks_), seen(seen_) {}

void Measuring::units_are(const std::vector<std::uint8_t>& addresses) {
    std::map<std::uint8_t, Unit> now_units;
    for (const std::uint8_t address : addresses) {
        now_units[address] = units.contains(address) ? units[address] : Unit{};
    }
    units = std::move(now_units);
    sum_up();
}

void Measuring::forget() {
    for (auto& [address, unit] : units) {
        unit = {};
    }
    sum_up();
}

bool Measuring::scales_known(std::uint8_t unit) const {
    return checks.scale(unit, ram_battery_voltage) && checks.scale(unit, ram_battery_current);
}

Instant Measuring::due_at() const {
    Instant first = never;
    for (const auto& [address, unit] : units) {
        if (on && scales_known(address)) {
            first = std::min(first, unit.due);
        }
    }
    return first;
}

std::optional<Checks::Ask> Measuring::next(std::uint8_t id, Instant now) {
    for (auto& [address, unit] : units) {
        if (on && unit.due <= now && scales_known(address)) {
            unit.due = now + every;
            return Checks::Ask{
                .unit = address,
                .message = ReadRam{.id = id, .variables = {ram_battery_voltage, ram_battery_current}}};
        }
    }
    return std::nullopt;
}

void Measuring::answered(std::uint8_t address, const Message& reply, Instant now) {
    const auto voltage = checks.scale(address, ram_battery_voltage);
    const auto current = checks.scale(address, ram_battery_current);
    const auto* read = std::get_if<RamValues>(&reply);
    const auto found = units.find(address);
    if (found == units.end()) {
        return;
    }
    Unit& unit = found->second;
    unit.tries = 0;
    if (read && read->values.size() >= 2 && voltage && current) {
        unit.read_at = now;
        unit.voltage_v = voltage->value_of(read->values[0]);
        unit.current_a = current->value_of(read->values[1]);
        sum_up();
    }
}

bool Measuring::unanswered(std::uint8_t address, Instant now) {
    const auto found = units.find(address);
    if (found == units.end() || ++found->second.tries < max_tries) {
        return false;
    }
    found->second.tries = 0;
    found->second.due = now + rest * every;
    return true;
}

void Measuring::expire(Instant now) {
    bool gone = false;
    for (auto& [address, unit] : units) {
        if (unit.read_at && now - *unit.read_at >= stale_after * every) {
            unit.read_at.reset();
            gone = true;
        }
    }
    if (gone) {
        sum_up();
    }
}

Instant Measuring::next_deadline() const {
    Instant first = never;
    for (const auto& [address, unit] : units) {
        first = unit.read_at ? std::min(first, *unit.read_at + stale_after * every) : first;
    }
    return first;
}

/// A sum without one unit would be a wrong sum: any unit missing, and nothing is told.
void Measuring::sum_up() {
    if (!on) {
        return;
    }
    seen.dc_voltage_v.reset();
    seen.dc_current_a.reset();
    seen.highest_unit_current_a.reset();
    const bool all = std::all_of(units.begin(), units.end(), [](auto& u) { return u.second.read_at; });
    if (!all || units.empty()) {
        return;
    }
    double sum_a = 0;
    double highest_a = units.begin()->second.current_a;
    for (const auto& [address, unit] : units) {
        sum_a += unit.current_a;
        highest_a = std::max(highest_a, unit.current_a);
    }
    seen.dc_voltage_v = units.begin()->second.voltage_v;
    seen.dc_current_a = sum_a;
    seen.highest_unit_current_a = highest_a;
}

} // namespace bms::vebus
