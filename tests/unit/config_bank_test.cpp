// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The bank as it is described: what it amounts to, what is too much of it, and what contradicts the manual.
#include "support/places.hpp"

#include "bms/config/bank.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace bms::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Bank bank(BatteryType battery, int series, int parallel, double capacity_ah) {
    Bank b;
    b.battery = battery;
    b.series = series;
    b.parallel = parallel;
    b.capacity_ah = capacity_ah;
    return b;
}

const Line some_line{.name = "GPIO5"};

/// A system that contradicts nothing.
Config sound() {
    Config config;
    config.outputs.charge_disconnect = some_line;
    config.detectors.aux_in = some_line;
    config.bank = bank(BatteryType::v12, 2, 2, 200);
    return config;
}

testing::Matcher<ConfigError> says(const std::string& pointer, const std::string& words) {
    return AllOf(Field(&ConfigError::pointer, pointer), Field(&ConfigError::text, HasSubstr(words)));
}

TEST(ConfigBank, TheSummaryIsOneLine) { // M2, M5
    EXPECT_EQ(summary(bank(BatteryType::v12, 2, 2, 200)),
              "bank: 2 x 12.8 V in series, 2 in parallel: 25.6 V, 10.2 kWh");
    EXPECT_EQ(summary(bank(BatteryType::v25, 2, 1, 100)),
              "bank: 2 x 25.6 V in series, 1 in parallel: 51.2 V, 5.1 kWh");
    EXPECT_EQ(summary(Bank{}), "");
}

TEST(ConfigSocRule, IsSummedUpInWords) { // M95
    EXPECT_EQ(summary(SocRule{}), "");
    EXPECT_EQ(summary(SocRule{.below_percent = 15}), "");
    EXPECT_EQ(summary(SocRule{15, 20, 60s, SocAction::charger_only}),
              "SoC rule: below 15 % for 60 s the inverter/charger may only charge, until 20 % for as long");
    EXPECT_EQ(summary(SocRule{15, 20, 90s, SocAction::loads_off}),
              "SoC rule: below 15 % for 90 s the inverter/charger may only charge, and loads are "
              "disconnected after "
              "PreAlarm, until 20 % for as long");
}

TEST(ConfigSocRule, ThatReachesNobodyIsADoubt) { // M53, M121
    Config c;
    c.soc_rule = {15, 20, 60s, SocAction::charger_only};
    ASSERT_THAT(warnings(c), SizeIs(1));
    EXPECT_EQ(warnings(c).front().pointer, "/soc_rule/action");
    c.soc_rule.action = SocAction::loads_off;
    EXPECT_THAT(warnings(c), IsEmpty());
    c.soc_rule.action = SocAction::charger_only;
    c.outputs.two_signal_discharge = Line{.name = "x", .chip = ""};
    EXPECT_THAT(warnings(c), IsEmpty());
    c.outputs.two_signal_discharge.reset();
    c.vebus.link = LinkKind::mk3;
    EXPECT_THAT(warnings(c), IsEmpty());
}

TEST(ConfigBank, AllThatTheManualPermitsInSeriesIsTakenAndNoMore) { // M3
    EXPECT_THAT(bank_errors(bank(BatteryType::v12, 4, 1, 100)), IsEmpty());
    EXPECT_THAT(bank_errors(bank(BatteryType::v25, 2, 1, 100)), IsEmpty());
    EXPECT_THAT(bank_errors(bank(BatteryType::v12, 5, 1, 100)), ElementsAre(says("/bank/series", "(M3)")));
    EXPECT_THAT(bank_errors(bank(BatteryType::v25, 3, 1, 100)),
                ElementsAre(says("/bank/series", "at most 2")));
}

TEST(ConfigBank, TwentyBatteriesAreTheMost) { // M4
    EXPECT_THAT(bank_errors(bank(BatteryType::v12, 4, 5, 100)), IsEmpty());
    EXPECT_THAT(bank_errors(bank(BatteryType::v12, 4, 6, 100)),
                ElementsAre(says("/bank/parallel", "24 batteries")));
}

TEST(ConfigBank, TheLargestBanksOfTheManualFitAndLargerOnesDoNot) {          // M5
    EXPECT_THAT(bank_errors(bank(BatteryType::v12, 1, 20, 330)), IsEmpty()); // 84.48 kWh
    EXPECT_THAT(bank_errors(bank(BatteryType::v25, 1, 20, 200)), IsEmpty()); // 102.4 kWh
    EXPECT_THAT(bank_errors(bank(BatteryType::v12, 1, 20, 335)),
                ElementsAre(says("/bank/capacity_ah", "up to 84 kWh")));
    EXPECT_THAT(bank_errors(bank(BatteryType::v25, 2, 10, 202)),
                ElementsAre(says("/bank/capacity_ah", "up to 102 kWh at 51.2 V (M5)")));
}

