// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/world_board.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace bms::sim {
namespace {

/// What a person wants to see of it, in a line.
std::string words_of(const world::World& w, const world::BmsSide& box) {
    char text[160];
    std::snprintf(text, sizeof text, "loads %s, charging %s%s", box.load_disconnect ? "on" : "off",
                  box.charge_disconnect ? "on" : "off", box.pre_alarm ? ", PreAlarm" : "");
    std::string words = text;
    const world::Loops loops = loops_of(w.bank);
    words += loops == world::Loops{} ? "; loops closed" : "; open:";
    words += loops.allow_to_charge ? "" : " allow-to-charge";
    words += loops.allow_to_discharge ? "" : " allow-to-discharge";
    words += loops.pre_alarm ? "" : " pre-alarm";
    return words;
}

std::string figures_of(const world::World& w) {
    char text[160];
    std::snprintf(text, sizeof text, " (charge %.0f %%, cells %.2f to %.2f V, %.1f A)",
                  100 * charge_of(w.bank), lowest_cell_v(w.bank), highest_cell_v(w.bank), w.bank.current_a);
    return text;
}

} // namespace

WorldOnBoard::WorldOnBoard(Board& board, const world::Scenario& scenario, const world::Story& story,
                           std::string file, bool fast, MultiInWorld* multi)
    : board_(board),
      file_(std::move(file)),
      world_(make_world(scenario.system)),
      run_(story, file_),
      fast_(fast),
      multi_(multi) {
    show();
}

void WorldOnBoard::put(const std::string& line, bool active) {
    board_.set(line, active ? "active" : "inactive");
}

void WorldOnBoard::show() {
    const world::Loops loops = loops_of(world_.bank);
    put("btv_allow_to_charge", loops.allow_to_charge);
    put("btv_allow_to_discharge", loops.allow_to_discharge);
    put("btv_pre_alarm", loops.pre_alarm);
    for (const char* line : {"remote_on", "remote_h", "remote_l"}) {
        put(line, world_.remote_on);
    }
    put("mains_1", world_.mains);
    put("aux_in", world_.supply.aux_on && world_.supply.aux_v > 0);
}

/// A killed program drives nothing: as if it had died, also while it runs still. What it told the
/// inverter/charger stays told.
world::BmsSide WorldOnBoard::look() const {
    world::BmsSide box;
    if (multi_ != nullptr) {
        box.multi = multi_->order();
        box.vebus_standby = multi_->multi.system.around.standby;
    }
    if (!world_.program_runs || !box_has_supply(world_)) {
        return box;
    }
    const auto high = [&](const char* line) { return value_of(board_, line) == "high"; };
    box.alive = true;
    box.load_disconnect = high("load_disconnect");
    box.charge_disconnect = high("charge_disconnect");
    box.pre_alarm = high("pre_alarm");
    box.two_signal_discharge = high("two_signal_discharge");
    box.two_signal_charge = high("two_signal_charge");
    box.vebus_standby = box.vebus_standby || high("vebus_standby");
    box.allow_to_charge = box.charge_disconnect; // the daemon's item on D-Bus always equals the output
    return box;
}

double WorldOnBoard::step_s(Instant now) {
    const std::chrono::duration<double> real = last_ ? now - *last_ : Duration::zero();
    last_ = now;
    const double until_due_s = run_.next_due_s() - world_.time_s;
    const bool quiet = fast_ && changed_ && now - *changed_ >= stays_slow;
    return quiet ? std::max(real.count(), std::min(calm_for_s(world_), until_due_s)) : real.count();
}

std::vector<std::string> WorldOnBoard::advance(Instant now) {
    std::vector<std::string> lines;
    const double due_s = run_.next_due_s();
    const world::BmsSide box = look();
    run_.poll(world_, box);
    if (run_.next_due_s() != due_s) {
        changed_ = now; // something happened or began to be watched
    }
    if (const double seconds = step_s(now); seconds > 0) {
        step(world_, box, seconds);
    }
    if (multi_ != nullptr) {
        multi_->feel(world_, box);
    }
    show();
    const std::string seen = words_of(world_, box);
    if (seen != seen_) {
        seen_ = seen;
        changed_ = now;
        lines.push_back(world::clock_words(world_.time_s) + ": " + seen + figures_of(world_));
    }
    if (const std::string what = impossible(world_); !what.empty()) {
        lines.push_back(world::clock_words(world_.time_s) + ": the world has left what can be: " + what);
    }
    return lines;
}

std::vector<std::string> WorldOnBoard::finish() {
    run_.finish(world_, look());
    return run_.failures();
}

} // namespace bms::sim
