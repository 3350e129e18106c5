// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The SoC rule with real parts: a battery service on a private bus, the real daemon, the simulated board and
// inverter/charger (M95, M117, M121).
#include "support/places.hpp"
#include "support/venus_service.hpp"
#include "system/daemon_fixture.hpp"

namespace bms::test {
namespace {

using testing::HasSubstr;

class DaemonSoc : public DaemonTest {
  protected:
    DaemonSoc() {
        configure("/shunt", R"({"service": "auto"})");
        rule("charger_only");
    }
    void rule(const std::string& action) {
        configure("/soc_rule",
                  R"({"below_percent": 15, "back_percent": 20, "for_s": 10, "action": ")" + action + "\"}");
    }
    void start_shunt(double soc_percent) {
        shunt = std::make_unique<VenusService>(
            "com.victronenergy.battery.ttyO2",
            VenusService::Items{{"/Soc", soc_percent}, {"/Dc/0/Current", -20.0}, {"/Dc/0/Voltage", 25.1}});
    }
    /// The shunt is asked every 10 s, and the rule waits as long.
    static constexpr std::chrono::milliseconds rule_takes = 30s;
    Is rule_is(const std::string& active) const { return item_is("/Bms/SocRule/Active", active, rule_takes); }

    std::unique_ptr<VenusService> shunt;
};

TEST_F(DaemonSoc, ALowStateOfChargeLeavesTheMultiChargerOnlyUntilItIsBack) { // M95, M121
    start_shunt(60.0);
    start_all();
    EXPECT_TRUE(item_is("/Bms/SocRule/Soc", "60"));
    EXPECT_EQ(item("/Bms/SocRule/Active"), "0");
    shunt->set("/Soc", 14.5);
    EXPECT_TRUE(rule_is("1"));
    EXPECT_TRUE(multi_is("mode", "charger-only"));
    EXPECT_THAT(item("/Bms/Reason"), HasSubstr("the state of charge is 14 %, below the 15 % of /soc_rule"));
    EXPECT_TRUE(log_says("SoC rule: the state of charge is 14 %"));
    EXPECT_TRUE(permissions_are(true, true)) << "the loads go on";
    EXPECT_EQ(item("/Mode"), "3") << "the wish stays";
    EXPECT_EQ(item("/Bms/Lines/CellLow"), "0");

    shunt.reset();
    EXPECT_TRUE(item_is("/Bms/SocRule/Soc", "invalid", rule_takes));
    EXPECT_EQ(item("/Bms/SocRule/Active"), "1");
    EXPECT_THAT(item("/Bms/SocRule/Reason"), HasSubstr("not known"));
    EXPECT_EQ(multi("mode"), "charger-only") << "a state of charge that is not known wakes nobody";

    ASSERT_EQ(end_daemon(SIGKILL), 128 + SIGKILL);
    start_daemon();
    EXPECT_TRUE(log_says("SoC rule: in force since before the start"));
    EXPECT_TRUE(rule_is("1"));
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "charger-only"));

    start_shunt(20.0);
    EXPECT_TRUE(rule_is("0"));
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_TRUE(log_says("back above the 20 % of /soc_rule"));
}

TEST_F(DaemonSoc, APersonOverrulesItAlsoAcrossARestart) { // M121
    start_shunt(10.0);
    start_all();
    EXPECT_TRUE(rule_is("1"));
    EXPECT_TRUE(multi_is("mode", "charger-only"));
    EXPECT_EQ(write("/Mode", 3), 0);
    EXPECT_TRUE(rule_is("0"));
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_THAT(item("/Bms/SocRule/Reason"), HasSubstr("a person has overruled /soc_rule"));
    EXPECT_TRUE(log_says("a person has overruled"));

    ASSERT_EQ(end_daemon(SIGKILL), 128 + SIGKILL);
    start_daemon();
    EXPECT_TRUE(item_is("/Bms/SocRule/Soc", "10"));
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_THAT(item("/Bms/SocRule/Reason"), HasSubstr("a person has overruled /soc_rule"));
}

TEST_F(DaemonSoc, LoadsOffComesAfterPreAlarmAndClaimsNoLowCell) { // M15, M121
    rule("loads_off");
    start_shunt(10.0);
    start_board();
    start_multi();
    start_daemon({"--record", folder / "recording"});
    ASSERT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(rule_is("1"));
    EXPECT_TRUE(line_is("pre_alarm", "high"));
    EXPECT_TRUE(item_is("/Bms/AllowToDischarge", "0", 40s));
    EXPECT_TRUE(line_is("load_disconnect", "floating"));
    EXPECT_EQ(item("/Bms/Lines/CellLow"), "0");
    EXPECT_EQ(item("/Diagnostics/CellLowCount"), "0");
    EXPECT_EQ(item("/Alarms/LowBattery"), "0");
    EXPECT_EQ(item("/Bms/AllowToCharge"), "1");
    EXPECT_EQ(item("/Bms/Reason"), "the state of charge is 10 %, below the 15 % of /soc_rule");
    EXPECT_EQ(times_in_log("cell undervoltage"), 0);
    EXPECT_EQ(write("/Mode", 3), 0);
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "on"));

    daemon->kill();
    const auto replayed = run({in_build("/src/tool/vebus-bms-replay"), folder / "recording"}, folder / "out");
    EXPECT_EQ(replayed.code, 0);
    EXPECT_THAT(replayed.output, HasSubstr("state of charge low, and PreAlarm has been high long enough"));
    EXPECT_THAT(replayed.output, HasSubstr("all as recorded"));
}

TEST_F(DaemonSoc, ARuleThatIsTakenOutIsOver) {
    start_shunt(10.0);
    start_all();
    EXPECT_TRUE(rule_is("1"));
    ASSERT_EQ(end_daemon(SIGTERM), 0);
    configure("/soc_rule", R"({})");
    start_daemon();
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("mode", "on"));
    EXPECT_EQ(item("/Bms/SocRule/Active"), "0");
    EXPECT_EQ(item("/Bms/SocRule/Reason"), "");
}

TEST_F(DaemonSoc, CheckConfigSaysTheRule) {
    const auto outcome = run(daemon_command({"--check-config"}), folder / "out");
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.output,
                HasSubstr("SoC rule: below 15 % for 10 s the inverter/charger may only charge, until "
                          "20 % for as long"));
}

} // namespace
} // namespace bms::test
