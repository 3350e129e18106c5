// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "safety_properties.hpp"
#include "walk.hpp"

#include <gtest/gtest.h>

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
    lines_lost = 16
};

Inputs letter(unsigned worse) {
    Inputs in;
    in.allow_to_charge = level((worse & charge_open) == 0);
    in.allow_to_discharge = level((worse & discharge_open) == 0);
    in.pre_alarm = level((worse & pre_alarm_open) == 0);
    in.remote_h = level((worse & remote_off) == 0);
    in.remote_l = level(false);
    in.lines_held = (worse & lines_lost) == 0;
    return in;
}

std::string name(unsigned worse) {
    std::string text = "lines:";
    text += (worse & charge_open) != 0 ? " charge open" : "";
    text += (worse & discharge_open) != 0 ? " discharge open" : "";
    text += (worse & pre_alarm_open) != 0 ? " pre-alarm open" : "";
    text += (worse & remote_off) != 0 ? " remote off" : "";
    text += (worse & lines_lost) != 0 ? " lost" : "";
    return worse == 0 ? "lines: all healthy" : text;
}

void add(WalkPlan& plan, const Inputs& in, std::string text) {
    plan.alphabet.push_back(in);
    plan.names.push_back(std::move(text));
}

WalkPlan lines_only(Settings settings) {
    WalkPlan plan;
    plan.settings = settings;
    for (unsigned worse = 0; worse < 32; ++worse) {
        add(plan, letter(worse), name(worse));
    }
    plan.check = [settings](const Edge& e) { return broken_property(e, settings); };
    return plan;
}

