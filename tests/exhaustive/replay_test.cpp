// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A counter-example of the walk is a scenario file. Here it is played on the simulated board with the core as
// the daemon runs it: real times, debouncing, woken at its deadlines.
#include "plans.hpp"
#include "script.hpp"
#include "sim/board.hpp"
#include "sim/scenario.hpp"
#include "support/core_fixture.hpp"

#include "bms/core/words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::test {
namespace {

using namespace core;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The board, with the core on it instead of a daemon.
class BoardWithCore : public sim::World {
  public:
    BoardWithCore() : bench(played_settings()), board([this] { return bench.now; }) {}

    std::optional<std::string> set(const std::string& name, const std::string& value) override {
        const auto refused = board.set(name, value);
        bench.inputs.lines_held = name == "plug" || (name != "unplug" && bench.inputs.lines_held);
        follow(bench.inputs.allow_to_charge, "btv_allow_to_charge", "closed");
        follow(bench.inputs.allow_to_discharge, "btv_allow_to_discharge", "closed");
        follow(bench.inputs.pre_alarm, "btv_pre_alarm", "closed");
        follow(bench.inputs.remote_h, "remote_h", "on");
        follow(bench.inputs.remote_l, "remote_l", "on");
        bench.take_step();
        return refused;
    }
    std::vector<sim::Named> get() const override {
        auto seen = board.get();
        for (sim::Named& named : seen) {
            show(named, "load_disconnect", bench.out().load_disconnect);
            show(named, "charge_disconnect", bench.out().charge_disconnect);
            show(named, "pre_alarm", bench.out().pre_alarm);
        }
        return seen;
    }

    CoreBench bench;

  private:
    void follow(LineReading& line, const char* name, const char* active) {
        const bool lit = sim::value_of(board, name) == active;
        const Level read = lit ? Level::active : Level::inactive;
        const Level level = bench.inputs.lines_held ? read : Level::unknown;
        if (line.level != level) {
            line = {level, bench.now};
        }
    }
    static void show(sim::Named& named, const char* name, Line line) {
        if (named.name == name) {
            named.value = word(line);
        }
    }

    sim::Board board;
};

/// Plays a scenario to its end; what did not come true.
std::vector<std::string> play(const std::string& text) {
    BoardWithCore trial, world;
    sim::Scenario scenario = sim::read_scenario("script", text, trial);
    if (!scenario.errors.empty()) {
        return scenario.errors;
    }
    sim::ScenarioRun run(std::move(scenario), world, world.bench.now);
    while (!run.done()) {
        run.poll(world.bench.now);
        const Instant next = std::min(run.next_deadline(), world.bench.result.next_deadline);
        world.bench.run(std::clamp(next - world.bench.now, Duration{1ms}, Duration{1s}));
    }
    return run.failures();
}

std::string example(const std::string& name) {
    for (const Example& e : examples()) {
        if (e.name == name) {
            return e.scenario;
        }
    }
    return "no example is named " + name;
}

TEST(Script, TheShortestWayToALowCellIsPlayedByTheCoreWithItsRealTimes) {
    const std::string text = example("low-cell");
    EXPECT_THAT(text, HasSubstr("# for a daemon with pre_alarm_lead_s 30, pre_alarm_release_s 20, "
                                "reconnect_delay_s and charge_reconnect_delay_s 10\n"));
    EXPECT_THAT(text, HasSubstr("at 30s expect load_disconnect floating within 1500ms\n"));
    EXPECT_THAT(play(text), IsEmpty()) << text;
}

TEST(Script, TheShortestWayToLoadsThatCameBackAfterALowCellIsPlayed) {
    const std::string text = example("loads-back");
    EXPECT_THAT(play(text), IsEmpty()) << text;
}

TEST(Script, TheShortestWayToALostLineThatCameBackIsPlayed) {
    const std::string text = example("lost-line");
    EXPECT_THAT(text, HasSubstr("unplug=all"));
    EXPECT_THAT(play(text), IsEmpty()) << text;
}

TEST(Script, WhatTheCoreDoesNotDoIsFoundByPlaying) {
    std::string text = example("low-cell");
    text.replace(text.rfind("charge_disconnect high"), 22, "charge_disconnect floating");
    EXPECT_THAT(play(text), ElementsAre(HasSubstr("charge_disconnect floating within 1500ms: it is high")));
}

} // namespace
} // namespace bms::test
