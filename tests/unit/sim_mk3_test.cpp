// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The simulated MK3: frames by hand, and the daemon's link at the other end of the line. The link is not told
// what the simulator does; what it reaches is read from the world.
#include "sim/mk3_front.hpp"
#include "sim/multiplus_model.hpp"

#include "bms/mk2/mk3_link.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bms::sim {
namespace {

using mk2::Message;
using vebus::ChargeOrder;
using vebus::SwitchState;
using vebus::Wanted;

constexpr Instant line_start = Instant(1h);

/// The world with the interface on it. Its raw bus goes on too: other remotes talk there.
struct Mk3World {
    void set(const std::string& name, const std::string& value) {
        ASSERT_EQ(multi.set(name, value), std::nullopt) << name;
    }
    std::string get(const std::string& name) const {
        for (const auto& [key, value] : multi.get()) {
            if (key == name) {
                return value;
            }
        }
        return "no " + name;
    }
    /// What the interface says in these 5 ms.
    mk2::Bytes run_a_bit() {
        now += 5ms;
        multi.poll(now);
        return now >= mk3.next_deadline() ? mk3.poll(now) : mk2::Bytes{};
    }

    Multiplus multi{line_start};
    Mk3Front mk3{multi.system, line_start};
    Instant now = line_start;
};

/// A person with a terminal program.
struct Hand : Mk3World {
    void run(Duration time) {
        for (const Instant end = now + time; now < end;) {
            const mk2::Bytes bytes = run_a_bit();
            for (const auto& item : framer.push(bytes)) {
                heard.push_back(item.frame);
                answered_at = now;
            }
        }
    }
    void say(const Message& message) { mk3.receive(mk2::encode(message), now); }
    /// What comes within 0.5 s.
    std::vector<mk2::Frame> ask(const Message& message) {
        heard.clear();
        say(message);
        run(500ms);
        return heard;
    }
    template<typename T>
    std::optional<T> passed(const Message& message) {
        for (const mk2::Frame& frame : ask(message)) {
            const auto* pass = std::get_if<mk2::PassThrough>(&frame.message);
            if (const auto* found = pass ? std::get_if<T>(&pass->message) : nullptr) {
                return *found;
            }
        }
        return std::nullopt;
    }
    /// On channel X.
    template<typename T>
    std::optional<T> winmon(const vebus::Message& message, std::optional<std::uint8_t> device = {}) {
        for (const mk2::Frame& frame : ask(mk2::Winmon{.message = message, .device = device})) {
            const auto* reply = std::get_if<mk2::Winmon>(&frame.message);
            const auto* found = reply ? std::get_if<T>(&reply->message) : nullptr;
            if (found && reply->device == device) {
                return *found;
            }
        }
        return std::nullopt;
    }
    void long_winmon() {
        say(mk2::SetState{.flags = mk2::state_flag::do_not_send | mk2::state_flag::forward_panel_frames,
                          .extended = mk2::SetState::Extended{}});
        run(500ms);
    }

