// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/codec.hpp"

#include <algorithm>
#include <cassert>

namespace bms::vebus {

namespace {

constexpr std::uint8_t type_sync = 0xFD;
constexpr std::uint8_t type_data = 0xFE;
constexpr std::uint8_t escape = 0xFA;
constexpr std::size_t type_index = 2;
constexpr std::size_t payload_index = 4;

constexpr std::size_t shortest_frame = payload_index + 3; // one byte of payload, checksum, FF

/// The sum every valid frame brings to 0: from the type on, FF included, over the stuffed bytes. In a sync
/// frame the 55 at index 4 is left out (the rule rests on the one sync frame that is public [1]).
std::uint8_t sum(ByteView wire) {
    unsigned total = 0;
    for (const std::uint8_t byte : wire.subspan(type_index)) {
        total += byte;
    }
    if (wire[type_index] == type_sync) {
        total -= wire[payload_index];
    }
    return static_cast<std::uint8_t>(total);
}

/// FB..FF would be taken for something else, so they go as FA 01..FA 05; the FA adds itself and the
/// difference takes it away again. A checksum FA goes as it is.
void append_checksum(Bytes& wire) {
    const auto checksum = static_cast<std::uint8_t>(1 - sum(wire));
    if (checksum > escape) {
        wire.push_back(escape);
        wire.push_back(static_cast<std::uint8_t>(checksum - escape));
    } else {
        wire.push_back(checksum);
    }
}

/// Bytes the checksum takes before the FF. No stuffed payload ends with FA, so FA 01..05 there is always one.
std::size_t checksum_size(ByteView wire) {
    const std::uint8_t last = wire[wire.size() - 2];
    const std::uint8_t before = wire[wire.size() - 3];
    return before == escape && last >= 1 && last <= 5 ? 2 : 1;
}

std::optional<Sync> decode_sync(ByteView payload) {
    Reader in(payload);
    const std::uint8_t mark = in.u8();
    const Sync sync{.status = in.u8(), .timestamp_90us = in.u16()};
    return mark == 0x55 && in.ok_and_done() ? std::optional(sync) : std::nullopt;
}

} // namespace

std::string_view text(Reject reason) {
    switch (reason) {
    case Reject::too_short:
        return "too short for a frame";
    case Reject::too_long:
        return "too long for a frame";
    case Reject::bad_type:
        return "neither a data nor a sync frame";
    case Reject::bad_number:
        return "frame number above 127";
    case Reject::bad_stuffing:
        return "escape bytes are wrong";
    case Reject::bad_checksum:
        return "checksum is wrong";
    }
    return "unknown reason";
}

Bytes stuff(ByteView plain) {
    Bytes stuffed;
    for (const std::uint8_t byte : plain) {
        if (byte >= escape) {
            stuffed.push_back(escape);
            stuffed.push_back(static_cast<std::uint8_t>(byte - 0x80));
        } else {
            stuffed.push_back(byte);
        }
    }
    return stuffed;
}

std::optional<Bytes> unstuff(ByteView stuffed) {
    Bytes plain;
    for (std::size_t i = 0; i < stuffed.size(); ++i) {
        if (stuffed[i] < escape) {
            plain.push_back(stuffed[i]);
            continue;
        }
        const bool pair = stuffed[i] == escape && i + 1 < stuffed.size();
        if (!pair || stuffed[i + 1] < 0x7A || stuffed[i + 1] > 0x7F) {
            return std::nullopt;
        }
        plain.push_back(static_cast<std::uint8_t>(stuffed[++i] + 0x80));
    }
    return plain;
}

Bytes encode(const Frame& frame) {
    assert(frame.number < frame_numbers);
    const std::uint8_t type = std::holds_alternative<Sync>(frame.message) ? type_sync : type_data;
    Bytes wire = Writer().u8(frame.from.first).u8(frame.from.second).u8(type).u8(frame.number).take();
    const Bytes payload = stuff(encode_payload(frame.message));
    wire.insert(wire.end(), payload.begin(), payload.end());
    append_checksum(wire);
    wire.push_back(end_of_frame);
    return wire;
}

Decoded decode(ByteView wire) {
    if (wire.size() < shortest_frame) {
        return Reject::too_short;
    }
    if (wire.size() > max_frame_bytes) {
        return Reject::too_long;
    }
    const std::uint8_t type = wire[type_index];
    if (type != type_sync && type != type_data) {
        return Reject::bad_type;
    }
    // Only the last byte may be FF: a missing or an early one shows as a wrong sum or as wrong escapes.
    if (wire.back() != end_of_frame || sum(wire) != 0) {
        return Reject::bad_checksum;
    }
    if (wire[3] >= frame_numbers) {
        return Reject::bad_number;
    }
    const std::size_t checksum = checksum_size(wire);
    const std::size_t payload_size = wire.size() - payload_index - checksum - 1;
    const auto payload = unstuff(wire.subspan(payload_index, payload_size));
    if (!payload || payload->empty() || wire[wire.size() - 2] > escape) {
        return Reject::bad_stuffing;
    }
    Frame frame{.from = {wire[0], wire[1]}, .number = wire[3]};
    if (type == type_data) {
        frame.message = decode_payload(*payload);
        return frame;
    }
    const auto sync = decode_sync(*payload);
    if (!sync) {
        return Reject::bad_type; // a sync frame of another shape must not open a slot
    }
    frame.message = *sync;
    return frame;
}

} // namespace bms::vebus
