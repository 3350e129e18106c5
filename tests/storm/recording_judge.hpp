// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// All safety properties of the walk, judged on every step the daemon recorded (--record).
#pragma once

#include "storm/observation.hpp"

#include <istream>
#include <vector>

namespace bms::test {

struct RecordingVerdict {
    std::string wrong; ///< empty: nothing
    std::size_t steps = 0;
};

/// Steps are decided again by the core of this program. seen: what the outputs showed meanwhile, in the order
/// of time; it must be what the core gave no longer than `late` before.
RecordingVerdict judge_recording(std::istream& recording, const std::vector<Observation>& seen,
                                 Duration late);

} // namespace bms::test
