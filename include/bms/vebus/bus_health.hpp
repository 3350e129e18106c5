// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether a raw bus is fit to be sent on: storms of broken frames, and how long it must be clean after one.
#pragma once

#include "bms/time.hpp"

#include <algorithm>
#include <cstdint>

namespace bms::vebus {

class BusHealth {
  public:
    /// Broken frames within a second that, when they outnumber the good ones, are a storm. A healthy bus
    /// carries about 110 frames a second.
    static constexpr std::uint64_t storm_rejects = 25;
    /// A second is clean with a good frame and at most so many broken ones.
    static constexpr std::uint64_t clean_rejects = 5;
    /// How long the bus must be clean before we send again: doubled each time, and back to the first once the
    /// bus has been in order for as long as the longest.
    static constexpr Duration first_wait = 60s;
    static constexpr Duration longest_wait = 1h;

    /// A frame, good or broken.
    void count(bool good, Instant now) {
        if (second.started == Instant::min() || now - second.started >= 1s) {
            end_second(now);
        }
        ++(good ? second.frames : second.rejects);
    }
    bool storm() const { return second.rejects >= storm_rejects && second.rejects > second.frames; }
    std::uint64_t rejects() const { return second.rejects; }

    /// Sending has stopped: it shall be clean for a while from now on.
    void stopped(Instant now) {
        if (ended_at != Instant::min() && now - ended_at >= longest_wait) {
            wait = Duration::zero();
        }
        wait = std::clamp(2 * wait, first_wait, longest_wait);
        clean_since = now;
        second = {.started = now};
    }
    bool clean_enough(Instant now) const { return now - clean_since >= wait; }
    void sending_again(Instant now) { ended_at = now; }
    /// The owner's word that all is well.
    void forget() { *this = {}; }

  private:
    struct Second {
        Instant started = Instant::min();
        std::uint64_t frames = 0;
        std::uint64_t rejects = 0;
    };

    void end_second(Instant now) {
        const bool silent = second.started == Instant::min() || now - second.started >= 2s;
        if (silent || second.frames == 0 || second.rejects > clean_rejects) {
            clean_since = now;
        }
        second = {.started = now};
    }

    Second second;
    Instant clean_since = Instant::min();
    Instant ended_at = Instant::min();
    Duration wait = Duration::zero();
};

} // namespace bms::vebus
