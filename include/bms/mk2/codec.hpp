// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Frames of an MK2 or MK3 to bytes and back: always in pairs, and decode(encode(f)) == f.
//
//   length  FF letter data ..           checksum      to and from the interface
//   length  20|21|38|3C|3D|3F|40|41 ..  checksum      a VE.Bus payload, passed through
//
// The length counts neither itself nor the checksum; all bytes add up to 0 [V]. Frames that begin with 21,
// 38, 3D or 3F add the bytes at index 1, 3 and 5 once more, with their nibbles swapped [R]. Bit 7 of the
// length: two LED bytes stand before the checksum, and are counted [V].
//
// A zero after a last byte FF, which an MK2 older than 1130128 wants [V], is not made: velib refuses
// interfaces older than release 131, and so does Mk3Link.
#pragma once

#include "bms/mk2/frame.hpp"

#include <string_view>

namespace bms::mk2 {

/// Of the counted bytes: the longest message has 20 [V], and two LED bytes.
inline constexpr std::size_t max_counted = 22;
inline constexpr std::size_t min_counted = 2;
/// On the wire, with length and checksum.
inline constexpr std::size_t max_frame_bytes = max_counted + 2;

/// Why bytes are no frame.
enum class Reject { bad_length, bad_head, bad_checksum, cut_short };
inline constexpr std::size_t reject_kinds = 4;

/// One reason in words: "checksum is wrong".
std::string_view text(Reject);

using Decoded = std::variant<Frame, Reject>;

/// The frame as it goes over the wire. A Winmon request without data is filled up on channel W.
Bytes encode(const Frame&);
Bytes encode(const Message&);
/// One frame from the wire, from its length to its checksum.
Decoded decode(ByteView wire);

/// The checksum for what stands before it.
std::uint8_t checksum_of(ByteView length_and_payload);
/// The byte after the length can begin a frame.
bool is_head(std::uint8_t);

} // namespace bms::mk2
