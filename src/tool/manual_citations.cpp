// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "manual_markdown.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace bms::tool {
namespace {

namespace fs = std::filesystem;

bool in_a_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The number of the "M15" at `at`, and `at` moves behind it; 0 when none stands there.
int take_row(std::string_view text, std::size_t& at) {
    std::size_t end = at + 1;
    int number = 0;
    while (end < text.size() && is_digit(text[end]) && end - at <= 3) {
        number = 10 * number + (text[end++] - '0');
    }
    const bool whole = (at == 0 || !in_a_word(text[at - 1])) && (end == text.size() || !in_a_word(text[end]));
    if (text[at] != 'M' || !whole) {
        return 0;
    }
    at = end;
    return number;
}

/// The end of a range, "M92-M94" or "M92 to M94"; 0 when it is none.
int take_end_of_range(std::string_view text, std::size_t& at) {
    for (const std::string_view dash : {"-", " to "}) {
        std::size_t next = at + dash.size();
        if (text.substr(at, dash.size()) == dash && next < text.size() && text[next] == 'M') {
            if (const int last = take_row(text, next)) {
                at = next;
                return last;
            }
        }
    }
    return 0;
}

/// An M8 plug is a plug.
bool is_a_thread(std::string_view after) { return after.starts_with(" plug") || after.starts_with(" cord"); }

std::string text_of(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// Nothing of what a build or a version control writes.
bool of_the_project(const fs::path& from_root) {
    const std::string top = from_root.begin()->string();
    return top != "build" && !top.starts_with(".");
}

std::vector<TextFile> files(const fs::path& root, const fs::path& below,
                            const std::vector<std::string_view>& kinds) {
    std::vector<TextFile> found;
    for (auto it = fs::recursive_directory_iterator(root / below); it != fs::recursive_directory_iterator();
         ++it) {
        const fs::path from_root = fs::relative(it->path(), root);
        if (!of_the_project(from_root)) {
            it.disable_recursion_pending();
        } else if (std::find(kinds.begin(), kinds.end(), it->path().extension().string()) != kinds.end()) {
            found.push_back({from_root.generic_string(), text_of(it->path())});
        }
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return found;
}

} // namespace

std::vector<Citation> citations_in(std::string_view text) {
    std::vector<Citation> found;
    for (std::size_t at = text.find('M'); at != std::string_view::npos; at = text.find('M', at)) {
        const std::size_t begin = at;
        const int first = take_row(text, at);
        if (first == 0 || is_a_thread(text.substr(at))) {
            at = begin + 1;
            continue;
        }
        const int last = std::max(first, take_end_of_range(text, at));
        for (int row = first; row <= last; ++row) {
            found.push_back({row, begin});
        }
    }
    return found;
}

ManualSources read_manual_sources(const std::string& root) {
    ManualSources s;
    s.rows = text_of(fs::path(root) / "tests/data/manual-rows.txt");
    s.planned = text_of(fs::path(root) / "tests/data/manual-planned.txt");
    s.tests = files(root, "tests", {".cpp", ".hpp", ".sh"});
    // This list's own test and its seeds are about citing, they cite nothing.
    std::erase_if(s.tests, [](const TextFile& f) {
        return f.path.starts_with("tests/docs/manual_") || f.path == "tests/unit/ctl_explain_test.cpp";
    });
    s.documents = files(root, "", {".md"});
    std::erase_if(s.documents, [](const TextFile& f) { return f.path == "tests/manual-coverage.md"; });
    for (const char* below : {"include", "src"}) {
        auto found = files(root, below, {".cpp", ".hpp"});
        std::move(found.begin(), found.end(), std::back_inserter(s.programs));
    }
    // What is written from the rows names them all; what reads them names some as examples.
    std::erase_if(s.programs, [](const TextFile& f) {
        return f.path.starts_with("src/tool/manual_") || f.path.starts_with("src/tool/ctl_explain") ||
               f.path == "src/tool/ctl_commands.hpp";
    });
    return s;
}

} // namespace bms::tool
