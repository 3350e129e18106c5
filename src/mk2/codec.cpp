// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The frame around a message. The messages are in payload.cpp.
#include "mk2/payload.hpp"

#include <algorithm>
#include <cassert>

namespace bms::mk2 {

namespace {

constexpr std::uint8_t leds_appended = 0x80;
constexpr std::size_t led_bytes = 2;

bool has_odd_checksum(std::uint8_t head) {
    return head == 0x21 || head == 0x38 || head == 0x3D || head == 0x3F;
}

} // namespace

std::string_view text(Reject reason) {
    switch (reason) {
    case Reject::bad_length:
        return "length is not one of a frame";
    case Reject::bad_head:
        return "neither of the interface nor passed through";
    case Reject::bad_checksum:
        return "checksum is wrong";
    case Reject::cut_short:
        return "cut short";
    }
    return "unknown reason";
}

bool is_head(std::uint8_t byte) {
    constexpr std::uint8_t heads[] = {0xFF, 0x20, 0x21, 0x38, 0x3C, 0x3D, 0x3F, 0x40, 0x41};
    return std::find(std::begin(heads), std::end(heads), byte) != std::end(heads);
}

std::uint8_t checksum_of(ByteView bytes) {
    unsigned total = 0;
    for (const std::uint8_t byte : bytes) {
        total += byte;
    }
    if (bytes.size() > 1 && has_odd_checksum(bytes[1])) {
        for (std::size_t i = 1; i < std::min<std::size_t>(bytes.size(), 6); i += 2) {
            total += static_cast<unsigned>(bytes[i] >> 4) + static_cast<unsigned>((bytes[i] & 0x0F) << 4);
        }
    }
    return static_cast<std::uint8_t>(0U - total);
}

Bytes encode(const Frame& frame) {
    Bytes payload = encode_payload(frame.message);
    std::uint8_t mark = 0;
    if (frame.leds) {
        payload.push_back(frame.leds->on);
        payload.push_back(frame.leds->blink);
        mark = leds_appended;
    }
    assert(payload.size() >= min_counted && payload.size() <= max_counted);
    const auto length = static_cast<std::uint8_t>(payload.size() | mark);
    Bytes wire = vebus::Writer().u8(length).bytes(payload).take();
    wire.push_back(checksum_of(wire));
    return wire;
}

Bytes encode(const Message& message) { return encode(Frame{.message = message}); }

Decoded decode(ByteView wire) {
    if (wire.size() < min_counted + 2) {
        return Reject::cut_short;
    }
    const bool with_leds = (wire.front() & leds_appended) != 0;
    const std::size_t counted = wire.front() & 0x7F;
    if (counted < min_counted + (with_leds ? led_bytes : 0) || counted > max_counted) {
        return Reject::bad_length;
    }
    if (!is_head(wire[1])) {
        return Reject::bad_head;
    }
    if (wire.size() != counted + 2) {
        return wire.size() < counted + 2 ? Reject::cut_short : Reject::bad_length;
    }
    if (checksum_of(wire.first(counted + 1)) != wire.back()) {
        return Reject::bad_checksum;
    }
    Frame frame;
    std::size_t end = counted + 1;
    if (with_leds) {
        end -= led_bytes;
        frame.leds = Leds{.on = wire[end], .blink = wire[end + 1]};
    }
    frame.message = decode_payload(wire.subspan(1, end - 1));
    return frame;
}

} // namespace bms::mk2
