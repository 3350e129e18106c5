// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The safety case, as properties of one edge. Each names the manual row or the decision it stands for.
#pragma once

#include "walk.hpp"

namespace bms::test {

/// Empty, or the property that this edge breaks.
std::string broken_property(const Edge& edge, const core::Settings& settings);

} // namespace bms::test
