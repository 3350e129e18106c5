// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Every situation and what alarms it raises: the cause, and none of its consequences. From the lines through
// the core to the items that the GUI, VRM and Modbus-TCP read.
#include "app/link_words.hpp"
#include "app/multi_sleep.hpp"
#include "support/core_fixture.hpp"

#include "bms/vebus/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace bms::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using venus::Path;

/// The boat: lines and core, a link that is heard, the neighbours.
struct Boat : CoreBench {
    Boat() {
        inputs.multi = {.configured = true,
                        .heard = true,
                        .remote = core::Mode::on,
                        .front = core::Mode::on,
                        .active = core::Mode::on,
                        .charge_current_da = 0};
        link.heard = true;
        start();
    }

    void low_cell() {
        discharge_loop(false);
        run(31s);
    }
    /// Nothing is heard any more; what may sleep is taken for asleep.
    void silence() {
        link = {};
        inputs.multi = {.configured = true};
        take_step();
        sleep.update({.may_sleep = app::multi_may_sleep(result)}, now);
    }

    venus::ItemTree items() {
        venus::Facts facts;
        facts.notify_pre_alarm = notify_pre_alarm;
        facts.neighbours = neighbours;
        app::fill_facts(facts, result,
                        {.inputs = inputs,
                         .link = with_link ? &link : nullptr,
                         .line_problem = line_problem,
                         .multi_asleep = sleep.asleep(),
                         .link_silent = with_link && !link.heard && !sleep.asleep()},
                        now);
        venus::ItemTree tree;
        venus::publish(facts, tree);
        return tree;
    }

    vebus::LinkStatus link;
    app::MultiSleep sleep{settings.wake_hold};
    venus::Neighbours neighbours;
    std::string line_problem;
    bool notify_pre_alarm = true, with_link = true;
};

/// /Alarms/..., /VebusError and /Bms/Error of a situation.
struct Raised {
    unsigned pre_alarm = 0, connection_lost = 0, low_battery = 0, charge_not_obeyed = 0, loads_not_obeyed = 0;
    int vebus_error = 0, bms_error = 0;
    bool operator==(const Raised&) const = default;
};

void PrintTo(const Raised& r, std::ostream* out) {
    *out << "BmsPreAlarm " << r.pre_alarm << ", BmsConnectionLost " << r.connection_lost << ", LowBattery "
         << r.low_battery << ", ChargeNotObeyed " << r.charge_not_obeyed << ", LoadsNotObeyed "
         << r.loads_not_obeyed << ", VebusError " << r.vebus_error << ", Bms/Error " << r.bms_error;
}

Raised raised_in(const venus::ItemTree& tree) {
    const auto level = [&](Path path) { return std::get<std::uint32_t>(tree.value(path)); };
    const auto whole = [&](Path path) { return std::get<std::int32_t>(tree.value(path)); };
    EXPECT_EQ(level(Path::alarm_low_battery), level(Path::alarm_l1_low_battery));
    EXPECT_TRUE(venus::is_valid(tree.value(Path::number_of_phases))); // or Venus OS notifies of nothing
    return {.pre_alarm = level(Path::alarm_bms_pre_alarm),
            .connection_lost = level(Path::alarm_bms_connection_lost),
            .low_battery = level(Path::alarm_low_battery),
            .charge_not_obeyed = level(Path::alarm_charge_not_obeyed),
            .loads_not_obeyed = level(Path::alarm_loads_not_obeyed),
            .vebus_error = whole(Path::vebus_error),
            .bms_error = whole(Path::bms_error)};
}

struct Situation {
    const char* name;
    std::function<void(Boat&)> happens;
    Raised raised;
};

void PrintTo(const Situation& s, std::ostream* out) { *out << s.name; }

void pre_alarm(Boat& b) {
    b.pre_alarm_loop(false);
    b.run(1s);
}
void cable_fault(Boat& b) {
    b.charge_loop(false);
    b.discharge_loop(false);
    b.run(1s);
}
void lost_lines(Boat& b) {
    b.line_problem = "btv_allow_to_charge: GPIO22 is used by another program";
    b.lose_lines();
}
void remote_off(Boat& b) {
    b.remote(false);
    b.run(1s);
}
void high_cell(Boat& b) {
    b.charge_loop(false);
    b.run(1s);
}
void goes_on_inverting(Boat& b) {
    b.low_cell();
    b.run(1min);
}
void old_firmware(Boat& b) { b.link.found.firmware = vebus::Firmware{2629414}; }

