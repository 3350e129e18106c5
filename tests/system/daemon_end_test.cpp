// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// How the daemon ends, what it leaves behind, and what the next start makes of it.
#include "system/daemon_fixture.hpp"

#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace bms::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class DaemonEnd : public DaemonTest {
  protected:
    std::string state_file() const { return folder / "state" / "memory.json"; }
    std::string stored() const {
        std::ifstream file(state_file());
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void outputs_float() const {
        EXPECT_TRUE(line_is("load_disconnect", "floating"));
        EXPECT_TRUE(line_is("charge_disconnect", "floating"));
        EXPECT_TRUE(line_is("two_signal_charge", "floating"));
        EXPECT_TRUE(line_is("heartbeat", "floating"));
    }
};

/// How many processes have this word on their command line.
int processes_with(const std::string& word) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(entry.path() / "cmdline");
        const std::string words{std::istreambuf_iterator<char>(file), {}};
        count += words.find(word) != std::string::npos ? 1 : 0;
    }
    return count;
}

class DaemonEndBySignal : public DaemonEnd, public testing::WithParamInterface<int> {};

TEST_P(DaemonEndBySignal, OutputsAreReleasedTheMultiIsLeftAsWithoutABmsAndTheNextStartGivesItBack) { // M129
    start_all();
    EXPECT_EQ(end_daemon(GetParam()), 0);
    outputs_float();
    EXPECT_EQ(item("/Bms/AllowToCharge"), "gone");
    EXPECT_EQ(multi("mode"), "charger-only");
    EXPECT_LE(std::stoi(multi("charge_current_a")), 5);
    EXPECT_THAT(stored(), HasSubstr(R"("wish": "on")"));
    EXPECT_EQ(multi("eeprom_writes"), "0");

    start_daemon();
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_TRUE(multi_is("charge_current_a", "35"));
}

TEST_P(DaemonEndBySignal, TheAliveFileMovesOnWhileItLivesAndIsGoneAfterwards) {
    const std::filesystem::path alive = folder / "alive";
    start_board();
    start_daemon({"--alive-file", alive});
    ASSERT_TRUE(soon([&] { return std::filesystem::exists(alive); })) << log();
    const auto first = std::filesystem::last_write_time(alive);
    EXPECT_TRUE(soon([&] { return std::filesystem::last_write_time(alive) > first; }));
    EXPECT_EQ(end_daemon(GetParam()), 0);
    EXPECT_FALSE(std::filesystem::exists(alive));
}

INSTANTIATE_TEST_SUITE_P(Both, DaemonEndBySignal, testing::Values(SIGTERM, SIGINT),
                         [](const auto& test) { return test.param == SIGTERM ? "Sigterm" : "Sigint"; });

TEST_F(DaemonEnd, AMultiThatIsChargerOnlyAlreadyIsLimitedTooBeforeTheEnd) {
    start_all();
    ASSERT_EQ(write("/Mode", 1), 0);
    ASSERT_TRUE(multi_is("mode", "charger-only"));
    ASSERT_TRUE(item_is("/Diagnostics/MultiMode", "1"));
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    EXPECT_EQ(multi("mode"), "charger-only");
    EXPECT_EQ(multi("bulk_current_a"), "5");
}

TEST_F(DaemonEnd, WithAHighCellTheMultiIsLeftWithoutCharging) {
    start_all();
    set("btv_allow_to_charge=open");
    ASSERT_TRUE(permissions_are(false, true));
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    EXPECT_EQ(multi("mode"), "charger-only");
    EXPECT_EQ(multi("charge_current_a"), "0");
}

TEST_F(DaemonEnd, AUserWhoWantsItOffFindsItOffAfterARestart) {
    start_all();
    ASSERT_EQ(write("/Mode", 4), 0);
    ASSERT_TRUE(multi_is("mode", "off"));
    ASSERT_TRUE(item_is("/Diagnostics/MultiMode", "4"));
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    EXPECT_EQ(multi("mode"), "off");
    start_daemon();
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "1"));
    EXPECT_TRUE(item_is("/Mode", "4"));
    EXPECT_EQ(multi("mode"), "off");
}

