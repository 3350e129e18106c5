// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "fast_world/fast_world.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace bms::test {
namespace {

constexpr Duration one_second = 1s;

core::Mode to_core(world::Switch s) {
    switch (s) {
    case world::Switch::on:
        return core::Mode::on;
    case world::Switch::charger_only:
        return core::Mode::charger_only;
    case world::Switch::inverter_only:
        return core::Mode::inverter_only;
    default:
        return core::Mode::off;
    }
}

world::Switch to_world(core::Mode m) {
    if (core::may_charge(m)) {
        return core::may_invert(m) ? world::Switch::on : world::Switch::charger_only;
    }
    return core::may_invert(m) ? world::Switch::inverter_only : world::Switch::off;
}

std::optional<world::MultiOrder> order_of(const std::optional<core::Command>& command) {
    if (!command) {
        return std::nullopt;
    }
    world::MultiOrder order{.mode = to_world(command->mode), .charge_limit_a = {}};
    if (command->charge != core::ChargeOrder::allow) {
        order.charge_limit_a = command->charge == core::ChargeOrder::stop ? 0 : command->limit_a;
    }
    return order;
}

world::BmsSide side_of(const core::StepResult& result) {
    const core::Outputs& out = result.outputs;
    const bool soc_low = result.state.soc_rule != core::SocRule::none;
    const auto high = [](core::Line line) { return line == core::Line::high; };
    return {.alive = true,
            .load_disconnect = high(out.load_disconnect),
            .charge_disconnect = high(out.charge_disconnect),
            .pre_alarm = high(out.pre_alarm),
            .two_signal_discharge = out.allow_to_discharge && !soc_low,
            .two_signal_charge = out.allow_to_charge,
            .vebus_standby = high(out.vebus_standby),
            .allow_to_charge = out.allow_to_charge,
            .multi = order_of(out.multi)};
}

/// What the Multi reports; its current in whole amperes, so that it is not news at every step.
core::MultiReport report_of(const world::World& w) {
    const world::Multi& m = w.multi;
    core::MultiReport report{.configured = m.fitted, .heard = m.fitted && m.awake};
    if (report.heard) {
        report.remote = to_core(m.order.mode);
        report.front = to_core(m.front);
        report.active = to_core(m.active());
        report.ac_present = w.mains;
        report.charge_current_da = 10 * static_cast<int>(std::lround(std::max(0.0, m.current_a) / m.units));
        report.can_stop_charge = report.can_limit_charge = true;
        report.dmc = w.panel.has_value();
    }
    return report;
}

/// The box: what the daemon is around the core.
class Box {
  public:
    Box(const core::Settings& settings, Invariants& invariants, const std::optional<FastSocRule>& soc_rule)
        : settings_(settings), invariants_(invariants), soc_rule_(soc_rule) {
        restart_rule({});
    }

    /// Inputs as the world is now; then all that is due within the next second.
    void look(const world::World& w) {
        const Instant now = instant(w.time_s);
        const bool runs = w.program_runs && box_has_supply(w);
        if (!runs) {
            die(now);
            return;
        }
        if (!side.alive) {
            state_ = core::initial_state(core::memory_of(state_));
            restart_rule(rule_ ? rule_->memory() : guard::SocRuleMemory{});
            next_deadline = now;
            inputs_ = {};
            inputs_.lines_held = true;
            side.alive = true;
        }
        const bool read_news = read(w, now), rule_news = ask_rule(w, now);
        const bool news = read_news || rule_news;
        if (news || next_deadline <= now) {
            take_step(w, now);
        }
        while (next_deadline < now + one_second) {
            take_step(w, next_deadline);
        }
    }

    world::BmsSide side;
    Instant next_deadline{};

    static Instant instant(double time_s) {
        return Instant(1000s) + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(time_s));
    }

  private:
    void die(Instant now) {
        side = {};
        invariants_.outputs(side, true, now);
        next_deadline = never;
    }

    static bool set(core::LineReading& line, bool active, Instant now) {
        const core::Level level = active ? core::Level::active : core::Level::inactive;
        if (line.level == level) {
            return false;
        }
        line = {level, now};
        return true;
    }

