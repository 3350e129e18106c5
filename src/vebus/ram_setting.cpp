// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/ram_setting.hpp"

#include <algorithm>

namespace bms::vebus {

RamSetting::RamSetting(std::uint8_t number_, Duration repeat_, int max_tries_)
    : number(number_), repeat(repeat_), max_tries(max_tries_) {}

void RamSetting::want(std::optional<Change> wanted) {
    if (wanted == change) {
        return;
    }
    change = wanted;
    try_afresh();
    if (!change && !touched) {
        clean(); // read, never written: read it afresh next time
    }
}

void RamSetting::restore(std::uint16_t original) {
    original_value = original;
    touched = true;
}

std::uint16_t RamSetting::wanted_value() const {
    if (!change) {
        return *original_value;
    }
    const auto with_bits = static_cast<std::uint16_t>(*original_value | change->set_bits);
    return std::min(with_bits, change->at_most);
}

Instant RamSetting::due_at() const {
    if (able.known == Capability::Known::no || (!change && !touched)) {
        return never;
    }
    const bool in_order = original_value && applied == wanted_value();
    return in_order ? std::max(rest_until, repeat_at) : rest_until;
}

std::optional<Message> RamSetting::due(std::uint8_t request_id, Instant now) const {
    if (now < due_at()) {
        return std::nullopt;
    }
    if (!original_value) {
        return ReadSetting{.id = request_id, .setting = number};
    }
    return WriteById{
        .id = request_id, .is_setting = true, .ram_only = true, .number = number, .value = wanted_value()};
}

void RamSetting::sent(const Message& request) {
    if (const auto* write = std::get_if<WriteById>(&request)) {
        in_flight = write->value;
        touched = true;
    }
}

void RamSetting::answered(const Message& reply, Instant now) {
    able.why.clear();
    if (const auto* value = std::get_if<SettingValue>(&reply)) {
        tries = 0;
        rest = shortest_rest;
        if (first_read == value->value) {
            original_value = value->value;
        }
        first_read = value->value;
    } else if (const auto* verdict = std::get_if<WinmonVerdict>(&reply)) {
        tries = 0;
        rest = shortest_rest;
        if (verdict->verdict == Verdict::setting_written) {
            written(*verdict, now);
        } else {
            refused(*verdict);
        }
    }
}

void RamSetting::written(const WinmonVerdict& verdict, Instant now) {
    if (!verdict.detail.empty() && (verdict.detail.front() & 0x01) != 0) {
        able = {Capability::Known::no, "the Multi says that a change of setting " + std::to_string(number) +
                                           " works only after a reset"};
        return;
    }
    able = {Capability::Known::yes, {}};
    applied = in_flight;
    repeat_at = now + repeat;
    if (!change && applied == original_value) {
        clean();
    }
}

void RamSetting::clean() {
    first_read.reset();
    original_value.reset();
    applied.reset();
    touched = false;
}

void RamSetting::refused(const WinmonVerdict& verdict) {
    const std::string setting = "setting " + std::to_string(number);
    able.known = Capability::Known::no;
    switch (verdict.verdict) {
    case Verdict::access_level_needed:
        able.why = "the Multi asks for a password before it lets " + setting + " be changed (answer 9B)";
        break;
    case Verdict::setting_not_supported:
        able.why = "the Multi has no " + setting + " (answer 91)";
        break;
    default:
        able.why = "the Multi does not know the command that changes " + setting + " (answer 80)";
        break;
    }
}

bool RamSetting::unanswered(Instant now) {
    if (++tries < max_tries) {
        return false;
    }
    tries = 0;
    rest_until = now + std::min(rest, repeat);
    rest = std::min(2 * rest, repeat);
    able.why = "the Multi does not answer requests about setting " + std::to_string(number);
    return true;
}

void RamSetting::forget() {
    applied.reset();
    able = {};
    try_afresh();
}

void RamSetting::try_afresh() {
    tries = 0;
    rest = shortest_rest;
    rest_until = repeat_at = Instant::min();
}

} // namespace bms::vebus