TEST_F(DaemonEnd, WhereItOnlyListensItClaimsAndOwesNothingToTheMulti) {
    configure("/vebus/transmit", R"("listen")");
    start_board();
    start_multi();
    start_daemon();
    ASSERT_TRUE(permissions_are(true, true));
    ASSERT_TRUE(item_is("/Connected", "1"));
    set("remote_h=off remote_l=off"); // a veto that it cannot pass on
    ASSERT_TRUE(permissions_are(false, false));
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    EXPECT_EQ(multi("mode"), "on");
    EXPECT_EQ(times_in_log("the Multi is left"), 0);
    EXPECT_THAT(stored(), Not(HasSubstr(R"("wish": "on")")));
}

TEST_F(DaemonEnd, WhereAStopReleasesTheMultiNothingIsOwedAfterwards) {
    configure("/vebus/on_stop", R"("release")");
    start_all();
    ASSERT_TRUE(multi_is("mode", "on"));
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    EXPECT_EQ(times_in_log("the Multi is left"), 0);
    EXPECT_THAT(stored(), Not(HasSubstr(R"("wish": "on")")));
}

TEST_F(DaemonEnd, WhereAStopShallReleaseTheMultiItStaysAsItIs) {
    configure("/vebus/on_stop", R"("release")");
    start_all();
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    EXPECT_EQ(multi("mode"), "on");
    EXPECT_EQ(multi("charge_current_a"), "35");
}

TEST_F(DaemonEnd, AMultiThatDoesNotAnswerHoldsUpTheEndForTwoSecondsAtMost) {
    start_all();
    set_multi("mute=on");
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
    outputs_float();
}

TEST_F(DaemonEnd, WithoutAMultiItEndsAtOnce) { // M53, M168
    start_board();
    start_daemon();
    ASSERT_TRUE(permissions_are(true, true));
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    outputs_float();
}

TEST_F(DaemonEnd, AKilledDaemonLeavesEveryOutputFloatingAndTheNextOneRecovers) {
    start_all();
    daemon->kill();
    outputs_float();
    start_daemon();
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_TRUE(multi_is("charge_current_a", "35"));
}

// The mode and the charge setting are taken one after the other: both debts must be stored at once.
TEST_F(DaemonEnd, KilledWhileTheRemoteWasOffTheNextOneTurnsTheMultiOnAgain) {
    start_all();
    set("remote_h=off remote_l=off");
    ASSERT_TRUE(multi_is("mode", "charger-only"));
    ASSERT_TRUE(multi_is("disable_charge", "yes"));
    ASSERT_TRUE(soon([this] { return stored().find(R"("flags0": 33044)") != std::string::npos; }))
        << stored();
    daemon->kill();
    set("remote_h=on remote_l=on");
    start_daemon();
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_TRUE(multi_is("disable_charge", "no"));
}

TEST_F(DaemonEnd, EndedAndStartedWhileTheRemoteIsOffItGivesTheMultiBackWithTheRemote) {
    start_all();
    set("remote_h=off remote_l=off");
    ASSERT_TRUE(multi_is("disable_charge", "yes"));
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    EXPECT_LE(std::stoi(multi("charge_current_a")), 5);
    start_daemon();
    EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "1"));
    EXPECT_TRUE(permissions_are(false, false));
    EXPECT_TRUE(multi_is("disable_charge", "yes"));
    set("remote_h=on");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_TRUE(multi_is("charge_current_a", "35"));
    EXPECT_EQ(multi("eeprom_writes"), "0");
}

