// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the battery, the remote terminal and the user say, and what everybody sees of it.
#include "system/daemon_fixture.hpp"

#include <algorithm>
#include <future>

namespace bms::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class DaemonProtects : public DaemonTest {};

TEST_F(DaemonProtects, AHealthySystemIsFullyConnected) {
    start_all();
    EXPECT_EQ(line("pre_alarm"), "floating");
    EXPECT_EQ(line("two_signal_charge"), "high");
    EXPECT_EQ(line("two_signal_discharge"), "high");
    EXPECT_EQ(line("led_cell_low"), "high");      // M126, M176
    EXPECT_EQ(line("led_cell_high"), "floating"); // M127
    EXPECT_EQ(line("led_multi_on"), "high");      // M174
    EXPECT_EQ(item("/Connected"), "1");
    EXPECT_EQ(item("/Mode"), "3");
    EXPECT_EQ(item("/Bms/Error"), "0");
    EXPECT_EQ(item("/Bms/ErrorText"), "");
    EXPECT_EQ(item("/Info/MaxChargeCurrent"), "100");
    EXPECT_EQ(item("/Info/MaxDischargeCurrent"), "200");
    EXPECT_EQ(multi("disable_charge"), "no");
    EXPECT_EQ(multi("eeprom_writes"), "0");
}

// DVCC reads an invalid AllowToCharge as allowed, so there must be no moment with one.
TEST_F(DaemonProtects, EveryItemIsTrueWhenTheNameAppears) { // M163
    start_all();
    ASSERT_TRUE(soon([this] { return !client->items_at_first_sight().empty(); }));
    const auto items = client->items_at_first_sight();
    EXPECT_THAT(items, Contains(Pair("/Bms/AllowToCharge", "1")));
    EXPECT_THAT(items, Contains(Pair("/Bms/AllowToDischarge", "1")));
    EXPECT_THAT(items, Contains(Pair("/Bms/Error", "0")));
    EXPECT_THAT(items, Contains(Pair("/Mgmt/Connection", "VE.Bus")));
    EXPECT_THAT(items, Contains(Pair("/DeviceInstance", "40")));
}

TEST_F(DaemonProtects, WithoutAConfiguredNameItIsCalledByThePortOrVebusbms) {
    configure("/dbus/name", R"("")");
    start_board();
    start_multi();
    start_daemon();
    EXPECT_TRUE(log_says("on the session bus as com.victronenergy.vebus.vebusbms"));
}

TEST_F(DaemonProtects, AHighCellStopsChargingAndTheMultiChargesWithFiveAmperesAtMost) { // M11, M20, M135, M79
    start_all();
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(permissions_are(false, true));
    EXPECT_EQ(line("two_signal_charge"), "floating");
    EXPECT_EQ(line("led_cell_high"), "high");
    EXPECT_EQ(item("/Info/MaxChargeCurrent"), "0");
    EXPECT_EQ(item("/Info/MaxDischargeCurrent"), "200");
    EXPECT_TRUE(multi_is("bulk_current_a", "5"));
    EXPECT_EQ(multi("mode"), "on");

    set("btv_allow_to_charge=closed");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("bulk_current_a", "35"));
    EXPECT_EQ(multi("eeprom_writes"), "0");
}

TEST_F(DaemonProtects, WhereAHighCellShallStopTheMultiItsChargerIsDisabled) {
    configure("/protection/on_high_cell", R"("stop")");
    start_all();
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(multi_is("disable_charge", "yes"));
    EXPECT_TRUE(multi_is("charge_current_a", "0"));
    set("btv_allow_to_charge=closed");
    EXPECT_TRUE(multi_is("disable_charge", "no"));
    EXPECT_TRUE(multi_is("charge_current_a", "35"));
    EXPECT_EQ(multi("eeprom_writes"), "0");
}