    mk2::Framer framer;
    std::vector<mk2::Frame> heard;
    Instant answered_at = line_start;
};

TEST(SimulatedMk3, SaysItsVersionWhenIdleAndWhenAsked) {
    Hand hand;
    hand.run(12s);
    EXPECT_EQ(hand.heard.size(), 10U) << "every 1.2 s";
    for (const mk2::Frame& frame : hand.heard) {
        EXPECT_EQ(frame.message, Message(mk2::InterfaceVersion{.version = 1170216, .target = 'B'}));
    }
    hand.ask(mk2::Target{.device = 0});
    EXPECT_EQ(hand.ask(mk2::AskInterface{}).front().message,
              Message(mk2::InterfaceVersion{.version = 1170216, .target = 0}));
}

TEST(SimulatedMk3, AnswersAfterItsLatencyOnATick) {
    Hand hand;
    hand.run(20ms);
    for (const auto& [latency, expected] : {std::pair{"0", 30ms}, {"60", 80ms}, {"310", 330ms}}) {
        hand.set("mk3_latency_ms", latency);
        const Instant asked = hand.now;
        hand.ask(mk2::AskLeds{});
        EXPECT_EQ(hand.answered_at - asked, expected) << latency;
    }
}

TEST(SimulatedMk3, TellsLedsDcAcAndSwitches) {
    Hand hand;
    hand.set("battery", "low");
    hand.set("error_code", "11");
    hand.run(100ms);
    const auto leds = hand.ask(mk2::AskLeds{});
    ASSERT_EQ(leds.size(), 1U);
    const auto& report = std::get<mk2::LedReport>(leds.front().message);
    ASSERT_TRUE(report.condition);
    EXPECT_EQ(report.condition->error, 11);
    EXPECT_TRUE(report.condition->alarm.low_battery);
    EXPECT_EQ(hand.passed<vebus::DcInfo>(mk2::AskDcInfo{})->voltage_10mv, 4600);
    EXPECT_EQ(hand.passed<vebus::AcInfo>(mk2::AskAcInfo{.phase = 1})->phase, 8);
    EXPECT_TRUE(hand.ask(mk2::AskAcInfo{.phase = 2}).empty());
    EXPECT_TRUE(hand.passed<vebus::MasterLed>(mk2::AskMasterLed{})->switches.remote_charge);
    hand.set("system", "three-phase");
    EXPECT_EQ(hand.passed<vebus::AcInfo>(mk2::AskAcInfo{.phase = 1})->phase, 0x0A);
    EXPECT_EQ(hand.passed<vebus::AcInfo>(mk2::AskAcInfo{.phase = 3})->phase, 6);
}

TEST(SimulatedMk3, TellsTheUnitsByTheirAddresses) {
    Hand hand;
    EXPECT_EQ(hand.passed<vebus::UnitInfo>(mk2::AskUnit{.device = 0})->units, 1U);
    hand.set("system", "three-phase");
    EXPECT_EQ(hand.passed<vebus::UnitInfo>(mk2::AskUnit{})->units, 7U);
    EXPECT_EQ(hand.passed<vebus::UnitInfo>(mk2::AskUnit{.device = 2})->address, 2);
    EXPECT_TRUE(hand.ask(mk2::AskUnit{.device = 3}).empty());
    hand.set("system", "parallel");
    EXPECT_EQ(hand.passed<vebus::UnitInfo>(mk2::AskUnit{.device = 3})->units, 9U) << "3 is L1 again";
}

TEST(SimulatedMk3, WinmonGoesToTheTargetOrToTheUnitAppended) {
    Hand hand;
    hand.set("system", "three-phase");
    hand.set("unit_1.firmware", "2629500");
    hand.long_winmon();
    hand.ask(mk2::Target{.device = 1});
    EXPECT_EQ(hand.winmon<vebus::VersionPart>(vebus::AskVersion{})->number, 2629500U);
    EXPECT_EQ(hand.winmon<vebus::VersionPart>(vebus::AskVersion{}, 0)->number, 2629492U);
    hand.ask(mk2::Target{.device = 5});
    EXPECT_TRUE(hand.ask(mk2::Winmon{.message = vebus::AskVersion{}}).empty()) << "nobody there";
}

TEST(SimulatedMk3, UnknownWinmonIsAnsweredWith80) {
    Hand hand;
    hand.long_winmon();
    const auto verdict = hand.winmon<vebus::WinmonVerdict>(vebus::Unknown{{0x00, 0x00, 0x7F, 0x01}});
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->verdict, vebus::Verdict::unknown_command);
}

TEST(SimulatedMk3, BeforeLongWinmonIsSetAWriteIsNotTakenAndAReplyIsCut) {
    Hand hand;
    const vebus::WriteById write{.is_setting = true, .number = 0, .value = 0x8154};
    EXPECT_EQ(hand.winmon<vebus::WinmonVerdict>(write)->verdict, vebus::Verdict::unknown_command);
    EXPECT_FALSE(hand.winmon<vebus::VersionPart>(vebus::AskVersion{})->whole);
    hand.long_winmon();
    EXPECT_EQ(hand.winmon<vebus::WinmonVerdict>(write)->verdict, vebus::Verdict::setting_written);
    EXPECT_EQ(hand.get("disable_charge"), "yes");
    EXPECT_EQ(hand.get("eeprom_writes"), "0");
    EXPECT_TRUE(hand.winmon<vebus::VersionPart>(vebus::AskVersion{})->whole);
}

TEST(SimulatedMk3, AWriteToEepromIsCounted) {
    Hand hand;
    hand.long_winmon();
    hand.winmon<vebus::WinmonVerdict>(
        vebus::WriteById{.is_setting = true, .ram_only = false, .number = 4, .value = 20});
    EXPECT_EQ(hand.get("eeprom_writes"), "1");
}

TEST(SimulatedMk3, SSwitchesAndSetsTheLimitUnlessItIsIgnored) {
    Hand hand;
    const mk2::SetState off{.position = mk2::Position::off, .limit_deci_a = 80};
    EXPECT_EQ(hand.ask(off).front().message, Message(mk2::StateTaken{}));
    EXPECT_EQ(hand.get("mode"), "off");
    EXPECT_EQ(hand.get("ac_limit_deci_a"), "80");
    hand.ask(mk2::SetState{.position = mk2::Position::charger_only});
    EXPECT_EQ(hand.get("mode"), "charger-only");
    EXPECT_EQ(hand.get("ac_limit_deci_a"), "80") << "8000 leaves it";
    hand.ask(mk2::SetState{.position = mk2::Position::off, .flags = mk2::state_flag::do_not_send});
    EXPECT_EQ(hand.get("mode"), "charger-only");
    hand.set("s_ignored", "yes");
    EXPECT_EQ(hand.ask(off).front().message, Message(mk2::StateTaken{})) << "still acknowledged";
    EXPECT_EQ(hand.get("mode"), "charger-only");
    EXPECT_TRUE(hand.ask(mk2::PassThrough{vebus::SwitchCommand{SwitchState::on}}).empty());
    EXPECT_EQ(hand.get("mode"), "on");
}

