// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "vebus/checks.hpp"

#include <algorithm>

namespace bms::vebus {

namespace {

/// A poll is repeated after this time, and a question without an answer asked once more.
constexpr Duration ask_again = 60s;

/// Flags word 2 as a setting: likely, not proven [1].
constexpr std::uint8_t setting_flags_word_2 = 60;
constexpr std::uint16_t configured_for_bms_bit = 1U << 7;

/// Assistant records: RAM from 128 on, head = (assistant id << 4) | number of variables that follow [R].
constexpr std::uint8_t first_record = 128;
constexpr int last_record = 254;
constexpr int ess_assistant = 5;

} // namespace

Checks::Checks(int max_tries_, bool asks_scales_, LinkFindings& found_)
    : max_tries(max_tries_), asks_scales(asks_scales_), found(found_) {
    restart();
}

bool Checks::units_are(const std::vector<std::uint8_t>& now_units) {
    if (now_units == units) {
        return false;
    }
    units = now_units;
    restart();
    return true;
}

void Checks::restart() {
    const auto interface_version = found.interface_version; // the interface has not gone
    found = {};
    found.interface_version = interface_version;
    questions.clear();
    questions.push_back({.kind = Kind::bms});
    for (const std::uint8_t unit : units) {
        questions.push_back({.kind = Kind::version, .unit = unit});
    }
    questions.push_back({.kind = Kind::dmc});
    for (const std::uint8_t unit : units) {
        questions.push_back({.kind = Kind::configured, .unit = unit});
        if (asks_scales) {
            questions.push_back({.kind = Kind::scale, .unit = unit, .variable = ram_battery_voltage});
            questions.push_back({.kind = Kind::scale, .unit = unit, .variable = ram_battery_current});
        }
    }
    if (!units.empty()) {
        questions.push_back({.kind = Kind::ess, .unit = units.front(), .variable = first_record});
    }
}

void Checks::heard() {
    for (Question& q : questions) {
        if (!q.answered) {
            q.due = Instant::min();
            q.tries = 0;
            q.given_up = false;
        }
    }
    sum_up();
}

bool Checks::first_ones_done() const {
    return std::all_of(questions.begin(), questions.end(),
                       [](const Question& q) { return !first_one(q) || q.settled(); });
}

Instant Checks::due_at() const {
    const bool all = first_ones_done();
    Instant first = never;
    for (const Question& q : questions) {
        if (all || first_one(q)) {
            first = std::min(first, q.due);
        }
    }
    return first;
}

std::optional<Checks::Ask> Checks::next(std::uint8_t id, Instant now) {
    const bool all = first_ones_done();
    for (asked = 0; asked < questions.size(); ++asked) {
        const Question& q = questions[asked];
        if (q.due <= now && (all || first_one(q))) {
            return Ask{.unit = q.unit, .message = message_of(q, id)};
        }
    }
    return std::nullopt;
}

Message Checks::message_of(const Question& q, std::uint8_t id) {
    switch (q.kind) {
    case Kind::bms:
        return DevicePoll{.type = device_bms};
    case Kind::dmc:
        return DevicePoll{.type = device_digital_multi_control};
    case Kind::version:
        return AskVersion{.id = id, .part = static_cast<std::uint8_t>(q.low_word ? 1 : 0)};
    case Kind::configured:
        return ReadSetting{.id = id, .setting = setting_flags_word_2};
    case Kind::scale:
        return AskRamInfo{.id = id, .variable = q.variable};
    default:
        return ReadRam{.id = id, .variables = {q.variable}};
    }
}

/// A reply that says no (80, 90, 91) is an answer too: the finding stays empty.
void Checks::answered(const Message& reply, Instant now) {
    Question& q = questions[asked];
    q.tries = 0;
    q.answered = true;
    if (const auto* version = std::get_if<VersionPart>(&reply)) {
        take_version(q, *version);
    } else if (const auto* device = std::get_if<DeviceInfo>(&reply)) {
        (q.kind == Kind::bms ? found.bms_version : found.dmc_version) = device->version;
    } else if (const auto* setting = std::get_if<SettingValue>(&reply)) {
        q.flag = (setting->value & configured_for_bms_bit) != 0;
    } else if (const auto* info = std::get_if<RamInfo>(&reply)) {
        q.scale = scale_of(*info);
    } else if (const auto* values = std::get_if<RamValues>(&reply); values && !values->values.empty()) {
        take_record(q, values->values.front());
    }
    if (q.answered) {
        finish(q, now);
    }
}

/// A version that would end the control of the Multi must be told twice: a checksum of one byte lets one
/// broken frame in 256 through.
void Checks::take_version(Question& q, const VersionPart& part) {
    if (part.part == 0 && !part.whole) {
        q.low_word = static_cast<std::uint16_t>(part.number);
        q.answered = false;
        return;
    }
    const std::uint32_t number = part.whole ? part.number : part.number << 16 | q.low_word.value_or(0);
    q.low_word.reset();
    const Firmware firmware{number};
    if ((number & 0x00FF'FFFFU) == 0) {
        return; // no version
    }
    if (band_of(firmware) == FirmwareBand::refused && q.too_old != number) {
        q.too_old = number;
        q.answered = false;
        return;
    }
    q.firmware = firmware;
}

/// The search goes on from head to head until ESS is found, or the records end: a head of 0, a variable that
/// is not supported, or no more variables.
void Checks::take_record(Question& q, std::uint16_t head) {
    const int following = head & 0x0F;
    if (head >> 4 == ess_assistant && following > 0) {
        found.ess = EssRecord{.setpoint_variable = static_cast<std::uint16_t>(q.variable + 1),
                              .variables = following};
        return;
    }
    const int next_head = q.variable + 1 + following;
    if (head != 0 && next_head <= last_record) {
        q.variable = static_cast<std::uint8_t>(next_head);
        q.answered = false;
    }
}

void Checks::finish(Question& q, Instant now) {
    q.due = poll(q) ? now + ask_again : never;
    sum_up();
}

bool Checks::unanswered(Instant now) {
    Question& q = questions[asked];
    if (++q.tries < max_tries) {
        return false;
    }
    q.given_up = true;
    q.tries = max_tries - 1; // later with one try only
    q.due = now + ask_again;
    q.low_word.reset();
    if (q.kind == Kind::ess) {
        q.variable = first_record;
    }
    if (q.kind == Kind::dmc) {
        found.dmc_version.reset();
    }
    sum_up();
    return true;
}

/// The worst unit counts: the lowest firmware, once all units have told theirs or one is too old; configured
/// for a BMS when one unit is.
void Checks::sum_up() {
    std::optional<Firmware> lowest;
    bool all_told = true;
    bool one_is = false;
    bool none_is = true;
    for (const Question& q : questions) {
        if (q.kind == Kind::version) {
            all_told = all_told && q.firmware;
            if (q.firmware && (!lowest || q.firmware->release() < lowest->release())) {
                lowest = q.firmware;
            }
        } else if (q.kind == Kind::configured) {
            one_is = one_is || q.flag == true;
            none_is = none_is && q.flag == false;
        }
    }
    const bool told = lowest && (all_told || band_of(*lowest) == FirmwareBand::refused);
    found.firmware = told ? lowest : std::nullopt;
    found.configured_for_bms = !units.empty() && (one_is || none_is) ? std::optional(one_is) : std::nullopt;
    found.done = std::all_of(questions.begin(), questions.end(), [](auto& q) { return q.settled(); });
    const bool unit_answered =
        std::any_of(questions.begin(), questions.end(), [](auto& q) { return q.answered && !poll(q); });
    found.units = unit_answered ? std::optional(static_cast<int>(units.size())) : std::nullopt;
}

std::optional<RamScale> Checks::scale(std::uint8_t unit, std::uint8_t variable) const {
    const auto found_one = std::find_if(questions.begin(), questions.end(), [&](const Question& q) {
        return q.kind == Kind::scale && q.unit == unit && q.variable == variable;
    });
    return found_one != questions.end() ? found_one->scale : std::nullopt;
}

} // namespace bms::vebus
