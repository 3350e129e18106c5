// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_json.hpp"

#include "bms/venus/facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::tool {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// As a daemon with these facts would answer GetItems.
Service service_with(const venus::Facts& facts) {
    venus::ItemTree tree;
    venus::publish(facts, tree);
    Service service{.name = "com.victronenergy.vebus.ttyAMA0", .bus = "system bus", .items = {}};
    for (const venus::Row& row : venus::paths)
        service.items[std::string(row.path)] = {tree.value(row.id), tree.text(row.id)};
    return service;
}

std::string status_text(const Service& service, std::int64_t uptime_s) {
    return text_of(status_page(service, {.uptime_s = uptime_s}), {});
}

venus::Facts healthy() {
    venus::Facts facts;
    facts.identity.process_version = "0.1.0";
    facts.identity.custom_name = "Skua";
    auto& p = facts.protection;
    p.inputs_valid = p.remote_on = true;
    p.allow_to_charge = p.allow_to_discharge = true;
    p.load_disconnect_high = p.charge_disconnect_high = true;
    p.state = "on";
    p.reason = "all cells are within their limits";
    p.since_uptime_s = 1000;
    auto& m = facts.multi;
    m.link_configured = m.expected = m.heard = m.controlled = true;
    m.link_reason = "frames go out and are answered";
    m.firmware = 0x489;
    m.state = 9;
    m.dc_volts = 26.4;
    m.dc_amperes = -5.0;
    return facts;
}

venus::Facts low_cell() {
    auto facts = healthy();
    auto& p = facts.protection;
    p.cell_low = p.cell_low_imminent = p.pre_alarm = p.pre_alarm_high = true;
    p.state = "pre-alarm";
    p.reason = "a cell is low: the battery asks to stop the loads";
    p.next_change = "loads are disconnected";
    p.seconds_to_next_change = 27;
    return facts;
}

venus::Facts lost_lines() {
    auto facts = healthy();
    auto& p = facts.protection;
    p.inputs_valid = p.allow_to_charge = p.allow_to_discharge = false;
    p.load_disconnect_high = p.charge_disconnect_high = false;
    p.state = "inputs not valid";
    p.reason = "the battery's lines cannot be read";
    p.error_text = "GPIO17 cannot be read: the chip is gone. Check that gpiochip0 is there.";
    facts.multi.heard = facts.multi.controlled = false;
    facts.multi.firmware.reset();
    facts.multi.state.reset();
    facts.multi.dc_volts.reset();
    facts.multi.dc_amperes.reset();
    facts.multi.link_reason = "nothing heard on ttyAMA0 for 12 s";
    return facts;
}

TEST(CtlStatus, SaysThatAllIsWell) {
    EXPECT_EQ(status_text(service_with(healthy()), 1200),
              R"(Skua
vebus-bmsd 0.1.0 on the system bus as com.victronenergy.vebus.ttyAMA0

Loads       allowed
Charging    allowed
State       on
Why         all cells are within their limits
For         3 min 20 s

Problems    none

Battery     charge loop closed: ok
            discharge loop closed: ok
            pre-alarm loop closed: ok, or not fitted
Switch      remote on/off: on
Outputs     load disconnect high (connected)
            charge disconnect high (connected)
            pre-alarm floating (no warning)

Multi       heard on VE.Bus (firmware 489)
            state: inverting
            you asked for: on
            at its battery: 26.40V, -5.0A, -132W
            obeys this BMS
Link        frames go out and are answered
)");
}

TEST(CtlStatus, SaysWhatFeedsTheBoardAndWhatALowCellMakesOfIt) { // M31, M32, M103
    auto facts = healthy();
    facts.reserve.power_source = "battery";
    facts.reserve.at_low_cell = "this board goes on and empties the battery";
    facts.reserve.reason = "not shown before a low cell";
    const auto text = status_text(service_with(facts), 1200);
    EXPECT_THAT(text, HasSubstr("Supply      this board: battery\n"
                                "            at a low cell: this board goes on and empties the battery\n"));
    EXPECT_THAT(text, Not(HasSubstr("not shown")));
    EXPECT_THAT(text, Not(HasSubstr("Reserve")));
}

TEST(CtlStatus, SaysHowLongTheRestLastsWhileItIsCounted) { // M69
    auto facts = low_cell();
    facts.reserve = {.hours_left = 34.0, .percent_left = 25, .reason = "10 mA empty it", .alarm = 1};
    const auto text = status_text(service_with(facts), 1200);
    EXPECT_THAT(text, HasSubstr("Reserve     25% left, for 34h\n            10 mA empty it\n"));
    EXPECT_THAT(text, HasSubstr("residual drain: warning"));
    facts.reserve.hours_left.reset();
    EXPECT_THAT(status_text(service_with(facts), 1200), HasSubstr("Reserve     25% left\n"));
}

