// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The command line, and what becomes of a configuration with errors.
#include "system/daemon_fixture.hpp"

#include <fstream>
#include <sstream>

namespace bms::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class DaemonCommandLine : public DaemonTest {
  protected:
    Outcome run_daemon(const std::vector<std::string>& options) {
        return run(daemon_command(options), folder / "out");
    }
    void break_config() {
        configure("/btv/debounce_open_ms", "0");
        configure("/protection/pre_alarm_lead_s", "5");
        configure("/outputs/load_disconect", R"("none")");
    }
};

const auto every_error =
    AllOf(HasSubstr("/config.json: /btv/debounce_open_ms: "), HasSubstr("/protection/pre_alarm_lead_s: "),
          HasSubstr(R"(/outputs/load_disconect: unknown key; did you mean "load_disconnect"?)"));

TEST_F(DaemonCommandLine, ABadConfigurationEndsItWithEveryErrorAndNoLineIsTouched) {
    start_board();
    break_config();
    const auto outcome = run_daemon({});
    EXPECT_EQ(outcome.code, 78);
    EXPECT_THAT(outcome.output, every_error);
    EXPECT_THAT(board_history(), IsEmpty());
}

TEST_F(DaemonCommandLine, CheckConfigSaysTheSameErrors) {
    break_config();
    const auto outcome = run_daemon({"--check-config"});
    EXPECT_EQ(outcome.code, 78);
    EXPECT_THAT(outcome.output, every_error);
}

TEST_F(DaemonCommandLine, CheckConfigOfAGoodOneTouchesNothing) {
    start_board();
    const auto outcome = run_daemon({"--check-config"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.output, config_file() + ": no errors\n");
    EXPECT_THAT(board_history(), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(folder / "state"));
}

TEST_F(DaemonCommandLine, AMissingConfigurationIsNamed) {
    std::filesystem::remove(config_file());
    const auto outcome = run_daemon({});
    EXPECT_EQ(outcome.code, 78);
    EXPECT_EQ(outcome.output, config_file() + ": cannot be read: No such file or directory\n");
}

TEST_F(DaemonCommandLine, AFolderAsConfigurationIsAnErrorToo) {
    std::filesystem::remove(config_file());
    std::filesystem::create_directory(config_file());
    EXPECT_EQ(run_daemon({}).code, 78);
}

TEST_F(DaemonCommandLine, AnUnknownOptionIsRefusedWithTheWayToHelp) {
    const auto outcome = run_daemon({"--chek-config"});
    EXPECT_EQ(outcome.code, 64);
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("--chek-config"), HasSubstr("--help")));
    EXPECT_EQ(run_daemon({"--record"}).code, 64);
}

TEST_F(DaemonCommandLine, WhatPrintConfigPrintsIsAConfigurationAndMeansTheSame) {
    const auto first = run_daemon({"--print-config"});
    ASSERT_EQ(first.code, 0);
    std::ofstream(config_file()) << first.output;
    const auto second = run_daemon({"--print-config"});
    EXPECT_EQ(second.code, 0);
    EXPECT_EQ(second.output, first.output);
}

TEST_F(DaemonCommandLine, HelpAndVersionGoToStdoutAndEndWithZero) {
    EXPECT_EQ(run_daemon({"--help"}).code, 0);
    const auto version = run_daemon({"--version"});
    EXPECT_EQ(version.code, 0);
    EXPECT_THAT(version.output, StartsWith("vebus-bmsd "));
}

} // namespace
} // namespace bms::test
