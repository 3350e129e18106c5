// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The core with time: lines that change, are lost and come back, a Multi that reports anything, words of
// users. Stepped as the daemon does, at every change and at every deadline, and judged from outside.
#include "support/input.hpp"

#include "bms/core/step.hpp"

#include <algorithm>
#include <array>

using namespace bms::core;
using bms::Duration;
using bms::Instant;
using bms::Millis;
using bms::fuzz::require;
using bms::fuzz::Script;

namespace {

constexpr int most_deadlines = 2000; ///< between two inputs; more would be a core that never rests

/// Watches lines and outputs, and knows nothing of the core's state.
class Witness {
  public:
    explicit Witness(const Settings& s) : settings(s) {}

    void see(const Inputs& in, const StepResult& r, Instant now) {
        const Outputs& out = r.outputs;
        const bool loads = out.load_disconnect == Line::high, charge = out.charge_disconnect == Line::high;
        require(loads == out.allow_to_discharge && charge == out.allow_to_charge,
                "D-Bus says something else");
        require(loads == out.led_cell_low, "the light says something else");
        require(in.lines_held || (!loads && !charge), "permitted without lines");
        require(!charge || !open_for(in.allow_to_charge, now), "charging with the loop open");
        const bool warned = pre_alarm_since && now - *pre_alarm_since >= settings.pre_alarm_lead;
        require(!loads || !open_for(in.allow_to_discharge, now) || !warned, "loads on after the lead");
        require(loads || !loads_before || r.state.power != Power::on || warned, "loads off before the lead");
        require(loads_before || !loads || !open_for(in.allow_to_discharge, now),
                "loads on with the loop open");
        if (out.pre_alarm == Line::floating) {
            pre_alarm_since.reset();
        } else if (!pre_alarm_since) {
            pre_alarm_since = now;
        }
        loads_before = loads;
        see_command(in, r);
    }

  private:
    bool open_for(const LineReading& loop, Instant now) const {
        return loop.level != Level::active && now - loop.since >= settings.loop.to_inactive;
    }
    static void see_command(const Inputs& in, const StepResult& r) {
        const auto& told = r.outputs.multi;
        if (!told) {
            return;
        }
        const auto& wish = r.state.wish.mode;
        require(wish.has_value(), "told something without a wish");
        require(!may_invert(told->mode) || (may_invert(*wish) && r.outputs.allow_to_discharge),
                "told to invert against wish or veto");
        require(!may_invert(told->mode) || in.soc_rule == SocRule::none,
                "told to invert against the SoC rule");
        require(!may_charge(told->mode) || may_charge(*wish), "told to charge against the wish");
        require(told->charge != ChargeOrder::allow || r.outputs.allow_to_charge,
                "charge order against the veto");
    }

    const Settings& settings;
    std::optional<Instant> pre_alarm_since;
    bool loads_before = false;
};

class World {
  public:
    explicit World(Script& s) : script(s), settings(settings_from(s)), witness(settings) {
        const std::uint8_t stored = script.byte();
        state = initial_state({.wish = mode(stored), .restart_latched = (stored & 8) != 0});
        for (LineReading* line : lines()) {
            *line = {Level::active, now};
        }
        inputs.lines_held = true;
        step_now();
    }

    void run() {
        while (!script.done()) {
            pass(Millis(script.word()) * (script.byte() % 4 == 0 ? 100 : 1));
            change(script.byte());
            step_now();
            inputs.mode_wish.reset();
            inputs.panel_wish.reset();
            inputs.restart_loads = false;
        }
    }

  private:
    static Settings settings_from(Script& s) {
        Settings made;
        const std::uint8_t bits = s.byte();
        made.pre_alarm_lead = bms::Seconds(30 + s.byte());
        made.reconnect_delay = made.charge_reconnect_delay = bms::Seconds(1 + s.byte());
        made.pre_alarm_fitted = (bits & 1) == 0;
        made.remote_fitted = (bits & 2) == 0;
        made.restart_manual = (bits & 4) != 0;
        made.reduce_on_high_cell = (bits & 8) == 0;
        return made;
    }
    static std::optional<Mode> mode(unsigned bits) {
        return (bits & 4) != 0 ? std::optional(static_cast<Mode>(bits & 3)) : std::nullopt;
    }
    static std::optional<bool> maybe(unsigned bits) {
        return (bits & 2) != 0 ? std::optional((bits & 1) != 0) : std::nullopt;
    }
    std::array<LineReading*, 5> lines() {
        return {&inputs.allow_to_charge, &inputs.allow_to_discharge, &inputs.pre_alarm, &inputs.remote_h,
                &inputs.remote_l};
    }

    void pass(Duration length) {
        const Instant end = now + length;
        for (int woken = 0; result.next_deadline <= end; ++woken) {
            require(woken < most_deadlines, "it never rests");
            now = result.next_deadline;
            step_now();
        }
        now = end;
    }

    void change(std::uint8_t what) {
        const std::uint8_t value = script.byte();
        switch (what % 12) {
        case 5:
            inputs.lines_held = value % 2 != 0;
            inputs.soc_rule = static_cast<SocRule>(value / 2 % 3);
            break;
        case 6:
            inputs.mains = maybe(value);
            break;
        case 7:
            inputs.mode_wish = mode(value);
            inputs.panel_wish = mode(value >> 3);
            break;
        case 8:
            inputs.restart_loads = true;
            break;
        case 9:
        case 10:
            report(value);
            break;
        case 11: // a Multi that obeys
            inputs.multi.remote = inputs.multi.active = state.wish.command;
            break;
        default: {
            LineReading& line = *lines().at(what % 12);
            const auto level = static_cast<Level>(value % 3);
            line = level == line.level ? line : LineReading{level, now};
        }
        }
    }

    void report(std::uint8_t bits) {
        MultiReport& multi = inputs.multi;
        multi.configured = true;
        multi.heard = (bits & 1) != 0;
        multi.listen_only = (bits & 2) != 0;
        multi.dmc = (bits & 4) != 0;
        multi.mode_refused = (bits & 8) != 0;
        multi.active = mode(script.byte());
        multi.remote = mode(script.byte());
        multi.front = mode(script.byte());
        multi.ac_present = maybe(script.byte());
        multi.can_stop_charge = maybe(script.byte());
        multi.can_limit_charge = maybe(script.byte());
        multi.charge_current_da = (bits & 16) != 0 ? std::optional<int>(script.word()) : std::nullopt;
    }

    void step_now() {
        result = step(state, inputs, settings, now);
        state = result.state;
        require(result.next_deadline > now, "a deadline that is over");
        require(result.moves.size <= result.moves.list.size(), "more moves than regions");
        witness.see(inputs, result, now);
        Inputs same = inputs;
        same.mode_wish.reset();
        same.panel_wish.reset();
        same.restart_loads = false;
        const StepResult again = step(state, same, settings, now);
        require(again.state == state && again.outputs == result.outputs,
                "the same step again changes something");
        require(memory_of(initial_state(memory_of(state))) == memory_of(state), "a restart forgets");
    }

    Script& script;
    Settings settings;
    Witness witness;
    Inputs inputs;
    State state;
    StepResult result;
    Instant now{bms::Seconds(1000)};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Script script({data, size});
    World(script).run();
    return 0;
}