TEST(CtlStatus, SaysWhyTheSocRuleIsInForceOrNot) { // M95, M121
    auto facts = healthy();
    facts.soc_rule = {.active = false, .reason = "the state of charge is 60 %", .soc_percent = 60.4};
    EXPECT_THAT(status_text(service_with(facts), 1200),
                HasSubstr("\nSoC rule    the state of charge is 60 %\n"));
    facts.soc_rule = {.active = true, .reason = "the state of charge is 14 %, below the 15 % of /soc_rule"};
    facts.protection.reason = facts.soc_rule.reason + ": the inverter/charger may only charge";
    EXPECT_THAT(
        status_text(service_with(facts), 1200),
        AllOf(HasSubstr("\nWhy         the state of charge is 14 %, below the 15 % of /soc_rule: the\n"),
              Not(HasSubstr("SoC rule"))));
}

TEST(CtlStatus, SaysWhatHappensNextDuringALowCell) {
    EXPECT_EQ(status_text(service_with(low_cell()), 1003),
              R"(Skua
vebus-bmsd 0.1.0 on the system bus as com.victronenergy.vebus.ttyAMA0

Loads       allowed
Charging    allowed
State       pre-alarm
Why         a cell is low: the battery asks to stop the loads
For         3 s
Next        loads are disconnected (within 30 s)

Alarms      low battery: alarm
            BMS pre alarm: warning
Problems    Low battery: switch loads off and charge.

Battery     charge loop closed: ok
            discharge loop open: the battery says stop (a cell is low)
            pre-alarm loop open: the battery warns (a cell is nearly low)
Switch      remote on/off: on
Outputs     load disconnect high (connected)
            charge disconnect high (connected)
            pre-alarm HIGH (warning)

Multi       heard on VE.Bus (firmware 489)
            state: inverting
            you asked for: on
            at its battery: 26.40V, -5.0A, -132W
            obeys this BMS
Link        frames go out and are answered
)");
}

TEST(CtlStatus, SaysWhatIsWrongAndWhatToDo) {
    EXPECT_EQ(status_text(service_with(lost_lines()), 1030),
              R"(Skua
vebus-bmsd 0.1.0 on the system bus as com.victronenergy.vebus.ttyAMA0

Loads       NOT ALLOWED
Charging    NOT ALLOWED
State       inputs not valid
Why         the battery's lines cannot be read
For         30 s

Alarms      BMS connection lost: alarm
Problems    GPIO17 cannot be read: the chip is gone. Check that gpiochip0 is
            there.
            The Multi is silent: check its power and the VE.Bus cable. The
            outputs go on protecting.

Battery     charge loop cannot be read
            discharge loop cannot be read
            pre-alarm loop cannot be read
Switch      remote on/off: cannot be read
Outputs     load disconnect floating (disconnected)
            charge disconnect floating (disconnected)
            pre-alarm floating (no warning)

Multi       not heard on VE.Bus
            you asked for: on
            NOT CONTROLLED by this BMS
Link        nothing heard on ttyAMA0 for 12 s

Limits      charge 0.0A, discharge 0.0A
)");
}

TEST(CtlStatus, SaysHowGoodTheLinkIsAndHowManyUnitsAnswer) {
    auto facts = healthy();
    facts.multi.units = 3;
    facts.multi.frames_sent = 4710;
    facts.multi.missed_slots = 12;
    facts.multi.retries = 2;
    facts.multi.round_trip_ms = 31.53;
    const auto text = status_text(service_with(facts), 1200);
    EXPECT_THAT(text, HasSubstr("Multi       heard on VE.Bus (firmware 489, 3 units)\n"));
    EXPECT_THAT(text,
                HasSubstr("Link        frames go out and are answered\n"
                          "            4710 frames sent, 12 slots missed, 2 tried again, answers after\n"
                          "            31.5ms\n"));
}

TEST(CtlStatus, AMultiOutOfControlIsAProblemWithTheAdviceAndTheErrorInWords) {
    auto facts = healthy();
    facts.multi.out_of_control = true;
    facts.multi.error = 15;
    facts.multi.error_text = "VE.Bus error 15: update the firmware.";
    facts.multi.link_advice = "the inverter/charger has firmware 414";
    const auto text = status_text(service_with(facts), 1200);
    EXPECT_THAT(text, HasSubstr("Problems    The Multi is not controlled: see Link below. The outputs go on\n"
                                "            protecting.\n"
                                "            VE.Bus error 15: update the firmware.\n"
                                "Advice      the inverter/charger has firmware 414\n"));
}

TEST(CtlStatus, OnlyAPlainYesIsAllowed) {
    auto service = service_with(healthy());
    EXPECT_TRUE(all_allowed(service.items));
    EXPECT_FALSE(all_allowed({}));
    for (const venus::Value& value : {venus::Value{}, venus::Value{0}, venus::Value{"1"}, venus::Value{2}}) {
        service.items["/Bms/AllowToCharge"].value = value;
        EXPECT_FALSE(all_allowed(service.items));
        EXPECT_THAT(status_text(service, 1200), HasSubstr("Charging    NOT ALLOWED"));
    }
}

