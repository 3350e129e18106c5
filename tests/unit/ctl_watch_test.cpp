// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What `watch` tells and shows, and the dbus-send lines, without a bus.
#include "tool/ctl_dbus_lines.hpp"
#include "tool/ctl_watch_model.hpp"

#include "bms/venus/facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace bms::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* name = "com.victronenergy.vebus.ttyAMA0";

venus::Facts well() {
    venus::Facts facts;
    facts.protection.inputs_valid = facts.protection.remote_on = true;
    facts.protection.allow_to_charge = facts.protection.allow_to_discharge = true;
    facts.protection.state = "on";
    facts.protection.reason = "all is well";
    return facts;
}

venus::Facts high_cell() {
    auto facts = well();
    facts.protection.cell_high = true;
    facts.protection.allow_to_charge = false;
    facts.protection.reason = "a cell is high";
    return facts;
}

Items items(const venus::Facts& facts) {
    venus::ItemTree tree;
    venus::publish(facts, tree);
    Items found;
    for (const venus::Row& row : venus::paths) {
        if (tree.has(row.id)) {
            found[std::string(row.path)] = {tree.value(row.id), tree.text(row.id)};
        }
    }
    return found;
}

std::vector<std::string> words(const std::vector<Change>& changes) {
    std::vector<std::string> found;
    std::ranges::transform(changes, std::back_inserter(found), [](const Change& c) { return words_of(c); });
    return found;
}

std::string shown(const WatchModel& model, std::int64_t uptime_s = 100) {
    return text_of(model.page(uptime_s), {});
}

TEST(CtlWatch, AChangeIsToldWithItsCauseFirstAndItsReason) {
    EXPECT_THAT(
        words(changes(name, items(well()), items(high_cell()))),
        ElementsAre("charge loop: closed -> open", "charging: allowed -> NOT ALLOWED (a cell is high)"));
}

TEST(CtlWatch, WhatMovesAllTheTimeIsNotTold) {
    auto later = well();
    later.multi.dc_volts = 26.5;
    later.multi.frames_sent = 100;
    later.protection.since_uptime_s = 7;
    later.protection.seconds_to_next_change = 20;
    EXPECT_THAT(changes(name, items(well()), items(later)), IsEmpty());
}

TEST(CtlWatch, AReasonAloneIsTold) {
    auto later = well();
    later.protection.reason = "still well";
    EXPECT_THAT(words(changes(name, items(well()), items(later))), ElementsAre("reason: still well"));
}

TEST(CtlWatch, AlarmsAndPathsOfALaterVersionAreToldToo) {
    auto before = items(well()), now = before;
    before["/Alarms/NewOne"] = {venus::Value{0U}, "ok"};
    now["/Alarms/NewOne"] = {venus::Value{2U}, "alarm"};
    now["/Guard/Dvcc"] = {venus::Value{1}, "on"};
    now["/Guard/Measured"] = {venus::Value{1.5}, "1.5A"};
    EXPECT_THAT(words(changes(name, before, now)),
                ElementsAre("alarm new one: ok -> alarm", "/Guard/Dvcc: not known -> on"));
}

TEST(CtlWatch, ADaemonComesGoesAndComesAgain) {
    WatchModel model("system bus");
    EXPECT_THAT(shown(model), HasSubstr("No vebus-bmsd on the system bus: waiting for it"));
    EXPECT_THAT(
        words(model.service_found(name, items(well()), 90)),
        ElementsAre("found on the system bus: loads allowed, charging allowed, state: on (all is well)"));
    EXPECT_THAT(shown(model), HasSubstr("Loads       allowed"));
    EXPECT_THAT(words(model.service_gone(name)),
                ElementsAre(HasSubstr("vebus-bmsd has left the system bus")));
    EXPECT_THAT(model.service_gone(name), IsEmpty());
    EXPECT_THAT(shown(model), StartsWith("No vebus-bmsd"));
    EXPECT_THAT(words(model.service_found(name, items(high_cell()), 90)),
                ElementsAre(HasSubstr("charging NOT ALLOWED")));
}

TEST(CtlWatch, ALostBusIsToldOnceAndNothingOldIsShown) {
    WatchModel model("session bus");
    model.service_found(name, items(well()), 90);
    EXPECT_THAT(words(model.bus_lost("closed")),
                ElementsAre("the session bus does not answer; tried again every second (closed)"));
    EXPECT_THAT(model.bus_lost("refused"), IsEmpty());
    EXPECT_THAT(shown(model), StartsWith("The session bus does not answer (refused)"));
    EXPECT_THAT(words(model.bus_found()), ElementsAre("the session bus answers"));
}

