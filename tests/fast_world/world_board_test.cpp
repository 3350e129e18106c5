// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The world behind the simulated board, with time moved by hand and the daemon's part played by hand.
#include "sim/world_board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::sim {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct WorldBehindTheBoard : ::testing::Test {
    void begin(const std::string& story, bool fast = false) {
        scenario = world::read_scenario("x", "bank 1 in series 2 in parallel of 12.8 V 100 Ah\n"
                                             "load fridge 60 W on load_disconnect\nstory a\n" +
                                                 story);
        ASSERT_THAT(scenario.errors, IsEmpty());
        board.tell = [](Peer, const std::string&) {};
        played.emplace(board, scenario, scenario.stories.front(), "x", fast);
    }
    void drive(const std::string& line, const std::string& level) {
        board.hear(1, {"request", line, level, "test"});
    }
    void pass(Duration length) {
        for (const Instant end = now + length; now < end; now += WorldOnBoard::tick) {
            for (std::string& line : played->advance(now)) {
                said.push_back(std::move(line));
            }
        }
    }
    std::string word(const std::string& line) const { return value_of(board, line).value_or("not there"); }

    Instant now{1000s};
    Board board{[this] { return now; }};
    world::Scenario scenario;
    std::optional<WorldOnBoard> played;
    std::vector<std::string> said;
};

TEST_F(WorldBehindTheBoard, ShowsItsLoopsAndSwitchesOnTheLines) { // M58
    begin(
        "at 00:00:05 cut cable 2\nat 00:00:10 mend cable 2\nat 00:00:10 remote off\nat 00:00:10 mains on\n");
    pass(4s);
    EXPECT_EQ(word("btv_allow_to_charge"), "closed");
    EXPECT_EQ(word("remote_h"), "on");
    pass(2s);
    EXPECT_EQ(word("btv_allow_to_charge"), "open");
    EXPECT_EQ(word("btv_pre_alarm"), "open");
    EXPECT_EQ(word("mains_1"), "absent");
    pass(5s);
    EXPECT_EQ(word("btv_allow_to_discharge"), "closed");
    EXPECT_EQ(word("remote_h"), "off");
    EXPECT_EQ(word("mains_1"), "present");
    EXPECT_THAT(said, Contains(HasSubstr("open: allow-to-charge allow-to-discharge pre-alarm (charge 80 %")));
}

TEST_F(WorldBehindTheBoard, FeelsWhatTheDaemonDrives) { // M67
    begin("at 00:00:01 expect load fridge on within 3 s\nat 00:00:06 expect load fridge off within 3 s\n"
          "at 00:00:10 expect load fridge on within 1 s\nat 00:00:12 end\n");
    drive("load_disconnect", "high");
    pass(5s);
    board.gone(1);
    pass(10s);
    EXPECT_TRUE(played->done());
    EXPECT_THAT(played->finish(),
                ElementsAre(HasSubstr("x:6: at 00:00:10 expect load fridge on within 1 s: it is off")));
}

TEST_F(WorldBehindTheBoard, LetsQuietHoursPassQuicklyAndChangesInRealTime) {
    begin("at 12:00 cut cable 1\nat 12:00:30 expect load fridge off\nat 12:00:40 end\n", true);
    pass(WorldOnBoard::stays_slow);
    EXPECT_EQ(word("btv_allow_to_charge"), "closed");
    pass(73s); // 12 h in minutes, each of them a tick
    EXPECT_EQ(word("btv_allow_to_charge"), "open");
    EXPECT_FALSE(played->done());
    pass(40s);
    EXPECT_TRUE(played->done());
    EXPECT_THAT(played->finish(), IsEmpty());
}

} // namespace
} // namespace bms::sim
