// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Frames to bytes and back: always in pairs, and decode(encode(f)) == f.
//
//   index  0 1      2     3      4 ..             n-2        n-1
//          address  type  number payload, stuffed checksum   FF
//
// type FE data, FD sync. FF is nowhere else in a frame.
#pragma once

#include "bms/vebus/frame.hpp"

#include <string_view>

namespace bms::vebus {

inline constexpr std::uint8_t end_of_frame = 0xFF;

/// Our bound for a frame on the wire, FF included. The longest known frame has 15 bytes of payload, 37 bytes
/// when every one of them is stuffed.
inline constexpr std::size_t max_frame_bytes = 64;

/// Why bytes are no frame.
enum class Reject { too_short, too_long, bad_type, bad_number, bad_stuffing, bad_checksum };
inline constexpr std::size_t reject_kinds = 6;

/// One reason in words: "checksum is wrong".
std::string_view text(Reject);

using Decoded = std::variant<Frame, Reject>;

/// The frame as it goes over the wire, FF included.
Bytes encode(const Frame&);
/// One frame from the wire, from its address to its FF.
Decoded decode(ByteView wire);

/// The payload alone, not stuffed; for a sync frame from its 55 on.
Bytes encode_payload(const Message&);
/// A payload we do not know is Unknown; there is no failure. A sync payload is decoded by decode() only,
/// which sees the frame type.
Message decode_payload(ByteView payload);

/// Bytes FA..FF become FA 7A..7F [R].
Bytes stuff(ByteView plain);
/// Empty when the bytes are not what stuff() makes.
std::optional<Bytes> unstuff(ByteView stuffed);

std::uint8_t encode_switches(const SwitchRegister&);
SwitchRegister decode_switches(std::uint8_t);

} // namespace bms::vebus