TEST(ConfigBank, ABankInPartIsAWarning) {
    Config config = sound();
    config.bank.parallel.reset();
    EXPECT_THAT(warnings(config), ElementsAre(says("/bank", "described in part")));
    EXPECT_THAT(warnings(sound()), IsEmpty());
    config = sound();
    config.bank.series = 3;
    EXPECT_THAT(warnings(config), ElementsAre(says("/bank/series", "36 V")));
}

TEST(ConfigBank, ASmallAdapterNeverTakesOverFromALargeBank) { // M158
    Config config = sound();
    config.system.aux_in_adapter_v = 12;
    EXPECT_THAT(warnings(config), ElementsAre(says("/system/aux_in_adapter_v", "22.4 V")));
    config.bank.series = 1; // 11.2 V at a low cell: by then it has taken over
    EXPECT_THAT(warnings(config), IsEmpty());
    config.detectors.aux_in.reset();
    EXPECT_THAT(warnings(config), ElementsAre(says("/detectors/aux_in", "whether it is live")));
}

TEST(ConfigBank, TheMainsDetectorBelongsOnTheLeaderAndOnInputOne) { // M63, M64, M132
    Config config = sound();
    config.detectors.mains_1 = some_line;
    config.system.mains_detector_unit = MainsDetectorUnit::follower;
    EXPECT_THAT(warnings(config), ElementsAre(says("/system/mains_detector_unit", "leader")));
    config = sound();
    config.detectors.mains_2 = some_line;
    config.system.inverter_charger = InverterCharger::multiplus;
    EXPECT_THAT(warnings(config), ElementsAre(says("/detectors/mains_2", "input 2 alone"),
                                              says("/detectors/mains_2", "one AC input")));
}

TEST(ConfigBank, TheChargeOutputIsNoSupply) { // M90, M145
    Config config = sound();
    config.system.charge_disconnect_load_ma = 10;
    EXPECT_THAT(warnings(config), IsEmpty());
    config.system.charge_disconnect_load_ma = 80;
    EXPECT_THAT(warnings(config), ElementsAre(says("/system/charge_disconnect_load_ma", "80 mA")));
}

TEST(ConfigBank, AnAlternatorNeedsSomethingThatStopsIt) { // M88, M89, M90, M112
    Config config = sound();
    config.system.alternator = Alternator::orion_tr_smart;
    EXPECT_THAT(warnings(config), IsEmpty());
    config.bank.series = 4;
    EXPECT_THAT(warnings(config), ElementsAre(says("/system/alternator", "51.2 V (M112)")));
    config = sound();
    config.system.alternator = Alternator::solid_switch_104;
    config.outputs.charge_disconnect.reset();
    EXPECT_THAT(warnings(config), ElementsAre(says("/outputs/charge_disconnect", "(M90)")));
    config = sound();
    config.system.alternator = Alternator::direct;
    EXPECT_THAT(warnings(config), ElementsAre(says("/system/alternator", "cannot be stopped")));
}

std::string with_bank(const std::string& what) {
    std::ifstream file(bms::test::in_source("/tests/data/config/minimal.json"));
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    text.insert(text.rfind('}'), ", " + what);
    return text;
}

TEST(ConfigBank, TooMuchIsAnErrorOfTheFileAndDoubtIsNone) {
    const auto refused =
        parse(with_bank(R"("bank": {"battery": "25.6V", "series": 3, "parallel": 1, "capacity_ah": 100})"));
    EXPECT_THAT(refused.errors, ElementsAre(says("/bank/series", "(M3)")));
    EXPECT_FALSE(refused.config);
    EXPECT_THAT(refused.warnings, IsEmpty());
    const auto doubtful = parse(with_bank(R"("bank": {"battery": "25.6V"})"));
    EXPECT_TRUE(doubtful.config);
    EXPECT_THAT(doubtful.warnings, ElementsAre(says("/bank", "in part")));
}

TEST(ConfigBank, ABoardOnGxPowWithoutAuxInIsWarnedOf) { // M103
    Config config = sound();
    config.power.fed_from = FedFrom::gx_pow;
    EXPECT_THAT(warnings(config), IsEmpty());
    config.detectors.aux_in.reset();
    EXPECT_THAT(warnings(config), ElementsAre(says("/power/fed_from", "(M103)")));
}

TEST(ConfigBank, ABoardThatGoesOffBeforeAnybodyCanLogInIsWarnedOf) {
    Config config = sound();
    config.power = {FedFrom::battery, WakeHardware::wired, 5};
    EXPECT_THAT(warnings(config), IsEmpty());
    config.power.off_after_min = 4.9;
    EXPECT_THAT(warnings(config), ElementsAre(says("/power/off_after_min", "log in")));
}

} // namespace
} // namespace bms::config
