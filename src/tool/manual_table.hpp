// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The rows of the manual in the program, for `vebus-bmsctl explain`.
#pragma once

#include <span>
#include <string_view>

namespace bms::tool {

/// Lists are words with ", " between them; empty: nothing.
struct ManualEntry {
    int number;
    std::string_view section;
    bool outside; ///< of what software can do
    std::string_view text, planned;
    std::string_view keys, paths, pages, sources, tests;
};

/// All rows, from M1 on.
std::span<const ManualEntry> manual_table();

} // namespace bms::tool
