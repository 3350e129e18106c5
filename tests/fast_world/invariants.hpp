// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What must hold in every world, looked at from outside the core: at the outputs and at the cells.
#pragma once

#include "world/world.hpp"

#include "bms/time.hpp"

#include <deque>
#include <optional>
#include <string>

namespace bms::test {

/// No cell below this while loads are permitted, none above that while charge is (LoadDisconnect,
/// ChargeDisconnect high).
inline constexpr double lowest_permitted_v = 2.5;
inline constexpr double highest_permitted_v = 3.9;
/// DECISIONS.md, "Outputs wear at a known rate".
inline constexpr std::size_t most_disconnects_an_hour = 17;
/// M15.
inline constexpr Duration shortest_lead = 30s;

struct Counts {
    unsigned load_shutdowns = 0, charge_stops = 0; ///< by a loop, not by a person or a dead program
    std::size_t most_an_hour = 0;
    Duration shortest_lead = Duration::max();
    unsigned pre_alarms = 0;
};

class Invariants {
  public:
    /// After every change of the outputs. by_person: the remote switch is off, or the program was not
    /// running.
    void outputs(const world::BmsSide& box, bool by_person, Instant now);
    /// After every step of the world.
    void cells(const world::World& world, const world::BmsSide& box);
    const std::optional<std::string>& broken() const { return broken_; }
    const Counts& counts() const { return counts_; }

  private:
    void disconnect(std::deque<Instant>& history, Instant now, const char* side);
    void load_shutdown(Instant now);
    void breaks(const std::string& what);

    world::BmsSide before_;
    Instant pre_alarm_since_ = never;
    std::deque<Instant> loads_, charge_;
    Counts counts_;
    std::optional<std::string> broken_;
};

} // namespace bms::test
