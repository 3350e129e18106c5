// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "world/devices.hpp"

namespace bms::world {
namespace {

constexpr double protect_low_cell_v = 10.5 / 4; // BatteryProtect, its usual setting for 12 V
constexpr double protect_good_cell_v = 12.0 / 4;
constexpr double protect_cuts_after_s = 12 + 90; // alarm after 12 s, load off 90 s later
constexpr double protect_back_after_s = 30;

constexpr double absorption_cell_v = 14.2 / 4;
constexpr double float_cell_v = 13.5 / 4;
constexpr double absorption_s = 2 * 3600.0;
constexpr double again_bulk_cell_v = 13.2 / 4; // chosen
constexpr double again_bulk_after_s = 60;      // chosen
constexpr double reached_within_v = 0.003;     // chosen

} // namespace

void step(BatteryProtect& p, bool h_is_high, double cell_v, double seconds) {
    p.low_s = cell_v < protect_low_cell_v ? p.low_s + seconds : 0;
    p.good_s = cell_v > protect_good_cell_v ? p.good_s + seconds : 0;
    if (p.low_s >= protect_cuts_after_s) {
        p.cut_by_voltage = true;
    } else if (p.good_s >= protect_back_after_s) {
        p.cut_by_voltage = false;
    }
    p.closed = h_is_high && !p.cut_by_voltage;
}

double target_cell_v(const Stages& s) {
    return s.stage == Stages::Stage::floating ? float_cell_v : absorption_cell_v;
}

void step(Stages& s, bool running, double cell_v, double seconds) {
    using enum Stages::Stage;
    if (!running) {
        s = {};
        return;
    }
    const Stages::Stage before = s.stage;
    s.low_s = s.stage == floating && cell_v < again_bulk_cell_v ? s.low_s + seconds : 0;
    if (s.stage == bulk && cell_v >= absorption_cell_v - reached_within_v) {
        s.stage = absorption;
    } else if (s.stage == absorption && s.in_stage_s >= absorption_s) {
        s.stage = floating;
    } else if (s.low_s >= again_bulk_after_s) {
        s.stage = bulk;
    }
    s.in_stage_s = s.stage == before ? s.in_stage_s + seconds : 0;
}

} // namespace bms::world
