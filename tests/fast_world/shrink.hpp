// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// From a life that fails to the shortest one that still does.
#pragma once

#include "fast_world/random_life.hpp"

#include <functional>

namespace bms::test {

/// Does this life fail, and when? Seconds since midnight of day 1; below 0: it does not.
using FailsAt = std::function<double(const RandomLife&)>;

/// First cut off after the failure, then without each line that is not needed, until none can go.
RandomLife shortest_failing(RandomLife life, const FailsAt& fails_at);

} // namespace bms::test
