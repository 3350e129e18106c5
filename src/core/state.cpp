// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/core/state.hpp"

#include <algorithm>

namespace bms::core {

void DisconnectHistory::add(Instant now) {
    std::shift_right(at.begin(), at.end(), 1);
    at[0] = now;
    size = static_cast<unsigned char>(std::min<std::size_t>(size + 1u, capacity));
}

unsigned DisconnectHistory::within(Duration memory, Instant now) const {
    return static_cast<unsigned>(
        std::count_if(at.begin(), at.begin() + size, [&](Instant t) { return now - t < memory; }));
}

State initial_state(const Memory& memory) {
    State state;
    state.restart_latched = memory.restart_latched;
    state.wish.mode = memory.wish;
    state.wish.taken_down = memory.wish.has_value();
    return state;
}

Memory memory_of(const State& state) {
    return {.wish = state.wish.taken_down ? state.wish.mode : std::nullopt,
            .restart_latched = state.restart_latched};
}

} // namespace bms::core