TEST_F(DaemonProtects, TheOutputHasFallenBeforeDBusSaysSo) { // M74
    start_all();
    std::promise<std::string> output;
    client->on_change([&](const std::string& path, const std::string& word) {
        if (path == "/Bms/AllowToCharge" && word == "0") {
            output.set_value(line("charge_disconnect"));
        }
    });
    set("btv_allow_to_charge=open");
    auto seen = output.get_future();
    ASSERT_EQ(seen.wait_for(patience), std::future_status::ready);
    client->on_change(nullptr);
    EXPECT_EQ(seen.get(), "floating");
}

TEST_F(DaemonProtects, ChargingComesBackAfterTheDelayAndNotBefore) {
    start_all();
    set("btv_allow_to_charge=open");
    ASSERT_TRUE(line_is("charge_disconnect", "floating"));
    const auto closed = std::chrono::steady_clock::now();
    set("btv_allow_to_charge=closed");
    ASSERT_TRUE(line_is("charge_disconnect", "high"));
    EXPECT_GE(std::chrono::steady_clock::now() - closed, 1050ms); // delay and debounce
}

TEST_F(DaemonProtects, APreAlarmWarnsAndDisconnectsNothing) { // M8, M13, M16
    start_all();
    set("btv_pre_alarm=open");
    EXPECT_TRUE(line_is("pre_alarm", "high"));
    EXPECT_TRUE(item_is("/Alarms/BmsPreAlarm", "1"));
    EXPECT_EQ(item("/Bms/PreAlarm"), "1");
    EXPECT_EQ(item("/Alarms/LowBattery"), "1");
    EXPECT_TRUE(permissions_are(true, true));
    set("btv_pre_alarm=closed");
    EXPECT_TRUE(line_is("pre_alarm", "floating"));
    EXPECT_TRUE(item_is("/Alarms/BmsPreAlarm", "0"));
    EXPECT_THAT(board_history(), Not(Contains("load_disconnect floating")));
}

TEST_F(DaemonProtects, ALowCellWarnsAtOnceAndLoadsStayForTheLead) { // M15
    start_all();
    set("btv_allow_to_discharge=open");
    EXPECT_TRUE(line_is("pre_alarm", "high"));
    EXPECT_TRUE(item_is("/Bms/NextChange", "loads will be disconnected"));
    EXPECT_TRUE(item_is("/Alarms/LowBattery", "2"));
    EXPECT_EQ(line("load_disconnect"), "high");
    EXPECT_EQ(item("/Bms/AllowToDischarge"), "1");
}

TEST_F(DaemonProtects, BothLoopsOpeningTogetherIsToldAsACable) {
    start_all();
    set("btv_allow_to_charge=open btv_allow_to_discharge=open");
    EXPECT_TRUE(permissions_are(false, true));
    EXPECT_TRUE(item_is("/Bms/Error", "1"));
    EXPECT_THAT(item("/Bms/ErrorText"), HasSubstr("BTV cable or battery electronics"));
    EXPECT_TRUE(multi_is("disable_charge", "yes"));
}

TEST_F(DaemonProtects, RemoteOffTakesBothPermissionsAndOnGivesThemBack) { // M33
    start_all();
    set("remote_h=off remote_l=off");
    EXPECT_TRUE(permissions_are(false, false));
    EXPECT_TRUE(item_is("/Bms/RemoteOn", "0"));
    EXPECT_EQ(item("/State"), "1"); // low power
    EXPECT_EQ(item("/Bms/Error"), "0");
    EXPECT_TRUE(multi_is("state", "passthru")); // neither inverting nor charging, M33
    set("remote_h=on remote_l=on");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_TRUE(multi_is("disable_charge", "no"));
    EXPECT_EQ(item("/Bms/RemoteOn"), "1");
}

