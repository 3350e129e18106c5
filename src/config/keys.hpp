// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The one table of configuration keys. The parser, print(), the JSON Schema and keys.md all read it; a
// default is whatever a fresh Config holds, so it cannot differ from the struct.
#pragma once

#include "bms/config/config.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace bms::config {

/// A key's value on its way between JSON and a struct; monostate is "none". A word travels as its place in
/// the key's list of words, which is the order of the enumerators.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, Line>;

enum class Kind { word, whole, number, boolean, text, path, line };

/// What a key accepts and why, without where its value is kept.
struct KeyInfo {
    std::string_view pointer; ///< "/protection/pre_alarm_lead_s"
    Kind kind;
    /// Kind word: those accepted, separated by spaces. Kind line: the pointer of its level, "/closed_level".
    std::string_view words{};
    std::int64_t min = 0; ///< smallest number, or shortest text in bytes
    std::int64_t max = 0;
    std::string_view unit{};
    bool required = false;         ///< never assumed
    bool may_be_none = false;      ///< "none" is accepted: there is no such line, no such limit
    bool may_be_object = false;    ///< keys lie beneath this one; an object gives those instead
    std::string_view needed_by{};  ///< pointer of the key ...
    std::string_view needed_for{}; ///< ... whose value, when it is one of these words, needs a text here
    std::string_view why{};        ///< meaning, reason of the limits, row of the manual
};

/// Reads and writes one key's value in the struct that holds it.
template<typename Root>
struct Access {
    Value (*get)(const Root&);
    void (*set)(Root&, const Value&);
};

template<typename Root>
struct Key : KeyInfo {
    Access<Root> access;
};

/// Keys of the configuration, in the order in which they are printed.
std::span<const Key<Config>> config_keys();

/// Keys of one line; level_pointer is the one that gives its level ("/closed_level", "/active_level", ...).
std::vector<Key<Line>> line_keys(std::string_view level_pointer);

/// Keys lie beneath this pointer.
template<typename Keys>
bool is_section(const Keys& keys, std::string_view pointer) {
    const auto beneath = std::string{pointer} + "/";
    return std::any_of(keys.begin(), keys.end(),
                       [&](const auto& key) { return key.pointer.starts_with(beneath); });
}

/// Names of the keys and sections directly in a section, in order.
template<typename Keys>
std::vector<std::string_view> names_in(const Keys& keys, std::string_view section) {
    std::vector<std::string_view> names;
    const auto beneath = std::string{section} + "/";
    for (const auto& key : keys) {
        if (!key.pointer.starts_with(beneath))
            continue;
        const auto rest = key.pointer.substr(beneath.size());
        const auto name = rest.substr(0, rest.find('/'));
        if (names.empty() || names.back() != name)
            names.push_back(name);
    }
    return names;
}

/// The words of a text that are separated by one blank.
std::vector<std::string_view> split(std::string_view words);

/// The words of a key of kind word.
inline std::vector<std::string_view> words_of(const KeyInfo& key) { return split(key.words); }

/// "a whole number from 30 to 300 (s)": for error texts and the list of keys.
std::string accepted(const KeyInfo&);

} // namespace bms::config
