// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/markdown.hpp"

#include <algorithm>
#include <cctype>

namespace bms::test {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string trimmed(std::string_view text) {
    const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
    const auto end = text.find_last_not_of(" \t");
    return std::string(end == text.npos ? "" : text.substr(begin, end + 1 - begin));
}

/// Code between backticks is blanked.
std::string without_code(const std::string& line) {
    std::string out = line;
    bool code = false;
    for (char& c : out) {
        const bool tick = c == '`';
        code = code != tick;
        c = code || tick ? ' ' : c;
    }
    return out;
}

void add_links(Markdown& document, const std::string& line, std::size_t number) {
    const std::string text = without_code(line);
    for (auto at = text.find("]("); at != text.npos; at = text.find("](", at + 1)) {
        const auto end = text.find(')', at);
        if (end != text.npos) {
            document.links.push_back({text.substr(at + 2, end - at - 2), number});
        }
    }
}

void add_heading(Markdown& document, const std::string& line) {
    const auto text = line.find_first_not_of('#');
    if (!line.starts_with('#') || text == line.npos || line[text] != ' ') {
        return;
    }
    const std::string anchor = anchor_of(trimmed(line.substr(text)));
    std::string unique = anchor;
    const auto taken = [&] {
        return std::find(document.anchors.begin(), document.anchors.end(), unique) != document.anchors.end();
    };
    for (int again = 1; taken(); ++again) {
        unique = anchor;
        unique.append("-").append(std::to_string(again));
    }
    document.anchors.push_back(std::move(unique));
}

} // namespace

std::string anchor_of(std::string_view heading) {
    std::string anchor;
    for (const char c : heading) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_') {
            anchor += static_cast<char>(std::tolower(byte));
        } else if (c == ' ') {
            anchor += '-';
        }
    }
    return anchor;
}

Markdown read_markdown(std::string_view text) {
    Markdown document;
    const std::vector<std::string> lines = lines_of(text);
    bool in_fence = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string line = trimmed(lines[i]);
        if (line.starts_with("```")) {
            in_fence = !in_fence;
            if (in_fence) {
                const auto space = std::min(line.find(' '), line.size());
                document.fences.push_back(
                    {line.substr(3, space - 3), trimmed(line.substr(space)), {}, i + 1});
            }
        } else if (in_fence) {
            document.fences.back().lines.push_back(lines[i]);
        } else {
            add_heading(document, lines[i]);
            add_links(document, lines[i], i + 1);
        }
    }
    return document;
}

std::vector<Command> commands_in(const Fence& fence) {
    std::vector<Command> commands;
    for (std::size_t i = 0; i < fence.lines.size(); ++i) {
        const std::string& line = fence.lines[i];
        const bool console = fence.language == "console";
        if (!console || line.starts_with("$ ")) {
            commands.push_back({console ? line.substr(2) : line, {}, fence.line + 1 + i});
        } else if (!commands.empty()) {
            commands.back().shows.push_back(line);
        }
    }
    return commands;
}

} // namespace bms::test
