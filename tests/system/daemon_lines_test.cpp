// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Lines that are not there, are somebody else's, or go away. Never an exit; unknown only takes permission.
#include "system/daemon_fixture.hpp"

#include <algorithm>

namespace bms::test {
namespace {

using testing::Contains;
using testing::Not;

class DaemonLines : public DaemonTest {
  protected:
    Is error_names(const std::string& one, const std::string& other) {
        std::string text;
        const bool so = soon([&] {
            text = item("/Bms/ErrorText");
            return text.find(one) != text.npos && text.find(other) != text.npos;
        });
        return so ? testing::AssertionSuccess() : testing::AssertionFailure() << "the error is: " << text;
    }
};

TEST_F(DaemonLines, ALineHeldBySomebodyElseIsNamedWithItsHolderAndAskedForAgain) {
    start_board();
    start_multi();
    set("busy.btv_allow_to_charge=relay-script");
    start_daemon();
    EXPECT_TRUE(item_is("/Bms/Error", "1")); // the name is taken after two seconds, saying so
    EXPECT_EQ(item("/Bms/AllowToCharge"), "0");
    EXPECT_TRUE(error_names("btv_allow_to_charge", "relay-script"));
    EXPECT_TRUE(permissions_are(false, false));
    EXPECT_TRUE(log_says("relay-script"));
    set("busy.btv_allow_to_charge=none");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(item_is("/Bms/ErrorText", ""));
    EXPECT_TRUE(log_says("btv_allow_to_charge is ours again"));
    EXPECT_EQ(times_in_log("relay-script"), 1);
}

TEST_F(DaemonLines, ALineThatTheBoardDoesNotHaveTakesBothPermissions) {
    configure("/btv/pre_alarm/line", R"("btv_prealarm")");
    start_board();
    start_multi();
    start_daemon();
    EXPECT_TRUE(item_is("/Bms/Error", "1"));
    EXPECT_TRUE(permissions_are(false, false));
    EXPECT_TRUE(error_names("btv_prealarm", "no line of that name"));
}

TEST_F(DaemonLines, AnUnpluggedLoopTakesBothPermissionsAndItsReturnGivesThemBack) {
    start_all();
    set("unplug=btv_pre_alarm");
    EXPECT_TRUE(permissions_are(false, false));
    EXPECT_TRUE(item_is("/Bms/Error", "1"));
    EXPECT_TRUE(error_names("btv_pre_alarm", "unplugged"));
    EXPECT_TRUE(multi_is("disable_charge", "yes"));
    set("plug=btv_pre_alarm");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(item_is("/Bms/Error", "0"));
    EXPECT_TRUE(multi_is("mode", "on"));
}

TEST_F(DaemonLines, AnUnpluggedOutputTakesBothPermissions) {
    start_all();
    set("unplug=charge_disconnect");
    EXPECT_TRUE(item_is("/Bms/AllowToCharge", "0"));
    EXPECT_TRUE(line_is("load_disconnect", "floating"));
    EXPECT_TRUE(error_names("charge_disconnect", "unplugged"));
    set("plug=charge_disconnect");
    EXPECT_TRUE(permissions_are(true, true));
}

TEST_F(DaemonLines, ALedThatGoesAwayIsOnlyMissed) {
    start_all();
    set("unplug=led_cell_low");
    EXPECT_TRUE(log_says("led_cell_low"));
    set("btv_pre_alarm=open"); // an edge after it: the loss has been worked on
    EXPECT_TRUE(line_is("pre_alarm", "high"));
    EXPECT_TRUE(permissions_are(true, true));
    set("plug=led_cell_low");
    EXPECT_TRUE(line_is("led_cell_low", "high"));
    EXPECT_THAT(board_history(), Not(Contains("load_disconnect floating")));
}

TEST_F(DaemonLines, TheHeartbeatStandsStillWhileAnOutputCannotBeDriven) {
    start_all();
    const auto changes_of = [this](const std::string& line) {
        const auto history = board_history();
        return std::count_if(history.begin(), history.end(),
                             [&](const std::string& text) { return text.rfind(line + " ", 0) == 0; });
    };
    ASSERT_TRUE(soon([&] { return changes_of("heartbeat") >= 2; })) << "it beats while all is well";
    set("unplug=pre_alarm");
    ASSERT_TRUE(permissions_are(false, false));
    const auto beats = changes_of("heartbeat");
    const auto flickers = changes_of("led_status"); // 30 changes a second while it cannot protect: a clock
    ASSERT_TRUE(soon([&] { return changes_of("led_status") >= flickers + 75; }));
    EXPECT_LE(changes_of("heartbeat"), beats);
    set("plug=pre_alarm");
    EXPECT_TRUE(soon([&] { return changes_of("heartbeat") > beats; }));
}

TEST_F(DaemonLines, AKilledBoardTakesBothPermissionsAndANewOneGivesThemBack) {
    start_all();
    board_process->kill();
    EXPECT_TRUE(item_is("/Bms/AllowToCharge", "0"));
    EXPECT_EQ(item("/Bms/AllowToDischarge"), "0");
    EXPECT_EQ(item("/Bms/Error"), "1");
    EXPECT_TRUE(error_names("btv_allow_to_charge", board_socket()));
    EXPECT_TRUE(log_says("cannot be reached"));
    EXPECT_EQ(times_in_log("cannot be reached"), 1) << "one reason, not one for each line";
    start_board();
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(item_is("/Bms/Error", "0"));
}

TEST_F(DaemonLines, WithoutABoardAtStartItWaitsForOne) {
    start_multi();
    start_daemon();
    EXPECT_TRUE(item_is("/Bms/Error", "1"));
    EXPECT_EQ(item("/Bms/AllowToCharge"), "0");
    start_board();
    EXPECT_TRUE(permissions_are(true, true));
}

// A reopened line begins without permission: the last level it had is not trusted.
TEST_F(DaemonLines, AnOutputThatComesBackWhileChargingIsForbiddenStaysFloating) {
    start_all();
    set("unplug=charge_disconnect");
    ASSERT_TRUE(item_is("/Bms/AllowToCharge", "0"));
    set("btv_allow_to_charge=open");
    set("plug=charge_disconnect");
    EXPECT_TRUE(log_says("charge_disconnect is ours again"));
    EXPECT_TRUE(permissions_are(false, true));
    EXPECT_EQ(std::ranges::count(board_history(), "charge_disconnect high"), 1) << "that of the start";
}

TEST_F(DaemonLines, ASecondDaemonGetsNoLineNamesTheFirstAndNeverEnds) {
    start_all();
    configure("/dbus/name", R"("com.victronenergy.vebus.second")");
    configure("/state_directory", "\"" + (folder / "state2").string() + "\"");
    Process second(daemon_command({}), folder / "second.log");
    EXPECT_TRUE(soon([&] {
        return second.output().find(R"(btv_allow_to_charge: it is used by "vebus-bmsd")") !=
               std::string::npos;
    })) << second.output();
    EXPECT_TRUE(soon([&] { return second.output().find("another program holds it") != std::string::npos; }))
        << second.output();
    BusClient of_second("com.victronenergy.bms.second"); // beside the first it is status only
    EXPECT_TRUE(soon([&] { return of_second.item("/Bms/Error") == "1"; }));
    EXPECT_EQ(of_second.item("/Bms/AllowToCharge"), "0");
    EXPECT_EQ(second.ended(0ms), std::nullopt);
    EXPECT_TRUE(permissions_are(true, true));

    end_daemon(SIGTERM);
    EXPECT_TRUE(line_is("load_disconnect", "high")) << "the second takes over";
}

} // namespace
} // namespace bms::test
