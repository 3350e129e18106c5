// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The mark a run leaves in the state folder, so that the next one can say how it ended.
#pragma once

#include "bms/time.hpp"

#include <optional>
#include <string>

namespace bms::record {

enum class RunEnd : unsigned char {
    none,    ///< it runs; found by the next start: killed, crashed, or the supply failed
    stop,    ///< told to end
    restart, ///< told to be replaced
};

struct RunMark {
    RunEnd end = RunEnd::none;
    std::string boot;      ///< the kernel's identity of the boot; times of another one cannot be compared
    Instant at{};          ///< monotonic: when the outputs were released, else when it started
    bool loads = false;    ///< LoadDisconnect was high until then
    bool chargers = false; ///< ChargeDisconnect was high until then
    std::string version;
    bool operator==(const RunMark&) const = default;
};

std::string run_mark_text(const RunMark& mark);
/// nullopt: no such mark.
std::optional<RunMark> run_mark_from(const std::string& text);

/// How the run before this one ended, in words for the log. nullopt: none is known of.
std::string last_run_words(const std::optional<RunMark>& last, const std::string& boot, Instant now);
/// It did not end by its own will.
bool ended_by_crash(const std::optional<RunMark>& last);

/// How long the outputs were off across a planned restart, in words, once all that had been high is high
/// again.
class OutputsGap {
  public:
    OutputsGap() = default;
    /// Only a restart or a stop within this boot is followed.
    OutputsGap(const std::optional<RunMark>& last, const std::string& boot);
    /// Call it with what is driven; words at the round that ends the gap, once.
    std::optional<std::string> follow(bool loads, bool chargers, Instant now);

  private:
    std::optional<RunMark> open_;
    std::optional<Duration> loads_after_, chargers_after_;
};

} // namespace bms::record
