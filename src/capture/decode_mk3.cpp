// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What an MK2 or MK3 interface says, in words. What it passes through from the bus has the bus's own.
#include "bms/capture/decode.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>

namespace bms::capture {

namespace {

/// Longer than any pause within a frame (a byte takes 4 ms at 2400 baud), shorter than that between two 'V'.
constexpr Duration pause_between_frames = 300ms;

/// In the order of mk2::Message.
constexpr std::array<std::string_view, std::variant_size_v<mk2::Message>> names{
    "ask_interface", "interface_version", "target",    "ask_leds", "led_report", "ask_dc_info",
    "ask_ac_info",   "ask_master_led",    "snapshot",  "ask_unit", "reset_unit", "battery_limits",
    "set_state",     "state_taken",       "ask_lines", "lines",    "winmon",     "pass_through",
    "unknown"};

/// Of a frame that has no words of its own: each byte, counted from the length.
std::vector<vebus::Field> bytes_as_fields(ByteView payload) {
    std::vector<vebus::Field> fields;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        fields.push_back({"byte_" + std::to_string(i + 1), "0x" + hex(payload.subspan(i, 1))});
    }
    return fields;
}

Heard heard_from_interface(Duration at, mk2::Framer::Item&& item) {
    Heard heard{.at = at, .wire = std::move(item.wire)};
    heard.payload.assign(heard.wire.begin() + 1, heard.wire.end() - 1);
    const auto& message = item.frame.message;
    const vebus::Message* carried = nullptr;
    heard.kind = names[message.index()];
    if (const auto* passed = std::get_if<mk2::PassThrough>(&message)) {
        carried = &passed->message;
        heard.kind = vebus::name_of(*carried);
    } else if (const auto* winmon = std::get_if<mk2::Winmon>(&message)) {
        carried = &winmon->message;
        heard.kind = std::string("winmon_") + static_cast<char>(winmon->channel) + ' ' +
                     std::string(vebus::name_of(*carried));
    }
    heard.known = carried != nullptr ? !std::holds_alternative<vebus::Unknown>(*carried)
                                     : !std::holds_alternative<mk2::Unknown>(message);
    if (!heard.known) {
        // The letter after FF tells the frames of the interface apart; no frame is shorter than two bytes.
        const bool own = heard.payload[0] == 0xFF;
        heard.kind = "unknown " + hex(ByteView(heard.payload).first(own ? 2 : 1));
    } else {
        heard.fields = carried != nullptr ? vebus::fields_of(*carried) : bytes_as_fields(heard.payload);
    }
    return heard;
}

} // namespace

std::vector<Heard> Decoder::push_mk3(const Chunk& chunk) {
    std::vector<Heard> all;
    if (chunk.at - latest > pause_between_frames) {
        const auto counted = interface.counters();
        take_mk3(all, latest, counted, interface.silence());
    }
    latest = chunk.at;
    const auto before = interface.counters();
    pending.insert(pending.end(), chunk.bytes.begin(), chunk.bytes.end());
    take_mk3(all, chunk.at, before, interface.push(chunk.bytes));
    return all;
}

void Decoder::take_mk3(std::vector<Heard>& all, Duration at, const mk2::FramerCounters& before,
                       std::vector<mk2::Framer::Item>&& items) {
    const auto& now = interface.counters();
    for (std::size_t reason = 0; reason < mk2::reject_kinds; ++reason) {
        if (now.rejected[reason] != before.rejected[reason]) {
            reject = static_cast<mk2::Reject>(reason);
        }
    }
    // The framer counts garbage and keeps none: it is what stands before the next frame, or was dropped
    // since.
    auto garbage = static_cast<std::ptrdiff_t>(now.garbage_bytes - before.garbage_bytes);
    const auto tell_garbage = [&](Bytes::iterator end) {
        garbage -= end - pending.begin();
        if (end != pending.begin()) {
            all.push_back({.at = at,
                           .kind = "rejected",
                           .wire{pending.begin(), end},
                           .rejected = std::string(mk2::text(reject))});
        }
    };
    for (auto& item : items) {
        const auto begin = std::search(pending.begin(), pending.end(), item.wire.begin(), item.wire.end());
        tell_garbage(begin);
        pending.erase(pending.begin(), begin + static_cast<std::ptrdiff_t>(item.wire.size()));
        all.push_back(heard_from_interface(at, std::move(item)));
    }
    assert(garbage >= 0 && garbage <= std::distance(pending.begin(), pending.end()));
    const auto end = pending.begin() + garbage;
    tell_garbage(end);
    pending.erase(pending.begin(), end);
}

} // namespace bms::capture