/// Words of users: on D-Bus, and at a panel also in the middle of a veto and beside a Digital Multi Control.
void add_wishes(WalkPlan& plan) {
    Inputs in = letter(0);
    in.multi = {.configured = true, .heard = true};
    in.mode_wish = Mode::off;
    add(plan, in, "user wishes off");
    in = letter(discharge_open);
    in.multi = {.configured = true, .heard = true};
    in.panel_wish = Mode::on;
    add(plan, in, "panel wishes on / discharge open");
    in.panel_wish = Mode::off;
    in.mode_wish = Mode::on;
    in.multi.dmc = true;
    add(plan, in, "DMC wishes off, D-Bus on / discharge open");
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

/// A Multi on the bus that obeys, goes on inverting, or goes on charging.
WalkPlan with_multi(Settings settings) {
    WalkPlan plan;
    plan.settings = settings;
    plan.memories = {{}, {.wish = Mode::on}};
    for (const unsigned worse : {0u, 1u, 2u, 3u, 8u, 16u}) {
        for (const auto& [active, current, text] :
             {std::tuple{std::optional<Mode>{}, 0, " / Multi obeys"},
              std::tuple{std::optional(Mode::on), 0, " / Multi stays on"},
              std::tuple{std::optional<Mode>{}, 500, " / Multi charges with 50 A"}}) {
            Inputs in = letter(worse);
            in.multi = {.configured = true, .heard = true, .active = active, .charge_current_da = current};
            add(plan, in, name(worse) + text);
        }
        Inputs in = letter(worse);
        in.multi = {.configured = true, .heard = true, .mode_refused = true};
        add(plan, in, name(worse) + " / Multi refuses the command");
    }
    add_wishes(plan);
    plan.react = react;
    plan.check = [settings](const Edge& e) { return broken_property(e, settings); };
    return plan;
}

/// A Multi that sleeps, wakes on AC, or goes on inverting there, with a mains detector and without. The
/// ladder is walked above; here the times are those of the attempts to wake it.
WalkPlan with_a_sleeper(Settings settings) {
    WalkPlan plan;
    plan.settings = settings;
    plan.memories = {{}, {.wish = Mode::on}, {.wish = Mode::charger_only}};
    struct Seen {
        bool heard;
        std::optional<bool> ac, mains;
        std::optional<Mode> active;
        const char* text;
    };
    for (const unsigned worse : {0u, 2u, 3u, 8u, 16u}) {
        for (const Seen& seen :
             {Seen{false, {}, {}, {}, " / silent"}, Seen{false, {}, true, {}, " / silent, AC"},
              Seen{true, false, {}, {}, " / obeys, no AC"}, Seen{true, true, true, {}, " / obeys, AC"},
              Seen{true, true, {}, Mode::on, " / stays on, AC"},
              Seen{true, false, {}, Mode::on, " / stays on, no AC"}}) {
            Inputs in = letter(worse);
            in.mains = seen.mains;
            in.multi = {
                .configured = true, .heard = seen.heard, .active = seen.active, .ac_present = seen.ac};
            add(plan, in, name(worse) + seen.text);
        }
    }
    add_wishes(plan);
    plan.react = react;
    plan.check = [settings](const Edge& e) { return broken_property(e, settings); };
    return plan;
}

const WalkReport& lines_only_report() {
    static const WalkReport report = walk(lines_only(walk_settings()));
    return report;
}

TEST(Walk, EveryReachableStateKeepsEverySafetyProperty) {
    const WalkReport& report = lines_only_report();
    EXPECT_EQ(report.failure, "");
    EXPECT_GT(report.states, 1000u);
    std::cout << report.states << " states, " << report.edges << " edges\n";
}

TEST(Walk, EveryReachableStateKeepsEverySafetyPropertyWithManualRestart) {
    Settings settings = walk_settings();
    settings.restart_manual = true;
    WalkPlan plan = lines_only(settings);
    plan.memories = {{}, {.restart_latched = true}};
    Inputs word = letter(0);
    word.restart_loads = true;
    add(plan, word, "the user's word to restart");
    const WalkReport report = walk(plan);
    EXPECT_EQ(report.failure, "");
    std::cout << report.states << " states, " << report.edges << " edges\n";
}

TEST(Walk, EveryReachableStateKeepsEverySafetyPropertyWithAMultiThatMayNotObey) {
    Settings settings = walk_settings();
    settings.disconnect_memory = Duration::zero(); // delays that grow are walked without a Multi
    const WalkReport report = walk(with_multi(settings));
    EXPECT_EQ(report.failure, "");
    std::cout << report.states << " states, " << report.edges << " edges\n";
}

TEST(Walk, EveryReachableStateKeepsEverySafetyPropertyWithAMultiThatMayBeAsleep) {
    Settings settings = walk_settings();
    settings.disconnect_memory = Duration::zero();
    settings.wake_hold = 1 * tick;
    settings.wake_pause = 2 * tick;
    settings.wake_pause_max = 3 * tick;
    const WalkReport report = walk(with_a_sleeper(settings));
    EXPECT_EQ(report.failure, "");
    EXPECT_GT(report.states, 1000u);
    std::cout << report.states << " states, " << report.edges << " edges\n";
}

TEST(Walk, AWorseInputNeverGivesMorePermission) {
    const Settings settings = walk_settings();
    for (const State& state : lines_only_report().reached) {
        for (const Duration wait : {Duration::zero(), tick}) {
            std::array<Outputs, 32> outputs;
            for (unsigned worse = 0; worse < 32; ++worse) {
                outputs[worse] = step(state, letter(worse), settings, walk_time + wait).outputs;
            }
            for (unsigned worse = 0; worse < 32; ++worse) {
                for (unsigned bit = 1; bit < 32; bit <<= 1) {
                    const Outputs& better = outputs[worse & ~bit];
                    const Outputs& worst = outputs[worse | bit];
                    ASSERT_LE(worst.load_disconnect, better.load_disconnect) << name(worse | bit);
                    ASSERT_LE(worst.charge_disconnect, better.charge_disconnect) << name(worse | bit);
                }
            }
        }
    }
}

TEST(Walk, FromEveryReachableStateHealthyLinesLeadBackToFullPermission) {
    const Settings settings = walk_settings();
    // Longest way back: the longest reconnect delay, then a PreAlarm that must be released.
    const auto longest = settings.reconnect_delay_max + settings.pre_alarm_release + 2 * tick;
    for (State state : lines_only_report().reached) {
        StepResult r;
        for (Instant now = walk_time; now <= walk_time + longest; now += tick) {
            r = step(state, letter(0), settings, now);
            state = r.state;
        }
        ASSERT_EQ(state.power, Power::on);
        ASSERT_EQ(state.discharge, Discharge::allowed);
        ASSERT_EQ(state.charge, Charge::allowed);
        ASSERT_EQ(state.multi_charge, MultiCharge::allow);
        ASSERT_EQ(r.next_change.what, "");
    }
}

TEST(Walk, APropertyThatDoesNotHoldIsFoundWithTheShortestScript) {
    WalkPlan plan = lines_only(walk_settings());
    plan.check = [](const Edge& e) {
        return e.result.state.discharge == Discharge::pre_alarm ? "PreAlarm never comes" : std::string{};
    };
    const WalkReport report = walk(plan);
    EXPECT_EQ(report.failure,
              "PreAlarm never comes\nshortest script:\n  start\n  at once: lines: pre-alarm open");
}

} // namespace
} // namespace bms::test
