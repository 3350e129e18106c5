// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The real daemon on a board with a world behind it.
#include "system/daemon_fixture.hpp"

#include <fstream>

namespace bms::test {
namespace {

using testing::HasSubstr;

constexpr const char* simulator = BMS_BINARY_DIR "/src/sim/vebus-bms-sim";

class DaemonInAWorld : public DaemonTest {
  protected:
    std::string scenario(const std::string& story) const {
        const std::string file = folder / "a.world";
        std::ofstream(file)
            << "bank 2 in series 1 in parallel of 12.8 V 100 Ah\nload fridge 60 W on load_disconnect\n"
            << "story a\n"
            << story;
        return file;
    }
    Outcome check(const std::string& file) const {
        return run({simulator, "world", file, "--check"}, folder / "check.log");
    }
};

TEST_F(DaemonInAWorld, ActsOnWhatTheBatteriesSayAndTheLoadsFeelIt) { // M12, M58, M67
    const std::string file = scenario("at 00:00:00 expect load fridge on within 12 s\n"
                                      "at 00:00:12 cut cable 2\n"
                                      "at 00:00:12 expect charge_disconnect floating within 3 s\n"
                                      "at 00:00:12 expect pre_alarm high within 3 s\n"
                                      "at 00:00:15 expect load fridge on\n"
                                      "at 00:00:17 mend cable 2\n"
                                      "at 00:00:17 expect charge_disconnect high within 6 s\n"
                                      "at 00:00:24 end\n");
    configure("/vebus/link", R"("none")");
    board_process = std::make_unique<Process>(
        std::vector<std::string>{simulator, "world", file, "--socket", board_socket()}, folder / "board.log");
    ASSERT_TRUE(soon([this] { return line("heartbeat") != "gone"; })) << board_process->output();
    start_daemon();
    EXPECT_EQ(board_process->ended(60s), 0) << board_process->output() << log();
    EXPECT_THAT(board_process->output(), HasSubstr("open: allow-to-charge allow-to-discharge pre-alarm"));
}

TEST_F(DaemonInAWorld, IsNotBegunFromAFileWithMistakes) {
    const Outcome wrong = check(scenario("at 00:00:05 cut cable 7\nat 00:00:05 mains maybe\n"));
    EXPECT_EQ(wrong.code, 2);
    EXPECT_THAT(wrong.output,
                HasSubstr("a.world:4: \"at 00:00:05 cut cable 7\": accepted: cut or mend cable 1 to 3"));
    EXPECT_THAT(wrong.output, HasSubstr("a.world:5: "));
}

TEST_F(DaemonInAWorld, TheExamplesAreReadByTheSimulatorAndByTheDaemon) { // M109 to M113
    int seen = 0;
    for (const auto& entry : std::filesystem::directory_iterator(BMS_SOURCE_DIR "/config/examples")) {
        if (entry.path().extension() == ".world") {
            EXPECT_EQ(check(entry.path()).code, 0) << entry.path();
            const std::string config = std::filesystem::path(entry.path()).replace_extension(".json");
            const Outcome read =
                run({BMS_BINARY_DIR "/src/app/vebus-bmsd", "--check-config", "--config", config},
                    folder / "read.log");
            EXPECT_EQ(read.code, 0) << read.output;
            ++seen;
        }
    }
    EXPECT_EQ(seen, 5);
}

} // namespace
} // namespace bms::test
