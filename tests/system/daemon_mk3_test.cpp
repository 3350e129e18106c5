// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The daemon with Victron's interface between it and the Multi: the same reactions as on the bus itself.
#include "system/daemon_fixture.hpp"

#include <fstream>
#include <iterator>

namespace bms::test {
namespace {

using testing::HasSubstr;

class DaemonMk3 : public DaemonTest {
  protected:
    DaemonMk3() { through_mk3(); }
    ~DaemonMk3() override { EXPECT_EQ(multi("eeprom_writes"), "0"); }

    std::string stored() const {
        std::ifstream file(folder / "state/memory.json");
        return {std::istreambuf_iterator<char>(file), {}};
    }
};

TEST_F(DaemonMk3, AHealthySystemIsHeardAndItsCurrentMeasured) {
    start_all();
    EXPECT_TRUE(soon([this] { return item("/Dc/0/Current") == "35"; }, 40s)) << "after all checks of a start";
    EXPECT_TRUE(item_is("/Diagnostics/LinkReason", "talking to the Multi"));
    EXPECT_EQ(item("/Connected"), "1");
    EXPECT_EQ(item("/Mode"), "3");
    EXPECT_EQ(multi("bulk_current_a"), "35");
}

TEST_F(DaemonMk3, AHighCellChargesWithFiveAmperesAndTheOriginalComesBack) { // M20, M135
    start_all();
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(permissions_are(false, true));
    EXPECT_TRUE(multi_is("charge_current_a", "5"));
    EXPECT_EQ(multi("mode"), "on");
    set("btv_allow_to_charge=closed");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("charge_current_a", "35"));
}

TEST_F(DaemonMk3, WhereAHighCellShallStopTheMultiItsChargerIsDisabled) {
    configure("/protection/on_high_cell", R"("stop")");
    start_all();
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(multi_is("disable_charge", "yes"));
    EXPECT_TRUE(multi_is("charge_current_a", "0"));
    set("btv_allow_to_charge=closed");
    EXPECT_TRUE(multi_is("disable_charge", "no"));
    EXPECT_TRUE(multi_is("charge_current_a", "35"));
}

// A loop that is open at the start has no 30 s to warn: it holds the loads off.
TEST_F(DaemonMk3, ALowCellLeavesTheMultiChargingOnlyAndOnComesBackWithTheLoads) { // M15, M134
    start_board();
    set("btv_allow_to_discharge=open btv_pre_alarm=open");
    start_multi();
    start_daemon();
    EXPECT_TRUE(permissions_are(true, false));
    EXPECT_TRUE(multi_is("mode", "charger-only"));
    EXPECT_EQ(multi("disable_charge"), "no");
    set("btv_allow_to_discharge=closed btv_pre_alarm=closed");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "on"));
}

TEST_F(DaemonMk3, RemoteOffPassesAcThroughAndOnGivesEverythingBack) { // M33
    start_all();
    set("remote_h=off remote_l=off");
    EXPECT_TRUE(permissions_are(false, false));
    EXPECT_TRUE(multi_is("state", "passthru"));
    EXPECT_TRUE(multi_is("disable_charge", "yes"));
    set("remote_h=on remote_l=on");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_TRUE(multi_is("disable_charge", "no"));
    EXPECT_TRUE(multi_is("charge_current_a", "35"));
}

TEST_F(DaemonMk3, WhatADaemonThatDiedHadChangedIsGivenBackByTheNext) {
    start_all();
    set("remote_h=off remote_l=off");
    ASSERT_TRUE(multi_is("state", "passthru"));
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

TEST_F(DaemonMk3, TheModeWrittenOnDBusIsWhatTheMultiDoes) { // M29
    start_all();
    for (const auto& [number, word] :
         {std::pair{4, "off"}, {1, "charger-only"}, {3, "on"}, {2, "inverter-only"}, {3, "on"}}) {
        EXPECT_EQ(write("/Mode", number), 0);
        EXPECT_TRUE(multi_is("mode", word));
        EXPECT_TRUE(item_is("/Mode", std::to_string(number)));
    }
}

TEST_F(DaemonMk3, WhereSDoesNothingTheFrameOfVenusOsIsPassedThrough) {
    start_board();
    start_multi();
    set_multi("s_ignored=yes");
    start_daemon();
    ASSERT_TRUE(permissions_are(true, true));
    set("remote_h=off remote_l=off");
    EXPECT_TRUE(multi_is("state", "passthru"));
}

TEST_F(DaemonMk3, AnInterfaceThatIsUnpluggedIsAnAlarmAndComesBack) {
    start_all();
    kill_multi();
    EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "0"));
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "2"));
    EXPECT_TRUE(permissions_are(true, true));
    set("btv_allow_to_charge=open");
    start_multi();
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "0"));
    EXPECT_TRUE(multi_is("bulk_current_a", "5")) << "what was missed is made good";
}

} // namespace
} // namespace bms::test
