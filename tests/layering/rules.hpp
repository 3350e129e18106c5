// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Who may include whom, and what the pure code may not say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bms::layering {

/// What is wrong with one file. path is relative to the root of the repository ("src/core/step.cpp") and
/// decides which rules hold; text is the file's content. Each entry reads "path:line: what is wrong".
std::vector<std::string> problems_in(std::string_view path, std::string_view text);

/// The code of a file, line by line, with comments and the inside of literals blanked out.
std::vector<std::string> code_lines(std::string_view text);

} // namespace bms::layering
