// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Inverter/chargers that answer from a table, and a Dialogue that talks to them without any wire.
#pragma once

#include "bms/vebus/dialogue.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>

namespace bms::vebus {

inline constexpr Instant talk_start = Instant(1h);

/// One unit: what it answers.
struct Peer {
    std::optional<std::uint32_t> version = 2629492;
    bool short_versions = false;
    std::map<std::uint16_t, std::uint16_t> settings{{0, 0x8114}, {4, 35}, {60, 0x0000}};
    std::map<std::uint16_t, std::uint16_t> in_force = settings; ///< what RAM writes changed [1]
    std::map<std::uint8_t, std::uint16_t> ram{{4, 5280}, {5, 350}, {128, 0x0000}};
    std::map<std::uint16_t, RamInfo::Scale> scales{{4, {0x7F9C, 0}}, {5, {0x8000 + 10, 0}}};
    bool refuses_writes = false;
    bool silent = false;

    std::optional<Message> answer(const Message& request) {
        if (silent) {
            return std::nullopt;
        }
        if (const auto* ask = std::get_if<AskVersion>(&request)) {
            return answer_version(*ask);
        }
        if (const auto* read = std::get_if<ReadSetting>(&request)) {
            const auto found = settings.find(read->setting);
            return found != settings.end() ? Message(SettingValue{.id = read->id, .value = found->second})
                                           : no(read->id, Verdict::setting_not_supported);
        }
        if (const auto* write = std::get_if<WriteById>(&request)) {
            if (refuses_writes) {
                return no(write->id, Verdict::access_level_needed);
            }
            in_force[write->number] = write->value;
            return no(write->id, Verdict::setting_written);
        }
        if (const auto* ask = std::get_if<AskRamInfo>(&request)) {
            const auto found = scales.find(ask->variable);
            return RamInfo{.id = ask->id,
                           .scale = found != scales.end() ? std::optional(found->second) : std::nullopt};
        }
        if (const auto* read = std::get_if<ReadRam>(&request)) {
            return answer_ram(*read);
        }
        return std::nullopt;
    }

  private:
    static Message no(std::uint8_t id, Verdict verdict) {
        return WinmonVerdict{.id = id, .verdict = verdict};
    }

    std::optional<Message> answer_version(const AskVersion& ask) const {
        if (!version) {
            return std::nullopt;
        }
        if (!short_versions) {
            return VersionPart{.id = ask.id, .part = 0, .whole = true, .number = *version};
        }
        return VersionPart{
            .id = ask.id, .part = ask.part, .number = ask.part == 0 ? *version & 0xFFFFU : *version >> 16};
    }
    Message answer_ram(const ReadRam& read) const {
        RamValues values{.id = read.id};
        for (const std::uint8_t variable : read.variables) {
            const auto found = ram.find(variable);
            if (found == ram.end()) {
                return no(read.id, Verdict::ram_not_supported);
            }
            values.values.push_back(found->second);
        }
        return values;
    }
};

struct Talk {
    explicit Talk(Dialogue::Carrier carrier = {}, std::vector<std::uint8_t> addresses = {0},
                  LinkSettings settings = {.transmit = true})
        : dialogue(settings, carrier) {
        for (const std::uint8_t address : addresses) {
            units[address];
        }
        dialogue.units_are(addresses);
    }

    struct Reply {
        Instant at;
        std::uint8_t unit;
        Message message;
    };

    /// In steps of 5 ms, a slot every 40 ms, replies after 30 ms, the switch register every 500 ms.
    void run(Duration time) {
        for (const Instant end = now + time; now < end; now += 5ms) {
            deliver();
            dialogue.expire(now);
            const auto since_start = now - talk_start;
            if (since_start % Duration(500ms) == Duration::zero() && speaks) {
                give(MasterLed{.leds_on = leds_on,
                               .leds_blink = leds_blink,
                               .ac_input_config = 0x10,
                               .switches = switches()},
                     0);
            }
            if (since_start % Duration(40ms) == Duration::zero()) {
                send();
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

    void pass_checks() {
        dialogue.want(Wanted{});
        ASSERT_TRUE(run_until(60s, [this] { return status().found.done; }));
    }

    const LinkStatus& status() const { return dialogue.status(); }

    template<typename T>
    std::vector<T> sent_of() const {
        std::vector<T> found;
        for (const auto& outgoing : sent) {
            if (const auto* one = std::get_if<T>(&outgoing.message)) {
                found.push_back(*one);
            }
        }
        return found;
    }

    /// The instant of the first message that changes something.
    std::optional<Instant> changed_at;
    std::map<std::uint8_t, Peer> units;
    std::map<std::uint8_t, std::uint32_t> devices; ///< by type: who answers a poll, with which version
    bool speaks = true;                            ///< the Multi tells its switch register
    SwitchState remote = SwitchState::on;
    bool obeys = true;
    std::uint8_t leds_on = led::mains | led::bulk;
    std::uint8_t leds_blink = 0;
    int loss_percent = 0; ///< in both directions
    std::mt19937 random{1};
    /// Changes the replies to a request before they are on their way.
    std::function<void(const Outgoing&, std::vector<Reply>&)> trick;
    Instant now = talk_start;
    std::vector<Outgoing> sent;
    Dialogue dialogue;

  private:
    bool is_lost() { return static_cast<int>(random() % 100) < loss_percent; }

    SwitchRegister switches() const {
        const auto bits = static_cast<std::uint8_t>(remote);
        return {.remote_charge = (bits & 1) != 0,
                .remote_invert = (bits & 2) != 0,
                .front_up = true,
                .charging_active = (bits & 1) != 0,
                .inverting_active = (bits & 2) != 0};
    }
    void give(const Message& message, std::uint8_t unit) {
        if (!is_lost()) {
            dialogue.take(message, unit, now);
        }
    }
    void deliver() {
        const auto later = std::move(replies);
        replies.clear();
        for (const Reply& reply : later) {
            if (reply.at <= now) {
                give(reply.message, reply.unit);
            } else {
                replies.push_back(reply);
            }
        }
    }
    void send() {
        const auto outgoing = dialogue.next(now);
        if (!outgoing) {
            return;
        }
        sent.push_back(*outgoing);
        const auto* command = std::get_if<SwitchCommand>(&outgoing->message);
        if (!changed_at && (command || std::holds_alternative<WriteById>(outgoing->message))) {
            changed_at = now;
        }
        if (is_lost()) {
            return;
        }
        if (command) {
            remote = obeys ? command->state : remote;
            return;
        }
        std::vector<Reply> made;
        if (const auto* poll = std::get_if<DevicePoll>(&outgoing->message)) {
            if (const auto found = devices.find(poll->type); found != devices.end()) {
                made.push_back({now + 30ms, 0, DeviceInfo{.type = poll->type, .version = found->second}});
            }
        } else if (const auto unit = units.find(outgoing->unit); unit != units.end()) {
            if (const auto answer = unit->second.answer(outgoing->message)) {
                made.push_back({now + 30ms, outgoing->unit, *answer});
            }
        }
        if (trick) {
            trick(*outgoing, made);
        }
        replies.insert(replies.end(), made.begin(), made.end());
    }

    std::vector<Reply> replies;
};

inline constexpr Dialogue::Carrier by_mk3{.sends_winmon_id = false, .measures_by_ram = true};

} // namespace bms::vebus
