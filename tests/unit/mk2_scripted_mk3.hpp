// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A small MK3 with its units in virtual time, and the link under test at the other end of the line. It
// answers what it is told to answer and keeps what it was asked.
#pragma once

#include "bms/mk2/mk3_link.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>

namespace bms::mk2 {

inline constexpr Instant line_start = Instant(1h);

class ScriptedMk3 {
  public:
    struct Unit {
        std::map<std::uint16_t, std::uint16_t> settings{{0, 0x8114}, {4, 70}, {60, 0}};
        std::uint32_t version = 2648492;
        std::uint16_t current_raw = 250;
    };

    bool powered = true;     ///< the interface
    bool units_there = true; ///< what is behind it
    bool obeys_s = true;     ///< the switch command of the document
    bool obeys_pass_through = true;
    std::uint32_t version = 1170216;
    std::optional<std::uint32_t> bms_version;
    std::map<std::uint8_t, Unit> units{{0, {}}};
    vebus::SwitchState mode = vebus::SwitchState::off;
    std::uint8_t error = 0;
    Duration answer_after = 80ms;
    std::uint8_t target = 'B';

    std::vector<Message> asked;
    std::vector<std::pair<std::uint8_t, vebus::WriteById>> writes; ///< by unit
    std::size_t bytes_in = 0, bytes_out = 0;

    void restart() { target = 'B'; }
    void say(const Message& message, Instant at) { answers.push_back({at, encode(message)}); }

    void receive(ByteView bytes, Instant now) {
        bytes_in += bytes.size();
        if (!powered) {
            return;
        }
        for (const Framer::Item& item : framer.push(bytes)) {
            asked.push_back(item.frame.message);
            idle_since = now;
            if (const auto answer = answer_to(item.frame.message)) {
                say(*answer, now + answer_after);
            }
        }
    }

    Bytes poll(Instant now) {
        if (!powered) {
            answers.clear();
            return {};
        }
        if (now - idle_since >= 1s) {
            idle_since = now;
            say(InterfaceVersion{.version = version, .target = target}, now);
        }
        Bytes out;
        while (!answers.empty() && answers.front().at <= now) {
            out.insert(out.end(), answers.front().wire.begin(), answers.front().wire.end());
            answers.pop_front();
        }
        bytes_out += out.size();
        return out;
    }

  private:
    struct Answer {
        Instant at;
        Bytes wire;
    };

    std::optional<Message> answer_to(const Message& message) {
        if (std::holds_alternative<AskInterface>(message)) {
            return InterfaceVersion{.version = version, .target = target};
        }
        if (const auto* told = std::get_if<Target>(&message)) {
            target = told->device;
            return *told;
        }
        if (const auto* state = std::get_if<SetState>(&message)) {
            if (obeys_s && units_there && (state->flags & state_flag::do_not_send) == 0) {
                mode = state_of(state->position).value();
            }
            return StateTaken{};
        }
        if (std::holds_alternative<AskLeds>(message)) {
            return LedReport{.leds = {vebus::led::mains, 0},
                             .condition = LedReport::Condition{.error = error},
                             .extra = {0x80, 0}};
        }
        return units_there ? answer_of_units(message) : std::nullopt;
    }

