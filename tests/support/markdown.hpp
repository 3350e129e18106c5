// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a test needs to know of a Markdown document: its anchors, its links, its fenced blocks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bms::test {

struct Link {
    std::string target; ///< as written: "other.md#a-heading"
    std::size_t line;   ///< from 1
};

/// ```LANGUAGE REST
struct Fence {
    std::string language, rest;
    std::vector<std::string> lines;
    std::size_t line; ///< of its first fence, from 1
};

struct Markdown {
    std::vector<std::string> anchors; ///< in their order, as GitHub makes them of headings
    std::vector<Link> links;          ///< pictures too; none in code
    std::vector<Fence> fences;
};

Markdown read_markdown(std::string_view text);

/// Of a heading's text: "3.4 Remote on/off" is "34-remote-onoff".
std::string anchor_of(std::string_view heading);

/// What stands in a fenced block of commands: each with the lines that its output must have. In `console` a
/// command begins with "$ ", in `sh` each line is one and nothing is known of the output.
struct Command {
    std::string text;
    std::vector<std::string> shows;
    std::size_t line;
};
std::vector<Command> commands_in(const Fence&);

} // namespace bms::test
