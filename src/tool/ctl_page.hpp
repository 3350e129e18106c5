// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A page of labelled words, and how it becomes rows of a terminal. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bms::tool {

/// What a line is to its reader; a colour where there are colours.
enum class Tone { plain, good, warning, bad, faint };

struct PageLine {
    std::string label, words;
    Tone tone = Tone::plain;
};

class Page {
  public:
    /// Without a label the words go on under those before. Without words there is no line.
    void line(std::string_view label, const std::string& words, Tone tone = Tone::plain);
    /// From the left edge.
    void text(const std::string& words, Tone tone = Tone::plain);
    /// An empty row; never two, and none at the top or the end.
    void gap() { gap_ = true; }
    void append(const Page&);

    const std::vector<PageLine>& lines() const { return lines_; }

  private:
    void close_gap();

    std::vector<PageLine> lines_;
    bool gap_ = false;
};

struct Look {
    std::size_t width = 80; ///< columns
    bool colour = false;
};

/// Fewer columns are taken for so many.
inline constexpr std::size_t least_width = 30;

/// No row is wider than the look allows; words that do not fit go on under those before.
std::vector<std::string> rows_of(const Page&, const Look&);

/// The rows, each with its end of line.
std::string text_of(const Page&, const Look&);

/// The rows that a window of this height shows: the empty ones go first, then the last.
std::vector<std::string> fitted(std::vector<std::string> rows, std::size_t height);

/// Characters of UTF-8, each taken for one column.
std::size_t columns_of(std::string_view text);

/// Broken between words; a word that is longer than the width is broken where it must be.
std::vector<std::string> wrapped(std::string_view words, std::size_t width);

} // namespace bms::tool
