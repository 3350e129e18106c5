// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "config/values.hpp"

#include <algorithm>
#include <utility>

namespace bms::config {

namespace {

template<typename Root>
Node print_object(const Root& from, std::span<const Key<Root>> keys) {
    Node result{Node::Object{}};
    for (const auto& key : keys) {
        if (auto node = to_node(key, key.access.get(from)))
            insert(result, key.pointer, std::move(*node));
    }
    return result;
}

/// A value beyond the words is none of theirs: a remote that is an object, printed by its own keys.
std::optional<Node> word_node(const KeyInfo& key, std::size_t place) {
    const auto words = words_of(key);
    if (place >= words.size())
        return std::nullopt;
    return Node{std::string{words[place]}};
}

} // namespace

std::optional<Node> to_node(const KeyInfo& key, const Value& value) {
    if (std::holds_alternative<std::monostate>(value))
        return key.may_be_none ? std::optional{Node{std::string{"none"}}} : std::nullopt;
    if (const auto* line = std::get_if<Line>(&value)) {
        const auto keys = line_keys(key.words);
        return print_object<Line>(*line, keys);
    }
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        return key.kind == Kind::word ? word_node(key, static_cast<std::size_t>(*whole)) : Node{*whole};
    if (const auto* text = std::get_if<std::string>(&value))
        return Node{*text};
    if (const auto* flag = std::get_if<bool>(&value))
        return Node{*flag};
    return Node{std::get<double>(value)};
}

void insert(Node& root, std::string_view pointer, Node value) {
    auto* node = &root;
    while (!pointer.empty()) {
        pointer.remove_prefix(1); // the slash
        const auto name = pointer.substr(0, pointer.find('/'));
        pointer.remove_prefix(name.size());
        auto* object = node->object();
        if (!object)
            return;
        auto member =
            std::find_if(object->begin(), object->end(), [&](const Member& m) { return m.name == name; });
        if (member == object->end())
            member = object->insert(member, {std::string{name}, {Node::Object{}}});
        node = &member->node;
    }
    *node = std::move(value);
}

std::string print(const Config& config) {
    return write_json(print_object<Config>(config, config_keys())) + "\n";
}

} // namespace bms::config