TEST_F(DaemonProtects, EitherRemoteComparatorIsEnough) { // M92-M94
    start_all();
    set("remote_l=off");
    set("btv_pre_alarm=open"); // an edge after it: what remote_l does has been seen
    ASSERT_TRUE(line_is("pre_alarm", "high"));
    EXPECT_TRUE(permissions_are(true, true));
    set("remote_h=off");
    EXPECT_TRUE(permissions_are(false, false));
    set("remote_l=on");
    EXPECT_TRUE(permissions_are(true, true));
}

TEST_F(DaemonProtects, TheModeWrittenOnDBusIsWhatTheMultiDoes) { // M29, M164
    start_all();
    EXPECT_EQ(write("/Mode", 4), 0);
    EXPECT_TRUE(multi_is("mode", "off"));
    EXPECT_TRUE(item_is("/Mode", "4"));
    EXPECT_EQ(write("/Mode", 1), 0);
    EXPECT_TRUE(multi_is("mode", "charger-only"));
    EXPECT_TRUE(item_is("/Mode", "1"));
    EXPECT_EQ(write("/Mode", 3), 0);
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_TRUE(item_is("/Mode", "3"));
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_EQ(times_in_log("was lost"), 0) << "the name must not go when something is written";
}

TEST_F(DaemonProtects, WhatCannotBeWrittenIsRefusedAndChangesNothing) {
    start_all();
    EXPECT_NE(write("/Mode", 2), 0); // inverter only rests on one source
    EXPECT_NE(write("/Mode", 7), 0);
    EXPECT_NE(client->write("/Mode", "off"), 0);
    EXPECT_NE(write("/Bms/AllowToCharge", 0), 0);
    EXPECT_NE(write("/Bms/AllowToDischarge", 0), 0);
    EXPECT_NE(write("/Bms/Restart", 1), 0); // nothing is latched
    EXPECT_EQ(item("/Mode"), "3");
    EXPECT_EQ(item("/Bms/AllowToCharge"), "1");
    EXPECT_EQ(multi("mode"), "on");
}

TEST_F(DaemonProtects, AModeWrittenWhileTheRemoteIsOffWaitsForIt) {
    start_all();
    set("remote_h=off remote_l=off");
    ASSERT_TRUE(multi_is("disable_charge", "yes"));
    EXPECT_EQ(write("/Mode", 4), 0);
    EXPECT_TRUE(multi_is("mode", "off"));
    set("remote_h=on");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("disable_charge", "no"));
    EXPECT_EQ(multi("mode"), "off");
}

TEST_F(DaemonProtects, TheFrontSwitchOfTheMultiIsAWishToo) {
    start_all();
    set_multi("front=off");
    EXPECT_TRUE(item_is("/Mode", "4"));
    EXPECT_EQ(item("/Bms/AllowToDischarge"), "1"); // the wish is no stop of ours
    set_multi("front=on");
    EXPECT_TRUE(item_is("/Mode", "3"));
    EXPECT_TRUE(multi_is("state", "charging"));
}

// The time of a start until the battery is read, and until others see it.
TEST_F(DaemonProtects, AStartTakesAboutAsLongAsTheDebounce) {
    start_board();
    start_multi();
    const auto begin = std::chrono::steady_clock::now();
    start_daemon();
    ASSERT_TRUE(permissions_are(true, true));
    const auto took = std::chrono::steady_clock::now() - begin;
    RecordProperty("start_ms", static_cast<int>(took / 1ms));
    EXPECT_LT(took, 2s); // a busy machine; the debounce is 50 ms here
}

TEST_F(DaemonProtects, AHealthySystemSaysNothingAndHardlyRuns) {
    start_all();
    const auto said = log().size();
    const auto used = daemon->cpu_time();
    const auto heartbeats = [this] { return std::ranges::count(board_history(), "heartbeat high"); };
    const auto before = heartbeats();
    ASSERT_TRUE(soon([&] { return heartbeats() >= before + 2; })); // four seconds of rounds
    EXPECT_EQ(log().substr(said), "");
    EXPECT_LT(daemon->cpu_time() - used, 1s);
}

} // namespace
} // namespace bms::test
