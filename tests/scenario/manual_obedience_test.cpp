// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Who may switch the inverter/charger, and what happens when it does not do as it is told.
#include "support/multi_fixture.hpp"

#include "bms/core/words.hpp"

namespace bms::test {
namespace {

using core::Line;
using core::Mode;
using core::NotObeying;

struct Obedience : WithMulti {};
struct Arbitration : WithMulti {};

TEST_F(Arbitration, APanelIsHeardInTheMiddleOfAVetoAndNeverBeatsIt) { // M29, M106
    low_cell();
    obey();
    panel(Mode::off);
    EXPECT_EQ(commanded(), Mode::off);
    obey();
    panel(Mode::on);
    EXPECT_EQ(commanded(), Mode::charger_only) << "the veto above all";
    EXPECT_EQ(state.wish.mode, Mode::on);
    EXPECT_EQ(core::memory_of(state).wish, Mode::on) << "remembered over a restart";
    obey();
    discharge_loop(true);
    run(500ms + 5s);
    EXPECT_EQ(commanded(), Mode::on);
}

TEST_F(Obedience, OneAmpereIsTheMostThatCountsAsAChargerStopped) { // decisions 4
    remote(false);
    run(100ms);
    multi(reporting(commanded(), 10));
    run(11s);
    EXPECT_FALSE(state.charge_not_obeyed);
    multi(reporting(commanded(), 11));
    run(10s);
    EXPECT_TRUE(state.charge_not_obeyed);
}

TEST_F(Arbitration, TheLastWordWins) { // M29, M106
    wish(Mode::charger_only);
    EXPECT_EQ(commanded(), Mode::charger_only);
    panel(Mode::on);
    EXPECT_EQ(commanded(), Mode::on);
    wish(Mode::off);
    EXPECT_EQ(commanded(), Mode::off);
    panel(Mode::charger_only);
    EXPECT_EQ(commanded(), Mode::charger_only);
}

TEST_F(Arbitration, BesideADigitalMultiControlDBusHasNoWord) { // M106
    auto report = reporting(Mode::on);
    report.dmc = true;
    multi(report);
    wish(Mode::off);
    EXPECT_EQ(commanded(), Mode::on);
    panel(Mode::off);
    EXPECT_EQ(commanded(), Mode::off) << "the word of the Digital Multi Control";
    wish(Mode::on);
    EXPECT_EQ(commanded(), Mode::off);
    report.dmc = false;
    multi(report);
    wish(Mode::on);
    EXPECT_EQ(commanded(), Mode::on) << "taken away: D-Bus is heard again";
}

TEST_F(Arbitration, ADigitalMultiControlDoesNotBeatTheVeto) { // M106
    low_cell();
    auto report = reporting(Mode::on);
    report.dmc = true;
    multi(report);
    panel(Mode::on);
    EXPECT_EQ(commanded(), Mode::charger_only);
}

TEST_F(Obedience, OneThatInvertsThoughToldOffIsAnAlarmThatSaysWhatStillProtects) { // decisions 6
    low_cell();
    run(5s);
    ASSERT_EQ(commanded(), Mode::off);
    run(5s - 1us);
    EXPECT_EQ(out().multi_not_obeying, NotObeying::none);
    run(1us);
    EXPECT_EQ(out().multi_not_obeying, NotObeying::inverts);
    EXPECT_NE(core::what_protects(NotObeying::inverts).find("LoadDisconnect"), std::string_view::npos);
    multi(reporting(Mode::off));
    run(1h);
    EXPECT_EQ(out().multi_not_obeying, NotObeying::inverts) << "latched";
    discharge_loop(true);
    run(500ms + 5s);
    EXPECT_EQ(out().multi_not_obeying, NotObeying::none) << "loads are allowed again";
}

TEST_F(Obedience, OneThatObeysOffIsNoAlarm) { // decisions 6
    low_cell();
    run(5s);
    obey();
    run(1h);
    EXPECT_EQ(out().multi_not_obeying, NotObeying::none);
    EXPECT_EQ(core::what_protects(NotObeying::none), "");
}

TEST_F(Obedience, OneThatChargesThoughToldOffIsAnAlarm) { // decisions 6
    settings.reduce_on_high_cell = false;
    multi(reporting(Mode::on, 400));
    charge_loop(false);
    run(20ms + 10s);
    ASSERT_EQ(commanded(), Mode::off);
    run(10s - 1us);
    EXPECT_EQ(out().multi_not_obeying, NotObeying::none);
    run(1us);
    EXPECT_EQ(out().multi_not_obeying, NotObeying::charges);
    EXPECT_NE(core::what_protects(NotObeying::charges).find("ChargeDisconnect"), std::string_view::npos);
    charge_loop(true);
    run(500ms + 5s);
    EXPECT_EQ(out().multi_not_obeying, NotObeying::none) << "charging is allowed again";
}

TEST_F(Obedience, OneThatDoesNeitherIsSaidSo) { // decisions 6, M33
    multi(reporting(Mode::on, 400));
    remote(false);
    run(100ms + 25s);
    EXPECT_EQ(out().multi_not_obeying, NotObeying::both);
}

TEST_F(Obedience, ACommandThatNeverShowsInItsRemoteBitsIsDisobeyed) { // decisions 6
    low_cell();
    auto report = reporting(Mode::charger_only); // its front switch; the remote bits do not follow
    report.remote = Mode::on;
    report.mode_refused = true;
    multi(report);
    run(5s);
    EXPECT_EQ(commanded(), Mode::off);
    run(5s);
    EXPECT_EQ(out().multi_not_obeying, NotObeying::inverts);
}

TEST_F(Obedience, ARefusedWishIsNoAlarm) {
    auto report = reporting(Mode::on);
    report.mode_refused = true;
    multi(report);
    run(1h);
    EXPECT_EQ(commanded(), Mode::on);
    EXPECT_EQ(out().multi_not_obeying, NotObeying::none);
}

TEST_F(Obedience, TheFrontSwitchCannotStartItWhileItIsCommanded) { // decisions 5
    EXPECT_EQ(out().vebus_panel_detect, Line::high);
    CoreBench fresh;
    fresh.inputs.multi = reporting(Mode::on);
    fresh.take_step();
    EXPECT_EQ(fresh.out().vebus_panel_detect, Line::floating) << "starting";
    fresh.run(600ms);
    EXPECT_EQ(fresh.out().vebus_panel_detect, Line::high);
    fresh.lose_lines();
    EXPECT_EQ(fresh.out().vebus_panel_detect, Line::high) << "the veto stands, and so does this";
    CoreBench without;
    without.start();
    EXPECT_EQ(without.out().vebus_panel_detect, Line::floating) << "no link configured";
}

TEST_F(Obedience, ALinkThatOnlyListensLocksNobodyOut) { // decisions 5, 6
    auto report = reporting(Mode::on);
    report.listen_only = true;
    multi(report);
    EXPECT_EQ(out().vebus_panel_detect, Line::floating);
    low_cell();
    EXPECT_EQ(out().vebus_panel_detect, Line::high) << "but under a veto";
}

} // namespace
} // namespace bms::test
