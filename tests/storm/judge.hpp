// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The safety properties of the walk, judged on what is seen of the whole daemon.
//
// From outside nobody knows the instant a reading became valid in the daemon, nor whether an output that
// changed between two looks did so before or after a wire. So the lines have values that are plausible: one
// of them in a quiet moment, both for a while around each change. An observation is wrong when no choice of
// plausible values keeps every property. What this cannot see for that, the recording shows
// (recording_judge.hpp).
#pragma once

#include "exhaustive/view.hpp"
#include "storm/observation.hpp"

#include <deque>

namespace bms::test {

/// How much later than promised something may show, in the guest, where computing takes no time.
struct Slack {
    Duration look = 25ms; ///< between an instant and the look that must see it
    Duration wire = 5ms;  ///< between an edge on the wire and the time it is given
    Duration lost_within =
        1100ms;                  ///< a lost line is noticed: levels are read again each second (decisions 2)
    Duration starts_within = 5s; ///< a daemon holds and reads its lines
    Duration back_within = 65s;  ///< a line that is back is held again: retries are as far apart as it was
                                 ///< away, and at most a minute
    Duration catches_up = 100ms; ///< a process that goes on after a pause has done all it missed
};

class Judge {
  public:
    Judge(const core::Settings& promised, Slack allowed) : settings(promised), slack(allowed) {}

    /// Observations in the order of time, one at each change of a wire too. Empty: nothing is wrong.
    std::string see(const Observation&);

    std::size_t edges() const { return edges_; }
    /// Edges looked at with exactly one plausible reading.
    std::size_t certain() const { return certain_; }

  private:
    /// What a line may be in the daemon, after debouncing.
    struct Line {
        bool level = false;
        Instant since{};
        bool may_be_active = false, may_be_inactive = true;
        Instant active_from{}; ///< the earliest that the active value may have come

        void may_have_been(bool active, Instant from);
        void update(bool now_level, core::DebounceTimes times, const Judge&, const Observation&);
    };
    struct Choice {
        std::array<bool, 5> active;
        bool held;
        Instant pre_alarm_since;
    };

    void track(const Observation&);
    void track_held(const Observation&);
    std::vector<Choice> choices() const;
    std::string broken(const Choice&, const Observation&) const;
    std::string count_toggles(const Observation&);

    core::Settings settings;
    Slack slack;
    std::optional<Observation> before_;
    std::array<Line, 5> lines_; ///< the two allow loops, the pre-alarm loop, remote H and L
    bool all_there_ = false;
    Instant there_since_{}, back_by_{};
    bool may_be_held_ = false, may_be_lost_ = true;
    bool catching_up_ = false;
    Instant goes_on_since_{};
    Instant pre_alarm_off_at_{}, pre_alarm_on_at_{}; ///< last seen floating before, first seen high
    bool loads_off_by_loop_ = false, charge_off_by_loop_ = false;
    std::deque<Instant> loads_off_, charge_off_, excuses_;
    std::size_t edges_ = 0, certain_ = 0;
};

} // namespace bms::test
