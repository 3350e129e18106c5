// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The judge of the whole daemon, shown what a core does that is right, and what a wrong one would.
#include "sim/scenario.hpp"
#include "storm/judge.hpp"
#include "storm/recording_judge.hpp"
#include "storm/story.hpp"
#include "storm/world.hpp"
#include "support/core_fixture.hpp"

#include "bms/record/recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace bms::test {
namespace {

using ::testing::HasSubstr;

/// A core as the daemon has it, on wires, looked at every 10 ms.
class Storm : public ::testing::Test {
  protected:
    explicit Storm(core::Settings driven = {}) : bench(driven) { bench.take_step(); }

    void run(Duration length) {
        for (const Instant end = bench.now + length; bench.now < end; bench.run(10ms)) {
            look();
        }
        look();
    }
    void look() {
        Observation o = seen();
        make_wrong(o);
        const std::string wrong = judge.see(o);
        found = found.empty() ? wrong : found;
        all.push_back(o);
    }
    Observation seen() const {
        const auto active = [](const core::LineReading& r) { return r.level == core::Level::active; };
        const auto high = [](core::Line line) { return line == core::Line::high; };
        const core::Outputs& out = bench.out();
        return {.at = bench.now,
                .daemon_lives = true,
                .lines_there = true,
                .allow_to_charge = active(bench.inputs.allow_to_charge),
                .allow_to_discharge = active(bench.inputs.allow_to_discharge),
                .pre_alarm = active(bench.inputs.pre_alarm),
                .remote_h = active(bench.inputs.remote_h),
                .remote_l = active(bench.inputs.remote_l),
                .load_disconnect = high(out.load_disconnect),
                .charge_disconnect = high(out.charge_disconnect),
                .pre_alarm_out = high(out.pre_alarm),
                .led_cell_low = out.led_cell_low,
                .led_cell_high = out.led_cell_high,
                .bus = BusFlags{out.allow_to_charge, out.allow_to_discharge, out.error}};
    }
    void low_cell_and_back() {
        run(20s);
        bench.discharge_loop(false);
        run(40s);
        bench.discharge_loop(true);
        run(20s);
    }
    void high_cell_and_back() {
        run(20s);
        bench.charge_loop(false);
        run(10s);
        bench.charge_loop(true);
        run(20s);
    }

