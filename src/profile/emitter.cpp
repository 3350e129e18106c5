// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/profile/emitter.hpp"

#include <algorithm>
#include <utility>

namespace bms::profile {

Emitter::Emitter(Profile its_profile) : profile(std::move(its_profile)), timers(profile.frames.size()) {}

void Emitter::say(const Signals& now_signals) { signals = now_signals; }

void Emitter::quiet(bool now_quiet) { in_quiet = now_quiet; }

void Emitter::hush() { signals.reset(); }

/// A frame whose bytes do not change with the signals waits for its interval.
Instant Emitter::due_at(std::size_t frame) const {
    const FrameTemplate& shape = profile.frames[frame];
    const Timer& timer = timers[frame];
    if (!signals) {
        return never;
    }
    if (!timer.sent_at) {
        return Instant::min();
    }
    const bool changed = fill(profile, shape, *signals) != timer.said;
    return *timer.sent_at +
           (changed ? change_spacing : Duration{in_quiet ? shape.interval_quiet : shape.interval});
}

/// The one that has waited longest goes first, so that none starves.
std::optional<vebus::InfoFrame> Emitter::due(Instant now) {
    std::size_t next = 0;
    for (std::size_t i = 1; i < timers.size(); ++i) {
        next = due_at(i) < due_at(next) ? i : next;
    }
    if (timers.empty() || due_at(next) > now) {
        return std::nullopt;
    }
    timers[next] = {.sent_at = now, .said = fill(profile, profile.frames[next], *signals)};
    return vebus::InfoFrame{.from = profile.address, .payload = timers[next].said};
}

Instant Emitter::next_due() const {
    Instant earliest = never;
    for (std::size_t i = 0; i < timers.size(); ++i) {
        earliest = std::min(earliest, due_at(i));
    }
    return earliest;
}

std::optional<vebus::InfoFrame> Emitter::answer_to(const vebus::DevicePoll& poll) {
    if (!signals || !profile.presence_reply || poll.type != vebus::device_bms) {
        return std::nullopt;
    }
    return vebus::InfoFrame{.from = profile.address, .payload = *profile.presence_reply};
}

} // namespace bms::profile
