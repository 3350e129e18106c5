// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "fast_world/soak.hpp"

#include "fast_world/shrink.hpp"

#include <algorithm>
#include <cstdio>

namespace bms::test {
namespace {

const std::string name = "random.world";

double fails_at(const RandomLife& life) {
    const world::Scenario scenario = world::read_scenario(name, text_of(life));
    if (!scenario.errors.empty()) {
        return -1; // a line that others need was taken out
    }
    const FastRun run = run_fast(scenario, scenario.stories.front(), name, {});
    return run.failures.empty() ? -1 : run.stopped_s;
}

} // namespace

FastRun run_life(const RandomLife& life) {
    const world::Scenario scenario = world::read_scenario(name, text_of(life));
    if (!scenario.errors.empty()) {
        return {.failures = scenario.errors, .world = {}, .counts = {}};
    }
    return run_fast(scenario, scenario.stories.front(), name, {});
}

std::string report_of_failure(std::uint64_t seed, const RandomLife& life, const FastRun& run) {
    std::string text = "FAILED: seed " + std::to_string(seed) + "\n";
    for (const std::string& failure : run.failures) {
        text += "  " + failure + "\n";
    }
    const RandomLife shortest = shortest_failing(life, fails_at);
    text += "the shortest scenario that still fails:\n" + text_of(shortest);
    for (const std::string& failure : run_life(shortest).failures) {
        text += "# " + failure + "\n";
    }
    return text;
}

void add(Summary& s, const FastRun& run) {
    const world::Tally& t = run.world.tally;
    ++s.lives;
    s.years += t.hours / (24 * 365.25);
    s.sum.hours += t.hours;
    s.sum.hours_loads_off += t.hours_loads_off;
    s.sum.hours_charge_off += t.hours_charge_off;
    s.sum.served_kwh += t.served_kwh;
    s.sum.charged_kwh += t.charged_kwh;
    s.sum.lowest_cell_v = std::min(s.sum.lowest_cell_v, t.lowest_cell_v);
    s.sum.highest_cell_v = std::max(s.sum.highest_cell_v, t.highest_cell_v);
    s.sum.lowest_cell_v_permitted = std::min(s.sum.lowest_cell_v_permitted, t.lowest_cell_v_permitted);
    s.sum.highest_cell_v_permitted = std::max(s.sum.highest_cell_v_permitted, t.highest_cell_v_permitted);
    s.counts.load_shutdowns += run.counts.load_shutdowns;
    s.counts.charge_stops += run.counts.charge_stops;
    s.counts.pre_alarms += run.counts.pre_alarms;
    s.counts.most_an_hour = std::max(s.counts.most_an_hour, run.counts.most_an_hour);
    s.counts.shortest_lead = std::min(s.counts.shortest_lead, run.counts.shortest_lead);
    s.steps += run.steps;
    s.harmed += t.lowest_cell_v < lowest_permitted_v ? 1 : 0;
}

std::string words_of(const Summary& s) {
    const bool shut = s.counts.load_shutdowns > 0;
    char text[1200];
    std::snprintf(
        text, sizeof text,
        "%u systems, %.1f years of life\n"
        "  loads off          %.0f h (%.1f %% of the time), %u shutdowns by a low cell or cable, after %u "
        "warnings\n"
        "  charging off       %.0f h, %u stops by a high cell or temperature\n"
        "  energy             %.0f kWh served, %.0f kWh charged\n"
        "  worst cells        %.2f V with loads permitted, %.2f V with charge permitted\n"
        "                     %.2f V and %.2f V at any time; in %u systems drains emptied a cell below 2.5 V "
        "with the loads off\n"
        "  shortest warning   %s%.1f s before loads went off\n"
        "  most switching     %zu disconnects of one side in an hour (allowed: %zu)\n",
        s.lives, s.years, s.sum.hours_loads_off, 100 * s.sum.hours_loads_off / std::max(1.0, s.sum.hours),
        s.counts.load_shutdowns, s.counts.pre_alarms, s.sum.hours_charge_off, s.counts.charge_stops,
        s.sum.served_kwh, s.sum.charged_kwh, s.sum.lowest_cell_v_permitted, s.sum.highest_cell_v_permitted,
        s.sum.lowest_cell_v, s.sum.highest_cell_v, s.harmed, shut ? "" : "none seen, ",
        shut ? static_cast<double>(s.counts.shortest_lead.count()) / 1e6 : 0.0, s.counts.most_an_hour,
        most_disconnects_an_hour);
    return text;
}

} // namespace bms::test
