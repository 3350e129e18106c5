// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "mk2_link_fixture.hpp"

#include <random>

namespace bms::mk2 {
namespace {

TEST_F(Mk3LinkTest, TheInterfaceIsSetUpBeforeTheUnitsAreAskedAnything) {
    line.link.want(Wanted{.mode = SwitchState::on});
    line.run(2s);
    ASSERT_GE(line.sent.size(), 4U);
    EXPECT_EQ(line.sent[0], Message(AskInterface{}));
    EXPECT_EQ(line.sent[1], Message(Target{.device = 0}));
    const auto* flags = std::get_if<SetState>(&line.sent[2]);
    ASSERT_TRUE(flags);
    EXPECT_EQ(flags->flags,
              state_flag::do_not_send | state_flag::forward_panel_frames | state_flag::limit_in_deci_a);
    EXPECT_EQ(flags->extended->flags_ext0, state_flag_ext0::forward_config_replies) << "long Winmon frames";
    EXPECT_EQ(line.sent[3], Message(AskUnit{.device = 0}));
    EXPECT_EQ(status().found.interface_version, 1170216U);
}

TEST_F(Mk3LinkTest, TheChecksOfAStartAreAnswered) {
    line.link.want(Wanted{.mode = SwitchState::on});
    ASSERT_TRUE(started());
    EXPECT_EQ(status().found.firmware->release(), 492);
    EXPECT_EQ(status().found.units, 1);
    EXPECT_EQ(status().found.configured_for_bms, false);
    EXPECT_EQ(status().found.bms_version, std::nullopt);
}

TEST_F(Mk3LinkTest, AModeIsReachedByTheOrderOfTheDocument) {
    line.link.want(Wanted{.mode = SwitchState::charger_only});
    ASSERT_TRUE(reaches(SwitchState::charger_only));
    const auto orders = state_orders(line.sent);
    ASSERT_EQ(orders.size(), 1U);
    EXPECT_EQ(orders.front().position, Position::charger_only);
    line.run(5s);
    EXPECT_EQ(state_orders(line.sent).size(), 1U) << "not repeated without a veto";
    line.link.want(Wanted{.mode = SwitchState::off});
    EXPECT_TRUE(reaches(SwitchState::off));
    EXPECT_FALSE(status().mode_refused);
}

TEST_F(Mk3LinkTest, AModeUnderAVetoIsRepeated) {
    line.link.want(Wanted{.mode = SwitchState::charger_only, .insist = true});
    ASSERT_TRUE(reaches(SwitchState::charger_only));
    const auto before = commands(line.sent);
    line.run(10s);
    EXPECT_NEAR(static_cast<double>(commands(line.sent) - before), 10.0, 2.0);
    mk3.mode = SwitchState::on; // somebody else
    EXPECT_TRUE(line.run_until(2s, [this] { return mk3.mode == SwitchState::charger_only; }));
}

TEST_F(Mk3LinkTest, TheOwnerSaysHowOftenAModeIsRepeated) {
    line.link.repeat_mode_every(4s);
    line.link.want(Wanted{.mode = SwitchState::charger_only, .insist = true});
    ASSERT_TRUE(reaches(SwitchState::charger_only));
    const auto before = commands(line.sent);
    line.run(20s);
    EXPECT_NEAR(static_cast<double>(commands(line.sent) - before), 5.0, 1.0);
}

TEST_F(Mk3LinkTest, WhereTheOrderShowsNoEffectTheFrameOfVenusIsSent) {
    mk3.obeys_s = false;
    line.link.want(Wanted{.mode = SwitchState::charger_only});
    ASSERT_TRUE(reaches(SwitchState::charger_only));
    EXPECT_FALSE(status().mode_refused);
    EXPECT_EQ(state_orders(line.sent).size(), 1U);
    line.link.want(Wanted{.mode = SwitchState::on});
    ASSERT_TRUE(reaches(SwitchState::on));
    EXPECT_EQ(state_orders(line.sent).size(), 1U) << "what has worked is sent first";
}

TEST_F(Mk3LinkTest, AMultiThatObeysNeitherIsReported) {
    mk3.obeys_s = mk3.obeys_pass_through = false;
    line.link.want(Wanted{.mode = SwitchState::charger_only});
    EXPECT_TRUE(line.run_until(15s, [this] { return status().mode_refused; }));
}

TEST_F(Mk3LinkTest, ChargeIsStoppedInTheRamOfEveryUnitAndGivenBack) {
    mk3.units[1] = {};
    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::stop});
    ASSERT_TRUE(line.run_until(20s, [this] { return status().charge_order_in_force; }));
    for (const std::uint8_t unit : Bytes{0, 1}) {
        const auto stopped = std::pair{unit, vebus::WriteById{.is_setting = true,
                                                              .ram_only = true,
                                                              .number = 0,
                                                              .value = flags0_with_disable_charge}};
        EXPECT_THAT(mk3.writes, testing::Contains(stopped)) << "unit " << int(unit);
    }
    EXPECT_EQ(status().originals.size(), 2U);
    EXPECT_EQ(status().found.units, 2);
    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::allow});
    ASSERT_TRUE(line.run_until(5s, [this] { return status().charge_order_in_force; }));
    EXPECT_TRUE(status().originals.empty());
    for (const std::uint8_t unit : Bytes{0, 1}) {
        const auto last = std::find_if(mk3.writes.rbegin(), mk3.writes.rend(),
                                       [unit](const auto& write) { return write.first == unit; });
        ASSERT_NE(last, mk3.writes.rend());
        EXPECT_EQ(last->second.value, flags0_of_the_unit);
    }
}

