// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The world's inverter/charger as the simulated MultiPlus on its wires: it feels the world's battery, mains,
// switches and two-signal inputs, and what it was told over VE.Bus is what the world's inverter/charger does.
// No clock and no I/O in here.
#pragma once

#include "sim/mk3_front.hpp"
#include "sim/multiplus_model.hpp"
#include "world/world.hpp"

namespace bms::sim {

class MultiInWorld {
  public:
    /// As many units as the world has, each with its charger's current as bulk current.
    MultiInWorld(const world::World&, Instant start);

    /// To be called after each step of the world.
    void feel(const world::World&, const world::BmsSide&);
    /// What its remotes and settings say now, of each unit.
    world::MultiOrder order() const;

    Multiplus multi; ///< on the raw bus
    Mk3Front mk3;    ///< the same system behind an MK3
};

} // namespace bms::sim