    CoreBench bench;
    Judge judge{{}, {}};
    std::string found;
    std::vector<Observation> all;
    std::function<void(Observation&)> make_wrong = [](Observation&) {};
};

TEST_F(Storm, ARightDaemonIsRightAndMostlyJudgedWithCertainty) {
    low_cell_and_back();
    high_cell_and_back();
    EXPECT_EQ(found, "");
    EXPECT_GT(judge.certain(), judge.edges() * 3 / 4);
}

TEST_F(Storm, AFlickerAndSpikesOfARightDaemonAreRight) {
    run(20s);
    for (int i = 0; i < 60; ++i) {
        bench.discharge_loop(false);
        run(i % 3 == 0 ? 10ms : 100ms);
        bench.discharge_loop(true);
        run(600ms);
    }
    EXPECT_EQ(found, "");
}

class ALeadOf29s : public Storm {
  protected:
    ALeadOf29s() : Storm({.pre_alarm_lead = 29s}) {}
};
TEST_F(ALeadOf29s, IsFound) {
    low_cell_and_back();
    EXPECT_THAT(
        found,
        HasSubstr("neither a low cell nor the SoC rule disconnects loads before PreAlarm has been high"));
}

class ALeadOf31s : public Storm {
  protected:
    ALeadOf31s() : Storm({.pre_alarm_lead = 31s}) {}
};
TEST_F(ALeadOf31s, IsFound) {
    low_cell_and_back();
    EXPECT_THAT(
        found,
        HasSubstr(
            "with the discharge loop open, or loads taken off by the SoC rule, they are on only while"));
}

class ALateStop : public Storm {
  protected:
    ALateStop() : Storm({.loop = {.to_inactive = 200ms, .to_active = 500ms}}) {}
};
TEST_F(ALateStop, IsFound) {
    high_cell_and_back();
    EXPECT_THAT(found, HasSubstr("chargers are never permitted with the charge loop open"));
}

class AHastyReconnect : public Storm {
  protected:
    AHastyReconnect() : Storm({.charge_reconnect_delay = 2s}) {}
};
TEST_F(AHastyReconnect, IsFound) {
    high_cell_and_back();
    EXPECT_THAT(found, HasSubstr("wait for the reconnect delay"));
}

TEST_F(Storm, AnOutputOfADeadDaemonIsFound) {
    make_wrong = [this](Observation& o) { o.daemon_lives = o.at < Instant(1030s) && bench.now == o.at; };
    run(40s);
    EXPECT_THAT(found, HasSubstr("nothing is permitted with a line unread or lost"));
}

TEST_F(Storm, AFlagOnTheBusThatIsNotTheOutputIsFound) {
    run(20s);
    make_wrong = [](Observation& o) { o.bus->allow_to_charge = false; };
    run(1s);
    EXPECT_THAT(found, HasSubstr("the D-Bus permissions are what the outputs show"));
}

TEST_F(Storm, AMultiThatInvertsWhileLoadsAreOffIsFound) {
    make_wrong = [](Observation& o) { o.multi = core::Command{.mode = core::Mode::on, .insist = true}; };
    low_cell_and_back();
    EXPECT_THAT(found, HasSubstr("the Multi is never told to invert while loads are off"));
}

TEST_F(Storm, TogglesWithoutAReasonAreCounted) {
    run(30s);
    make_wrong = [](Observation& o) { // within every property of one edge
        const Duration phase = o.at.time_since_epoch() % 40s;
        o.allow_to_charge = phase >= 20s;
        o.charge_disconnect = o.bus->allow_to_charge = phase >= 28s || phase < 30ms;
        o.led_cell_high = !o.charge_disconnect;
    };
    run(15min);
    EXPECT_EQ(found, "a side is disconnected at most 17 times in any hour (decisions 3, 4)");
}

TEST_F(Storm, ARecordingIsJudgedAndComparedWithWhatWasSeen) {
    bench = CoreBench();
    record::Writer writer;
    std::string text = writer.header({"test", bench.settings, {}}) + "\n";
    for (int i = 0; i < 6000; ++i) {
        if (i == 2000 || i == 5500) {
            bench.inputs.allow_to_discharge = {i == 2000 ? core::Level::inactive : core::Level::active,
                                               bench.now};
        }
        const core::State before = bench.state;
        bench.take_step();
        if (const auto line = writer.step(bench.inputs, bench.now, before, bench.result)) {
            text += *line + "\n";
        }
        all.push_back(seen());
        bench.now += 10ms;
    }
    std::istringstream recording(text);
    const RecordingVerdict right = judge_recording(recording, all, 0ms);
    EXPECT_EQ(right.wrong, "");
    EXPECT_GT(right.steps, 5u);

    all[3000].charge_disconnect = false;
    std::istringstream again(text);
    EXPECT_THAT(judge_recording(again, all, 0ms).wrong, HasSubstr("the outputs show what the core gave"));
}

TEST(StormStory, IsTheSameForTheSameSeedAndHasOnlyWordsOfTheWorld) {
    EXPECT_EQ(story(7, 600s), story(7, 600s));
    EXPECT_NE(story(7, 600s), story(8, 600s));
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        DryWorld dry;
        EXPECT_THAT(sim::read_scenario("story", text_of(story(seed, 600s)), dry).errors,
                    ::testing::IsEmpty());
    }
}

TEST(StormStory, OfAFailingOneOnlyWhatFailsIsKept) {
    const Script long_one = story(3, 600s);
    ASSERT_GT(long_one.size(), 10u);
    const std::string culprit = long_one[long_one.size() / 2];
    const auto fails = [&](const Script& s) { return std::ranges::find(s, culprit) != s.end(); };
    EXPECT_EQ(shortest(long_one, fails, 200), Script{culprit});
}

} // namespace
} // namespace bms::test
