// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Multis that answer badly and buses that lose frames: what is wanted is reached, or its refusal told, within
// a bound; and no original is ever a wrong one.
#include "unit/vebus_bus.hpp"
#include "unit/vebus_hand.hpp"
#include "unit/vebus_peer.hpp"
#include "vebus/reports.hpp"

#include <gmock/gmock.h>

namespace bms::vebus {
namespace {

using testing::HasSubstr;
using Replies = std::vector<Talk::Reply>;

constexpr Wanted veto{.mode = SwitchState::charger_only, .charge = ChargeOrder::stop, .insist = true};

void set_id(Message& message, std::uint8_t id) {
    std::visit(
        [id](auto& one) {
            if constexpr (requires { one.id = id; }) {
                one.id = id;
            }
        },
        message);
}

bool reached(const Talk& talk) {
    return talk.remote == SwitchState::charger_only && talk.status().charge_order_in_force;
}

TEST(VebusRobust, RepliesToSomebodyElseAreNotOurs) {
    Talk talk;
    talk.trick = [](const Outgoing&, Replies& replies) {
        for (Talk::Reply& reply : replies) {
            set_id(reply.message, 0xE6);
        }
    };
    talk.dialogue.want(veto);
    talk.run(20s);
    EXPECT_EQ(talk.remote, SwitchState::charger_only) << "the mode needs no reply";
    EXPECT_FALSE(talk.status().charge_order_in_force);
    EXPECT_THAT(talk.status().charge_stop.why, HasSubstr("does not answer"));
    EXPECT_EQ(talk.status().statistics.round_trip.count, 0U);
    EXPECT_TRUE(talk.sent_of<WriteById>().empty()) << "without an original nothing is written";
}

TEST(VebusRobust, ForeignRepliesBetweenOursChangeNothing) {
    for (const auto& carrier : {Dialogue::Carrier{}, by_mk3}) {
        Talk talk(carrier);
        talk.trick = [&carrier](const Outgoing& asked, Replies& replies) {
            if (replies.empty()) {
                return;
            }
            Talk::Reply other_unit = replies.front();
            other_unit.at -= 5ms;
            other_unit.unit = static_cast<std::uint8_t>(asked.unit + 1);
            other_unit.message = SettingValue{.value = 0xFFFF};
            set_id(other_unit.message, reply_id(replies.front().message).value_or(0));
            Talk::Reply other_master = other_unit;
            other_master.unit = asked.unit;
            set_id(other_master.message, 0xE6);
            replies.insert(replies.begin(), other_unit);
            if (carrier.sends_winmon_id) { // without ids the interface keeps masters apart
                replies.insert(replies.begin(), other_master);
            }
        };
        talk.dialogue.want(veto);
        ASSERT_TRUE(talk.run_until(5s, [&] { return reached(talk); }));
        EXPECT_EQ(talk.units[0].in_force[0], 0x8154);
        EXPECT_EQ(talk.status().found.firmware, Firmware{2629492});
    }
}

TEST(VebusRobust, RepliesThatComeTwiceCountOnce) {
    for (const auto& carrier : {Dialogue::Carrier{}, by_mk3}) {
        Talk talk(carrier);
        talk.units[0].settings[4] = 20;
        talk.trick = [](const Outgoing&, Replies& replies) {
            Replies again = replies;
            for (Talk::Reply& reply : again) {
                reply.at += 15ms; // the next request is under way by then
            }
            replies.insert(replies.end(), again.begin(), again.end());
        };
        talk.dialogue.want(Wanted{.charge = ChargeOrder::reduce, .limit_a = 5});
        ASSERT_TRUE(talk.run_until(5s, [&] { return talk.status().charge_order_in_force; }));
        EXPECT_EQ(talk.status().originals, (Originals{{.bulk_current_a = 20}}));
        EXPECT_EQ(talk.units[0].in_force[4], 5);
        EXPECT_EQ(talk.units[0].in_force[0], 0x8114);
    }
}

TEST(VebusRobust, LateRepliesAreNeverTakenForTheAnswerToALaterQuestion) {
    for (const auto& carrier : {Dialogue::Carrier{}, by_mk3}) {
        for (std::uint32_t seed = 1; seed <= 20; ++seed) {
            Talk talk(carrier);
            std::mt19937 random(seed);
            talk.trick = [&random](const Outgoing&, Replies& replies) {
                for (Talk::Reply& reply : replies) {
                    reply.at += random() % 3 == 0 ? Duration(100ms) : Duration(0); // after the time-out
                }
            };
            const Wanted stop_and_limit{.charge = ChargeOrder::reduce, .limit_a = 5};
            talk.dialogue.want(veto);
            ASSERT_TRUE(talk.run_until(60s, [&] { return reached(talk); })) << "seed " << seed;
            talk.dialogue.want(stop_and_limit);
            ASSERT_TRUE(talk.run_until(60s, [&] { return talk.status().charge_order_in_force; }));
            talk.dialogue.want(Wanted{});
            ASSERT_TRUE(talk.run_until(60s, [&] { return talk.status().originals.empty(); }));
            EXPECT_EQ(talk.units[0].in_force[0], 0x8114) << "seed " << seed;
            EXPECT_EQ(talk.units[0].in_force[4], 35) << "seed " << seed;
            if (carrier.measures_by_ram) {
                // A scale that stayed unanswered is asked for once a minute.
                ASSERT_TRUE(talk.run_until(600s, [&] { return talk.status().dc_current_a.has_value(); }));
                EXPECT_NEAR(*talk.status().dc_current_a, 35.0, 1e-9) << "by the right scale, seed " << seed;
            }
        }
    }
}

TEST(VebusRobust, RepliesOfAnotherKindAreNoAnswer) {
    const Message wrong[] = {SettingValue{.value = 1},
                             RamValues{.values = {1, 2, 3, 4}},
                             WinmonVerdict{.verdict = Verdict::setting_written},
                             VersionPart{.part = 1, .number = 40},
                             LedReport{},
                             RamInfo{}};
    for (const Message& kind : wrong) {
        Talk talk;
        talk.trick = [&kind](const Outgoing& asked, Replies& replies) {
            if (!replies.empty() && !answers(asked.message, kind)) {
                const auto id = reply_id(replies.front().message);
                replies.front().message = kind;
                set_id(replies.front().message, id.value_or(0));
            }
        };
        talk.dialogue.want(veto);
        talk.run(30s);
        EXPECT_EQ(talk.status().listen_only, ListenOnly::no);
        EXPECT_EQ(talk.remote, SwitchState::charger_only);
        EXPECT_TRUE(!talk.status().charge_order_in_force || talk.units[0].in_force[0] == 0x8154);
    }
}

TEST(VebusRobust, LostFramesInBothDirectionsDelayButDoNotPrevent) {
    struct Bound {
        int loss_percent;
        Duration mode, all;
    };
    for (const Bound& bound : {Bound{1, 3s, 5s}, Bound{5, 5s, 8s}, Bound{20, 10s, 20s}}) {
        for (const auto& carrier : {Dialogue::Carrier{}, by_mk3}) {
            for (std::uint32_t seed = 1; seed <= 100; ++seed) {
                Talk talk(carrier, {0, 1, 2});
                talk.random.seed(seed);
                talk.loss_percent = bound.loss_percent;
                talk.dialogue.want(veto);
                ASSERT_TRUE(
                    talk.run_until(bound.mode, [&] { return talk.remote == SwitchState::charger_only; }))
                    << bound.loss_percent << " %, seed " << seed;
                ASSERT_TRUE(talk.run_until(bound.all, [&] { return reached(talk); }))
                    << bound.loss_percent << " %, seed " << seed << ": " << talk.status().charge_stop.why;
                for (auto& [address, unit] : talk.units) {
                    ASSERT_EQ(unit.in_force[0], 0x8154);
                }
                EXPECT_EQ(talk.status().listen_only, ListenOnly::no);
            }
        }
    }
}

/// The rests grow: soon after a loss, rarely when nobody is there.
TEST(VebusRobust, AMultiThatNeverAnswersIsNotAskedAllTheTime) {
    for (const auto& carrier : {Dialogue::Carrier{}, by_mk3}) {
        Talk talk(carrier);
        talk.trick = [](const Outgoing&, Replies& replies) { replies.clear(); };
        talk.dialogue.want(veto);
        talk.run(60s);
        const auto in_a_minute = talk.sent_of<ReadSetting>().size();
        EXPECT_GE(in_a_minute, 30U);
        EXPECT_LE(in_a_minute, 45U);
        EXPECT_THAT(talk.status().charge_stop.why, HasSubstr("does not answer"));
        talk.run(60s);
        EXPECT_LE(talk.sent_of<ReadSetting>().size() - in_a_minute, 24U) << "three each 10 s, and setting 60";
    }
}

TEST(VebusRobust, AMultiThatDoesNotObeyIsToldWithinSixSeconds) {
    for (const int loss_percent : {0, 5, 20}) {
        for (std::uint32_t seed = 1; seed <= 50; ++seed) {
            Talk talk;
            talk.random.seed(seed);
            talk.loss_percent = loss_percent;
            talk.obeys = false;
            talk.dialogue.want(veto);
            ASSERT_TRUE(talk.run_until(6s, [&] { return talk.status().mode_refused; })) << "seed " << seed;
        }
    }
}

/// A Multi on a wire that is cut somewhere in a frame, for a while, and put together again.
TEST(VebusRobust, UnpluggedAtAnyByteItStartsAgain) {
    for (std::size_t cut = 0; cut < 600; cut += 7) {
        VirtualBus bus;
        bus.link.want(Wanted{.mode = SwitchState::charger_only, .charge = ChargeOrder::stop, .insist = true});
        bus.run(1500ms);
        std::size_t bytes = 0;
        for (const Instant end = bus.now + 300ms; bus.now < end && bytes < cut; bus.now += 500us) {
            Bytes heard = bus.multi.poll(bus.now);
            heard.resize(std::min(heard.size(), cut - bytes)); // the rest of it never arrives
            bytes += heard.size();
            bus.link.receive(heard, bus.now);
            bus.transmit(bus.link.poll(bus.now));
        }
        const auto sent = bus.sent.size() + bus.checks.size();
        for (const Instant end = bus.now + 12s; bus.now < end; bus.now += 20ms) {
            bus.multi.poll(bus.now);
            EXPECT_TRUE(bus.link.poll(bus.now).empty() || bus.link.status().heard);
        }
        EXPECT_FALSE(bus.link.status().heard) << "cut at byte " << cut;
        EXPECT_FALSE(bus.link.status().charge_order_in_force);
        EXPECT_LE(bus.sent.size() + bus.checks.size(), sent + 1);
        ASSERT_TRUE(bus.run_until(
            5s,
            [&] { return bus.link.status().charge_order_in_force && bus.world("mode") == "charger-only"; }))
            << "cut at byte " << cut << ": " << bus.link.status().listen_only_reason;
    }
}

/// 16.7 ms a cycle [D].
TEST(VebusRobust, AtSixtyHertzTheSameIsReachedInSlotsThatAreOpen) {
    VirtualBus bus;
    bus.set("frequency_hz", "60");
    bus.link.want(veto);
    ASSERT_TRUE(bus.run_until(3s, [&] { return bus.link.status().charge_order_in_force; }));
    ASSERT_TRUE(bus.run_until(3s, [&] { return bus.link.status().remote_mode == veto.mode; }));
    EXPECT_EQ(bus.world("disable_charge"), "yes");
    EXPECT_EQ(bus.world("commands_rejected"), "0");
    EXPECT_EQ(bus.link.status().statistics.missed_slots, 0U);
}

TEST(VebusRobust, OfAQuattroBothInputsAreKnownAndWhichOneIsInUse) {
    VirtualBus bus;
    bus.set("ac_inputs", "2");
    bus.set("mains", "off");
    bus.set("mains_2", "on");
    bus.link.want(Wanted{});
    ASSERT_TRUE(bus.run_until(2s, [&] { return bus.link.status().ac_inputs == 2; }));
    EXPECT_EQ(bus.link.status().ac_input, 1);
    EXPECT_EQ(bus.link.status().mains_present, true);
    bus.set("mains", "on");
    EXPECT_TRUE(bus.run_until(2s, [&] { return bus.link.status().ac_input == 0; }));
    bus.set("mains", "off");
    bus.set("mains_2", "off");
    EXPECT_TRUE(bus.run_until(2s, [&] { return bus.link.status().mains_present == false; }));
}

} // namespace
} // namespace bms::vebus
