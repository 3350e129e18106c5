// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a key accepts, in words.
#include "config/keys.hpp"

#include <algorithm>

namespace bms::config {

namespace {

std::string number_range(const KeyInfo& key, std::string_view noun) {
    auto text = std::string{noun} + " from " + std::to_string(key.min) + " to " + std::to_string(key.max);
    return key.unit.empty() ? text : text + " (" + std::string{key.unit} + ")";
}

/// `"a", "b" or "c"`
std::string quoted_words(const KeyInfo& key) {
    const auto words = words_of(key);
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto* before = i == 0 ? "" : i + 1 < words.size() ? ", " : " or ";
        text += before + ("\"" + std::string{words[i]} + "\"");
    }
    return text;
}

} // namespace

std::vector<std::string_view> split(std::string_view words) {
    std::vector<std::string_view> list;
    for (std::size_t from = 0; from < words.size();) {
        const auto to = std::min(words.find(' ', from), words.size());
        list.push_back(words.substr(from, to - from));
        from = to + 1;
    }
    return list;
}

std::string accepted(const KeyInfo& key) {
    const auto text = [&]() -> std::string {
        switch (key.kind) {
        case Kind::word:
            return quoted_words(key);
        case Kind::whole:
            return number_range(key, "a whole number");
        case Kind::number:
            return number_range(key, "a number");
        case Kind::boolean:
            return "true or false";
        case Kind::text:
            return "a text of " + std::to_string(key.min) + " to " + std::to_string(key.max) + " characters";
        case Kind::path:
            return "a path that begins with /, at most " + std::to_string(key.max) + " characters";
        case Kind::line:
            break;
        }
        return "{\"line\": NAME, \"" + std::string{key.words.substr(1)} + "\": \"low\" or \"high\"}";
    }();
    return text + (key.may_be_none ? " or \"none\"" : "") + (key.may_be_object ? " or an object, {...}" : "");
}

} // namespace bms::config
