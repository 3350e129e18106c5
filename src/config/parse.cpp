// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "config/errors.hpp"
#include "config/json.hpp"
#include "config/keys.hpp"
#include "config/nearest.hpp"
#include "config/rules.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace bms::config {

namespace {

std::optional<Value> read_word(const Node& node, const KeyInfo& key) {
    const auto words = words_of(key);
    const auto* text = node.text();
    const auto found = text ? std::find(words.begin(), words.end(), *text) : words.end();
    if (found == words.end())
        return std::nullopt;
    return std::int64_t{found - words.begin()};
}

std::optional<double> read_number(const Node& node, const KeyInfo& key) {
    const auto* whole = std::get_if<std::int64_t>(&node.value);
    const auto* fraction = std::get_if<double>(&node.value);
    if (!whole && !fraction)
        return std::nullopt;
    const auto number = whole ? static_cast<double>(*whole) : *fraction;
    const bool in_range = number >= static_cast<double>(key.min) && number <= static_cast<double>(key.max);
    return in_range ? std::optional{number} : std::nullopt;
}

/// 30.0 is a whole number, as JSON Schema has it.
std::optional<Value> read_whole(const Node& node, const KeyInfo& key) {
    const auto number = read_number(node, key);
    if (!number || std::trunc(*number) != *number)
        return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

std::optional<Value> read_text(const Node& node, const KeyInfo& key) {
    const auto* text = node.text();
    if (!text)
        return std::nullopt;
    const auto length = static_cast<std::int64_t>(text->size());
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
    const bool good =
        length >= key.min && length <= key.max && std::none_of(text->begin(), text->end(), is_control);
    const bool good_start = key.kind != Kind::path || text->empty() || text->front() == '/';
    return good && good_start ? std::optional<Value>{*text} : std::nullopt;
}

std::optional<Value> read_plain(const Node& node, const KeyInfo& key) {
    switch (key.kind) {
    case Kind::word:
        return read_word(node, key);
    case Kind::whole:
        return read_whole(node, key);
    case Kind::number:
        if (const auto number = read_number(node, key))
            return Value{*number};
        return std::nullopt;
    case Kind::boolean:
        if (const auto* flag = std::get_if<bool>(&node.value))
            return Value{*flag};
        return std::nullopt;
    case Kind::text:
    case Kind::path:
        return read_text(node, key);
    case Kind::line: // an object is read by read_line(); anything else is none
        break;
    }
    return std::nullopt;
}

std::optional<Value> read_line(const Node&, const std::string& pointer, const KeyInfo&, Errors&);

/// The value of one key, or an error and nothing.
std::optional<Value> read_value(const Node& node, const std::string& pointer, const KeyInfo& key,
                                Errors& errors) {
    if (key.may_be_none && node.text() && *node.text() == "none")
        return Value{};
    if (key.kind == Kind::line && node.object())
        return read_line(node, pointer, key, errors);
    auto value = read_plain(node, key);
    if (!value)
        errors.add(pointer, "found " + describe(node) + "; accepted: " + accepted(key));
    return value;
}

/// Reads an object of keys into the struct that holds their values.
template<typename Root>
class ObjectReader {
  public:
    /// start is where the object lies in the file: pointers in errors begin with it.
    ObjectReader(std::span<const Key<Root>> known_keys, std::string start, Root& target, Errors& error_list)
        : keys(known_keys), base(std::move(start)), into(target), errors(error_list) {}

    void read(const Node::Object& object) {
        read_section(object, "");
        report_missing();
    }

  private:
    void read_section(const Node::Object& object, const std::string& section);
    void read_member(const Member& member, const std::string& section);
    void report_missing();
    std::string same_name_elsewhere(std::string_view name) const;

    std::span<const Key<Root>> keys;
    std::string base;
    Root& into;
    Errors& errors;
    std::vector<std::string> given;
};

template<typename Root>
void ObjectReader<Root>::read_section(const Node::Object& object, const std::string& section) {
    for (const auto& member : object)
        read_member(member, section);
}

template<typename Root>
void ObjectReader<Root>::read_member(const Member& member, const std::string& section) {
    const auto pointer = child_pointer(section, member.name);
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.pointer == pointer; });
    given.push_back(pointer);
    if (is_section(keys, pointer) && member.node.object()) {
        read_section(*member.node.object(), pointer);
    } else if (key != keys.end()) {
        if (const auto value = read_value(member.node, base + pointer, *key, errors))
            key->access.set(into, *value);
    } else if (is_section(keys, pointer)) {
        errors.add(base + pointer, "found " + describe(member.node) + "; accepted: an object, {...}");
    } else {
        errors.add(base + pointer, "unknown key; " + suggestion(member.name, names_in(keys, section)) +
                                       same_name_elsewhere(member.name));
    }
}