    void restart_rule(const guard::SocRuleMemory& memory) {
        if (soc_rule_) {
            rule_.emplace(soc_rule_->settings, memory);
        }
    }

    /// What the rule says is another thing than before.
    bool ask_rule(const world::World& w, Instant now) {
        if (!rule_) {
            return false;
        }
        rule_->update(100 * charge_of(w.bank), now);
        const core::SocRule was = inputs_.soc_rule;
        inputs_.soc_rule = rule_->active() ? soc_rule_->action : core::SocRule::none;
        return inputs_.soc_rule != was;
    }

    bool read(const world::World& w, Instant now) {
        const world::Loops loops = loops_of(w.bank);
        bool news = set(inputs_.allow_to_charge, loops.allow_to_charge, now);
        news = set(inputs_.allow_to_discharge, loops.allow_to_discharge, now) || news;
        news = set(inputs_.pre_alarm, loops.pre_alarm, now) || news;
        news = set(inputs_.remote_h, w.remote_on, now) || news;
        news = set(inputs_.remote_l, false, now) || news;
        const core::MultiReport report = report_of(w);
        news = news || inputs_.multi != report || inputs_.mains != w.mains;
        inputs_.multi = report;
        inputs_.mains = w.mains;
        if (w.panel && panel_ && *w.panel != *panel_) {
            inputs_.panel_wish = to_core(*w.panel);
            news = true;
        }
        panel_ = w.panel;
        return news;
    }

    void take_step(const world::World& w, Instant now) {
        ask_rule(w, now);
        const core::StepResult result = core::step(state_, inputs_, settings_, now);
        inputs_.panel_wish.reset();
        state_ = result.state;
        next_deadline = std::min(result.next_deadline, rule_ ? rule_->next_deadline() : never);
        side = side_of(result);
        invariants_.outputs(side, !w.remote_on, now);
    }

    core::Settings settings_;
    Invariants& invariants_;
    const std::optional<FastSocRule> soc_rule_;
    std::optional<guard::SocRule> rule_;
    core::State state_ = core::initial_state({});
    core::Inputs inputs_;
    std::optional<world::Switch> panel_;
};

double next_step_s(const world::World& w, const Box& box, double next_due_s) {
    double length_s = std::min(calm_for_s(w), next_due_s - w.time_s);
    if (box.next_deadline != never) {
        const std::chrono::duration<double> until = box.next_deadline - Box::instant(w.time_s);
        length_s = std::min(length_s, std::floor(until.count()));
    }
    return std::max(1.0, length_s);
}

} // namespace

FastRun run_fast(const world::Scenario& scenario, const world::Story& story, const std::string& file,
                 const core::Settings& settings, double longest_step_s,
                 const std::optional<FastSocRule>& soc_rule) {
    FastRun run{.failures = {}, .world = make_world(scenario.system), .counts = {}};
    world::World& w = run.world;
    Invariants invariants;
    core::Settings fitted = settings;
    fitted.pre_alarm_fitted = settings.pre_alarm_fitted && scenario.system.bank.pre_alarm;
    Box box(fitted, invariants, soc_rule);
    world::StoryRun life(story, file);
    while (!life.done(w) && !invariants.broken()) {
        const double due_s = life.next_due_s();
        const world::BmsSide before = box.side;
        life.poll(w, box.side);
        box.look(w);
        // What has just changed is felt for a second: only then does the current tell how fast cells move.
        const bool news = life.next_due_s() != due_s || box.side != before;
        step(w, box.side, news ? 1.0 : std::min(longest_step_s, next_step_s(w, box, life.next_due_s())));
        invariants.cells(w, box.side);
        ++run.steps;
    }
    life.finish(w, box.side);
    run.failures = life.failures();
    if (invariants.broken()) {
        run.failures.push_back(world::clock_words(w.time_s) + ": " + *invariants.broken());
    }
    run.counts = invariants.counts();
    run.stopped_s = w.time_s;
    return run;
}

} // namespace bms::test
