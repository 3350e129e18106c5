// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/world_bus.hpp"

#include <algorithm>

namespace bms::sim {
namespace {

constexpr std::int32_t shunt_instance = 289, solar_instance = 290;

// As /State of a solar charger has them.
constexpr double off = 0, bulk = 3, absorption = 4, floating = 5;

double state_of(const world::Charger& charger) {
    if (charger.current_a <= 0) {
        return off;
    }
    switch (charger.stages.stage) {
    case world::Stages::Stage::bulk:
        return bulk;
    case world::Stages::Stage::absorption:
        return absorption;
    default:
        return floating;
    }
}

/// A shunt that has been synchronised: it knows the charge of the bank.
DbusDevice::Readings reading_of(const world::World& w) {
    return {{"/Soc", 100 * charge_of(w.bank), "%"},
            {"/Dc/0/Current", w.bank.current_a, "A"},
            {"/Dc/0/Voltage", w.bank.voltage_v, "V"}};
}

DbusDevice::Readings reading_of(const world::World& w, const world::Charger& charger) {
    return {{"/Dc/0/Current", charger.current_a, "A"},
            {"/Dc/0/Voltage", w.bank.voltage_v, "V"},
            {"/State", state_of(charger), ""}};
}

const world::Charger* solar_of(const world::World& w) {
    const auto found = std::ranges::find(w.chargers, world::ChargerKind::solar, &world::Charger::kind);
    return found == w.chargers.end() ? nullptr : &*found;
}

} // namespace

WorldOnBus::WorldOnBus(const std::string& bus, const world::World& world)
    : shunt_(bus,
             {.service = "com.victronenergy.battery.simulated",
              .product = "SmartShunt (simulated)",
              .instance = shunt_instance},
             reading_of(world)) {
    if (const world::Charger* solar = solar_of(world)) {
        solar_ = std::make_unique<DbusDevice>(
            bus,
            DbusDevice::Identity{.service = "com.victronenergy.solarcharger.simulated",
                                 .product = "SmartSolar (simulated)",
                                 .instance = solar_instance},
            reading_of(world, *solar));
    }
}

void WorldOnBus::tell(const world::World& world, Instant now) {
    if (now < next_) {
        return;
    }
    next_ = now + Seconds{1};
    shunt_.tell(reading_of(world));
    if (solar_) {
        solar_->tell(reading_of(world, *solar_of(world)));
    }
}

} // namespace bms::sim
