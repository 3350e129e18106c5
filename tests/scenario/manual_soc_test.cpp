// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The SoC rule as the core takes it (M95, M121): it takes away, and every way off has a way back.
#include "support/core_fixture.hpp"

#include "bms/core/words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::test {
namespace {

using namespace core;
using ::testing::HasSubstr;
using ::testing::Not;

class SocLow : public ::testing::Test {
  protected:
    void SetUp() override {
        bench.inputs.multi = {.configured = true, .heard = true, .active = Mode::on, .ac_present = true};
        bench.start();
        obey();
    }
    /// The Multi shows what it is told.
    void obey() {
        MultiReport multi = bench.inputs.multi;
        multi.remote = multi.active = bench.commanded();
        bench.multi(multi);
    }
    void rule(SocRule r) {
        bench.inputs.soc_rule = r;
        bench.take_step();
        obey();
    }
    std::string all_moves() const {
        std::string text;
        for (const Move& m : bench.moves) {
            text.append(m.region).append(" ").append(m.to).append(": ").append(m.why).append("\n");
        }
        return text;
    }

    CoreBench bench;
};

TEST_F(SocLow, ChargerOnlyTakesNothingButTheInverter) { // M95, M121
    rule(SocRule::charger_only);
    EXPECT_EQ(bench.commanded(), Mode::charger_only);
    EXPECT_TRUE(bench.out().multi->insist);
    EXPECT_EQ(bench.out().multi->charge, ChargeOrder::allow);
    bench.run(1h);
    EXPECT_TRUE(bench.loads_on());
    EXPECT_TRUE(bench.charge_on());
    EXPECT_FALSE(bench.pre_alarm_high());
    EXPECT_EQ(bench.state.wish.mode, Mode::on);
    EXPECT_EQ(memory_of(bench.state).wish, Mode::on) << "what we took down is ours to give back";

    rule(SocRule::none);
    EXPECT_EQ(bench.commanded(), Mode::on);
    bench.take_step();
    EXPECT_FALSE(bench.state.wish.taken_down);
}

TEST_F(SocLow, LoadsOffWarnsForTheLeadAndComesBackAtOnce) { // M15, M121
    rule(SocRule::loads_off);
    EXPECT_TRUE(bench.pre_alarm_high());
    EXPECT_TRUE(bench.loads_on());
    EXPECT_EQ(bench.commanded(), Mode::charger_only);
    EXPECT_EQ(bench.result.next_change.what, "loads will be disconnected");
    bench.run(29'999ms);
    EXPECT_TRUE(bench.loads_on());
    bench.run(1ms);
    EXPECT_FALSE(bench.loads_on());
    EXPECT_FALSE(bench.pre_alarm_high());
    EXPECT_TRUE(bench.charge_on());
    bench.take_step();
    EXPECT_EQ(bench.result.why_loads, "state of charge low: charge the battery");
    EXPECT_EQ(bench.result.next_change.what, "") << "nothing is timed here: the rule has its own times";

    rule(SocRule::none);
    EXPECT_TRUE(bench.loads_on());
    EXPECT_EQ(bench.commanded(), Mode::on);
}

TEST_F(SocLow, LoadsOffThatIsOverruledWithinTheLeadNeverHappens) {
    rule(SocRule::loads_off);
    bench.run(20s);
    rule(SocRule::none);
    EXPECT_FALSE(bench.pre_alarm_high());
    bench.run(1h);
    EXPECT_TRUE(bench.loads_on());
}

TEST_F(SocLow, IsNeverToldAsALowCell) { // M121
    bench.settings.restart_manual = true;
    rule(SocRule::loads_off);
    bench.run(1min);
    ASSERT_FALSE(bench.loads_on());
    EXPECT_FALSE(bench.state.low_since);
    EXPECT_FALSE(bench.out().cable_fault);
    EXPECT_FALSE(bench.state.restart_latched) << "nobody has to release what the rule lets go itself";
    EXPECT_EQ(bench.state.loads.cause, Cause::soc_rule);
    EXPECT_EQ(bench.state.loads.history.size, 0) << "and the next low cell waits no longer for it";
    EXPECT_THAT(all_moves(), Not(HasSubstr("cell undervoltage")));
    EXPECT_THAT(all_moves(),
                HasSubstr("discharge load disconnect: state of charge low, and PreAlarm has been high"));
    rule(SocRule::none);
    EXPECT_TRUE(bench.loads_on());
}

TEST_F(SocLow, ALowCellCountsBesideIt) { // M9, M125
    rule(SocRule::loads_off);
    bench.run(1min);
    bench.discharge_loop(false);
    bench.run(20ms);
    EXPECT_TRUE(bench.state.low_since);
    EXPECT_EQ(bench.state.loads.cause, Cause::loop);
    EXPECT_EQ(bench.result.why_loads, "cell undervoltage: charge the battery");
    rule(SocRule::none);
    EXPECT_FALSE(bench.loads_on());
    bench.discharge_loop(true);
    bench.run(500ms + 4'999ms);
    EXPECT_FALSE(bench.loads_on()) << "the reconnect delay of a low cell";
    bench.run(1ms);
    EXPECT_TRUE(bench.loads_on());
}

TEST_F(SocLow, ItsEndDoesNotShortenTheDelayOfALowCell) { // M125
    bench.discharge_loop(false);
    bench.run(31s);
    ASSERT_FALSE(bench.loads_on());
    rule(SocRule::loads_off);
    bench.discharge_loop(true);
    bench.run(501ms);
    rule(SocRule::none);
    EXPECT_FALSE(bench.loads_on());
    bench.run(5s);
    EXPECT_TRUE(bench.loads_on());
}

TEST_F(SocLow, AHighCellIsReducedAllTheSame) { // M11
    rule(SocRule::loads_off);
    bench.run(1min);
    bench.charge_loop(false);
    bench.run(20ms);
    EXPECT_EQ(bench.out().multi->charge, ChargeOrder::reduce)
        << "the battery wants charge: cells can balance";
}

TEST_F(SocLow,
       AMultiThatRefusesIsTakenOffAndGivenChargerOnlyAgainWithAc) { // M62: every way off has a way back
    bench.inputs.soc_rule = SocRule::charger_only;
    MultiReport multi = bench.inputs.multi;
    multi.remote = multi.active = Mode::on;
    multi.ac_present = false;
    bench.multi(multi);
    bench.run(5s);
    EXPECT_EQ(bench.commanded(), Mode::off);
    multi.remote = multi.active = Mode::off;
    bench.multi(multi);
    bench.run(1h);
    EXPECT_EQ(bench.commanded(), Mode::off);
    multi.ac_present = true;
    bench.multi(multi);
    bench.run(1min);
    EXPECT_EQ(bench.commanded(), Mode::charger_only);
    bench.inputs.soc_rule = SocRule::none;
    bench.take_step();
    EXPECT_EQ(bench.commanded(), Mode::on);
}

TEST_F(SocLow, AMultiThatSleepsIsWokenToRechargeWhenAcReturns) { // M62, M121
    rule(SocRule::charger_only);
    bench.multi({.configured = true});
    bench.run(1h);
    EXPECT_EQ(bench.out().vebus_standby, Line::floating);
    bench.mains(true);
    EXPECT_EQ(bench.out().vebus_standby, Line::high);
    bench.multi({.configured = true, .heard = true, .active = Mode::charger_only, .ac_present = true});
    EXPECT_EQ(bench.out().vebus_standby, Line::floating);
    EXPECT_EQ(bench.commanded(), Mode::charger_only);
}

TEST_F(SocLow, ChargerOnlyWithoutAcIsOff) { // M25, M134
    rule(SocRule::charger_only);
    EXPECT_FALSE(bench.out().quiet);
    MultiReport multi = bench.inputs.multi;
    multi.ac_present = false;
    bench.multi(multi);
    EXPECT_TRUE(bench.out().quiet);
}

TEST_F(SocLow, ARestartInItNeverWakes) { // M121
    rule(SocRule::loads_off);
    bench.run(1min);
    CoreBench next({}, memory_of(bench.state));
    next.inputs.soc_rule = SocRule::loads_off;
    next.inputs.multi = bench.inputs.multi;
    next.start();
    EXPECT_FALSE(next.loads_on());
    EXPECT_EQ(next.commanded(), Mode::charger_only);
    EXPECT_EQ(next.state.loads.cause, Cause::soc_rule);
    next.inputs.soc_rule = SocRule::none;
    next.take_step();
    EXPECT_TRUE(next.loads_on());
    EXPECT_EQ(next.commanded(), Mode::on);
}

TEST_F(SocLow, LoadsThatWaitForAPersonAreRechargedAfterARestart) { // M62, decisions 3
    Settings settings;
    settings.restart_manual = true;
    CoreBench next(settings, {.wish = Mode::on, .restart_latched = true});
    next.inputs.multi = {.configured = true};
    next.inputs.mains = true;
    next.start();
    EXPECT_FALSE(next.loads_on());
    EXPECT_EQ(next.out().vebus_standby, Line::high);
}

TEST(SocRuleWords, ReadBack) {
    for (const auto r : {SocRule::none, SocRule::charger_only, SocRule::loads_off}) {
        EXPECT_EQ(soc_rule_from(word(r)), r);
    }
    EXPECT_EQ(soc_rule_from("half"), std::nullopt);
}

} // namespace
} // namespace bms::test
