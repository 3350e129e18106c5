// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Bytes in any chunking -> frames of an MK2 or MK3. There is no mark between frames: after garbage each byte
// is tried as a beginning, so no good frame is lost behind it.
#pragma once

#include "bms/mk2/codec.hpp"

#include <array>

namespace bms::mk2 {

struct FramerCounters {
    std::uint64_t frames = 0;
    std::array<std::uint64_t, reject_kinds> rejected{}; ///< by Reject; one for each stretch of garbage
    std::uint64_t garbage_bytes = 0;                    ///< all bytes that did not become a frame

    std::uint64_t rejected_as(Reject reason) const { return rejected[static_cast<std::size_t>(reason)]; }
};

/// Holds less than max_frame_bytes, whatever it is fed.
class Framer {
  public:
    struct Item {
        Frame frame;
        Bytes wire; ///< as received
    };

    /// The frames completed by these bytes, in order.
    std::vector<Item> push(ByteView bytes);

    /// The line has been silent for longer than a frame may pause: what was begun will not be completed. What
    /// it kept waiting comes out.
    std::vector<Item> silence();

    /// A frame has begun and is not complete.
    bool waiting() const { return !buffer.empty(); }

    const FramerCounters& counters() const { return counted; }

  private:
    std::optional<Item> next();
    void drop(Reject);

    Bytes buffer;
    bool in_garbage = false;
    FramerCounters counted;
};

} // namespace bms::mk2
