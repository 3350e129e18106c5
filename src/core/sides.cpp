// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sides.hpp"

#include <algorithm>

namespace bms::core {
namespace {

Cause cause_now(const Side& side, Power power, bool loop_open) {
    switch (power) {
    case Power::starting:
        return Cause::start;
    case Power::remote_off:
        return Cause::remote_off;
    case Power::inputs_lost:
        return Cause::inputs_lost;
    default:
        return loop_open ? Cause::loop : side.cause;
    }
}

bool counts(Cause cause) { return cause == Cause::loop || cause == Cause::inputs_lost; }

Duration delay_after(unsigned disconnects, const ReconnectRule& rule) {
    Duration delay = rule.base;
    for (unsigned i = 1; i < disconnects && delay < rule.longest; ++i) {
        delay *= 2;
    }
    return std::min(delay, rule.longest);
}

} // namespace

void update_side(Side& side, bool disconnected, Power power, bool loop_open, const ReconnectRule& rule,
                 Instant now) {
    if (!disconnected) {
        side.cause = Cause::none;
        return;
    }
    const Cause before = side.cause;
    side.cause = cause_now(side, power, loop_open);
    if (!counts(side.cause)) {
        side.reconnect_delay = Duration::zero();
    } else if (!counts(before)) {
        side.history.add(now);
        side.reconnect_delay = delay_after(side.history.within(rule.memory, now), rule);
    }
}

} // namespace bms::core
