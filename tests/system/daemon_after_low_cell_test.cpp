// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// After a low cell: the rest of the battery counted, over restarts, and the board that asks to be switched
// off.
#include "support/venus_service.hpp"
#include "system/daemon_fixture.hpp"

#include <cstdlib>
#include <fstream>

namespace bms::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class DaemonAfterLowCell : public DaemonTest {
  protected:
    DaemonAfterLowCell() {
        std::filesystem::create_directory(folder / "run");
        ::setenv("RUNTIME_DIRECTORY", (folder / "run").c_str(), 1);
        configure("/vebus", R"({"link": "none"})");
        // 10 mAh are left: 10 A empty them in 3.6 s.
        configure("/bank", R"({"battery": "12.8V", "series": 1, "parallel": 1, "capacity_ah": 1})");
        configure("/drains", R"({"board_w": "none", "other_ma": 10000})");
    }
    ~DaemonAfterLowCell() override { ::unsetenv("RUNTIME_DIRECTORY"); }

    /// The battery is found low, so that nobody waits for the pre-alarm.
    void start_low() {
        start_board();
        set("btv_allow_to_discharge=open");
        start_daemon();
        ASSERT_TRUE(permissions_are(true, false));
    }
    std::string stored() const {
        std::ifstream file(folder / "state" / "residual.json");
        return {std::istreambuf_iterator<char>(file), {}};
    }
    bool asks_for_power_off() const { return std::filesystem::exists(folder / "run" / "power-off-wanted"); }
};

TEST_F(DaemonAfterLowCell, TheRestIsCountedToldAndCountedOnAfterACrash) { // M69, M119, M120
    const VenusService platform("com.victronenergy.platform",
                                VenusService::Items{{"/Notifications/Inject", ""}});
    start_low();
    EXPECT_TRUE(log_says("a low cell has disconnected the loads, and left at most 0.0 Ah, which 10000 mA as "
                         "configured empty: charge the battery, or isolate it"));
    EXPECT_TRUE(item_is("/Alarms/ResidualDrain", "1"));
    EXPECT_TRUE(item_is("/Alarms/ResidualDrain", "2"));
    EXPECT_TRUE(item_is("/Bms/Residual/PercentLeft", "0"));
    EXPECT_EQ(item("/Bms/Residual/HoursLeft"), "0");
    EXPECT_TRUE(log_says("used up, and each further hour damages it"));
    EXPECT_TRUE(soon([&] { return platform.writes("/Notifications/Inject").size() >= 4; }));
    EXPECT_TRUE(soon([this] { return stored().find("\"told\":4") != std::string::npos; })) << stored();

    daemon->kill();
    start_daemon();
    EXPECT_TRUE(log_says("counted on: a low cell has disconnected the loads"));
    EXPECT_TRUE(item_is("/Bms/Residual/PercentLeft", "0"));
    EXPECT_EQ(times_in_log("used up"), 0) << "told before the crash";

    set("btv_allow_to_discharge=closed");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(log_says("the battery is charged again"));
    EXPECT_TRUE(item_is("/Bms/Residual/PercentLeft", "invalid"));
    EXPECT_TRUE(item_is("/Alarms/ResidualDrain", "0"));
    EXPECT_TRUE(soon([this] { return stored().find("\"counting\":false") != std::string::npos; }))
        << stored();
    EXPECT_FALSE(asks_for_power_off()) << "nobody said that it may";
}

TEST_F(DaemonAfterLowCell, ACleanStopKeepsWhatIsCounted) {
    configure("/drains/other_ma", "1");
    start_low();
    EXPECT_TRUE(item_is("/Bms/Residual/PercentLeft", "99"));
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    EXPECT_THAT(stored(), AllOf(HasSubstr("\"counting\":true"), HasSubstr("\"drain_ma\":1.0")));
    start_daemon();
    EXPECT_TRUE(log_says("counted on"));
}

TEST_F(DaemonAfterLowCell, AFileThatCannotBeReadIsNamedAndCountedFromNow) {
    std::filesystem::create_directory(folder / "state");
    std::ofstream(folder / "state" / "residual.json") << "{\"format\": 1, \"count";
    start_low();
    EXPECT_TRUE(log_says("residual.json cannot be read"));
    EXPECT_TRUE(item_is("/Alarms/ResidualDrain", "1"));
}

