// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_commands.hpp"
#include "tool/ctl_orders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::tool {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Words = std::vector<std::string>;

Options options(const Words& words) {
    const auto parsed = parse_options(words);
    if (const auto* wrong = std::get_if<std::string>(&parsed)) {
        ADD_FAILURE() << *wrong;
        return {};
    }
    return std::get<Options>(parsed);
}

std::string wrong(const Words& words) {
    const auto parsed = parse_options(words);
    const auto* text = std::get_if<std::string>(&parsed);
    return text == nullptr ? "" : *text;
}

TEST(CtlCommands, EveryCommandOfTheTableIsUnderstoodAndInTheHelp) {
    for (const Command& command : commands) {
        Words words{std::string(command.name)};
        if (command.what == Do::mode) {
            words.emplace_back("on");
        }
        EXPECT_EQ(options(words).what, command.what) << command.name;
        EXPECT_THAT(help_text(), HasSubstr("\n  " + std::string(command.name)));
    }
}

TEST(CtlCommands, OptionsMayStandAnywhere) {
    const auto found = options({"--json", "dbus", "--system", "/Mode", "/Bms"});
    EXPECT_EQ(found.what, Do::dbus);
    EXPECT_EQ(found.bus, io::BusChoice::system);
    EXPECT_TRUE(found.json);
    EXPECT_THAT(found.arguments, ElementsAre("/Mode", "/Bms"));
    EXPECT_EQ(options({"status", "--help"}).what, Do::help);
}

TEST(CtlCommands, WhatFollowsBusIsLeftToIt) {
    EXPECT_THAT(options({"bus", "decode", "FILE", "--json"}).arguments,
                ElementsAre("decode", "FILE", "--json"));
    EXPECT_FALSE(options({"bus", "decode", "FILE", "--json"}).json);
}

TEST(CtlCommands, AWrongWordIsNamed) {
    EXPECT_EQ(wrong({}), "which command?");
    EXPECT_EQ(wrong({"statsu"}), "what is \"statsu\"?");
    EXPECT_EQ(wrong({"status", "twice"}), "what is \"twice\" for status?");
    EXPECT_EQ(wrong({"watch", "--fast"}), "what is \"--fast\" for watch?");
    EXPECT_EQ(wrong({"mode"}), "mode wants one of on, off, charger-only, inverter-only");
    EXPECT_EQ(wrong({"mode", "charge"}), wrong({"mode"}));
}

TEST(CtlCommands, TheShellIsOfferedWhatFits) {
    EXPECT_THAT(completions(Words{"st"}, {}), ElementsAre("status"));
    EXPECT_THAT(completions(Words{"mode", ""}, {}),
                ElementsAre("on", "off", "charger-only", "inverter-only"));
    EXPECT_THAT(completions(Words{"mode", "on", ""}, {}), IsEmpty());
    EXPECT_THAT(completions(Words{"--system", "dbus", "/M"}, {"/Mode", "/State"}), ElementsAre("/Mode"));
    EXPECT_THAT(completions(Words{"status", "--j"}, {}), ElementsAre("--json"));
    EXPECT_THAT(completions(Words{"bus", "d"}, {}), ElementsAre("decode", "diff"));
    EXPECT_THAT(completions(Words{"bus", "record", "--f"}, {}), ElementsAre("--force"));
    EXPECT_THAT(completions(Words{}, {}), Contains("watch"));
    EXPECT_THAT(completions(Words{"nonsense", ""}, {}), IsEmpty());
}

Service service(int loads, int charging) {
    Service s{.name = "com.victronenergy.vebus.x", .bus = "system bus", .items = {}};
    s.items["/Bms/AllowToDischarge"] = {venus::Value{loads}, ""};
    s.items["/Bms/AllowToCharge"] = {venus::Value{charging}, ""};
    s.items["/Bms/Reason"] = {venus::Value{"a cell is low"}, "a cell is low"};
    s.items["/Mode"] = {venus::Value{3U}, "on"};
    s.items["/ModeIsAdjustable"] = {venus::Value{1}, "1"};
    s.items["/Diagnostics/ControlsInverter"] = {venus::Value{1}, "1"};
    s.items["/Diagnostics/MultiMode"] = {venus::Value{1U}, "charger only"};
    s.items["/Diagnostics/LinkReason"] = {venus::Value{"nothing heard"}, "nothing heard"};
    return s;
}

Order mode(const char* word) { return order_of({.what = Do::mode, .arguments = {word}}); }

TEST(CtlOrders, AWishThatIsPermittedIsDone) {
    EXPECT_EQ(text_of(answer_to(mode("on"), {.accepted = true}, service(1, 1))),
              "com.victronenergy.vebus.x: switched to on");
    EXPECT_EQ(answer_to(mode("charger-only"), {.accepted = true}, service(0, 1)).outcome, Outcome::done);
    EXPECT_EQ(answer_to(mode("off"), {.accepted = true}, service(0, 0)).outcome, Outcome::done);
}

TEST(CtlOrders, AWishTheBatteryForbidsIsHeldBackWithTheReason) {
    const auto answer = answer_to(mode("on"), {.accepted = true}, service(0, 1));
    EXPECT_EQ(answer.outcome, Outcome::held_back);
    EXPECT_EQ(
        text_of(answer),
        "com.victronenergy.vebus.x: asked for on, which it follows as far as the battery permits: loads "
        "NOT ALLOWED, charging allowed: a cell is low. The Multi reports: charger only");
    EXPECT_EQ(answer_to(mode("charger-only"), {.accepted = true}, service(1, 0)).outcome, Outcome::held_back);
}

TEST(CtlOrders, ARefusalIsExplainedByTheReasonPaths) {
    auto unheard = service(1, 1), locked = service(1, 1), without = service(1, 1);
    unheard.items["/Diagnostics/ControlsInverter"] = {venus::Value{0}, "0"};
    locked.items["/ModeIsAdjustable"] = {venus::Value{0}, "0"};
    without.items.erase("/Mode");
    const auto why = [](const Service& s) { return answer_to(mode("on"), {}, s).why; };
    EXPECT_EQ(why(unheard), "nothing heard");
    EXPECT_EQ(why(locked), "a Digital Multi Control has the switch");
    EXPECT_EQ(why(without), "this service has no /Mode");
    EXPECT_THAT(answer_to(mode("inverter-only"), {}, service(1, 1)).why, HasSubstr("cannot be switched"));
    EXPECT_EQ(answer_to(mode("on"), {.why_not = "this needs root"}, locked).why, "this needs root");
}

} // namespace
} // namespace bms::tool
