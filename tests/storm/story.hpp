// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A random story, the same for the same seed on every machine: a scenario for GuestWorld.
#pragma once

#include "bms/time.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bms::test {

/// Lines "at TIME set NAME=VALUE", in the order of time. The end is at least `length` after the start, at
/// most 1000 s, which is what a time in ms can say.
using Script = std::vector<std::string>;
Script story(std::uint64_t seed, Duration length);

std::string text_of(const Script&);

/// Leaves out what it can, as long as it still fails, in so many trials at most.
Script shortest(Script, const std::function<bool(const Script&)>& still_fails, std::size_t trials);

} // namespace bms::test