TEST_F(Mk3LinkTest, VoltageAndCurrentAreReadFromEveryUnit) {
    mk3.units[0].current_raw = 250;
    mk3.units[2].current_raw = 1200;
    line.link.want(Wanted{.mode = SwitchState::on});
    ASSERT_TRUE(line.run_until(20s, [this] { return status().dc_current_a.has_value(); }));
    EXPECT_NEAR(*status().dc_current_a, 14.5, 1e-9);
    EXPECT_NEAR(*status().highest_unit_current_a, 12.0, 1e-9);
    EXPECT_NEAR(*status().dc_voltage_v, 26.5, 1e-9);
    EXPECT_EQ(status().mains_present, true);
}

TEST_F(Mk3LinkTest, WithoutAWishTheLinkReadsAndCommandsNothing) {
    line.run(10s);
    EXPECT_TRUE(status().heard);
    EXPECT_EQ(status().remote_mode, SwitchState::off);
    EXPECT_NEAR(*status().dc_voltage_v, 26.5, 1e-9);
    EXPECT_EQ(commands(line.sent), 0U);
}

TEST_F(Mk3LinkTest, AVebusErrorIsTold) {
    line.run(3s);
    EXPECT_EQ(status().vebus_error, 0);
    mk3.error = 11;
    line.run(6s);
    EXPECT_EQ(status().vebus_error, 11);
}

TEST_F(Mk3LinkTest, UnitsThatDoNotAnswerAreNotHeardAndAskedRarely) {
    mk3.units_there = false;
    line.link.want(Wanted{.mode = SwitchState::charger_only, .charge = ChargeOrder::stop, .insist = true});
    line.run(60s);
    EXPECT_FALSE(status().heard);
    EXPECT_FALSE(status().charge_order_in_force);
    EXPECT_GT(status().statistics.timeouts, 0U);
    mk3.units_there = true;
    EXPECT_TRUE(reaches(SwitchState::charger_only));
    EXPECT_TRUE(line.run_until(30s, [this] { return status().charge_order_in_force; }));
}

TEST_F(Mk3LinkTest, GarbageOnTheLineCostsTimeAndNothingElse) {
    std::mt19937 random(1);
    line.link.want(Wanted{.mode = SwitchState::charger_only, .charge = ChargeOrder::stop});
    for (int i = 0; i < 400 && !status().charge_order_in_force; ++i) {
        Bytes noise(random() % 6);
        for (auto& byte : noise) {
            byte = static_cast<std::uint8_t>(random() % 3 == 0 ? 0xFF : random() % 24);
        }
        line.hear(noise);
        line.run(170ms);
    }
    EXPECT_EQ(mk3.mode, SwitchState::charger_only);
    EXPECT_TRUE(status().charge_order_in_force);
    EXPECT_GT(status().framer.garbage_bytes, 0U);
    line.run(2s);
    EXPECT_TRUE(status().heard);
}

