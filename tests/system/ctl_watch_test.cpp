// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// `vebus-bmsctl watch` on a real terminal and into a file, beside the whole daemon.
#include "support/places.hpp"
#include "support/pty_process.hpp"
#include "system/daemon_fixture.hpp"

#include <regex>

namespace bms::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string ctl = in_build("/src/tool/vebus-bmsctl");
constexpr const char* ctrl_c = "\x03";

class WatchTest : public DaemonTest {
  protected:
    void start(WindowSize size = {.rows = 40, .columns = 80},
               const std::vector<std::string>& environment = {}) {
        start_all();
        screen = std::make_unique<PtyProcess>(std::vector<std::string>{ctl, "watch"}, size, environment);
        ASSERT_TRUE(screen->shows("Charging    allowed")) << screen->terminal().screen();
    }
    void start_lines(const std::vector<std::string>& options = {}) {
        std::vector<std::string> command{ctl, "watch"};
        command.insert(command.end(), options.begin(), options.end());
        lines = std::make_unique<Process>(command, folder / "watch");
    }
    Is says(const std::string& text) const {
        return soon([&] { return lines->output().find(text) != std::string::npos; })
                   ? testing::AssertionSuccess()
                   : testing::AssertionFailure() << "not \"" << text << "\" but:\n"
                                                 << lines->output();
    }

    std::unique_ptr<PtyProcess> screen;
    std::unique_ptr<Process> lines;
};

TEST_F(WatchTest, DrawsAgainInPlaceWhenTheBatterySpeaks) {
    start({.rows = 70, .columns = 80});
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(screen->shows("Charging    NOT ALLOWED")) << screen->terminal().screen();
    EXPECT_TRUE(screen->shows("charge loop: closed -> open")) << screen->terminal().screen();
    set("btv_allow_to_charge=closed");
    EXPECT_TRUE(screen->shows("Charging    allowed"));
    EXPECT_THAT(screen->terminal().screen(), StartsWith("VE.Bus BMS V2 (software)\nvebus-bmsd "));
    EXPECT_TRUE(screen->terminal().other_page);
    EXPECT_THAT(screen->terminal().strange, IsEmpty());
}

TEST_F(WatchTest, FollowsTheSizeOfTheWindow) {
    start();
    screen->resize({.rows = 12, .columns = 44});
    ASSERT_TRUE(screen->shows("more rows")) << screen->terminal().screen();
    screen->terminal().widest = 0;
    set("btv_allow_to_charge=open");
    ASSERT_TRUE(screen->shows("Charging    NOT ALLOWED")) << screen->terminal().screen();
    EXPECT_LT(screen->terminal().widest, 44U);
    const std::string shown = screen->terminal().screen();
    EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 12);
    screen->resize({.rows = 50, .columns = 80});
    EXPECT_TRUE(screen->shows("Limits      charge")) << screen->terminal().screen();
}

TEST_F(WatchTest, HasColoursUnlessNoColorIsSet) {
    start();
    EXPECT_TRUE(screen->terminal().coloured);
    PtyProcess plain({ctl, "watch"}, {.rows = 40, .columns = 80}, {"NO_COLOR=1"});
    ASSERT_TRUE(plain.shows("Charging    allowed"));
    EXPECT_FALSE(plain.terminal().coloured);
}

TEST_F(WatchTest, CtrlCLeavesACleanTerminal) {
    start();
    EXPECT_FALSE(screen->echoes());
    screen->type(ctrl_c);
    EXPECT_EQ(screen->ended(), 0);
    EXPECT_FALSE(screen->terminal().other_page);
    EXPECT_TRUE(screen->terminal().cursor);
    EXPECT_TRUE(screen->terminal().wraps);
    EXPECT_TRUE(screen->echoes());
}

TEST_F(WatchTest, CtrlZGivesTheTerminalBackAndItGoesOnLater) {
    start();
    screen->signal(SIGTSTP);
    ASSERT_TRUE(screen->stopped());
    EXPECT_FALSE(screen->terminal().other_page);
    EXPECT_TRUE(screen->echoes());
    screen->signal(SIGCONT);
    EXPECT_TRUE(screen->shows("Charging    allowed"));
    EXPECT_TRUE(screen->terminal().other_page);
    screen->type(ctrl_c);
    EXPECT_EQ(screen->ended(), 0);
}

TEST_F(WatchTest, ADaemonThatEndsIsSaidAndWaitedFor) {
    start();
    ASSERT_EQ(end_daemon(SIGTERM), 0);
    EXPECT_TRUE(screen->shows("No vebus-bmsd on the session bus: waiting for it"))
        << screen->terminal().screen();
    start_daemon();
    EXPECT_TRUE(screen->shows("Charging    allowed")) << screen->terminal().screen();
}

TEST_F(WatchTest, ABusThatEndsIsSaidAndTriedAgain) {
    start();
    start_lines();
    ASSERT_TRUE(says("found on the session bus: loads allowed, charging allowed"));
    lose_bus();
    EXPECT_TRUE(says("the session bus does not answer; tried again every second"));
    EXPECT_TRUE(screen->shows("does not answer")) << screen->terminal().screen();
    bus.start();
    meet_bus();
    EXPECT_TRUE(says("the session bus answers"));
    EXPECT_TRUE(screen->shows("Charging    allowed")) << screen->terminal().screen();
}

TEST_F(WatchTest, WithoutATerminalThereIsALineForEachChange) {
    start_all();
    start_lines();
    ASSERT_TRUE(says("found on the session bus"));
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(
        says("  charging: allowed -> NOT ALLOWED (the battery stops charging: high cell or temperature)\n"));
    lines->signal(SIGTERM);
    EXPECT_EQ(lines->ended(), 0);
    const std::string all = lines->output();
    EXPECT_THAT(all, Not(HasSubstr("\033")));
    const std::regex form("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d{4}  [^\\n]+");
    std::istringstream stream(all);
    for (std::string line; std::getline(stream, line);) {
        EXPECT_TRUE(std::regex_match(line, form)) << line;
    }
}

TEST_F(WatchTest, ATerminalThatCannotMoveItsCursorGetsLinesToo) {
    start_all();
    PtyProcess dumb({ctl, "watch"}, {.rows = 40, .columns = 80}, {"TERM=dumb"});
    EXPECT_TRUE(dumb.shows("found on the session bus"));
    EXPECT_FALSE(dumb.terminal().other_page);
}

TEST_F(WatchTest, BeforeTheDaemonItWaits) {
    start_lines({"--json"});
    ASSERT_TRUE(says("the session bus answers"));
    start_all();
    EXPECT_TRUE(
        says("\"service\":\"com.victronenergy.vebus.ttySystem\",\"what\":\"found on the session bus"));
}

} // namespace
} // namespace bms::test
