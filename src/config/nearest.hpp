// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// "Did you mean": a mistyped word and the known one it most looks like.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bms::config {

/// `did you mean "line"?`, or all known words when none is near.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& known);

} // namespace bms::config