    std::optional<Message> answer_of_units(const Message& message) {
        if (std::holds_alternative<AskMasterLed>(message)) {
            return PassThrough{master_led()};
        }
        if (std::holds_alternative<AskAcInfo>(message)) {
            return PassThrough{vebus::AcInfo{.device_state = 9, .phase = 8, .mains_voltage_10mv = 23000}};
        }
        if (std::holds_alternative<AskDcInfo>(message)) {
            return PassThrough{vebus::DcInfo{.voltage_10mv = 2650}};
        }
        if (std::holds_alternative<AskUnit>(message)) {
            std::uint32_t map = 0;
            for (const auto& [address, unit] : units) {
                map |= 1U << address;
            }
            return PassThrough{vebus::UnitInfo{.unique_number = 1, .type = 2, .units = map}};
        }
        if (const auto* winmon = std::get_if<Winmon>(&message); winmon && units.contains(target)) {
            const auto answer = answer_to_winmon(winmon->message);
            return answer ? std::optional<Message>(Winmon{.channel = winmon->channel, .message = *answer})
                          : std::nullopt;
        }
        const auto* passed = std::get_if<PassThrough>(&message);
        if (const auto* command = passed ? std::get_if<vebus::SwitchCommand>(&passed->message) : nullptr) {
            mode = obeys_pass_through ? command->state : mode;
        }
        const auto* poll = passed ? std::get_if<vebus::DevicePoll>(&passed->message) : nullptr;
        return poll && poll->type == vebus::device_bms && bms_version
                   ? std::optional<Message>(
                         PassThrough{vebus::DeviceInfo{.type = poll->type, .version = *bms_version}})
                   : std::nullopt;
    }

    vebus::MasterLed master_led() const {
        const auto bits = static_cast<unsigned>(mode);
        const bool charger = (bits & 1U) != 0;
        const bool inverter = (bits & 2U) != 0;
        return {.leds_on = vebus::led::mains | vebus::led::bulk,
                .ac_input_config = 0x10,
                .switches = {.remote_charge = charger,
                             .remote_invert = inverter,
                             .front_up = true,
                             .charging_active = charger,
                             .inverting_active = inverter}};
    }

    std::optional<vebus::Message> answer_to_winmon(const vebus::Message& message) {
        Unit& unit = units.at(target);
        if (std::holds_alternative<vebus::AskVersion>(message)) {
            return vebus::VersionPart{.whole = true, .number = unit.version};
        }
        if (const auto* read = std::get_if<vebus::ReadSetting>(&message)) {
            return vebus::SettingValue{.value = unit.settings[read->setting]};
        }
        if (const auto* write = std::get_if<vebus::WriteById>(&message)) {
            writes.emplace_back(target, *write);
            return vebus::WinmonVerdict{.verdict = vebus::Verdict::setting_written};
        }
        if (std::holds_alternative<vebus::AskRamInfo>(message)) {
            return vebus::RamInfo{.scale = vebus::RamInfo::Scale{.scale = 0x8064}}; // signed, 0.01
        }
        if (const auto* read = std::get_if<vebus::ReadRam>(&message)) {
            const bool battery = read->variables.size() == 2;
            return battery ? vebus::RamValues{.values = {2650, unit.current_raw}}
                           : vebus::RamValues{.values = {0}};
        }
        return std::nullopt;
    }

    Framer framer;
    std::deque<Answer> answers;
    Instant idle_since = line_start;
};

struct VirtualLine {
    explicit VirtualLine(vebus::LinkSettings settings = {.transmit = true}, const vebus::Originals& owed = {})
        : link(settings, owed) {}

    /// In steps of 5 ms, the owner polling as it should: after each receive and at the deadline.
    void run(Duration time) {
        for (const Instant end = now + time; now < end; now += 5ms) {
            hear(mk3.poll(now));
            if (now >= link.next_deadline()) {
                transmit();
            }
        }
    }

    template<typename Condition>
    bool run_until(Duration limit, Condition condition) {
        for (const Instant end = now + limit; now < end && !condition();) {
            run(5ms);
        }
        return condition();
    }

    void hear(const Bytes& bytes) {
        if (!bytes.empty()) {
            link.receive(bytes, now);
            transmit();
        }
    }

    void transmit() {
        ++polls;
        const Bytes wire = link.poll(now);
        if (!wire.empty()) {
            sent.push_back(std::get<Frame>(decode(wire)).message);
            mk3.receive(wire, now);
        }
    }

    const vebus::LinkStatus& status() const { return link.status(); }

    ScriptedMk3 mk3;
    Mk3Link link;
    Instant now = line_start;
    std::vector<Message> sent;
    std::size_t polls = 0;
};

} // namespace bms::mk2
