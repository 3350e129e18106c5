// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/time.hpp"

#include <optional>

namespace bms::app {

/// Is a silent Multi asleep, as it must be without AC once it is off (M25, M134), or is the connection lost?
/// Attempts to wake it are the core's, and so is the word that one is over. AC alone wakes it too, also where
/// nobody attempts anything.
class MultiSleep {
  public:
    struct Seen {
        bool heard = false;     ///< it talks
        bool may_sleep = false; ///< it has been told, or is wished, to be off or charger-only
        bool on_ac = false;     ///< AC is there, so its electronics are awake
        bool not_woken = false; ///< an attempt by a standby line that is wired is over
    };

    /// wake_hold: so long it may take to be heard once AC is there; core::Settings has it.
    explicit MultiSleep(Duration wake_hold) : wake_hold_(wake_hold) {}

    void update(Seen seen, Instant now) {
        ac_since_ = seen.on_ac ? std::optional(ac_since_.value_or(now)) : std::nullopt;
        const bool should_talk = seen.not_woken || (ac_since_ && now - *ac_since_ >= wake_hold_);
        asleep_ = !seen.heard && !should_talk && (asleep_ || seen.may_sleep);
    }
    bool asleep() const { return asleep_; }

  private:
    Duration wake_hold_;
    bool asleep_ = false;
    std::optional<Instant> ac_since_;
};

} // namespace bms::app