TEST(SimulatedMk3, APollForABmsIsAnsweredWhenThereIsOne) {
    Hand hand;
    const mk2::PassThrough poll{vebus::DevicePoll{.type = vebus::device_bms}};
    EXPECT_TRUE(hand.ask(poll).empty());
    hand.set("foreign_bms", "on");
    EXPECT_EQ(hand.passed<vebus::DeviceInfo>(poll)->version, 1146100U);
}

TEST(SimulatedMk3, PanelsOfOthersArePassedOnWhenAsked) {
    Hand hand;
    hand.set("gx", "charger-only");
    hand.run(500ms);
    EXPECT_TRUE(hand.heard.empty());
    hand.long_winmon();
    hand.heard.clear();
    hand.run(3s);
    const Message panel = mk2::PassThrough{vebus::PanelPosition{.bits = 1, .extra = {0, 0}}};
    EXPECT_EQ(std::count_if(hand.heard.begin(), hand.heard.end(),
                            [&](const mk2::Frame& frame) { return frame.message == panel; }),
              3)
        << "a GX says it every second";
}

TEST(SimulatedMk3, LedsAreAppendedWhenAsked) {
    Hand hand;
    EXPECT_FALSE(hand.ask(mk2::AskInterface{}).front().leds);
    hand.ask(mk2::SetState{.flags = mk2::state_flag::append_leds | mk2::state_flag::do_not_send});
    const auto leds = hand.ask(mk2::AskInterface{}).front().leds;
    ASSERT_TRUE(leds);
    EXPECT_EQ(leds->on, vebus::led::mains | vebus::led::bulk);
}

TEST(SimulatedMk3, AsleepItIsSilentAndForgetsUnlessTheStandbyLineIsHeld) {
    Hand hand;
    hand.ask(mk2::Target{.device = 0});
    hand.set("mains", "off");
    hand.ask(mk2::SetState{.position = mk2::Position::off});
    hand.run(11s);
    EXPECT_EQ(hand.get("awake"), "no");
    EXPECT_TRUE(hand.ask(mk2::AskInterface{}).empty());
    hand.set("mains", "on");
    hand.run(2s);
    ASSERT_FALSE(hand.heard.empty());
    EXPECT_EQ(std::get<mk2::InterfaceVersion>(hand.heard.front().message).target, 'B');
    EXPECT_EQ(hand.ask(mk2::Lines{.standby = true}).front().message, Message(mk2::Lines{.standby = true}));
    hand.set("mains", "off");
    hand.run(11s);
    EXPECT_EQ(hand.get("awake"), "yes");
}

/// The daemon's link on the simulated interface.
struct Linked : Mk3World {
    template<typename Condition>
    bool run_until(Duration limit, Condition condition) {
        for (const Instant end = now + limit; now < end && !condition();) {
            const mk2::Bytes bytes = run_a_bit();
            if (!bytes.empty()) {
                link.receive(bytes, now);
            }
            if (!bytes.empty() || now >= link.next_deadline()) {
                const mk2::Bytes out = link.poll(now);
                if (!out.empty()) {
                    sent.push_back(std::get<mk2::Frame>(mk2::decode(out)).message);
                    mk3.receive(out, now);
                }
            }
        }
        return condition();
    }
    void run(Duration time) {
        run_until(time, [] { return false; });
    }
    bool reaches(SwitchState mode, const std::string& word) {
        return run_until(10s, [&] { return status().remote_mode == mode && get("mode") == word; });
    }
    int passed_commands() const {
        return static_cast<int>(std::count_if(sent.begin(), sent.end(), [](const Message& message) {
            const auto* pass = std::get_if<mk2::PassThrough>(&message);
            return pass && std::holds_alternative<vebus::SwitchCommand>(pass->message);
        }));
    }
    const vebus::LinkStatus& status() const { return link.status(); }

    mk2::Mk3Link link{vebus::LinkSettings{.transmit = true}};
    std::vector<Message> sent;
};

