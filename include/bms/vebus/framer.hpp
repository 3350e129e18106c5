// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Bytes in any chunking -> frames. Resynchronises at every FF and counts what it dropped and why.
#pragma once

#include "bms/vebus/codec.hpp"

namespace bms::vebus {

struct FramerCounters {
    std::uint64_t frames = 0;
    std::array<std::uint64_t, reject_kinds> rejected{}; ///< by Reject
    std::uint64_t unknown_address = 0; ///< good frames, neither from a Multi nor from a remote
    std::uint64_t garbage_bytes = 0;   ///< all bytes that did not become a frame

    std::uint64_t rejected_as(Reject reason) const { return rejected[static_cast<std::size_t>(reason)]; }
};

/// Holds at most max_frame_bytes, whatever it is fed.
class Framer {
  public:
    /// What stood between two FF. wire: as received, at most max_frame_bytes of it.
    struct Item {
        Decoded decoded;
        Bytes wire;
    };

    /// The items completed by these bytes, in order.
    std::vector<Item> push(ByteView bytes);

    /// The last byte received was the FF of a good frame: nothing has been heard since.
    bool at_frame_end() const { return quiet_after_frame; }

    const FramerCounters& counters() const { return counted; }

  private:
    std::optional<Item> finish();

    Bytes buffer;
    bool overflow = false;
    bool quiet_after_frame = false;
    FramerCounters counted;
};

} // namespace bms::vebus
