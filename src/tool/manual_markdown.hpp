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
    std::string rows, planned;        ///< the two lists in tests/data
    std::vector<TextFile> tests;      ///< sources of tests, sorted by path
    std::vector<TextFile> documents;  ///< pages for people, sorted by path
    std::vector<TextFile> programs{}; ///< sources of what is installed, sorted by path
};

/// One row of the manual, and everything that names it.
struct ManualRow {
    int number = 0;
    std::string section;
    std::string part; ///< who can do it: software, split, outside
    std::string text;
    std::string planned; ///< what is missing; empty: nothing
    std::vector<std::string> tests, documents;
    std::vector<std::string> keys, paths; ///< of the configuration, of D-Bus
    std::vector<std::string> programs;    ///< sources

    bool outside() const { return part == "outside"; }
    /// A row that software does needs a test; one that it cannot do needs the page that says so.
    bool done() const { return !tests.empty() || (outside() && !documents.empty()); }
    std::string name() const { return "M" + std::to_string(number); }
};

struct ManualCoverage {
    std::vector<ManualRow> rows;
    std::string markdown; ///< tests/manual-coverage.md
    std::vector<std::string>
        problems; ///< a row without a place, a list that does not fit; each says what to do
};

/// Reads the lists, every test and every page below the root of the project.
ManualSources read_manual_sources(const std::string& root);

ManualCoverage manual_coverage(const ManualSources& sources);

/// src/tool/manual_table.cpp, which vebus-bmsctl explains from.
std::string manual_table_source(const std::vector<ManualRow>& rows);

/// "Suite.Name" of every TEST, TEST_F and TEST_P of a source, in its order.
std::vector<std::string> tests_in(std::string_view source);

/// The rows cited in a text, `M15` or `M92-M94`, each time they are; `at` is where in the text.
struct Citation {
    int row;
    std::size_t at;
};
std::vector<Citation> citations_in(std::string_view text);

} // namespace bms::tool
