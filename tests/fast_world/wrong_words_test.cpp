// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Every word of a scenario file: what it does, what it shows when it is not so, and what is refused.
#include "world/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::world {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string bank = "bank 1 in series 2 in parallel of 12.8 V 100 Ah\n";
const std::string whole = bank + "load fridge 60 W on load_disconnect\nload lamp 10 W on nothing\n"
                                 "charger solar 300 W on dvcc\nmulti charger 70 A with panel\naux 12 V\n";

void expect_refused(const std::string& before, const std::string& line, const std::string& accepted) {
    const Scenario s = read_scenario("x", before + line + "\n");
    EXPECT_THAT(s.errors, testing::Contains(HasSubstr("\"" + line + "\": accepted: " + accepted))) << line;
}

struct Refused {
    std::string line, accepted;
};

TEST(WrongWords, OfTheSystemSayWhatIsAccepted) {
    const Refused all[] = {
        {"bank", "bank S in series"},
        {"bank 1 in row 2 in parallel of 12.8 V 100 Ah", "bank S in series"},
        {"bank 1 in series x in parallel of 12.8 V 100 Ah", "bank S in series"},
        {"bank 1 in series 2 parallel of 12.8 V 100 Ah", "bank S in series"},
        {"bank 1 in series 2 in parallel of 12.8 100 Ah", "bank S in series"},
        {"bank 1 in series 2 in parallel of 12.8 V 100", "bank S in series"},
        {"bank 1 in series 2 in parallel of 12.8 V 0 Ah", "bank S in series"},
        {"batteries with pre_alarm", "batteries without pre_alarm"},
        {"level", "level pre_alarm, low_cell or low_temperature"},
        {"level pre_alarm", "level pre_alarm 2.85 to 3.15 V"},
        {"level pre_alarm 2.8 V", "level pre_alarm 2.85 to 3.15 V"},
        {"level pre_alarm 3.2 V", "level pre_alarm 2.85 to 3.15 V"},
        {"level low_cell 2.9 V", "level low_cell 2.60 to 2.80 V"},
        {"level low_temperature 21 C", "level low_temperature -20 to 20 C"},
        {"spread of capacity 21 %", "spread of capacity 0 to 20 %"},
        {"spread of age", "spread of capacity, or of charge"},
        {"start in 5 %", "start at 0 to 100 %"},
        {"start at 101 %", "start at 0 to 100 %"},
        {"seed", "seed NUMBER"},
        {"seed -1", "seed NUMBER"},
        {"load", "load NAME POWER W"},
        {"load pump 5", "load NAME POWER W"},
        {"load pump -5 W on nothing", "load NAME POWER W"},
        {"load pump 5 W", "load NAME POWER W"},
        {"load fridge 60 W on nothing", "load NAME POWER W"},
        {"drain", "drain NAME CURRENT mA"},
        {"drain clock", "drain NAME CURRENT mA"},
        {"drain clock -1 mA", "drain NAME CURRENT mA"},
        {"charger wind 5 A on dvcc", "charger solar POWER W"},
        {"charger solar 300 W on dvcc", "charger solar POWER W"},
        {"charger orion 0 A on dvcc", "charger solar POWER W"},
        {"charger orion 30 W on dvcc", "charger solar POWER W"},
        {"charger orion 30 A on mains", "charger solar POWER W"},
        {"multi 70 A", "multi charger CURRENT A"},
        {"multi charger 0 A", "multi charger CURRENT A"},
        {"multi charger 70 A units 0", "multi charger CURRENT A"},
        {"multi charger 70 A units 4", "multi charger CURRENT A"},
        {"multi charger 70 A units", "multi charger CURRENT A"},
        {"box 51 W", "box 0 to 50 W"},
        {"aux 8 V", "aux 9 to 70 V"}, // M137
        {"temperature 61 C", "temperature -40 to 60 C"},
        {"temperature 20 C today", "nothing more in this line"},
    };
    for (const Refused& one : all) {
        expect_refused(whole, one.line, one.accepted);
    }
}

