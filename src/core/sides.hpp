// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/core/state.hpp"

namespace bms::core {

struct ReconnectRule {
    Duration base, longest, memory;
};

/// Why a side is disconnected while the system is on.
struct Reasons {
    bool loop_open = false;
    bool soc_rule = false; ///< loads only
};

/// Keeps why a side is disconnected, and fixes its reconnect delay at the instant it was. Each disconnect by
/// the loop or by lost inputs within the memory doubles the delay, so that a flapping cell wears nothing out.
/// Starting and the remote switch are the user's doing: no delay. The SoC rule has times of its own: none
/// either.
void update_side(Side& side, bool disconnected, Power power, const Reasons& reasons,
                 const ReconnectRule& rule, Instant now);

} // namespace bms::core