TEST_F(Mk3LinkTest, AnInterfaceThatSleptIsSetUpAgainAndTheOrdersStandAgain) {
    line.link.want(Wanted{.mode = SwitchState::charger_only, .charge = ChargeOrder::stop, .insist = true});
    ASSERT_TRUE(line.run_until(20s, [this] { return status().charge_order_in_force; }));
    mk3.powered = false;
    line.run(20s);
    EXPECT_FALSE(status().heard);
    EXPECT_FALSE(status().charge_order_in_force);
    EXPECT_EQ(status().originals.size(), 1U) << "still owed";
    line.sent.clear();
    mk3.writes.clear();
    mk3.restart();
    mk3.mode = SwitchState::on;
    mk3.powered = true;
    ASSERT_TRUE(line.run_until(20s, [this] { return status().charge_order_in_force; }));
    EXPECT_EQ(mk3.mode, SwitchState::charger_only);
    EXPECT_GE(count_of<Target>(line.sent), 1U);
    ASSERT_FALSE(mk3.writes.empty());
    EXPECT_EQ(mk3.writes.front().second.value, flags0_with_disable_charge) << "of the true original";
}

TEST_F(Mk3LinkTest, AnInterfaceThatSleepsIsAskedForItsVersionAndNothingElse) {
    line.link.want(Wanted{.mode = SwitchState::charger_only, .insist = true});
    ASSERT_TRUE(reaches(SwitchState::charger_only));
    mk3.powered = false;
    line.run(6s);
    line.sent.clear();
    line.run(20s);
    EXPECT_EQ(count_of<AskInterface>(line.sent), line.sent.size());
    EXPECT_THAT(line.sent.size(), testing::AllOf(testing::Ge(5U), testing::Le(12U)));
}

TEST_F(Mk3LinkTest, ARestartOfTheInterfaceIsSeenInItsVersion) {
    line.run(5s);
    line.sent.clear();
    mk3.restart();
    mk3.say(InterfaceVersion{.version = mk3.version, .target = 'B'}, line.now);
    line.run(2s);
    EXPECT_EQ(count_of<Target>(line.sent), 1U);
    EXPECT_EQ(count_of<SetState>(line.sent), 1U);
}

TEST_F(Mk3LinkTest, AFrameCutShortByAnUnpluggedCableHarmsNothing) {
    line.link.want(Wanted{.mode = SwitchState::on});
    ASSERT_TRUE(reaches(SwitchState::on));
    const Bytes whole = encode(PassThrough{vebus::DcInfo{}});
    line.hear(Bytes(whole.begin(), whole.begin() + 7));
    mk3.powered = false;
    line.run(12s);
    EXPECT_FALSE(status().heard);
    mk3.powered = true;
    mk3.restart();
    EXPECT_TRUE(line.run_until(10s, [this] { return status().heard; }));
    EXPECT_EQ(status().framer.rejected_as(vebus::Reject::too_short), 1U);
}

TEST(Mk3Link, AnInterfaceThatFallsSilentIsNeverAskedAgainBeforeAnAnswerCanHaveCome) {
    for (int i = 0; i < 60; ++i) {
        VirtualLine line;
        line.link.want(Wanted{.mode = SwitchState::on});
        line.run(8s + i * Duration(20ms));
        line.mk3.powered = false;
        std::optional<Instant> asked;
        for (const Instant end = line.now + 8s; line.now < end;) {
            const auto before = line.sent.size();
            line.run(5ms);
            if (line.sent.size() > before) {
                EXPECT_GE(line.now - asked.value_or(Instant(0s)), 500ms) << "silent from step " << i;
                asked = line.now;
            }
        }
        EXPECT_TRUE(asked);
    }
}

