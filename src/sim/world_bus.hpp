// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/dbus_device.hpp"
#include "world/world.hpp"

#include "bms/time.hpp"

#include <memory>
#include <string>

namespace bms::sim {

/// What a GX device would show of a simulated world on its message bus: the SmartShunt of the bank (M117) and
/// the solar charger, where there is one.
class WorldOnBus {
  public:
    /// bus: as DbusDevice takes it, and what it throws.
    WorldOnBus(const std::string& bus, const world::World& world);

    /// Once a second at most, as such devices do.
    void tell(const world::World& world, Instant now);

  private:
    DbusDevice shunt_;
    std::unique_ptr<DbusDevice> solar_;
    Instant next_{};
};

} // namespace bms::sim
