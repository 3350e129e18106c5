// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_page.hpp"

#include <algorithm>
#include <utility>

namespace bms::tool {

namespace {

constexpr std::size_t label_width = 12;

// A line of text() carries this in place of a label, which no label is.
constexpr const char* left_edge = "\n";

/// SGR parameters: colours that are legible on black and on white.
const char* colour_of(Tone tone) {
    switch (tone) {
    case Tone::good:
        return "32";
    case Tone::warning:
        return "33";
    case Tone::bad:
        return "1;31";
    case Tone::faint:
        return "2";
    case Tone::plain:
        break;
    }
    return "";
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }

/// Where the character after `count` of them begins.
std::size_t bytes_of(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    while (at < text.size() && (count > 0 || !begins_character(text[at]))) {
        count -= begins_character(text[at]) ? 1 : 0;
        ++at;
    }
    return at;
}

std::string painted(const std::string& words, Tone tone, bool colour) {
    const std::string code = colour_of(tone);
    return !colour || code.empty() || words.empty() ? words : "\033[" + code + "m" + words + "\033[0m";
}

} // namespace

void Page::line(std::string_view label, const std::string& words, Tone tone) {
    if (!words.empty()) {
        close_gap();
        lines_.push_back({std::string(label), words, tone});
    }
}

void Page::close_gap() {
    if (std::exchange(gap_, false) && !lines_.empty()) {
        lines_.push_back({});
    }
}

void Page::text(const std::string& words, Tone tone) { line(left_edge, words, tone); }

void Page::append(const Page& more) {
    close_gap();
    lines_.insert(lines_.end(), more.lines_.begin(), more.lines_.end());
}

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::vector<std::string> wrapped(std::string_view words, std::size_t width) {
    std::vector<std::string> rows(1);
    while (!words.empty()) {
        const auto blank = std::min(words.find(' '), words.size());
        std::string_view word = words.substr(0, blank);
        words.remove_prefix(std::min(blank + 1, words.size()));
        const std::size_t used = columns_of(rows.back());
        if (used > 0 && used + 1 + columns_of(word) > width) {
            rows.emplace_back();
        } else if (used > 0) {
            rows.back() += ' ';
        }
        while (columns_of(word) > width) {
            const auto fits = bytes_of(word, width);
            rows.back() += word.substr(0, fits);
            rows.emplace_back();
            word.remove_prefix(fits);
        }
        rows.back() += word;
    }
    return rows;
}

std::vector<std::string> rows_of(const Page& page, const Look& look) {
    const std::size_t width = std::max(look.width, least_width);
    std::vector<std::string> rows;
    for (const PageLine& line : page.lines()) {
        const bool labelled = line.label != left_edge;
        const std::size_t indent = labelled && !line.words.empty() ? label_width : 0;
        std::string lead = labelled ? line.label : "";
        for (const std::string& words : wrapped(line.words, width - indent)) {
            lead.resize(indent, ' ');
            rows.push_back(lead + painted(words, line.tone, look.colour));
            lead.clear();
        }
    }
    return rows;
}

std::string text_of(const Page& page, const Look& look) {
    std::string text;
    for (const std::string& row : rows_of(page, look)) {
        text += row + "\n";
    }
    return text;
}

std::vector<std::string> fitted(std::vector<std::string> rows, std::size_t height) {
    for (auto row = rows.begin(); rows.size() > height && row != rows.end();) {
        row = row->empty() ? rows.erase(row) : row + 1;
    }
    if (rows.size() > height && height > 0) {
        const auto hidden = rows.size() - height + 1;
        rows.resize(height);
        rows.back() = "... " + std::to_string(hidden) + " more rows";
    }
    return rows;
}

} // namespace bms::tool