TEST(CtlStatus, ADaemonThatTellsNothingIsNotAllowedAndDoesNotEndUs) {
    const auto text = status_text({.name = "com.victronenergy.vebus.x", .bus = "system bus", .items = {}}, 5);
    EXPECT_THAT(text, HasSubstr("Loads       NOT ALLOWED"));
    EXPECT_THAT(text, HasSubstr("cannot be read"));
}

TEST(CtlStatus, NoControlCharacterOfANameReachesTheTerminal) {
    auto facts = healthy();
    facts.identity.custom_name = "\x1b[2JSkua\n\x7f";
    const auto text = status_text(service_with(facts), 1200);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_THAT(text, HasSubstr("[2JSkua\n"));
}

TEST(CtlStatus, AClockThatDoesNotFitSaysNoDuration) {
    EXPECT_THAT(status_text(service_with(healthy()), 10), Not(HasSubstr("For ")));
}

TEST(CtlStatus, JsonHasEveryItemAndNullForInvalid) {
    const auto json = status_json({service_with(lost_lines())}, 1200);
    EXPECT_THAT(json, HasSubstr("\"service\": \"com.victronenergy.vebus.ttyAMA0\""));
    EXPECT_THAT(json, HasSubstr("\"all_allowed\": false"));
    EXPECT_THAT(json,
                HasSubstr("\"/Bms/AllowToCharge\": {\n          \"value\": 0,\n          \"text\": \"0\""));
    EXPECT_THAT(json, HasSubstr("\"/FirmwareVersion\": {\n          \"value\": null"));
}

TEST(CtlStatus, TheExitCodeSaysForbiddenBeforeWrong) {
    EXPECT_EQ(exit_of(service_with(healthy()).items), exit_ok);
    EXPECT_EQ(exit_of(service_with(low_cell()).items), exit_problem);
    EXPECT_EQ(exit_of(service_with(lost_lines()).items), exit_not_allowed);
    EXPECT_EQ(exit_of_all({service_with(healthy()), service_with(low_cell())}), exit_problem);
    EXPECT_EQ(exit_of_all({service_with(low_cell()), service_with(lost_lines())}), exit_not_allowed);
}

TEST(CtlStatus, ACountdownThatWasHeardToChangeIsCountedOn) {
    const auto service = service_with(low_cell());
    EXPECT_EQ(countdown_text(service.items, {.uptime_s = 1003}), "within 30 s");
    EXPECT_EQ(countdown_text(service.items, {.countdown_age_s = 13, .countdown_exact = true}), "in 17 s");
    EXPECT_EQ(countdown_text(service.items, {.countdown_age_s = 3}), "within 27 s");
    EXPECT_EQ(countdown_text(service_with(healthy()).items, {}), "");
}

TEST(CtlStatus, AnAlarmNobodyHasToldUsOfIsShownToo) {
    auto service = service_with(healthy());
    service.items["/Alarms/ChargeStopNotObeyed"] = {venus::Value{2U}, "alarm"};
    service.items["/Alarms/L1/ChargeStopNotObeyed"] = {venus::Value{2U}, "alarm"};
    EXPECT_THAT(status_text(service, 1200), HasSubstr("Alarms      charge stop not obeyed: alarm\nProblems"));
    EXPECT_EQ(exit_of(service.items), exit_problem);
}

TEST(CtlStatus, SaysWhoElseIsOnBothBuses) {
    auto facts = healthy();
    facts.multi.dmc = true;
    auto service = service_with(facts);
    service.also = {"com.victronenergy.battery.ttyAMA0"};
    service.others = {"com.victronenergy.settings", "com.victronenergy.solarcharger.ttyO1"};
    const auto text = status_text(service, 1200);
    EXPECT_THAT(text, HasSubstr("and as com.victronenergy.battery.ttyAMA0\n"));
    EXPECT_THAT(text, HasSubstr("Also there  VE.Bus: a Digital Multi Control, which has the switch\n"
                                "            D-Bus: settings, solarcharger.ttyO1\n"));
}

TEST(CtlStatus, ARoleWithoutPermissionsIsNamedBesideTheOneThatHasThem) {
    auto bms = service_with(healthy());
    bms.name = "com.victronenergy.bms.ttyAMA0";
    const Service battery{.name = "com.victronenergy.battery.ttyAMA0", .bus = "system bus", .items = {}};
    const auto found = fronts({battery, bms});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].name, bms.name);
    EXPECT_EQ(found[0].also, std::vector<std::string>{battery.name});
    EXPECT_EQ(fronts({battery}).size(), 1U);
}

TEST(CtlStatus, DurationsAreInTwoUnits) {
    EXPECT_EQ(duration_text(-3), "0 s");
    EXPECT_EQ(duration_text(59), "59 s");
    EXPECT_EQ(duration_text(60), "1 min");
    EXPECT_EQ(duration_text(200), "3 min 20 s");
    EXPECT_EQ(duration_text(7500), "2 h 5 min");
    EXPECT_EQ(duration_text(86400), "1 day");
    EXPECT_EQ(duration_text(349200), "4 days 1 h");
}

} // namespace
} // namespace bms::tool
