// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A bench for the core: lines set by hand, time moved by hand. No sleeping anywhere.
#pragma once

#include "bms/core/step.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace bms::test {

/// Drives core::step as the daemon does: at every deadline, and at every change of an input.
class CoreBench {
  public:
    explicit CoreBench(core::Settings s = {}, core::Memory memory = {})
        : settings(s), state(core::initial_state(memory)) {
        inputs.lines_held = true;
        set(inputs.allow_to_charge, true);
        set(inputs.allow_to_discharge, true);
        set(inputs.pre_alarm, true);
        set(inputs.remote_h, true);
        set(inputs.remote_l, false);
    }

    void charge_loop(bool closed) {
        change([&] { set(inputs.allow_to_charge, closed); });
    }
    void discharge_loop(bool closed) {
        change([&] { set(inputs.allow_to_discharge, closed); });
    }
    void pre_alarm_loop(bool closed) {
        change([&] { set(inputs.pre_alarm, closed); });
    }
    void remote(bool on) {
        change([&] { set(inputs.remote_h, on); });
    }
    void lose_lines() {
        change([&] { inputs.lines_held = false; });
    }
    void regain_lines() {
        change([&] { inputs.lines_held = true; });
    }
    void mains(bool present) {
        change([&] { inputs.mains = present; });
    }
    void multi(const core::MultiReport& report) {
        change([&] { inputs.multi = report; });
    }
    void wish(core::Mode mode) {
        change([&] { inputs.mode_wish = mode; });
        inputs.mode_wish.reset();
    }
    void panel(core::Mode mode) {
        change([&] { inputs.panel_wish = mode; });
        inputs.panel_wish.reset();
    }
    void restart_loads() {
        change([&] { inputs.restart_loads = true; });
        inputs.restart_loads = false;
    }

    /// Lets time pass; wakes only where the core asked to be woken.
    void run(Duration length) {
        const Instant end = now + length;
        while (result.next_deadline <= end) {
            now = std::max(now, result.next_deadline);
            take_step();
        }
        now = end;
    }
    /// Starts the system with healthy lines and waits out the debouncing.
    void start() {
        take_step();
        run(600ms);
    }
    void take_step() {
        result = core::step(state, inputs, settings, now);
        state = result.state;
        moves.insert(moves.end(), result.moves.begin(), result.moves.end());
    }

    const core::Outputs& out() const { return result.outputs; }
    bool loads_on() const { return out().load_disconnect == core::Line::high; }
    bool charge_on() const { return out().charge_disconnect == core::Line::high; }
    bool pre_alarm_high() const { return out().pre_alarm == core::Line::high; }
    core::Mode commanded() const { return out().multi.value().mode; }

    core::Settings settings;
    core::Inputs inputs;
    core::State state;
    core::StepResult result;
    std::vector<core::Move> moves;
    Instant now{1000s};

  private:
    void set(core::LineReading& line, bool active) {
        line = {active ? core::Level::active : core::Level::inactive, now};
    }
    template<typename F>
    void change(F f) {
        f();
        take_step();
    }
};

} // namespace bms::test
