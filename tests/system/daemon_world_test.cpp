// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The real daemon on a board with a world behind it.
#include "support/places.hpp"
#include "system/daemon_fixture.hpp"

#include <fstream>

namespace bms::test {
namespace {

using testing::HasSubstr;

const std::string simulator = in_build("/src/sim/vebus-bms-sim");

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
    /// Shore power, a cut cable and its repair, with the inverter/charger on `wire` alone: no two-signal
    /// inputs.
    void expect_the_multi_lives_in_it(const std::string& wire) {
        const std::string file = folder / "a.world";
        std::ofstream(file)
            << "bank 1 in series 1 in parallel of 12.8 V 100 Ah\nstart at 60 %\nmulti charger 30 A\nstory a\n"
               "at 00:00:00 mains on\n"
               "at 00:00:00 expect multi charges within 12 s\n"
               "at 00:00:12 cut cable 2\n"
               "at 00:00:12 expect multi passes_through within 10 s\n"
               "at 00:00:22 expect current below 0.5 A\n"
               "at 00:00:24 mend cable 2\n"
               "at 00:00:24 expect multi charges within 10 s\n"
               "at 00:00:35 end\n";
        board_process = std::make_unique<Process>(
            std::vector<std::string>{simulator, "world", file, "--socket", board_socket(), wire, port()},
            folder / "board.log");
        ASSERT_TRUE(soon([this] { return line("heartbeat") != "gone"; })) << board_process->output();
        start_daemon();
        EXPECT_TRUE(soon([this] { return std::stod("0" + item("/Dc/0/Current")) > 20; }, 30s))
            << "the world's charge current is what the daemon reads: " << item("/Dc/0/Current");
        EXPECT_EQ(board_process->ended(60s), 0) << board_process->output() << log();
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

TEST_F(DaemonInAWorld, ReadsItsShuntAndActsOnItsStateOfCharge) { // M95, M117
    const std::string file = folder / "a.world";
    std::ofstream(file)
        << "bank 1 in series 1 in parallel of 12.8 V 100 Ah\nstart at 14 %\nmulti charger 30 A\n"
           "story a\n"
           "at 00:00:00 ac_load 200 W\n"
           "at 00:00:00 expect multi inverts within 12 s\n"
           "at 00:00:12 expect multi does_nothing within 20 s\n"
           "at 00:00:35 end\n";
    configure("/shunt", R"({"service": "auto"})");
    configure("/soc_rule", R"({"below_percent": 15, "back_percent": 20, "for_s": 15})");
    board_process = std::make_unique<Process>(std::vector<std::string>{simulator, "world", file, "--socket",
                                                                       board_socket(), "--port", port(),
                                                                       "--bus", "session"},
                                              folder / "board.log");
    ASSERT_TRUE(soon([this] { return line("heartbeat") != "gone"; })) << board_process->output();
    start_daemon();
    EXPECT_TRUE(soon([this] { return item("/Bms/SocRule/Soc").starts_with("1"); }))
        << item("/Bms/SocRule/Soc");
    EXPECT_TRUE(item_is("/Bms/SocRule/Active", "1", 30s));
    EXPECT_EQ(board_process->ended(60s), 0) << board_process->output() << log();
    const auto wrong =
        run({simulator, "world", file, "--socket", board_socket(), "--bus", "unix:path=/nowhere"},
            folder / "check.log");
    EXPECT_EQ(wrong.code, 1);
    EXPECT_THAT(wrong.output, HasSubstr("cannot be published on the bus \"unix:path=/nowhere\""));
}

TEST_F(DaemonInAWorld, StopsTheChargerOverVeBusAndTheBatteryFeelsIt) { // M10, M12
    expect_the_multi_lives_in_it("--port");
}

TEST_F(DaemonInAWorld, StopsTheChargerOverAnMk3AndTheBatteryFeelsIt) { // M10, M12
    configure("/vebus/link", R"("mk3")");
    expect_the_multi_lives_in_it("--mk3");
}

TEST_F(DaemonInAWorld, HasNoInverterChargerOnAWireWhereTheFileHasNone) {
    const Outcome wrong =
        run({simulator, "world", scenario("at 00:00:05 end\n"), "--socket", board_socket(), "--port", port()},
            folder / "wrong.log");
    EXPECT_EQ(wrong.code, 2);
    EXPECT_THAT(wrong.output, HasSubstr("has no inverter/charger for --port or --mk3"));
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
    for (const auto& entry : std::filesystem::directory_iterator(in_source("/config/examples"))) {
        if (entry.path().extension() == ".world") {
            EXPECT_EQ(check(entry.path()).code, 0) << entry.path();
            const std::string config = std::filesystem::path(entry.path()).replace_extension(".json");
            const Outcome read = run({in_build("/src/app/vebus-bmsd"), "--check-config", "--config", config},
                                     folder / "read.log");
            EXPECT_EQ(read.code, 0) << read.output;
            ++seen;
        }
    }
    EXPECT_EQ(seen, 5);
}

} // namespace
} // namespace bms::test
