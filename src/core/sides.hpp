// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/core/state.hpp"

namespace bms::core {

struct ReconnectRule {
    Duration base, longest, memory;
};

/// Keeps why a side is disconnected, and fixes its reconnect delay at the instant it was. Each disconnect by
/// the loop or by lost inputs within the memory doubles the delay, so that a flapping cell wears nothing out.
/// Starting and the remote switch are the user's doing: no delay.
void update_side(Side& side, bool disconnected, Power power, bool loop_open, const ReconnectRule& rule,
                 Instant now);

} // namespace bms::core