TEST_F(DaemonAfterLowCell, WhatBecomesOfTheBoardIsSaidBefore) { // M31, M32, M103
    configure("/system", R"({"aux_in_adapter_v": 24})");
    start_board();
    start_daemon();
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_EQ(item("/Power/Source"), "battery");
    EXPECT_THAT(item("/Power/AtLowCell"), StartsWith("this board goes on and empties the battery"));
    EXPECT_THAT(item("/Bms/Residual/Reason"), StartsWith("about 0.0 Ah are left after a low cell"));
    set("aux_in=present");
    EXPECT_TRUE(item_is("/Power/Source", "aux-in present, not known which feeds"));
    EXPECT_EQ(item("/Power/AtLowCell"), "this board goes on from Aux-In");
    EXPECT_THAT(stored(), IsEmpty()) << "nothing to keep";
}

TEST_F(DaemonAfterLowCell, ABoardWithWakeHardwareAsksToBeSwitchedOffAndTakesItBack) { // M32, M103, M139
    configure("/power", R"({"wake_hardware": "wired", "off_after_min": 0.02})");
    std::ofstream(folder / "run" / "power-off-wanted") << "of a run before";
    start_board();
    set("btv_allow_to_discharge=open mains_1=present");
    start_daemon();
    EXPECT_TRUE(permissions_are(true, false));
    EXPECT_FALSE(asks_for_power_off()) << "AC is there, and the old wish is gone";
    set("mains_1=absent");
    EXPECT_TRUE(soon([this] { return asks_for_power_off(); }));
    EXPECT_TRUE(log_says("this board is to be switched off now"));
    EXPECT_TRUE(soon([this] { return stored().find("\"counting\":true") != std::string::npos; }));
    set("aux_in=present");
    EXPECT_TRUE(soon([this] { return !asks_for_power_off(); }));
    EXPECT_TRUE(log_says("no longer to be switched off"));
    set("aux_in=absent");
    EXPECT_TRUE(soon([this] { return asks_for_power_off(); }));
    set("btv_allow_to_discharge=closed");
    EXPECT_TRUE(soon([this] { return !asks_for_power_off(); }));
}

TEST_F(DaemonAfterLowCell, WhatAShuntMeasuresCountsWhereItIsMore) { // M69, M117
    const VenusService shunt(
        "com.victronenergy.battery.ttyO2",
        VenusService::Items{{"/Soc", 3.0}, {"/Dc/0/Current", -20.0}, {"/Dc/0/Voltage", 12.0}});
    configure("/shunt", R"({"service": "auto"})");
    configure("/drains/other_ma", "1");
    start_low();
    EXPECT_TRUE(soon([this] {
        return item("/Bms/Residual/Reason").find("20000 mA by the shunt") != std::string::npos;
    })) << item("/Bms/Residual/Reason");
    EXPECT_TRUE(item_is("/Bms/Residual/PercentLeft", "0"));
}

TEST_F(DaemonAfterLowCell, WithoutARunFolderItSaysWhatIsMissing) {
    configure("/power", R"({"wake_hardware": "wired", "off_after_min": 0})");
    std::filesystem::remove(folder / "run");
    start_low();
    EXPECT_TRUE(log_says("nobody is asked to switch this board off"));
}

TEST_F(DaemonAfterLowCell, WithoutWakeHardwareATimeIsRefused) { // decisions 5
    configure("/power", R"({"off_after_min": 0.02})");
    const auto outcome = run(daemon_command({"--check-config"}), folder / "out");
    EXPECT_EQ(outcome.code, 78);
    EXPECT_THAT(outcome.output, HasSubstr("/power/off_after_min: a board that is switched off"));
}

TEST_F(DaemonAfterLowCell, CheckConfigSaysHowLongTheRestWillLast) { // M120
    configure("/bank", R"({"battery": "12.8V", "series": 1, "parallel": 1, "capacity_ah": 200})");
    configure("/drains", R"({"board_w": "none", "alarm_system_ma": 10})");
    const auto outcome = run(daemon_command({"--check-config"}), folder / "out");
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.output, HasSubstr("about 2.0 Ah are left after a low cell: 8 days with 10 mA\n"
                                          "at a low cell: unless Aux-In is powered: this board goes on"));
}

} // namespace
} // namespace bms::test