const std::vector<Situation>& situations() {
    static const std::vector<Situation> all{
        {"all_is_well", [](Boat&) {}, {}},
        {"pre_alarm", pre_alarm, {.pre_alarm = 1, .low_battery = 1}},
        {"pre_alarm_without_notification",
         [](Boat& b) {
             b.notify_pre_alarm = false; // M16
             pre_alarm(b);
         },
         {.low_battery = 1}},
        {"low_cell_in_its_pre_alarm",
         [](Boat& b) {
             b.discharge_loop(false);
             b.run(1s);
         },
         {.pre_alarm = 1, .low_battery = 2}},
        {"low_cell_loads_off",
         [](Boat& b) { b.low_cell(), b.multi({.configured = true, .heard = true}); },
         {.low_battery = 2}},
        {"low_cell_over",
         [](Boat& b) {
             b.low_cell();
             b.discharge_loop(true);
             b.run(20s);
         },
         {}},
        {"high_cell", high_cell, {}},
        {"remote_off", remote_off, {}},
        {"lines_lost", lost_lines, {.bms_error = 1}},
        {"lines_lost_in_a_low_cell",
         [](Boat& b) { b.low_cell(), b.silence(), lost_lines(b); },
         {.bms_error = 1}},
        {"cable_fault",
         cable_fault,
         {.pre_alarm = 1, .bms_error = 1}}, // loads go in 30 s: that is no consequence
        {"cable_fault_loads_off",
         [](Boat& b) { cable_fault(b), b.silence(), b.run(31s); },
         {.connection_lost = 2, .bms_error = 1}},
        {"bus_lost", [](Boat& b) { b.silence(); }, {.connection_lost = 2}},
        {"bus_lost_with_remote_off_is_sleep", [](Boat& b) { remote_off(b), b.silence(); }, {}},
        {"low_cell_and_the_multi_sleeps", [](Boat& b) { b.low_cell(), b.silence(); }, {.low_battery = 2}},
        {"low_cell_after_the_bus_was_lost",
         [](Boat& b) { b.silence(), b.low_cell(); },
         {.connection_lost = 2, .low_battery = 2}}, // two causes
        {"no_link", [](Boat& b) { b.with_link = false; }, {}},
        {"no_link_low_cell",
         [](Boat& b) { b.with_link = false, b.low_cell(), b.multi({}); },
         {.low_battery = 2}},
        {"must_not_be_told",
         [](Boat& b) {
             b.link.listen_only = vebus::ListenOnly::foreign_bms;
             b.link.listen_only_reason = "another BMS";
         },
         {.connection_lost = 2}},
        {"listens_as_configured",
         [](Boat& b) {
             b.link.listen_only = vebus::ListenOnly::configured;
             b.link.listen_only_reason = "switched off";
         },
         {}},
        {"mode_refused", [](Boat& b) { b.link.mode_refused = true; }, {.connection_lost = 2}},
        {"goes_on_inverting", goes_on_inverting, {.connection_lost = 2, .low_battery = 2}},
        {"charger_goes_on",
         [](Boat& b) { high_cell(b), b.neighbours.charging = true; },
         {.charge_not_obeyed = 2}},
        {"inverter_draws",
         [](Boat& b) {
             b.low_cell(), b.multi({.configured = true, .heard = true});
             b.neighbours.drawing = true;
         },
         {.low_battery = 2, .loads_not_obeyed = 2}},
        {"dvcc_off", [](Boat& b) { b.neighbours.dvcc = 0, b.neighbours.dvcc_advice = "on with it"; }, {}},
        {"vebus_error", [](Boat& b) { b.link.vebus_error = 11; }, {.vebus_error = 11}},
        {"firmware_too_old", old_firmware, {.vebus_error = 15}}, // M56
    };
    return all;
}

class Alarms : public testing::TestWithParam<Situation> {};

TEST_P(Alarms, AreThoseOfTheCauseAlone) {
    Boat boat;
    GetParam().happens(boat);
    EXPECT_EQ(raised_in(boat.items()), GetParam().raised);
}

// A permission beside an error that says it cannot be trusted would be worse than none.
TEST_P(Alarms, AnErrorOfTheLinesComesWithWords) {
    Boat boat;
    GetParam().happens(boat);
    const auto tree = boat.items();
    const bool error = GetParam().raised.bms_error != 0;
    EXPECT_EQ(tree.text(Path::bms_error_text).empty(), !error);
}

TEST_P(Alarms, AVebusErrorComesWithItsCauseAndCure) {
    Boat boat;
    GetParam().happens(boat);
    const auto words = boat.items().text(Path::vebus_error_text);
    EXPECT_EQ(words.empty(), GetParam().raised.vebus_error == 0) << words;
}

INSTANTIATE_TEST_SUITE_P(EverySituation, Alarms, testing::ValuesIn(situations()),
                         [](const auto& of) { return std::string(of.param.name); });

TEST(VebusErrors, EachHasItsMeaningAndWhatToDo) {
    for (const vebus::VebusError& error : vebus::vebus_errors()) {
        const std::string words = vebus::text_of_vebus_error(error.number);
        EXPECT_THAT(words, HasSubstr(std::to_string(error.number)));
        EXPECT_GT(words.size(), 40U) << words;
    }
}

} // namespace
} // namespace bms::test
