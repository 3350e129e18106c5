// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_explain.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace bms::tool {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
    std::string low(text);
    std::ranges::transform(low, low.begin(), lower);
    return low;
}

/// "M69", "m69" or "69".
std::optional<int> number_of(std::string_view word) {
    word.remove_prefix(word.starts_with('M') || word.starts_with('m') ? 1 : 0);
    int number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool whole =
        error == std::errc{} && end == word.data() + word.size() && !word.empty() && number >= 0;
    return whole ? std::optional(number) : std::nullopt;
}

struct Span {
    int first, last;
};

/// One row or a range of them; nullopt: a word of the text.
std::optional<Span> span_of(const std::string& word) {
    const auto dash = word.find('-');
    const auto first = number_of(word.substr(0, dash));
    const auto last = dash == std::string::npos ? first : number_of(word.substr(dash + 1));
    return first && last && *first <= *last ? std::optional(Span{*first, *last}) : std::nullopt;
}

std::string list_of(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

bool says_all(const ManualEntry& row, const std::vector<std::string>& words) {
    const std::string text = lowered(row.text) + ' ' + lowered(row.keys) + ' ' + lowered(row.paths);
    return std::ranges::all_of(
        words, [&](const auto& word) { return text.find(lowered(word)) != std::string::npos; });
}

} // namespace

std::variant<std::vector<ManualEntry>, std::string> find_rows(const std::vector<std::string>& words) {
    const auto table = manual_table();
    std::vector<ManualEntry> found;
    if (words.empty()) {
        return "explain what? A row of the manual (M69), or words that stand in it (residual current)";
    }
    if (std::ranges::all_of(words, [](const auto& word) { return span_of(word).has_value(); })) {
        for (const std::string& word : words) {
            const Span span = *span_of(word);
            if (span.first < 1 || span.last > static_cast<int>(table.size())) {
                return "there is no row " + word + "; they go from M1 to M" + std::to_string(table.size());
            }
            const auto rows = table.subspan(static_cast<std::size_t>(span.first) - 1,
                                            static_cast<std::size_t>(span.last - span.first) + 1);
            found.insert(found.end(), rows.begin(), rows.end());
        }
        return found;
    }
    std::ranges::copy_if(table, std::back_inserter(found),
                         [&](const ManualEntry& row) { return says_all(row, words); });
    if (found.empty()) {
        return "no row of the manual says \"" + list_of(words) + "\"; try one word of it";
    }
    return found;
}

std::string became_of(const ManualEntry& row) {
    if (!row.planned.empty()) {
        return "not in, or not in full: " + std::string(row.planned);
    }
    if (row.outside && !row.tests.empty()) {
        return "for a person to do; what comes of it is tested";
    }
    return row.tests.empty() ? "nothing that software can do: the pages say what to do instead"
                             : "in, and tested";
}

Page explain_page(const std::vector<ManualEntry>& rows) {
    Page page;
    for (const ManualEntry& row : rows) {
        page.gap();
        page.line("M" + std::to_string(row.number), "manual, section " + std::string(row.section));
        page.line("Rule", std::string(row.text));
        page.line("Here", became_of(row), row.planned.empty() ? Tone::good : Tone::warning);
        page.line("Keys", std::string(row.keys));
        page.line("D-Bus", std::string(row.paths));
        page.line("Pages", std::string(row.pages), Tone::faint);
        page.line("Sources", std::string(row.sources), Tone::faint);
        page.line("Tests", std::string(row.tests), Tone::faint);
    }
    return page;
}

} // namespace bms::tool
