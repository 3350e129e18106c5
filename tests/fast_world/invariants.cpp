// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "fast_world/invariants.hpp"

#include <algorithm>

namespace bms::test {

void Invariants::breaks(const std::string& what) {
    if (!broken_) {
        broken_ = what;
    }
}

void Invariants::disconnect(std::deque<Instant>& history, Instant now, const char* side) {
    history.push_back(now);
    while (now - history.front() >= 1h) {
        history.pop_front();
    }
    counts_.most_an_hour = std::max(counts_.most_an_hour, history.size());
    if (history.size() > most_disconnects_an_hour) {
        breaks(std::string(side) + " was disconnected " + std::to_string(history.size()) +
               " times in an hour");
    }
}

void Invariants::load_shutdown(Instant now) {
    ++counts_.load_shutdowns;
    disconnect(loads_, now, "LoadDisconnect");
    const Duration lead = pre_alarm_since_ == never ? Duration::zero() : now - pre_alarm_since_;
    counts_.shortest_lead = std::min(counts_.shortest_lead, lead);
    if (lead < shortest_lead) {
        breaks("loads were disconnected " + std::to_string(lead.count() / 1000) + " ms after PreAlarm");
    }
}

void Invariants::outputs(const world::BmsSide& box, bool by_person, Instant now) {
    if (before_.load_disconnect && !box.load_disconnect && !by_person) {
        load_shutdown(now);
    }
    if (before_.charge_disconnect && !box.charge_disconnect && !by_person) {
        ++counts_.charge_stops;
        disconnect(charge_, now, "ChargeDisconnect");
    }
    if (box.pre_alarm && !before_.pre_alarm) {
        pre_alarm_since_ = now;
        ++counts_.pre_alarms;
    } else if (!box.pre_alarm) {
        pre_alarm_since_ = never;
    }
    before_ = box;
}

void Invariants::cells(const world::World& world, const world::BmsSide& box) {
    const double lowest = lowest_cell_v(world.bank), highest = highest_cell_v(world.bank);
    if (box.load_disconnect && lowest < lowest_permitted_v) {
        breaks("a cell is at " + std::to_string(lowest) + " V while loads are permitted");
    }
    if (box.charge_disconnect && highest > highest_permitted_v) {
        breaks("a cell is at " + std::to_string(highest) + " V while charge is permitted");
    }
    if (const std::string what = impossible(world); !what.empty()) {
        breaks("the world has left what can be: " + what);
    }
}

} // namespace bms::test
