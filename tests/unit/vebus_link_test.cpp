// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The link against the simulated MultiPlus: what it is told to do is done, and asked for only as often as it
// must be.
#include "unit/vebus_bus.hpp"

#include <gmock/gmock.h>

namespace bms::vebus {
namespace {

using testing::HasSubstr;
using Known = Capability::Known;

constexpr Wanted charger_only{.mode = SwitchState::charger_only};
constexpr Wanted stop_charge{.mode = SwitchState::on, .charge = ChargeOrder::stop};
constexpr Wanted reduce_to_5_a{.mode = SwitchState::on, .charge = ChargeOrder::reduce, .limit_a = 5};
constexpr Wanted all_on{.mode = SwitchState::on};

TEST(VebusLink, TellsWhatTheMultiReportsWithoutSendingAnything) {
    VirtualBus bus({.transmit = false});
    bus.run(2s);
    const LinkStatus& status = bus.link.status();
    EXPECT_TRUE(status.heard);
    EXPECT_EQ(status.remote_mode, SwitchState::on);
    EXPECT_EQ(status.front_mode, SwitchState::on);
    EXPECT_EQ(status.active_mode, SwitchState::on);
    EXPECT_EQ(status.mains_present, true);
    EXPECT_NEAR(status.dc_voltage_v.value(), 52.8, 0.01);
    EXPECT_NEAR(status.dc_current_a.value(), 35.0, 0.01) << "above 0 when charging";
    EXPECT_EQ(status.master_led->leds_on, led::mains | led::bulk);
    EXPECT_EQ(status.statistics.syncs, 100U);
    EXPECT_TRUE(bus.sent.empty());
}

TEST(VebusLink, CurrentIsBelowZeroWhenInverting) {
    VirtualBus bus;
    bus.set("mains", "off");
    bus.run(1s);
    EXPECT_LT(bus.link.status().dc_current_a.value(), 0);
    EXPECT_EQ(bus.link.status().mains_present, false);
}

TEST(VebusLink, ModeIsObeyedAndSeenInTheSwitchRegister) { // M29, M134
    VirtualBus bus;
    bus.pass_checks();
    for (const auto mode :
         {SwitchState::charger_only, SwitchState::off, SwitchState::on, SwitchState::inverter_only}) {
        bus.link.want(Wanted{.mode = mode});
        bus.transmit(bus.link.poll(bus.now)); // a slot may be open
        bus.run(1s);
        EXPECT_EQ(bus.link.status().remote_mode, mode);
        EXPECT_FALSE(bus.link.status().mode_refused);
    }
    EXPECT_EQ(bus.world("commands_rejected"), "0") << bus.world("last_reject");
    EXPECT_EQ(bus.sent.size(), 4U) << "acknowledged commands are not repeated";
    EXPECT_EQ(bus.link.status().statistics.sent, bus.sent.size() + bus.checks.size());
    EXPECT_EQ(bus.link.status().statistics.missed_slots, 0U);
}

TEST(VebusLink, NothingIsChangedBeforeTheFirstChecksAreAnsweredOrLeftUnanswered) {
    VirtualBus bus;
    bus.link.want(Wanted{.mode = SwitchState::off, .charge = ChargeOrder::stop, .insist = true});
    ASSERT_TRUE(bus.run_until(2s, [&] { return !bus.sent.empty(); }));
    EXPECT_LT(bus.now - bus_start, Duration(1200ms)) << "but not for long";
    std::size_t bms_polls = 0;
    std::size_t versions = 0;
    for (const Message& check : bus.checks) {
        const auto* poll = std::get_if<DevicePoll>(&check);
        bms_polls += poll && poll->type == device_bms ? 1 : 0;
        versions += std::holds_alternative<AskVersion>(check) ? 1 : 0;
    }
    EXPECT_EQ(bms_polls, 3U) << "nobody answers it here";
    EXPECT_GE(versions, 1U);
}

TEST(VebusLink, AModeTheMultiAlreadyShowsIsNotSent) {
    VirtualBus bus;
    bus.run(1s);
    bus.link.want(all_on);
    bus.run(5s);
    EXPECT_TRUE(bus.sent.empty());
}

TEST(VebusLink, AWishThatReturnsBeforeItsOppositeWasSeenIsSent) {
    VirtualBus bus;
    bus.run(1s);
    bus.link.want(charger_only);
    ASSERT_TRUE(bus.run_until(1s, [&] { return bus.world("mode") == "charger-only"; }));
    ASSERT_EQ(bus.link.status().remote_mode, SwitchState::on) << "an old report";
    bus.link.want(all_on);
    bus.run(2s);
    EXPECT_EQ(bus.world("mode"), "on");
}

TEST(VebusLink, UnderAVetoTheModeIsRepeatedEverySecondAndWinsOverAPanel) {
    VirtualBus bus;
    bus.pass_checks();
    const auto retries = bus.link.status().statistics.retries;
    bus.link.want(Wanted{.mode = SwitchState::charger_only, .insist = true});
    bus.run(10s);
    EXPECT_GE(bus.sent.size(), 9U);
    EXPECT_LE(bus.sent.size(), 11U);
    EXPECT_EQ(bus.link.status().statistics.retries, retries);
}

TEST(VebusLink, WithoutAVetoAChangeFromOutsideIsLeftToTheOwner) {
    VirtualBus bus;
    bus.link.want(charger_only);
    bus.run(2s);
    const auto sent = bus.sent.size();
    // Somebody else's panel: in the slot, with the right number.
    ASSERT_TRUE(bus.run_until(1s, [&] {
        const std::uint64_t accepted = std::stoull(bus.world("commands_accepted"));
        for (std::uint8_t number = 0; number < frame_numbers; ++number) {
            bus.multi.receive(
                encode({.from = remote_address, .number = number, .message = SwitchCommand{SwitchState::on}}),
                bus.now);
        }
        return std::stoull(bus.world("commands_accepted")) > accepted;
    }));
    bus.run(5s);
    EXPECT_EQ(bus.link.status().remote_mode, SwitchState::on);
    EXPECT_EQ(bus.sent.size(), sent);
}

TEST(VebusLink, NothingIsSentWithoutAWish) {
    VirtualBus bus;
    bus.run(1s);
    bus.link.want(charger_only);
    bus.link.want(std::nullopt);
    bus.run(5s);
    EXPECT_TRUE(bus.sent.empty());
}

TEST(VebusLink, FrontSwitchIsReportedAndStrongerThanTheRemote) {
    VirtualBus bus;
    bus.set("front", "charger-only");
    bus.run(1s);
    EXPECT_EQ(bus.link.status().front_mode, SwitchState::charger_only);
    EXPECT_EQ(bus.link.status().remote_mode, SwitchState::on);
    EXPECT_EQ(bus.link.status().active_mode, SwitchState::charger_only);
    bus.set("front", "off");
    bus.run(1s);
    EXPECT_EQ(bus.link.status().front_mode, SwitchState::off);
    EXPECT_EQ(bus.link.status().active_mode, SwitchState::off);
}

TEST(VebusLink, AGarbledBusIsOvercomeByRetries) {
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        VirtualBus bus({.transmit = true}, {}, seed);
        bus.set("garble_percent", "20");
        bus.link.want(Wanted{.mode = SwitchState::charger_only, .charge = ChargeOrder::stop});
        EXPECT_TRUE(bus.run_until(
            60s,
            [&] { return bus.world("mode") == "charger-only" && bus.link.status().charge_order_in_force; }))
            << "seed " << seed << ": " << bus.link.status().listen_only_reason;
        EXPECT_EQ(bus.world("disable_charge"), "yes");
        EXPECT_GT(bus.link.status().framer.rejected_as(Reject::bad_checksum), 0U);
    }
}

TEST(VebusLink, ChargeStopSetsBit6OfTheOriginalAndNothingElse) { // M11
    VirtualBus bus;
    bus.link.want(stop_charge);
    ASSERT_TRUE(bus.run_until(2s, [&] { return bus.link.status().charge_order_in_force; }));
    EXPECT_EQ(bus.world("flags0"), std::to_string(0x8154));
    EXPECT_EQ(bus.world("eeprom_writes"), "0");
    EXPECT_EQ(bus.link.status().charge_stop.known, Known::yes);
    EXPECT_EQ(bus.link.status().originals, (Originals{{.flags0 = 0x8114}}));
    bus.run(1s);
    EXPECT_NEAR(bus.link.status().dc_current_a.value(), 0, 0.01);
}

TEST(VebusLink, TheOriginalIsReadTwiceAndTheStopRepeatedEveryTenSeconds) {
    VirtualBus bus;
    bus.link.want(stop_charge);
    bus.run(35s);
    EXPECT_EQ(bus.sent_of<ReadSetting>().size(), 2U);
    const auto writes = bus.sent_of<WriteById>();
    EXPECT_EQ(writes.size(), 4U);
    for (const auto& write : writes) {
        EXPECT_TRUE(write.is_setting);
        EXPECT_TRUE(write.ram_only);
        EXPECT_EQ(write.number, 0);
        EXPECT_EQ(write.value, 0x8154);
        EXPECT_GE(write.id, 0xA0);
        EXPECT_LE(write.id, 0xAF);
    }
}

TEST(VebusLink, AllowGivesBackTheOriginalOnce) {
    VirtualBus bus;
    bus.link.want(stop_charge);
    bus.run(2s);
    bus.link.want(all_on);
    bus.run(30s);
    EXPECT_EQ(bus.world("flags0"), std::to_string(0x8114));
    EXPECT_EQ(bus.sent_of<WriteById>().size(), 2U);
    EXPECT_EQ(bus.link.status().originals, Originals{});
    EXPECT_TRUE(bus.link.status().charge_order_in_force);
}

TEST(VebusLink, AnOriginalThatHadChargingDisabledStaysSo) {
    VirtualBus bus({.transmit = true}, {{.flags0 = 0x8154}});
    bus.link.want(stop_charge);
    bus.run(2s);
    bus.link.want(all_on);
    bus.run(2s);
    EXPECT_EQ(bus.world("flags0"), std::to_string(0x8154));
}

TEST(VebusLink, OriginalsOfAnEarlierRunAreGivenBackWithoutReadingThem) {
    VirtualBus bus({.transmit = true}, {{.flags0 = 0x8010, .bulk_current_a = 20}});
    bus.link.want(all_on);
    bus.run(2s);
    EXPECT_EQ(bus.world("flags0"), std::to_string(0x8010));
    EXPECT_EQ(bus.world("bulk_current_a"), "20");
    EXPECT_TRUE(bus.sent_of<ReadSetting>().empty());
    EXPECT_EQ(bus.link.status().originals, Originals{});
}

TEST(VebusLink, ReduceLimitsTheBulkCurrentAndGivesItBack) { // M11, M135
    VirtualBus bus;
    bus.link.want(reduce_to_5_a);
    ASSERT_TRUE(bus.run_until(2s, [&] { return bus.link.status().charge_order_in_force; }));
    EXPECT_EQ(bus.world("bulk_current_a"), "5");
    EXPECT_EQ(bus.link.status().charge_limit.known, Known::yes);
    EXPECT_EQ(bus.link.status().originals.front().bulk_current_a, 35);
    bus.link.want(all_on);
    bus.run(2s);
    EXPECT_EQ(bus.world("bulk_current_a"), "35");
}

TEST(VebusLink, ReduceNeverRaisesALowerOriginal) {
    VirtualBus bus;
    bus.link.want(Wanted{.charge = ChargeOrder::reduce, .limit_a = 100});
    bus.run(2s);
    EXPECT_EQ(bus.world("bulk_current_a"), "35");
}

TEST(VebusLink, FromStopToReduceTheStopHoldsUntilTheLimitIsAcknowledged) {
    VirtualBus bus;
    bus.link.want(stop_charge);
    bus.run(2s);
    bus.link.want(reduce_to_5_a);
    for (int i = 0; i < 4000; ++i) {
        bus.run(500us);
        ASSERT_TRUE(bus.world("disable_charge") == "yes" || bus.world("bulk_current_a") == "5");
    }
    EXPECT_EQ(bus.world("disable_charge"), "no");
}

TEST(VebusLink, FromReduceToStopTheLimitIsLeftWhereItIs) {
    VirtualBus bus;
    bus.link.want(reduce_to_5_a);
    bus.run(2s);
    bus.link.want(stop_charge);
    bus.run(15s);
    EXPECT_EQ(bus.world("disable_charge"), "yes");
    EXPECT_EQ(bus.world("bulk_current_a"), "5");
}

TEST(VebusLink, AnUnsupportedSettingIsSaidInWordsAndNotTriedForEver) {
    VirtualBus bus;
    bus.set("charge_setting_supported", "no");
    bus.link.want(stop_charge);
    bus.run(60s);
    EXPECT_EQ(bus.link.status().charge_stop.known, Known::no);
    EXPECT_THAT(bus.link.status().charge_stop.why, HasSubstr("no setting 0"));
    EXPECT_FALSE(bus.link.status().charge_order_in_force);
    EXPECT_EQ(bus.sent_of<ReadSetting>().size(), 1U);
    EXPECT_TRUE(bus.sent_of<WriteById>().empty());
}

TEST(VebusLink, ARefusedWriteIsSaidInWords) {
    VirtualBus bus;
    bus.link.want(stop_charge);
    ASSERT_TRUE(bus.run_until(2s, [&] { return bus.sent_of<ReadSetting>().size() == 2; }));
    bus.run(35ms);
    bus.set("charge_setting_supported", "no");
    bus.run(60s);
    EXPECT_EQ(bus.link.status().charge_stop.known, Known::no);
    EXPECT_THAT(bus.link.status().charge_stop.why, HasSubstr("password"));
    EXPECT_EQ(bus.sent_of<WriteById>().size(), 1U);
}

TEST(VebusLink, SilenceIsToldAfterTheTimeoutAndNothingOldIsReportedAsPresent) {
    VirtualBus bus;
    bus.run(1s);
    bus.set("mute", "on");
    bus.run(9900ms);
    EXPECT_TRUE(bus.link.status().heard);
    bus.run(200ms);
    EXPECT_FALSE(bus.link.status().heard);
    EXPECT_EQ(bus.link.status().remote_mode, std::nullopt);
    EXPECT_EQ(bus.link.status().dc_current_a, std::nullopt);
    EXPECT_EQ(bus.link.next_deadline(), never);
    bus.set("mute", "off");
    bus.run(1s);
    EXPECT_TRUE(bus.link.status().heard);
    EXPECT_EQ(bus.link.status().remote_mode, SwitchState::on);
}

TEST(VebusLink, AMultiThatCameBackIsToldTheStopAgain) {
    VirtualBus bus({.transmit = true, .repeat_charge = 1h}); // not by the repetition
    bus.link.want(Wanted{.mode = SwitchState::off, .charge = ChargeOrder::stop});
    bus.run(2s);
    bus.set("mains", "off"); // off without mains: unpowered after 10 s, and what was only in RAM is lost
    bus.run(25s);
    EXPECT_FALSE(bus.link.status().heard);
    EXPECT_EQ(bus.world("awake"), "no");
    EXPECT_EQ(bus.world("disable_charge"), "no");
    bus.set("mains", "on"); // M62
    bus.run(2s);
    EXPECT_TRUE(bus.link.status().heard);
    EXPECT_EQ(bus.world("disable_charge"), "yes");
}

TEST(VebusLink, RequestsWithoutReplyRestAfterThreeTriesEachTimeLonger) {
    VirtualBus bus;
    bus.pass_checks();
    const auto timeouts = bus.link.status().statistics.timeouts;
    bus.link.want(stop_charge);
    // The Multi's replies are lost on the way; everything else is heard.
    for (const Instant end = bus.now + 9s; bus.now < end; bus.now += 500us) {
        const Bytes heard = bus.multi.poll(bus.now);
        Framer framer;
        const auto items = framer.push(heard);
        const bool reply = !items.empty() && std::holds_alternative<Frame>(items[0].decoded) &&
                           std::holds_alternative<SettingValue>(std::get<Frame>(items[0].decoded).message);
        if (!reply) {
            bus.link.receive(heard, bus.now);
        }
        bus.transmit(bus.link.poll(bus.now));
    }
    // Rows of three, after rests of 0.25, 0.5, 1, 2 and 4 s.
    EXPECT_EQ(bus.sent_of<ReadSetting>().size(), 15U);
    EXPECT_EQ(bus.link.status().statistics.timeouts, timeouts + 5);
    EXPECT_EQ(bus.link.status().charge_stop.known, Known::unknown);
    EXPECT_THAT(bus.link.status().charge_stop.why, HasSubstr("does not answer"));
}

TEST(VebusLink, AModeThatDoesNotShowIsReported) {
    VirtualBus bus;
    bus.run(1s);
    bus.link.want(charger_only);
    for (const Instant end = bus.now + 6s; bus.now < end; bus.now += 500us) {
        bus.link.receive(bus.multi.poll(bus.now), bus.now);
        bus.link.poll(bus.now); // and the frame gets lost
    }
    EXPECT_TRUE(bus.link.status().mode_refused);
    EXPECT_GE(bus.link.status().statistics.retries, 3U);
}

TEST(VebusLink, OwnEchoIsRecognised) {
    VirtualBus bus;
    bus.adapter_echoes = true;
    bus.link.want(Wanted{.mode = SwitchState::charger_only, .charge = ChargeOrder::stop, .insist = true});
    bus.run(30s);
    const auto& counted = bus.link.status().statistics;
    EXPECT_EQ(counted.echoes, counted.sent);
    EXPECT_EQ(counted.echo_mismatches, 0U);
    EXPECT_EQ(counted.other_remotes, 0U);
    EXPECT_EQ(bus.world("commands_rejected"), "0") << bus.world("last_reject");
}

TEST(VebusLink, AReportFromBeforeTheOrderSaysNothingOfIt) {
    VirtualBus bus;
    bus.link.want(Wanted{.mode = SwitchState::on});
    bus.run(3s);
    EXPECT_FALSE(bus.link.status().mode_report_stale);
    // Remote off and on again before the Multi has reported anything.
    bus.link.want(Wanted{.mode = SwitchState::charger_only, .insist = true});
    bus.run(100ms);
    bus.link.want(Wanted{.mode = SwitchState::on});
    EXPECT_TRUE(bus.link.status().mode_report_stale);
    ASSERT_TRUE(bus.run_until(2s, [&] { return !bus.link.status().mode_report_stale; }));
    EXPECT_EQ(bus.link.status().remote_mode, SwitchState::on);
    EXPECT_EQ(bus.world("mode"), "on");
}

} // namespace
} // namespace bms::vebus
