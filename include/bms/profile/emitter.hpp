// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// When which info frame goes out. Time in, frames out; the slot on the bus is the link's.
#pragma once

#include "bms/profile/profile.hpp"
#include "bms/vebus/info_frames.hpp"

namespace bms::profile {

/// A change is told at once, but a frame never comes sooner than this after the one before: signals that
/// flicker must not take every slot.
inline constexpr Duration change_spacing = 100ms;

class Emitter final : public vebus::InfoFrames {
  public:
    /// Silent until say() is called for the first time.
    explicit Emitter(Profile);

    void say(const Signals&);
    /// Low power: the longer interval, M25.
    void quiet(bool);
    /// Nothing is sent until the next say(), nor is a poll answered.
    void hush();

    vebus::Address address() const override { return profile.address; }
    std::optional<vebus::InfoFrame> due(Instant now) override;
    Instant next_due() const override;
    std::optional<vebus::InfoFrame> answer_to(const vebus::DevicePoll&) override;

  private:
    struct Timer {
        std::optional<Instant> sent_at;
        vebus::Bytes said; ///< the payload then
    };

    Instant due_at(std::size_t frame) const;

    Profile profile;
    std::vector<Timer> timers; ///< by frame
    std::optional<Signals> signals;
    bool in_quiet = false;
};

} // namespace bms::profile
