// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "manual_markdown.hpp"

#include <algorithm>
#include <map>
#include <sstream>

namespace bms::tool {
namespace {

constexpr std::size_t names_shown = 4; ///< of the tests of one row; the rest is counted

using Rows = std::map<int, ManualRow>;
using Problems = std::vector<std::string>;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.front() != '#') {
            lines.push_back(line);
        }
    }
    return lines;
}

/// The fields of a line; the last one takes what is left.
std::vector<std::string> split(const std::string& line, std::size_t fields) {
    std::vector<std::string> found;
    std::size_t at = 0;
    while (found.size() + 1 < fields && line.find('|', at) != std::string::npos) {
        const std::size_t bar = line.find('|', at);
        found.push_back(line.substr(at, bar - at));
        at = bar + 1;
    }
    found.push_back(line.substr(at));
    return found;
}

Rows read_rows(const std::string& text, Problems& problems) {
    Rows rows;
    for (const std::string& line : lines_of(text)) {
        const auto fields = split(line, 4);
        const auto number = citations_in(fields[0]);
        const bool known_part =
            fields.size() == 4 && (fields[2] == "software" || fields[2] == "split" || fields[2] == "outside");
        if (number.size() != 1 || number[0].row != static_cast<int>(rows.size()) + 1 || !known_part) {
            problems.push_back("manual-rows.txt: \"" + line +
                               "\" is not the next row, as M1|section|software|text");
            continue;
        }
        ManualRow& row = rows[number[0].row];
        row.number = number[0].row;
        row.section = fields[1];
        row.part = fields[2];
        row.text = fields[3];
    }
    return rows;
}

void add_once(std::vector<std::string>& names, const std::string& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(name);
    }
}

/// "Suite.Name" of the TEST macro whose line begins at `at`; empty when that line is none.
std::string test_at(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    if (!rest.starts_with("TEST(") && !rest.starts_with("TEST_F(") && !rest.starts_with("TEST_P(")) {
        return {};
    }
    const auto open = rest.find('('), comma = rest.find(','), close = rest.find(')');
    if (close == std::string_view::npos || comma > close) {
        return {};
    }
    std::string name(rest.substr(open + 1, comma - open - 1));
    const auto begin = rest.find_first_not_of(" \n", comma + 1);
    return name + "." + std::string(rest.substr(begin, close - begin));
}

/// The test a citation belongs to: that around it, or for a comment on lines of its own the one below. A file
/// that has no tests, as a list of properties, stands for itself.
std::string test_of(const TextFile& file, std::size_t at) {
    const std::string_view text = file.text;
    std::string found;
    for (std::size_t line = 0; line <= at && line < text.size(); line = text.find('\n', line) + 1) {
        if (std::string test = test_at(text, line); !test.empty()) {
            found = std::move(test);
        }
        if (text.find('\n', line) == std::string_view::npos) {
            break;
        }
    }
    std::size_t line = at == 0 ? 0 : text.rfind('\n', at) + 1;
    while (text.substr(line).starts_with("//")) {
        line = text.find('\n', line) + 1;
    }
    if (std::string below = test_at(text, line); !below.empty()) {
        return below;
    }
    return found.empty() ? "`" + file.path.substr(file.path.find('/') + 1) + "`" : found;
}

/// "/btv/allow_to_charge" of a line in the lists of keys, "/Bms/Error" of one in that of D-Bus paths; empty
/// elsewhere. The lists of keys have a heading for each object of the configuration.
std::string listed_at(const TextFile& file, std::size_t at) {
    const std::string_view text = file.text;
    const std::size_t begin = at == 0 ? 0 : text.rfind('\n', at) + 1;
    const std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
    const std::string_view opening = "| `";
    if (!line.starts_with(opening)) {
        return {};
    }
    std::string word(line.substr(opening.size(), line.find('`', opening.size()) - opening.size()));
    if (word.starts_with("/")) {
        return word;
    }
    const auto heading = text.rfind("\n## ", begin);
    const std::string_view title = text.substr(heading + 4, text.find('\n', heading + 1) - heading - 4);
    return title.starts_with('`') ? "/" + std::string(title.substr(1, title.size() - 2)) + "/" + word
                                  : "/" + word;
}

