// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sides.hpp"

#include <algorithm>

namespace bms::core {
namespace {

bool counts(Cause cause) { return cause == Cause::loop || cause == Cause::inputs_lost; }

Cause cause_now(const Side& side, Power power, const Reasons& now) {
    switch (power) {
    case Power::starting:
        return Cause::start;
    case Power::remote_off:
        return Cause::remote_off;
    case Power::inputs_lost:
        return Cause::inputs_lost;
    default:
        break;
    }
    if (now.loop_open) {
        return Cause::loop;
    }
    return now.soc_rule && !counts(side.cause) ? Cause::soc_rule : side.cause; // a delay that runs goes on
}

Duration delay_after(unsigned disconnects, const ReconnectRule& rule) {
    Duration delay = rule.base;
    for (unsigned i = 1; i < disconnects && delay < rule.longest; ++i) {
        delay *= 2;
    }
    return std::min(delay, rule.longest);
}

} // namespace

void update_side(Side& side, bool disconnected, Power power, const Reasons& reasons,
                 const ReconnectRule& rule, Instant now) {
    if (!disconnected) {
        side.cause = Cause::none;
        return;
    }
    const Cause before = side.cause;
    side.cause = cause_now(side, power, reasons);
    if (!counts(side.cause)) {
        side.reconnect_delay = Duration::zero();
    } else if (!counts(before)) {
        side.history.add(now);
        side.reconnect_delay = delay_after(side.history.within(rule.memory, now), rule);
    }
}

} // namespace bms::core
