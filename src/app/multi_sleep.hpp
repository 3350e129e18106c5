// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/time.hpp"

#include <optional>

namespace bms::app {

/// Is a silent Multi asleep, as it must be without AC once it is off (M25, M134), or is the connection lost?
class MultiSleep {
  public:
    struct Seen {
        bool heard;     ///< it talks
        bool may_sleep; ///< it has been told, or is wished, to be off or charger-only
        bool powered;   ///< AC or the standby line keeps its electronics awake
    };

    void update(Seen seen, Instant now) {
        powered_since_ = seen.powered ? std::optional(powered_since_.value_or(now)) : std::nullopt;
        const bool had_time_to_wake = powered_since_ && now - *powered_since_ >= wakes_within;
        asleep_ = !seen.heard && !had_time_to_wake && (asleep_ || seen.may_sleep);
    }
    bool asleep() const { return asleep_; }

  private:
    static constexpr Duration wakes_within = 20s;

    bool asleep_ = false;
    std::optional<Instant> powered_since_;
};

} // namespace bms::app
