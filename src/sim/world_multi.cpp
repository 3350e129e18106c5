// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/world_multi.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace bms::sim {
namespace {

std::string word_of(world::Switch s) {
    switch (s) {
    case world::Switch::on:
        return "on";
    case world::Switch::charger_only:
        return "charger-only";
    case world::Switch::inverter_only:
        return "inverter-only";
    case world::Switch::off:
        return "off";
    }
    return "off";
}

world::Switch switch_of(const std::string& word) {
    for (const auto s : {world::Switch::on, world::Switch::charger_only, world::Switch::inverter_only}) {
        if (word_of(s) == word) {
            return s;
        }
    }
    return world::Switch::off;
}

} // namespace

MultiInWorld::MultiInWorld(const world::World& w, Instant start) : multi(start), mk3(multi.system, start) {
    constexpr std::array systems{"single", "parallel", "three-phase"};
    const auto charger_a = static_cast<std::uint16_t>(std::lround(w.multi.charger_a));
    Surroundings& around = multi.system.around;
    around.system = systems.at(static_cast<std::size_t>(std::clamp(w.multi.units, 1, 3)) - 1);
    around.bulk_current_max_a = charger_a;
    multi.system.changed("system");
    for (Unit& unit : multi.system.units) {
        unit.memory.configure(setting_bulk_current, charger_a);
    }
    feel(w, {.two_signal_discharge = true, .two_signal_charge = true});
}

void MultiInWorld::feel(const world::World& w, const world::BmsSide& box) {
    Surroundings& around = multi.system.around;
    around.mains_1 = w.mains;
    around.front = word_of(w.multi.front);
    around.dmc = w.panel ? word_of(*w.panel) : "absent";
    around.battery = world::inverter_has_voltage(w) ? "charging" : "low";
    around.dc = Surroundings::DcSide{.voltage_v = w.bank.voltage_v,
                                     .current_a = w.multi.current_a / w.multi.units,
                                     .may_charge = !w.multi.two_signal || box.two_signal_charge,
                                     .may_invert = !w.multi.two_signal || box.two_signal_discharge};
}

world::MultiOrder MultiInWorld::order() const {
    const System& system = multi.system;
    const UnitMemory& memory = system.units.front().memory;
    const bool disabled = (memory.setting(setting_flags0) & disable_charge_bit) != 0;
    return {.mode = switch_of(system.mode()),
            .charge_limit_a = disabled ? 0.0 : static_cast<double>(memory.setting(setting_bulk_current))};
}

} // namespace bms::sim
