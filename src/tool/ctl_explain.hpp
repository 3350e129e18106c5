// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What `vebus-bmsctl explain` says of a row of the manual. Pure, and without a daemon.
#pragma once

#include "tool/ctl_page.hpp"
#include "tool/manual_table.hpp"

#include <string>
#include <variant>
#include <vector>

namespace bms::tool {

/// What the words name: rows ("M69", "69", "M92-M94"), else those in whose text all the words stand. Or what
/// is wrong with them.
std::variant<std::vector<ManualEntry>, std::string> find_rows(const std::vector<std::string>& words);

Page explain_page(const std::vector<ManualEntry>& rows);

/// What became of the row, in words.
std::string became_of(const ManualEntry& row);

} // namespace bms::tool
