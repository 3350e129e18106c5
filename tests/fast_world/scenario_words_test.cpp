// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Scenario files: what is wrong with one is told whole, with lines.
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

std::vector<std::string> errors(const std::string& text) { return read_scenario("x", text).errors; }

TEST(ScenarioWords, EveryMistakeIsToldWithItsLineAndWhatIsAccepted) {
    EXPECT_THAT(
        errors(bank + "lode fridge 60 W on nothing\nload fridge sixty W on nothing\nstory a\n"
                      "at 25:00 mains on\nat 06:30 mains up\nat 06:30 cut cable 4\n"
                      "at 06:30 load fridge 60 W\nat 05:00 mains on\nat 07:00 expect fridge on\n"
                      "at 07:00 expect pre_alarm high within soon\nat 07:00 mains on now\n"),
        ElementsAre(
            HasSubstr("x:2: \"lode fridge 60 W on nothing\": accepted: bank, batteries"),
            HasSubstr("x:3: \"load fridge sixty W on nothing\": accepted: load NAME POWER W"),
            HasSubstr("x:5: \"at 25:00 mains on\": accepted: at HH:MM"),
            HasSubstr("x:6: \"at 06:30 mains up\": accepted: on or off"),
            HasSubstr("x:7: \"at 06:30 cut cable 4\": accepted: cut or mend cable 1 to 3"),
            HasSubstr("x:8: \"at 06:30 load fridge 60 W\": accepted: load NAME POWER W; the loads are: none"),
            HasSubstr("x:9: \"at 05:00 mains on\": comes before the line above"),
            HasSubstr("x:10: \"at 07:00 expect fridge on\": accepted: expect pre_alarm"),
            HasSubstr("x:11: \"at 07:00 expect pre_alarm high within soon\": accepted: within or for"),
            HasSubstr("x:12: \"at 07:00 mains on now\": accepted: nothing more in this line")));
}

TEST(ScenarioWords, WithoutABankOrAStoryThereIsNothingToRun) {
    EXPECT_THAT(errors("story a\nat 06:30 mains on\n"),
                ElementsAre(HasSubstr("x:1: \"story a\": there is no bank yet"), HasSubstr("x:2:")));
    EXPECT_THAT(errors(bank), ElementsAre(HasSubstr("no story in it")));
    EXPECT_THAT(errors(""), ElementsAre(HasSubstr("no story in it")));
}

TEST(ScenarioWords, ABankBeyondTheManualIsRefused) {
    EXPECT_THAT(errors("bank 4 in series 6 in parallel of 12.8 V 100 Ah\nstory a\n"),
                ElementsAre(HasSubstr("at most 20 batteries")));
}

TEST(ScenarioWords, TimesAreOfTheDayAndGoOn) {
    const Scenario s =
        read_scenario("x", bank + "story a # a comment\nat 06:30 mains on\nat 06:30:05 mains off\n"
                                  "every day at 07:00 sun 50 %\nat day 3 mains on\nat 08:00 mains off\n");
    ASSERT_THAT(s.errors, IsEmpty());
    ASSERT_THAT(s.stories, SizeIs(1));
    EXPECT_EQ(s.stories[0].name, "a");
    std::vector<double> hours;
    for (const StoryLine& line : s.stories[0].lines) {
        hours.push_back(line.at_s);
    }
    EXPECT_THAT(hours, ElementsAre(6.5 * 3600, 6.5 * 3600 + 5, 7 * 3600, 48 * 3600, 56 * 3600));
    EXPECT_TRUE(s.stories[0].lines[2].daily);
    EXPECT_EQ(s.stories[0].end_s, 57 * 3600) << "an hour after the last line";
}

TEST(RemoteInput, IsOnAsItIsWired) { // M67, M68, M86
    constexpr Remote plain{.control = Control::load_disconnect};
    constexpr Remote low_by_cable{
        .control = Control::load_disconnect, .on_when_low = true, .inverting_cable = true};
    constexpr Remote low_without_cable{.control = Control::load_disconnect, .on_when_low = true};
    EXPECT_TRUE(is_on(plain, true));
    EXPECT_FALSE(is_on(plain, false));
    EXPECT_TRUE(is_on(low_by_cable, true));
    EXPECT_FALSE(is_on(low_by_cable, false));
    EXPECT_FALSE(is_on(low_without_cable, true)) << "never: it wants the cable";
    EXPECT_FALSE(is_on(low_without_cable, false));
}

TEST(BatteryProtectModel, CutsWhenItsHFloatsAndAfterItsDelayByVoltage) { // M70 to M72
    BatteryProtect p;
    step(p, false, 3.3, 1);
    EXPECT_FALSE(p.closed);
    step(p, true, 3.3, 1);
    EXPECT_TRUE(p.closed);
    for (int s = 0; s < 101; ++s) {
        step(p, true, 2.6, 1);
    }
    EXPECT_TRUE(p.closed);
    step(p, true, 2.6, 1);
    EXPECT_FALSE(p.closed) << "12 s and 90 s";
    for (int s = 0; s < 30; ++s) {
        EXPECT_FALSE(p.closed);
        step(p, true, 3.1, 1);
    }
    EXPECT_TRUE(p.closed);
}

TEST(Supply, ComesFromTheHigherVoltage) { // M158
    World w{.bank = make_bank({}, 1)};
    w.supply.aux_v = 12;
    step(w, {}, 1);
    EXPECT_EQ(w.supply.from, Supply::From::bank);
    for (std::size_t cell = 0; cell < 4; ++cell) {
        rest_cell(w.bank, 0, cell, 0.02);
    }
    step(w, {}, 1);
    step(w, {}, 1);
    EXPECT_EQ(w.supply.from, Supply::From::aux);
    w.supply.aux_on = false;
    step(w, {}, 1);
    EXPECT_EQ(w.supply.from, Supply::From::bank);
    EXPECT_TRUE(box_has_supply(w));
}

TEST(Supply, A12VAdapterNeverTakesOverOnA24VBankBeforeItCollapses) { // M158
    World w{.bank = make_bank({.series = 2, .start_charge = 0.005}, 1)};
    w.supply.aux_v = 12;
    step(w, {}, 1);
    EXPECT_EQ(w.supply.from, Supply::From::bank);
}

TEST(World, ThatLeavesWhatIsPossibleSaysWhere) {
    World w{.bank = make_bank({}, 1)};
    EXPECT_THAT(impossible(w), IsEmpty());
    w.bank.battery[0].cell[2].voltage_v = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(impossible(w), HasSubstr("battery 1"));
}

} // namespace
} // namespace bms::world