TEST(CtlWatch, ACountdownGoesOnBetweenSignals) {
    WatchModel model("system bus");
    auto facts = high_cell();
    facts.protection.next_change = "charging will be allowed again";
    facts.protection.seconds_to_next_change = 15;
    model.service_found(name, items(facts), 90);
    EXPECT_THAT(shown(model, 90), HasSubstr("again (within 20 s)"));
    EXPECT_THAT(shown(model, 92), HasSubstr("again (within 18 s)"));
    const auto seconds = [&](int s, std::int64_t at) {
        const Item item{venus::Value{s}, ""};
        model.items_changed(name, {{"/Bms/SecondsToNextChange", item}}, at);
    };
    seconds(10, 95); // stepped down: now it is exact
    EXPECT_THAT(shown(model, 98), HasSubstr("again (in 7 s)"));
    seconds(60, 99); // another one, rounded up
    EXPECT_THAT(shown(model, 100), HasSubstr("again (within 59 s)"));
}

TEST(CtlWatch, ACountdownToSomethingElseIsNotTakenForExact) {
    WatchModel model("system bus");
    auto facts = high_cell();
    facts.protection.next_change = "charging will be allowed again";
    facts.protection.seconds_to_next_change = 50;
    model.service_found(name, items(facts), 90);
    const Item other{venus::Value{"loads are disconnected"}, "loads are disconnected"},
        thirty{venus::Value{30}, ""};
    model.items_changed(name, {{"/Bms/NextChange", other}}, 95);
    model.items_changed(name, {{"/Bms/SecondsToNextChange", thirty}}, 96);
    EXPECT_THAT(shown(model, 98), HasSubstr("loads are disconnected (within 28 s)"));
}

TEST(CtlWatch, AChangeBeforeTheFirstItemsIsNotAServiceYet) {
    WatchModel model("system bus");
    EXPECT_THAT(model.items_changed(name, items(well()), 1), IsEmpty());
    EXPECT_THAT(model.items(name), IsEmpty());
}

Service service(const std::string& bus = "system bus") {
    auto facts = well();
    facts.identity.custom_name = "Skipper's boat";
    return {.name = name, .bus = bus, .items = items(facts)};
}

TEST(CtlDbusLines, AreThoseOfTheServiceAndBusThatWereFound) {
    const auto lines = dbus_lines(service(), "/Bms/AllowToCharge");
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].read,
              "dbus-send --system --print-reply=literal --dest=com.victronenergy.vebus.ttyAMA0 "
              "/Bms/AllowToCharge com.victronenergy.BusItem.GetValue");
    EXPECT_THAT(lines[0].meaning, HasSubstr("chargers may charge"));
    EXPECT_THAT(lines[0].write, IsEmpty());
    EXPECT_THAT(everything_line(service("session bus")), StartsWith("dbus-send --session "));
}

TEST(CtlDbusLines, WriteAChoiceAButtonAndAText) {
    const auto choice = dbus_lines(service(), "/Mode").at(0).write;
    ASSERT_EQ(choice.size(), 4U);
    EXPECT_EQ(choice[0].meaning, "charger only");
    EXPECT_THAT(choice[0].line, HasSubstr(" /Mode com.victronenergy.BusItem.SetValue variant:uint32:1"));
    const auto button = dbus_lines(service(), "/Bms/Restart").at(0).write;
    ASSERT_EQ(button.size(), 1U);
    EXPECT_THAT(button[0].line, HasSubstr("SetValue variant:int32:1"));
    const auto text = dbus_lines(service(), "/CustomName").at(0).write;
    ASSERT_EQ(text.size(), 1U);
    EXPECT_THAT(text[0].line, HasSubstr("SetValue variant:string:'Skipper'\\''s boat'"));
}

TEST(CtlDbusLines, OfAFolderAreAllInItAndOfNothingNone) {
    EXPECT_GT(dbus_lines(service(), "/Bms/Lines").size(), 3U);
    EXPECT_EQ(dbus_lines(service(), "/").size(), service().items.size());
    EXPECT_EQ(dbus_lines(service(), "/Bms").size(), dbus_lines(service(), "/Bms/").size());
    EXPECT_THAT(dbus_lines(service(), "/Bm"), IsEmpty());
    EXPECT_THAT(dbus_text(dbus_lines(service(), "/Mode")), HasSubstr("# write: off\ndbus-send "));
}

TEST(CtlDbusLines, OfSeveralPathsOnlyThoseThatReadRunWhenAllArePasted) {
    std::istringstream text(dbus_text(dbus_lines(service(), "/")));
    bool writes = false;
    for (std::string line; std::getline(text, line);) {
        writes = writes || line.find("BusItem.SetValue") != std::string::npos;
        EXPECT_TRUE(line.empty() || line.starts_with("#") || line.ends_with("BusItem.GetValue")) << line;
    }
    EXPECT_TRUE(writes) << "they are there to be read";
}

} // namespace
} // namespace bms::tool