TEST(WrongWords, OfAStorySayWhatIsAccepted) {
    const Refused all[] = {
        {"at noon mains on", "at HH:MM"},
        {"at 06:6 mains on", "at HH:MM"},
        {"at 06-30 mains on", "at HH:MM"},
        {"at 24:00 mains on", "at HH:MM"},
        {"at 06:60 mains on", "at HH:MM"},
        {"at 06:30:60 mains on", "at HH:MM"},
        {"at 06:30.05 mains on", "at HH:MM"},
        {"at -1:30 mains on", "at HH:MM"},
        {"at day x mains on", "at HH:MM"},
        {"at day 0 mains on", "at HH:MM"},
        {"at day 36501 mains on", "at HH:MM"},
        {"at 07:00", "load, ac_load, mains"},
        {"at 07:00 end now", "nothing more in this line"},
        {"every day mains on", "every day at HH:MM"},
        {"every day at x mains on", "every day at HH:MM"},
        {"later mains on", "at TIME"},
        {"at 07:00 load pump 5 W", "load NAME POWER W; the loads are: fridge, lamp"},
        {"at 07:00 load fridge", "load NAME POWER W"},
        {"at 07:00 load fridge -1 W", "load NAME POWER W"},
        {"at 07:00 ac_load -1 W", "ac_load POWER W"},
        {"at 07:00 aux warm", "aux on or off"},
        {"at 07:00 front sideways", "front on, off"},
        {"at 07:00 panel sideways", "panel on, off"},
        {"at 07:00 sun 101 %", "sun 0 to 100 %"},
        {"at 07:00 sun -1 %", "sun 0 to 100 %"},
        {"at 07:00 sun shines", "sun 0 to 100 %"},
        {"at 07:00 temperature -41 C", "temperature -40 to 60 C"},
        {"at 07:00 temperature 61 C", "temperature -40 to 60 C"},
        {"at 07:00 temperature cold", "temperature -40 to 60 C"},
        {"at 07:00 cut rope 1", "cut or mend cable 1 to 3"},
        {"at 07:00 mend cable 0", "cut or mend cable 1 to 3"}, // M58
        {"at 07:00 mend cable", "cut or mend cable 1 to 3"},
        {"at 07:00 kill battery 1", "kill or revive program, or electronics 1 to 2"},
        {"at 07:00 revive electronics 3", "kill or revive program, or electronics 1 to 2"},
        {"at 07:00 cell 5 of battery 1 at 50 %", "cell NUMBER of battery"},
        {"at 07:00 cell 1 of 1 at 50 %", "cell NUMBER of battery"},
        {"at 07:00 cell 1 of battery 1 50 %", "cell NUMBER of battery"},
        {"at 07:00 cell 1 of battery 1 at 101 %", "cell NUMBER of battery"},
        {"at 07:00 cell 1 of battery 1 at -1 %", "cell NUMBER of battery"},
        {"at 07:00 hand_charger", "hand_charger CURRENT A"},
        {"at 07:00 hand_charger -1 A", "hand_charger CURRENT A"},
    };
    for (const Refused& one : all) {
        expect_refused(whole + "story a\n", one.line, one.accepted);
    }
    expect_refused(whole, "story", "story NAME");
    EXPECT_THAT(read_scenario("x", whole + "story a\nevery day at 07:00 expect multi inverts\n").errors,
                ElementsAre(HasSubstr("accepted after every day: what happens, no expectation")));
}

TEST(WrongWords, OfAnExpectationSayWhatIsAccepted) {
    const Refused all[] = {
        {"pre_alarm low", "pre_alarm, load_disconnect or charge_disconnect high or floating"},
        {"load_disconnect low", "pre_alarm, load_disconnect"},
        {"charge_disconnect low", "pre_alarm, load_disconnect"},
        {"every cell near 3 V", "every cell above (or below) X V"},
        {"every cell below 3", "every cell above (or below) X V"},
        {"charge over 3 %", "charge above (or below) X %"},
        {"dark", "dark above (or below) X h"},
        {"current above 3 W", "current above (or below) X A"},
        {"load pump on", "load NAME on or off"},
        {"load fridge", "load NAME on or off"},
        {"charger wind idle", "charger NAME charging or idle; the chargers are: solar"},
        {"charger solar", "charger NAME charging or idle"},
        {"multi sleeps", "multi charges, inverts"},
        {"box warm", "box fed by bank"},
        {"multi inverts for", "within or for a time"},
    };
    for (const Refused& one : all) {
        expect_refused(whole + "story a\n", "at 07:00 expect " + one.line, one.accepted);
    }
}

TEST(WrongWords, NeedWhatTheyAreAbout) {
    for (const auto* line : {"ac_load 5 W", "front on", "panel on", "aux on", "expect multi inverts"}) {
        const auto text = bank + "story a\nat 07:00 " + line + "\n";
        EXPECT_THAT(read_scenario("x", text).errors, SizeIs(1)) << line;
    }
    EXPECT_THAT(read_scenario("x", bank + "story a\nat 07:00 expect charger x idle\n").errors,
                ElementsAre(HasSubstr("the chargers are: none")));
}

