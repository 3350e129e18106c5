// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "docs/xml_problem.hpp"

#include <regex>
#include <vector>

namespace bms::test {
namespace {

std::string name_in(std::string_view tag) {
    return std::string(tag.substr(0, std::min(tag.find_first_of(" \n/"), tag.size())));
}

/// tag: what stands between < and >, without a slash at either end.
std::string attribute_problem(std::string_view tag) {
    static const std::regex sound(R"re([A-Za-z][\w:-]*(\s+[A-Za-z][\w:-]*=("[^"<&]*"|'[^'<&]*'))*\s*)re");
    const std::string text(tag);
    return std::regex_match(text, sound) ? "" : "<" + text + "> is no element with its attributes in quotes";
}

std::string text_problem(std::string_view text) {
    static const std::regex entity("&(amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);");
    const std::string left = std::regex_replace(std::string(text), entity, "");
    return left.find('&') == left.npos ? "" : "& stands alone in \"" + std::string(text) + "\"";
}

} // namespace

std::string xml_problem(std::string_view text) {
    std::vector<std::string> open;
    bool ended = false;
    while (!text.empty()) {
        const auto less = std::min(text.find('<'), text.size());
        if (std::string problem = text_problem(text.substr(0, less)); !problem.empty()) {
            return problem;
        }
        text.remove_prefix(less);
        if (text.empty()) {
            break;
        }
        const std::string_view end = text.starts_with("<!--") ? "-->" : ">";
        const auto close = text.find(end);
        if (close == text.npos) {
            return "a < has no end";
        }
        std::string_view tag = text.substr(1, close - 1);
        text.remove_prefix(close + end.size());
        if (end != ">") {
            continue;
        }
        if (tag.starts_with('/')) {
            const std::string name = name_in(tag.substr(1));
            if (open.empty() || open.back() != name) {
                return "</" + name + "> ends " + (open.empty() ? "nothing" : "<" + open.back() + ">");
            }
            open.pop_back();
            ended = open.empty();
            continue;
        }
        if (ended) {
            return "<" + name_in(tag) + "> stands after the end";
        }
        const bool alone = tag.ends_with('/');
        tag.remove_suffix(alone ? 1 : 0);
        if (std::string problem = attribute_problem(tag); !problem.empty()) {
            return problem;
        }
        if (!alone) {
            open.push_back(name_in(tag));
        }
        ended = open.empty();
    }
    return open.empty() && ended ? "" : "it is not ended";
}

} // namespace bms::test
