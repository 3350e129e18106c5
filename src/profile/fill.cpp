// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/profile/profile.hpp"

#include <algorithm>

namespace bms::profile {

namespace {

template<typename Wanted>
bool any_hole(const Profile& profile, Wanted wanted) {
    return std::any_of(profile.frames.begin(), profile.frames.end(), [&](const FrameTemplate& frame) {
        return std::any_of(frame.holes.begin(), frame.holes.end(), wanted);
    });
}

bool has_bit(const Profile& profile, Signal signal) {
    return any_hole(profile, [&](const Hole& hole) {
        const auto* flags = std::get_if<FlagsHole>(&hole.kind);
        return flags && flags->mask[static_cast<std::size_t>(signal)] != 0;
    });
}

bool has_level(const Profile& profile) {
    return any_hole(profile, [](const Hole& hole) { return std::holds_alternative<LevelHole>(hole.kind); });
}

/// What cannot be told in its own bits is told in those there are; never the other way round.
Signals told(const Profile& profile, const Signals& meant) {
    Signals signals = meant;
    for (const Signal stop : {Signal::error, Signal::remote_off}) {
        if (meant[stop]) {
            signals.charge = ChargeLevel::stopped;
        }
        if (meant[stop] && !has_bit(profile, stop)) {
            signals[Signal::cell_low] = signals[Signal::cell_high] = true;
        }
    }
    if (signals.charge != ChargeLevel::allowed && !has_level(profile)) {
        signals[Signal::cell_high] = true;
    }
    if (signals[Signal::cell_high] && signals.charge == ChargeLevel::allowed) {
        signals.charge = ChargeLevel::stopped;
    }
    return signals;
}

struct Filler {
    const Signals& signals;

    std::uint8_t operator()(const FlagsHole& hole) const {
        unsigned turned = 0;
        for (std::size_t i = 0; i < hole.mask.size(); ++i) {
            turned |= signals.active[i] ? hole.mask[i] : 0U;
        }
        return static_cast<std::uint8_t>(hole.base ^ turned);
    }
    std::uint8_t operator()(const LevelHole& hole) const {
        return hole.value[static_cast<std::size_t>(signals.charge)];
    }
};

} // namespace

vebus::Bytes fill(const Profile& profile, const FrameTemplate& frame, const Signals& meant) {
    const Signals signals = told(profile, meant);
    vebus::Bytes payload = frame.payload;
    for (const Hole& hole : frame.holes) {
        payload[hole.index] = std::visit(Filler{signals}, hole.kind);
    }
    return payload;
}

} // namespace bms::profile