template<typename Root>
std::string ObjectReader<Root>::same_name_elsewhere(std::string_view name) const {
    const auto ending = "/" + std::string{name};
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.pointer.ends_with(ending); });
    return key == keys.end() ? "" : "; there is " + std::string{key->pointer};
}

template<typename Root>
void ObjectReader<Root>::report_missing() {
    for (const auto& key : keys) {
        const bool is_given = std::find(given.begin(), given.end(), key.pointer) != given.end();
        const auto pointer = base + std::string{key.pointer};
        if (key.required && !is_given && !errors.at_or_above(pointer))
            errors.add(pointer, "missing, and never assumed; accepted: " + accepted(key));
    }
}

std::optional<Value> read_line(const Node& node, const std::string& pointer, const KeyInfo& key,
                               Errors& errors) {
    Line line;
    const auto keys = line_keys(key.words);
    ObjectReader<Line>{keys, pointer, line, errors}.read(*node.object());

    const auto gives = [&](std::string_view name) {
        return std::any_of(node.object()->begin(), node.object()->end(),
                           [&](const Member& m) { return m.name == name; });
    };
    const bool by_name = gives("line") && !gives("chip") && !gives("offset");
    const bool by_offset = !gives("line") && gives("chip") && gives("offset");
    if (!by_name && !by_offset)
        errors.add(pointer, "which line? Give either \"line\", or both \"chip\" and \"offset\"");
    if (errors.at_or_below(pointer))
        return std::nullopt;
    return line;
}

/// Texts that another key's value makes necessary.
void check_needed(const Config& config, Errors& errors) {
    const auto keys = config_keys();
    for (const auto& key : keys) {
        if (key.needed_by.empty() || errors.at_or_below(key.pointer))
            continue;
        const auto& by = *std::find_if(keys.begin(), keys.end(),
                                       [&](const auto& k) { return k.pointer == key.needed_by; });
        const auto word =
            words_of(by).at(static_cast<std::size_t>(std::get<std::int64_t>(by.access.get(config))));
        const auto needing = split(key.needed_for);
        const bool needed = std::find(needing.begin(), needing.end(), word) != needing.end();
        if (needed && std::get<std::string>(key.access.get(config)).empty())
            errors.add(std::string{key.pointer}, "missing; " + std::string{key.needed_by} + " \"" +
                                                     std::string{word} +
                                                     "\" needs it. Accepted: " + accepted(key));
    }
}

} // namespace

ParseResult parse(std::string_view json_text) {
    Errors errors;
    Config config;
    config.remote.kind = Remote::Kind::one_line; // until the word says always on
    if (const auto root = read_json(json_text, errors)) {
        if (const auto* object = root->object()) {
            ObjectReader<Config>{config_keys(), "", config, errors}.read(*object);
            complete_remote(config, errors);
            check_needed(config, errors);
            check_rules(config, errors);
        } else {
            errors.add("", "found " + describe(*root) + "; accepted: an object, {...}");
        }
    }
    if (!errors.empty())
        return {std::nullopt, errors.take()};
    return {std::move(config), {}};
}

} // namespace bms::config
