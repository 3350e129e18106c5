// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Which test or document stands for which row of the manual (tests/data/manual-rows.txt), found in their
// text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bms::tool {

struct TextFile {
    std::string path; ///< from the root of the project
    std::string text;
};

struct ManualSources {
    std::string rows, planned;       ///< the two lists in tests/data
    std::vector<TextFile> tests;     ///< sources of tests, sorted by path
    std::vector<TextFile> documents; ///< pages for people, sorted by path
};

struct ManualCoverage {
    std::string markdown; ///< tests/manual-coverage.md
    std::vector<std::string>
        problems; ///< a row without a place, a list that does not fit; each says what to do
};

/// Reads the lists, every test and every page below the root of the project.
ManualSources read_manual_sources(const std::string& root);

ManualCoverage manual_coverage(const ManualSources& sources);

/// "Suite.Name" of every TEST, TEST_F and TEST_P of a source, in its order.
std::vector<std::string> tests_in(std::string_view source);

/// The rows cited in a text, `M15` or `M92-M94`, each time they are; `at` is where in the text.
struct Citation {
    int row;
    std::size_t at;
};
std::vector<Citation> citations_in(std::string_view text);

} // namespace bms::tool
