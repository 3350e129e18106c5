// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "plans.hpp"

#include "safety_properties.hpp"

#include <future>

namespace bms::test {
namespace {

using namespace core;

LineReading level(bool active) { return {active ? Level::active : Level::inactive, {}}; }

/// Bits of a letter. A set bit is the worse reading, so that a superset is a worse input.
enum Bit : unsigned {
    charge_open = 1,
    discharge_open = 2,
    pre_alarm_open = 4,
    remote_off = 8,
    lines_lost = 16,
    soc_low = 32,   ///< the SoC rule: charger only
    soc_empty = 96, ///< the SoC rule: loads off
};

Inputs lines(unsigned worse) {
    Inputs in;
    in.allow_to_charge = level((worse & charge_open) == 0);
    in.allow_to_discharge = level((worse & discharge_open) == 0);
    in.pre_alarm = level((worse & pre_alarm_open) == 0);
    in.remote_h = level((worse & remote_off) == 0);
    in.remote_l = level(false);
    in.lines_held = (worse & lines_lost) == 0;
    in.soc_rule = (worse & soc_empty) == soc_empty ? SocRule::loads_off
                  : (worse & soc_low) != 0         ? SocRule::charger_only
                                                   : SocRule::none;
    return in;
}

std::string name(unsigned worse) {
    std::string text = "lines:";
    text += (worse & charge_open) != 0 ? " charge open" : "";
    text += (worse & discharge_open) != 0 ? " discharge open" : "";
    text += (worse & pre_alarm_open) != 0 ? " pre-alarm open" : "";
    text += (worse & remote_off) != 0 ? " remote off" : "";
    text += (worse & lines_lost) != 0 ? " lost" : "";
    text += (worse & soc_empty) == soc_empty ? " SoC rule loads off"
            : (worse & soc_low) != 0         ? " SoC rule charger only"
                                             : "";
    return worse == 0 ? "lines: all healthy" : text;
}

WalkPlan plan_of(std::string name, const Settings& settings) {
    WalkPlan plan;
    plan.name = std::move(name);
    plan.settings = settings;
    plan.properties = safety_properties();
    return plan;
}

/// Letters that stand `variants` apart and belong to these readings of the lines.
void compare(WalkPlan& plan, const std::vector<unsigned>& readings, std::size_t variants) {
    for (std::size_t better = 0; better < readings.size(); ++better) {
        for (std::size_t worse = 0; worse < readings.size(); ++worse) {
            const bool more = (readings[worse] & readings[better]) == readings[better] && worse != better;
            for (std::size_t variant = 0; more && variant < variants; ++variant) {
                plan.worse.emplace_back(better * variants + variant, worse * variants + variant);
            }
        }
    }
}

/// Words of users: on D-Bus, and at a panel also in the middle of a veto and beside a Digital Multi Control.
void add_wishes(WalkPlan& plan) {
    Inputs in = lines(0);
    in.multi = {.configured = true, .heard = true};
    in.mode_wish = Mode::off;
    plan.alphabet.push_back({in, "user wishes off"});
    in = lines(discharge_open);
    in.multi = {.configured = true, .heard = true};
    in.panel_wish = Mode::on;
    plan.alphabet.push_back({in, "panel wishes on / discharge open"});
    in.panel_wish = Mode::off;
    in.mode_wish = Mode::on;
    in.multi.dmc = true;
    plan.alphabet.push_back({in, "DMC wishes off, D-Bus on / discharge open"});
}

/// A Multi that obeys, where the letter does not say otherwise.
void react(Inputs& in, const State& s) {
    if (!in.multi.heard) {
        return;
    }
    if (!in.multi.active) {
        in.multi.active = s.wish.command.value_or(Mode::on);
    }
    if (!in.multi.mode_refused) {
        in.multi.remote = s.wish.command;
    }
}

constexpr std::size_t tried_every =
    499; ///< edge with false results; a prime, so that every letter has its turn

Walked walked(WalkPlan plan) {
    Walked w{.plan = std::move(plan), .report = {}, .rejected = {}};
    w.plan.context = &w;
    w.plan.also = [](const Edge& edge, std::size_t number, void* context) {
        if (number % tried_every == 0) {
            auto& self = *static_cast<Walked*>(context);
            count_rejected(edge, self.plan.settings, self.rejected);
        }
    };
    w.report = walk(w.plan);
    w.plan.also = nullptr;
    return w;
}

} // namespace

WalkPlan lines_plan() {
    WalkPlan plan = plan_of("lines", walk_settings());
    std::vector<unsigned> readings;
    for (unsigned worse = 0; worse < 32; ++worse) {
        plan.alphabet.push_back({lines(worse), name(worse)});
        readings.push_back(worse);
    }
    compare(plan, readings, 1);
    return plan;
}

WalkPlan manual_restart_plan() {
    WalkPlan plan = lines_plan();
    plan.name = "manual restart";
    plan.settings.restart_manual = true;
    plan.memories = {{}, {.restart_latched = true}};
    Inputs word = lines(0);
    word.restart_loads = true;
    plan.healthy = plan.alphabet.size();
    plan.alphabet.push_back({word, "the user's word to restart"});
    return plan;
}

WalkPlan disobeying_plan() {
    Settings settings = walk_settings();
    settings.disconnect_memory = Duration::zero(); // delays that grow are walked without a Multi
    WalkPlan plan = plan_of("disobeying Multi", settings);
    plan.memories = {{}, {.wish = Mode::on}};
    const std::vector<unsigned> readings{0, 1, 2, 3, 8, 16};
    for (const unsigned worse : readings) {
        for (const auto& [active, current, text] :
             {std::tuple{std::optional<Mode>{}, 0, " / Multi obeys"},
              std::tuple{std::optional(Mode::on), 0, " / Multi stays on"},
              std::tuple{std::optional<Mode>{}, 500, " / Multi charges with 50 A"}}) {
            Inputs in = lines(worse);
            in.multi = {.configured = true, .heard = true, .active = active, .charge_current_da = current};
            plan.alphabet.push_back({in, name(worse) + text});
        }
        Inputs in = lines(worse);
        in.multi = {.configured = true, .heard = true, .mode_refused = true};
        plan.alphabet.push_back({in, name(worse) + " / Multi refuses the command"});
    }
    compare(plan, readings, 4);
    add_wishes(plan);
    plan.react = react;
    return plan;
}

WalkPlan sleeping_plan() {
    Settings settings = walk_settings();
    settings.disconnect_memory = Duration::zero();
    settings.wake_hold = 1 * tick;
    settings.wake_pause = 2 * tick;
    settings.wake_pause_max = 3 * tick;
    WalkPlan plan = plan_of("sleeping Multi", settings);
    plan.memories = {{}, {.wish = Mode::on}, {.wish = Mode::charger_only}};
    struct Seen {
        bool heard;
        std::optional<bool> ac, mains;
        std::optional<Mode> active;
        const char* text;
    };
    const std::vector<unsigned> readings{0, 2, 3, 8, 16};
    for (const unsigned worse : readings) {
        for (const Seen& seen :
             {Seen{true, true, true, {}, " / obeys, AC"}, Seen{true, false, {}, {}, " / obeys, no AC"},
              Seen{false, {}, {}, {}, " / silent"}, Seen{false, {}, true, {}, " / silent, AC"},
              Seen{true, true, {}, Mode::on, " / stays on, AC"},
              Seen{true, false, {}, Mode::on, " / stays on, no AC"}}) {
            Inputs in = lines(worse);
            in.mains = seen.mains;
            in.multi = {
                .configured = true, .heard = seen.heard, .active = seen.active, .ac_present = seen.ac};
            plan.alphabet.push_back({in, name(worse) + seen.text});
        }
    }
    compare(plan, readings, 6);
    add_wishes(plan);
    plan.react = react;
    return plan;
}

WalkPlan soc_rule_plan() {
    Settings settings = walk_settings();
    settings.disconnect_memory = Duration::zero();
    settings.restart_manual = true;
    WalkPlan plan = plan_of("SoC rule", settings);
    plan.memories = {{}, {.wish = Mode::on}, {.restart_latched = true}};
    std::vector<unsigned> readings;
    for (const unsigned worse : {0u, unsigned{discharge_open}, unsigned{remote_off}}) {
        for (const unsigned soc : {0u, unsigned{soc_low}, unsigned{soc_empty}}) {
            readings.push_back(worse | soc);
        }
    }
    for (const unsigned worse : readings) {
        for (const auto& [active, ac, text] :
             {std::tuple{std::optional<Mode>{}, true, " / obeys, AC"},
              std::tuple{std::optional(Mode::on), true, " / stays on, AC"},
              std::tuple{std::optional(Mode::on), false, " / stays on, no AC"}}) {
            Inputs in = lines(worse);
            in.multi = {.configured = true, .heard = true, .active = active, .ac_present = ac};
            plan.alphabet.push_back({in, name(worse) + text});
        }
    }
    compare(plan, readings, 3);
    Inputs word = lines(0);
    word.restart_loads = true;
    word.multi = {.configured = true, .heard = true, .ac_present = true};
    plan.healthy = plan.alphabet.size();
    plan.alphabet.push_back({word, "the user's word to restart"});
    add_wishes(plan);
    plan.react = react;
    return plan;
}

const std::vector<Walked>& all_walks() {
    static const std::vector<Walked> walks = [] {
        std::vector<std::future<Walked>> running;
        for (WalkPlan (*const make)() :
             {sleeping_plan, disobeying_plan, soc_rule_plan, manual_restart_plan, lines_plan}) {
            running.push_back(std::async(std::launch::async, [make] { return walked(make()); }));
        }
        std::vector<Walked> done;
        for (auto it = running.rbegin(); it != running.rend(); ++it) {
            done.push_back(it->get());
        }
        return done;
    }();
    return walks;
}

Duration recovery_time(const Settings& settings) {
    return settings.reconnect_delay_max + settings.pre_alarm_release + 2 * tick;
}

} // namespace bms::test