TEST(SystemWords, FillThePlan) {
    const Scenario s = read_scenario(
        "x",
        bank + "batteries without pre_alarm\nlevel pre_alarm 3 V\nlevel low_cell 2.7 V\n"
               "level low_temperature 5 C\nspread of capacity 5 %\nspread of charge 3 %\nstart at 40 %\n"
               "seed 7\ndrain clock 9 mA\ncharger cyrix 60 A on charge_disconnect active low by inverting "
               "cable\n"
               "multi charger 70 A units 3 with two_signal with panel\nbox 3 W\naux 24 V\ntemperature -5 C\n"
               "load pump 5 W on battery_protect\nstory a\n");
    ASSERT_THAT(s.errors, IsEmpty());
    const SystemPlan& p = s.system;
    EXPECT_FALSE(p.bank.pre_alarm);
    EXPECT_EQ(p.bank.levels.pre_alarm_v, 3);
    EXPECT_EQ(p.bank.levels.low_cell_v, 2.7);
    EXPECT_EQ(p.bank.levels.low_temperature_c, 5);
    EXPECT_EQ(p.bank.capacity_spread, 0.05);
    EXPECT_EQ(p.bank.charge_spread, 0.03);
    EXPECT_EQ(p.bank.start_charge, 0.4);
    EXPECT_EQ(p.seed, 7U);
    EXPECT_EQ(p.world.drains.at(0).current_a, 0.009);
    EXPECT_TRUE(p.world.chargers.at(0).remote.on_when_low);
    EXPECT_TRUE(p.world.chargers.at(0).remote.inverting_cable);
    EXPECT_EQ(p.world.multi.units, 3);
    EXPECT_TRUE(p.world.multi.two_signal);
    EXPECT_EQ(p.world.panel, Switch::on);
    EXPECT_EQ(p.world.supply.board_w, 3);
    EXPECT_EQ(p.world.supply.aux_v, 24);
    EXPECT_EQ(p.world.temperature_c, -5);
    EXPECT_TRUE(p.world.battery_protect.has_value());
    EXPECT_EQ(make_world(p).bank.battery.at(1).temperature_c, -5);
}

/// The world after all that a story says has happened at once.
World after(const std::string& lines) {
    const Scenario s = read_scenario("x", whole + "story a\n" + lines);
    EXPECT_THAT(s.errors, IsEmpty()) << lines;
    World world = make_world(s.system);
    for (const StoryLine& line : s.stories.at(0).lines) {
        line.change(world);
    }
    return world;
}

TEST(EventWords, ChangeTheWorld) {
    EXPECT_EQ(after("at 07:00 ac_load 900 W\n").multi.ac_load_w, 900);
    EXPECT_FALSE(after("at 07:00 aux off\n").supply.aux_on);
    EXPECT_EQ(after("at 07:00 front charger-only\n").multi.front, Switch::charger_only);
    EXPECT_EQ(after("at 07:00 panel inverter-only\n").panel, Switch::inverter_only);
    EXPECT_EQ(after("at 07:00 temperature -12 C\n").temperature_c, -12);
    EXPECT_FALSE(after("at 07:00 kill program\n").program_runs);
    EXPECT_FALSE(after("at 07:00 kill electronics 2\n").bank.battery[1].electronics);
    EXPECT_TRUE(
        after("at 07:00 kill electronics 2\nat 07:00 revive electronics 2\n").bank.battery[1].electronics);
    EXPECT_TRUE(after("at 07:00 cut cable 3\n").bank.cable_cut[2]);
    EXPECT_FALSE(after("at 07:00 cut cable 3\nat 07:00 mend cable 3\n").bank.cable_cut[2]);
    EXPECT_EQ(after("at 07:00 cell 2 of battery 1 at 10 %\n").bank.battery[0].cell[1].charge, 0.1);
    const World by_hand = after("at 07:00 hand_charger 8 A\nat 07:00 hand_charger off\n");
    ASSERT_THAT(by_hand.chargers, SizeIs(2)) << "one of them, connected and taken off";
    EXPECT_EQ(by_hand.chargers[1].rating, 0);
}

/// What a run says of one expectation that is not fulfilled.
std::vector<std::string> complaint(const std::string& expectation, const BmsSide& box,
                                   const std::function<void(World&)>& change = {}) {
    const Scenario s = read_scenario("x", whole + "story a\nat 00:00 expect " + expectation + "\n");
    EXPECT_THAT(s.errors, IsEmpty()) << expectation;
    World world = make_world(s.system);
    if (change) {
        change(world);
    }
    StoryRun run(s.stories.at(0), "x");
    run.poll(world, box);
    run.finish(world, box);
    return run.failures();
}

