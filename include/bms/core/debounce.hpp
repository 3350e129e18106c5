// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Quick towards the unsafe reading, slow towards the safe one, unknown at once when the line is lost.
#pragma once

#include "bms/time.hpp"

#include <optional>

namespace bms::core {

enum class Level : unsigned char { unknown, inactive, active };

/// What a line shows, and since when (the kernel's time stamp of the edge).
struct LineReading {
    Level level = Level::unknown;
    Instant since{};
    bool operator==(const LineReading&) const = default;
};

struct DebounceTimes {
    Duration to_inactive{};
    Duration to_active{};
};

/// A reading becomes the value once it has stood unbroken for its time. A line that was lost starts anew.
struct Debouncer {
    std::optional<bool> value; ///< nullopt: never read, or lost
    LineReading raw;

    void update(LineReading reading, DebounceTimes times, Instant now) {
        raw = reading;
        if (raw.level == Level::unknown) {
            value.reset();
        } else if (now >= due(times)) {
            value = raw.level == Level::active;
        }
    }

    /// When the pending reading becomes the value; `never` when nothing is pending.
    Instant next_deadline(DebounceTimes times) const {
        const bool settled = value.has_value() && *value == (raw.level == Level::active);
        return raw.level == Level::unknown || settled ? never : due(times);
    }

    bool operator==(const Debouncer&) const = default;

  private:
    Instant due(DebounceTimes times) const {
        return raw.since + (raw.level == Level::active ? times.to_active : times.to_inactive);
    }
};

} // namespace bms::core
