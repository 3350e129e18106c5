// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The words between sim_lines.cpp (in the daemon) and the simulated board (in vebus-bms-sim), on one unix
// stream socket. One message a line, words parted by blanks. Levels are electrical: polarity is the port's
// business.
//
//   to the board      request NAME in|high|low CONSUMER   in: an input; high, low: an output driven so from
//   now on
//                     write NAME high|low                 no answer
//                     release NAME                        no answer; an output is no longer driven
//   from the board    granted NAME high|low               the level at the instant of the request
//                     refused NAME TEXT...                why, and who holds the line
//                     edge NAME high|low STAMP            an input changed; STAMP: CLOCK_MONOTONIC,
//                     nanoseconds lost NAME TEXT...                   the line is gone and no longer held
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bms::sim_wire {

/// Longest line either side accepts, in bytes. A longer one ends the connection.
inline constexpr std::size_t max_line = 4096;

inline std::vector<std::string> words_of(std::string_view line) {
    constexpr std::string_view blanks = " \t\r\n";
    std::vector<std::string> words;
    for (auto at = line.find_first_not_of(blanks); at != line.npos;) {
        const auto end = line.find_first_of(blanks, at);
        words.emplace_back(line.substr(at, end - at));
        at = line.find_first_not_of(blanks, end);
    }
    return words;
}

/// The words from the first-th on as one text: what follows NAME in `refused` and `lost`.
inline std::string text_from(const std::vector<std::string>& words, std::size_t first) {
    std::string text;
    for (std::size_t i = first; i < words.size(); ++i) {
        text += (i == first ? "" : " ") + words[i];
    }
    return text;
}

inline const char* level_word(bool high) {
    return high ? "high" : "low";
}

inline std::optional<bool> level_of(std::string_view word) {
    if (word == "high" || word == "low") {
        return word == "high";
    }
    return std::nullopt;
}

} // namespace bms::sim_wire