TEST(Expectations, ThatAreNotFulfilledSayWhatIs) {
    const BmsSide floating{}, high{.load_disconnect = true, .charge_disconnect = true, .pre_alarm = true};
    for (const auto* output : {"pre_alarm", "load_disconnect", "charge_disconnect"}) {
        const std::string name = output;
        EXPECT_THAT(complaint(name + " high", floating), ElementsAre(HasSubstr("it is floating"))) << name;
        EXPECT_THAT(complaint(name + " floating", high), ElementsAre(HasSubstr("it is high"))) << name;
        EXPECT_THAT(complaint(name + " high", high), IsEmpty()) << name;
    }
    EXPECT_THAT(complaint("every cell above 3.9 V", {}), ElementsAre(HasSubstr("V")));
    EXPECT_THAT(complaint("every cell below 2 V", {}), ElementsAre(HasSubstr("it is 3.")));
    EXPECT_THAT(complaint("charge above 101 %", {}), ElementsAre(HasSubstr(" %")));
    EXPECT_THAT(complaint("charge below 101 %", {}), IsEmpty());
    EXPECT_THAT(complaint("dark above 1 h", {}), ElementsAre(HasSubstr("it is 0.000 h")));
    EXPECT_THAT(complaint("current above 1 A", {}), ElementsAre(HasSubstr("it is 0.000 A")));
    const auto fridge_on = [](World& w) { w.loads[0].on = true; };
    EXPECT_THAT(complaint("load fridge on", {}), ElementsAre(HasSubstr("it is off")));
    EXPECT_THAT(complaint("load fridge off", {}, fridge_on), ElementsAre(HasSubstr("it is on")));
    const auto sun = [](World& w) { w.chargers[0].current_a = 5; };
    EXPECT_THAT(complaint("charger solar charging", {}), ElementsAre(HasSubstr("it is idle")));
    EXPECT_THAT(complaint("charger solar idle", {}, sun), ElementsAre(HasSubstr("it charges")));
}

TEST(Expectations, OfTheMultiAndTheSupplySayWhatIs) {
    const auto does = [](Multi::Does what) { return [what](World& w) { w.multi.does = what; }; };
    using Does = Multi::Does;
    EXPECT_THAT(complaint("multi charges", {}, does(Does::inverts)), ElementsAre(HasSubstr("it inverts")));
    EXPECT_THAT(complaint("multi inverts", {}, does(Does::charges)), ElementsAre(HasSubstr("it charges")));
    EXPECT_THAT(complaint("multi does_nothing", {}, does(Does::passes_through)),
                ElementsAre(HasSubstr("it passes_through")));
    EXPECT_THAT(complaint("multi passes_through", {}, does(Does::nothing)),
                ElementsAre(HasSubstr("it does_nothing")));
    const auto fed = [](Supply::From from) { return [from](World& w) { w.supply.from = from; }; };
    using From = Supply::From;
    EXPECT_THAT(complaint("box fed by bank", {}, fed(From::aux)), ElementsAre(HasSubstr("it is fed by aux")));
    EXPECT_THAT(complaint("box fed by aux", {}, fed(From::nothing)),
                ElementsAre(HasSubstr("it is without supply")));
    EXPECT_THAT(complaint("box without supply", {}, fed(From::bank)),
                ElementsAre(HasSubstr("it is fed by bank")));
    EXPECT_THAT(complaint("multi inverts to the end", {}, does(Does::nothing)), SizeIs(1));
    EXPECT_THAT(complaint("multi does_nothing for 2 h", {}, does(Does::nothing)), IsEmpty());
}

TEST(World, ThatLeavesWhatIsPossibleInAnyWayIsNamed) {
    const auto with = [](const std::function<void(World&)>& change) {
        World w{.bank = make_bank({}, 1)};
        change(w);
        return impossible(w);
    };
    EXPECT_THAT(with([](World& w) { w.bank.battery[0].cell[1].charge = std::nan(""); }),
                HasSubstr("battery 1"));
    EXPECT_THAT(with([](World& w) { w.bank.battery[0].cell[1].charge = -11; }), HasSubstr("battery 1"));
    EXPECT_THAT(with([](World& w) { w.bank.battery[0].cell[1].charge = 2; }), HasSubstr("battery 1"));
    EXPECT_THAT(with([](World& w) { w.bank.battery[0].cell[1].capacity_ah = 0; }), HasSubstr("battery 1"));
    EXPECT_THAT(with([](World& w) { w.bank.current_a = std::nan(""); }), HasSubstr("the bank's current"));
}

} // namespace
} // namespace bms::world