void note_citations(Rows& rows, const ManualSources& sources, Problems& problems) {
    const auto row_of = [&](const TextFile& file, int number) -> ManualRow* {
        const auto row = rows.find(number);
        if (row != rows.end()) {
            return &row->second;
        }
        problems.push_back(file.path + " names M" + std::to_string(number) +
                           ", and the manual has no such row");
        return nullptr;
    };
    for (const TextFile& file : sources.tests) {
        for (const Citation& c : citations_in(file.text)) {
            if (ManualRow* row = row_of(file, c.row)) {
                add_once(row->tests, test_of(file, c.at));
            }
        }
    }
    for (const TextFile& file : sources.documents) {
        for (const Citation& c : citations_in(file.text)) {
            if (ManualRow* row = row_of(file, c.row)) {
                add_once(row->documents, "`" + file.path + "`");
                if (file.path == "config/keys.md") {
                    add_once(row->keys, listed_at(file, c.at));
                } else if (file.path == "dbus/paths.md") {
                    add_once(row->paths, listed_at(file, c.at));
                }
            }
        }
    }
    for (const TextFile& file : sources.programs) {
        for (const Citation& c : citations_in(file.text)) {
            if (ManualRow* row = row_of(file, c.row)) {
                add_once(row->programs, file.path);
            }
        }
    }
}

void note_planned(Rows& rows, const std::string& text, Problems& problems) {
    for (const std::string& line : lines_of(text)) {
        const auto fields = split(line, 2);
        if (fields.size() != 2 || fields[1].empty()) {
            problems.push_back("manual-planned.txt: \"" + line + "\" is not M1|what is missing");
            continue;
        }
        for (const Citation& c : citations_in(fields[0])) {
            if (rows.contains(c.row)) {
                rows[c.row].planned = fields[1];
            }
        }
    }
}

void judge(const Rows& rows, Problems& problems) {
    for (const auto& [number, row] : rows) {
        if (row.done() && !row.planned.empty()) {
            problems.push_back(row.name() + " is done (" +
                               (row.tests.empty() ? row.documents : row.tests).front() +
                               "): take it out of tests/data/manual-planned.txt");
        } else if (!row.done() && row.planned.empty()) {
            problems.push_back(row.name() + " (" + row.text + ") has no " +
                               (row.outside() ? "page that says so" : "test") +
                               ": name it there, or in tests/data/manual-planned.txt with what is missing");
        }
    }
}

std::string list(const std::vector<std::string>& names, std::size_t shown) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), shown); ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() <= shown ? text : text + ", and " + std::to_string(names.size() - shown) + " more";
}

std::string markdown(const Rows& rows) {
    std::size_t tested = 0, outside = 0, planned = 0;
    std::ostringstream table;
    for (const auto& [number, row] : rows) {
        tested += !row.tests.empty();
        outside += row.tests.empty() && row.outside() && row.planned.empty();
        planned += !row.planned.empty();
        const std::string tests =
            row.planned.empty() ? list(row.tests, names_shown) : "planned: " + row.planned;
        const std::string where = list(row.documents, row.documents.size());
        table << "| M" << number << " | " << row.section << " | " << row.text << " | "
              << (tests.empty() ? "outside software" : tests) << " | " << where << " |\n";
    }
    std::ostringstream page;
    page << "# The manual, row by row\n\n"
            "Generated by `./dev docs`; a test fails when this page is stale, when a row is named nowhere, "
            "or when a planned\n"
            "one is done. The rows are those of `data/manual-rows.txt`, tests name them as `M15`. A row that "
            "only wiring, a\n"
            "case or a person can fulfil is outside software: then a page says what to do instead. What is "
            "planned is in\n"
            "`data/manual-planned.txt`.\n\n"
         << rows.size() << " rows: " << tested << " tested, " << outside << " outside software, " << planned
         << " planned.\n\n| row | section | what the manual says | tests | pages |\n| --- | --- | --- | --- "
            "| --- |\n"
         << table.str();
    return page.str();
}

} // namespace

std::vector<std::string> tests_in(std::string_view source) {
    std::vector<std::string> found;
    for (std::size_t line = 0; line < source.size(); line = source.find('\n', line) + 1) {
        if (std::string test = test_at(source, line); !test.empty()) {
            found.push_back(std::move(test));
        }
        if (source.find('\n', line) == std::string_view::npos) {
            break;
        }
    }
    return found;
}

ManualCoverage manual_coverage(const ManualSources& sources) {
    ManualCoverage coverage;
    Rows rows = read_rows(sources.rows, coverage.problems);
    note_citations(rows, sources, coverage.problems);
    note_planned(rows, sources.planned, coverage.problems);
    judge(rows, coverage.problems);
    coverage.markdown = markdown(rows);
    for (const auto& [number, row] : rows) {
        coverage.rows.push_back(row);
    }
    return coverage;
}

} // namespace bms::tool