TEST(Mk3LinkOnTheSimulator, Starts) {
    Linked line;
    line.link.want(Wanted{.mode = SwitchState::on});
    ASSERT_TRUE(line.run_until(20s, [&] { return line.status().found.done; }));
    EXPECT_EQ(line.status().found.interface_version, 1170216U);
    EXPECT_EQ(line.status().found.firmware->release(), 492);
    EXPECT_EQ(line.status().found.units, 1);
    EXPECT_EQ(line.status().found.bms_version, std::nullopt);
    ASSERT_TRUE(line.run_until(20s, [&] { return line.status().dc_current_a.has_value(); }));
    EXPECT_NEAR(*line.status().dc_voltage_v, 52.8, 0.01);
    EXPECT_NEAR(*line.status().dc_current_a, 35.0, 0.1);
    EXPECT_EQ(line.status().mains_present, true);
    EXPECT_EQ(line.status().statistics.timeouts, 0U);
}

TEST(Mk3LinkOnTheSimulator, ALowCellMakesItChargerOnlyAndThatIsSeen) {
    Linked line;
    line.link.want(Wanted{.mode = SwitchState::on, .insist = true});
    ASSERT_TRUE(line.reaches(SwitchState::on, "on"));
    line.link.want(Wanted{.mode = SwitchState::charger_only, .insist = true});
    ASSERT_TRUE(line.reaches(SwitchState::charger_only, "charger-only"));
    EXPECT_FALSE(line.status().mode_refused);
    EXPECT_EQ(line.passed_commands(), 0);
    EXPECT_EQ(line.get("ac_limit_deci_a"), "160");
}

TEST(Mk3LinkOnTheSimulator, ChargeIsStoppedInTheRamOfEachOfThreeUnits) {
    Linked line;
    line.set("system", "three-phase");
    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::stop});
    ASSERT_TRUE(line.run_until(30s, [&] { return line.status().charge_order_in_force; }));
    EXPECT_EQ(line.status().found.units, 3);
    for (const char* name : {"disable_charge", "unit_1.disable_charge", "unit_2.disable_charge"}) {
        EXPECT_EQ(line.get(name), "yes") << name;
    }
    EXPECT_EQ(line.get("total_charge_current_a"), "0");
    line.link.want(Wanted{.mode = SwitchState::on, .charge = ChargeOrder::allow});
    ASSERT_TRUE(line.run_until(10s, [&] { return line.get("total_charge_current_a") == "105"; }));
    EXPECT_EQ(line.get("eeprom_writes"), "0");
}

TEST(Mk3LinkOnTheSimulator, WhereSDoesNothingThePassThroughIsUsed) {
    Linked line;
    line.set("s_ignored", "yes");
    line.link.want(Wanted{.mode = SwitchState::charger_only, .insist = true});
    ASSERT_TRUE(line.reaches(SwitchState::charger_only, "charger-only"));
    EXPECT_GE(line.passed_commands(), 1);
    EXPECT_FALSE(line.status().mode_refused);
}

TEST(Mk3LinkOnTheSimulator, AMultiThatObeysNeitherIsReported) {
    Linked line;
    line.set("disobeys", "switch");
    line.link.want(Wanted{.mode = SwitchState::charger_only, .insist = true});
    EXPECT_TRUE(line.run_until(20s, [&] { return line.status().mode_refused; }));
}

TEST(Mk3LinkOnTheSimulator, AnotherBmsEndsOurCommands) {
    Linked line;
    line.set("foreign_bms", "on");
    line.link.want(Wanted{.mode = SwitchState::charger_only, .charge = ChargeOrder::stop, .insist = true});
    line.run(20s);
    EXPECT_EQ(line.status().listen_only, vebus::ListenOnly::foreign_bms);
    EXPECT_EQ(line.get("mode"), "on");
    EXPECT_EQ(line.get("disable_charge"), "no");
}

TEST(Mk3LinkOnTheSimulator, APanelOfAnotherIsHeard) {
    Linked line;
    line.link.want(Wanted{.mode = SwitchState::on});
    line.run(15s);
    line.set("dongle", "charger-only");
    EXPECT_TRUE(line.run_until(2s, [&] { return line.status().panel_mode == SwitchState::charger_only; }));
}

TEST(Mk3LinkOnTheSimulator, AMultiThatSleptIsSetUpAgainAndTheOrdersStandAgain) {
    Linked line;
    line.link.want(Wanted{.mode = SwitchState::off, .charge = ChargeOrder::stop, .insist = true});
    ASSERT_TRUE(line.run_until(30s, [&] { return line.status().charge_order_in_force; }));
    line.set("mains", "off");
    ASSERT_TRUE(line.run_until(30s, [&] { return !line.status().heard; }));
    EXPECT_EQ(line.get("awake"), "no");
    EXPECT_EQ(line.get("disable_charge"), "no") << "RAM is lost";
    line.set("mains", "on");
    EXPECT_TRUE(line.run_until(30s, [&] { return line.get("disable_charge") == "yes"; }));
    EXPECT_TRUE(line.reaches(SwitchState::off, "off"));
}

} // namespace
} // namespace bms::sim