TEST_F(DaemonEnd, ALatchedLowCellOutlivesARestartUntilTheUsersWord) {
    configure("/protection/restart", R"("manual")");
    std::filesystem::create_directory(folder / "state");
    std::ofstream(state_file()) << R"({"format": 1, "memory": {"wish": "on", "restart_latched": true},
                                       "multi_originals": []})";
    start_board();
    start_multi();
    start_daemon();
    EXPECT_TRUE(permissions_are(true, false));
    EXPECT_TRUE(multi_is("mode", "charger-only"));
    EXPECT_EQ(write("/Bms/Restart", 1), 0);
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_NE(write("/Bms/Restart", 1), 0);
}

TEST_F(DaemonEnd, ACorruptStateFileIsToldOnceAndProtectionGoesOn) {
    std::filesystem::create_directory(folder / "state");
    std::ofstream(state_file()) << R"({"format": 1, "memory": {"wish)";
    start_all();
    EXPECT_EQ(times_in_log("memory.json cannot be read"), 1);
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(permissions_are(false, true));
}

TEST_F(DaemonEnd, HandedOverTheOutputsComeBackAfterOneDebounceAndTheMultiIsLeftAlone) {
    start_all();
    daemon->signal(SIGUSR2);
    EXPECT_TRUE(log_says("outputs are back: loads were off for 0.")) << log();
    EXPECT_EQ(times_in_log("planned restart: the last run"), 1);
    EXPECT_EQ(times_in_log("loads and chargers permitted until then"), 1);
    EXPECT_EQ(times_in_log("the Multi is left"), 0);
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_EQ(multi("mode"), "on");
    EXPECT_EQ(multi("charge_current_a"), "35");
    EXPECT_EQ(end_daemon(SIGTERM), 0) << "it is the same process still";
}

TEST_F(DaemonEnd, WithAWrongConfigurationItGoesOnInsteadOfHandingOver) {
    start_all();
    std::ofstream(config_file()) << "{";
    daemon->signal(SIGUSR2);
    EXPECT_TRUE(log_says("not restarted"));
    EXPECT_TRUE(line_is("load_disconnect", "high"));
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(permissions_are(false, true)) << "it protects as before";
    for (const std::string& change : board_history()) {
        EXPECT_NE(change, "load_disconnect floating");
    }
}

TEST_F(DaemonEnd, AStopAndACrashAreToldApartAtTheNextStart) {
    start_all();
    EXPECT_EQ(times_in_log("nothing is known of a run before this one"), 1);
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    start_daemon();
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(log_says("after a planned stop: the last run"));
    EXPECT_TRUE(log_says("outputs are back: loads were off for "));
    daemon->kill();
    start_daemon();
    EXPECT_TRUE(log_says("after a crash: the last run"));
}

// A writer that hangs on its card (here: on a pipe that nobody reads) is a copy of the daemon, and would hold
// its lines.
TEST_F(DaemonEnd, KilledWhileTheStateIsWrittenEveryOutputFloats) {
    const std::string fresh = state_file() + ".new";
    std::filesystem::create_directory(folder / "state");
    ASSERT_EQ(::mkfifo(fresh.c_str(), 0600), 0);
    start_all();
    set("btv_allow_to_charge=open"); // limiting the Multi's charger is a debt, which is stored at once
    ASSERT_TRUE(multi_is("bulk_current_a", "5"));
    ASSERT_TRUE(soon([this] { return processes_with(config_file()) == 2; }));
    daemon->kill();
    outputs_float();
    const int reader = ::open(fresh.c_str(), O_RDONLY | O_NONBLOCK); // lets the writer go
    EXPECT_TRUE(soon([this] { return processes_with(config_file()) == 0; }));
    ::close(reader);
}

// Root may write everywhere but below a file.
TEST_F(DaemonEnd, AStateFolderThatCannotBeWrittenIsToldOnceAndProtectionGoesOn) {
    std::ofstream(folder / "state") << "a file where the folder should be";
    start_all();
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(permissions_are(false, true));
    EXPECT_TRUE(log_says("cannot write " + state_file()));
    set("btv_allow_to_charge=closed");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_EQ(times_in_log("cannot write"), 1);
    EXPECT_EQ(end_daemon(SIGTERM), 0);
}

} // namespace
} // namespace bms::test