TEST_F(Mk3LinkTest, ABmsThatAnswersEndsOurCommandsNotOurReading) {
    mk3.bms_version = 1146100;
    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::stop, .insist = true});
    line.run(20s);
    EXPECT_EQ(status().listen_only, ListenOnly::foreign_bms);
    EXPECT_THAT(status().listen_only_reason, testing::HasSubstr("1146100"));
    EXPECT_EQ(commands(line.sent), 0U);
    EXPECT_TRUE(status().heard);
    EXPECT_EQ(status().remote_mode, SwitchState::off);
}

TEST_F(Mk3LinkTest, FirmwareBelow415IsNotCommanded) { // M56
    mk3.units[0].version = 2648414;
    line.link.want(Wanted{.mode = SwitchState::on, .insist = true});
    line.run(20s);
    EXPECT_EQ(status().listen_only, ListenOnly::firmware_too_old);
    EXPECT_EQ(commands(line.sent), 0U);
}

TEST_F(Mk3LinkTest, AnOldInterfaceIsNotUsed) {
    mk3.version = 1130130;
    line.link.want(Wanted{.mode = SwitchState::on, .insist = true});
    line.run(20s);
    EXPECT_THAT(status().listen_only_reason, testing::HasSubstr("1130130"));
    EXPECT_EQ(commands(line.sent), 0U);
}

TEST_F(Mk3LinkTest, APanelOfAnotherIsHeard) {
    line.run(15s);
    mk3.say(PassThrough{vebus::PanelPosition{.bits = 0x01, .extra = {0, 0}}}, line.now);
    line.run(1s);
    EXPECT_EQ(status().panel_mode, SwitchState::charger_only);
    EXPECT_EQ(status().panel_changes, 1U);
    EXPECT_FALSE(status().panel_is_dmc);
}

TEST_F(Mk3LinkTest, ListenOnlyByConfigurationSetsNothingEvenInTheInterface) {
    VirtualLine listener({.transmit = false});
    listener.link.want(Wanted{.mode = SwitchState::on, .insist = true});
    listener.run(20s);
    EXPECT_EQ(count_of<SetState>(listener.sent) + count_of<Target>(listener.sent), 0U);
    EXPECT_EQ(commands(listener.sent), 0U);
    EXPECT_TRUE(listener.status().heard);
    EXPECT_EQ(listener.status().listen_only, ListenOnly::configured);
}

TEST_F(Mk3LinkTest, PollingLeavesMostOfTheLineFree) {
    mk3.units[1] = mk3.units[2] = {};
    mk3.mode = SwitchState::on;
    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::stop, .insist = true});
    ASSERT_TRUE(line.run_until(40s, [this] { return status().charge_order_in_force; }));
    line.run(5s);
    const std::size_t in = mk3.bytes_in;
    const std::size_t out = mk3.bytes_out;
    line.run(60s);
    EXPECT_LT(mk3.bytes_in - in, 60U * 120U) << "half of 240 bytes a second";
    EXPECT_LT(mk3.bytes_out - out, 60U * 120U);
    EXPECT_GT(mk3.bytes_out - out, 60U * 30U);
}

TEST_F(Mk3LinkTest, ASystemThatIsOffIsAskedRarely) {
    line.link.want(Wanted{.mode = SwitchState::off});
    ASSERT_TRUE(started());
    line.run(10s);
    const std::size_t sent = line.sent.size();
    const std::size_t polls = line.polls;
    line.run(60s);
    EXPECT_LT(line.sent.size() - sent, 60U * 2U);
    EXPECT_LT(line.polls - polls, 60U * 6U) << "wake-ups";
}

TEST_F(Mk3LinkTest, OneRequestIsOpenAtATime) {
    mk3.answer_after = 400ms;
    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::stop});
    ASSERT_TRUE(line.run_until(60s, [this] { return status().charge_order_in_force; }));
    EXPECT_EQ(status().statistics.timeouts, 0U);
    EXPECT_GE(status().statistics.round_trip.longest, 400ms);
}

} // namespace
} // namespace bms::mk2
