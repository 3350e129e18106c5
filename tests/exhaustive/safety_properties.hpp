// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The safety case, as properties of one edge. Each names the manual row or the decision it stands for.
#pragma once

#include "walk.hpp"

namespace bms::test {

/// Of the battery's lines, the outputs and the lights.
std::span<const Property> line_properties();
/// Of what the inverter/charger is told.
std::span<const Property> multi_properties();
/// Both, in this order.
std::span<const Property> safety_properties();

/// How many of a set of false results each property rejects: one that were weakened would reject fewer. The
/// results are those of the edge with one thing changed, as a defect would change it.
void count_rejected(const Edge& edge, const core::Settings& settings, std::vector<std::size_t>& rejected);

} // namespace bms::test
