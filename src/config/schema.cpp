// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "config/documented.hpp"

#include "bms/config/document.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bms::config {

namespace {

using Keys = std::vector<DocumentedKey>;
using Object = Node::Object;
using List = Node::List;

Node text(std::string_view value) { return {std::string{value}}; }

Node texts(const std::vector<std::string_view>& values) {
    List list;
    for (auto value : values)
        list.push_back(text(value));
    return {std::move(list)};
}

Node limited(std::string_view type, std::string_view least, std::string_view most, const KeyInfo& key) {
    return {Object{{"type", text(type)}, {std::string{least}, {key.min}}, {std::string{most}, {key.max}}}};
}

std::string definition(std::string_view level_pointer) {
    return "line_with_" + std::string{level_pointer.substr(1)};
}

Node path_schema(const KeyInfo& key) {
    auto schema = limited("string", "minLength", "maxLength", key);
    schema.object()->push_back({"pattern", text("^(/|$)")});
    return schema;
}

Node plain_schema(const KeyInfo& key) {
    switch (key.kind) {
    case Kind::word:
        return {Object{{"enum", texts(words_of(key))}}};
    case Kind::whole:
        return limited("integer", "minimum", "maximum", key);
    case Kind::number:
        return limited("number", "minimum", "maximum", key);
    case Kind::boolean:
        return {Object{{"type", text("boolean")}}};
    case Kind::text:
        return limited("string", "minLength", "maxLength", key);
    case Kind::path:
        return path_schema(key);
    case Kind::line:
        break;
    }
    return {Object{{"$ref", text("#/$defs/" + definition(key.words))}}};
}

Node any_of(Node one, Node other) { return {Object{{"anyOf", {List{std::move(one), std::move(other)}}}}}; }

Node key_schema(const DocumentedKey& key) {
    auto schema = plain_schema(key);
    if (key.may_be_none)
        schema = any_of({Object{{"const", text("none")}}}, std::move(schema));
    const auto unit = key.unit.empty() ? "" : " Unit: " + std::string{key.unit} + ".";
    schema.object()->push_back({"description", text(std::string{key.why} + unit)});
    if (key.fallback)
        schema.object()->push_back({"default", *key.fallback});
    return schema;
}

/// {"if": the other key has one of the words, "then": this one must be there and not empty}
Member needed_rule(const DocumentedKey& key) {
    const auto name = [](std::string_view pointer) {
        return std::string{pointer.substr(pointer.rfind('/') + 1)};
    };
    const Node one_of_them{Object{{"enum", texts(split(key.needed_for))}}};
    const Node has_word{Object{{name(key.needed_by), one_of_them}}};
    const Node not_empty{Object{{name(key.pointer), {Object{{"minLength", {std::int64_t{1}}}}}}}};
    const Node then{Object{{"required", texts({name(key.pointer)})}, {"properties", not_empty}}};
    return {"allOf", {List{{Object{{"if", {Object{{"properties", has_word}}}}, {"then", then}}}}}};
}

const DocumentedKey* find(const Keys& keys, std::string_view pointer) {
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&](const DocumentedKey& k) { return k.pointer == pointer; });
    return key == keys.end() ? nullptr : &*key;
}

bool is_required(const Keys& keys, const std::string& pointer) {
    return std::any_of(keys.begin(), keys.end(), [&](const DocumentedKey& key) {
        return key.required && (std::string{key.pointer} + "/").starts_with(pointer + "/");
    });
}

Node section_schema(const Keys& keys, const std::string& section) {
    Object properties, rules;
    std::vector<std::string_view> required;
    for (auto name : names_in(keys, section)) {
        const auto pointer = section + "/" + std::string{name};
        const auto* key = find(keys, pointer);
        auto schema = key ? key_schema(*key) : section_schema(keys, pointer);
        if (key && is_section(keys, pointer))
            schema = any_of(std::move(schema), section_schema(keys, pointer));
        properties.push_back({std::string{name}, std::move(schema)});
        if (is_required(keys, pointer))
            required.push_back(name);
        if (key && !key->needed_by.empty())
            rules.push_back(needed_rule(*key));
    }
    Object schema{{"type", text("object")}, {"additionalProperties", {false}}};
    if (!required.empty())
        schema.push_back({"required", texts(required)});
    schema.insert(schema.end(), rules.begin(), rules.end());
    schema.push_back({"properties", {std::move(properties)}});
    return {std::move(schema)};
}

Node line_schema(std::string_view level_pointer) {
    auto schema = section_schema(documented_line(level_pointer), "");
    const Node named{Object{{"required", texts({"line"})}}};
    const Node numbered{Object{{"required", texts({"chip", "offset"})}}};
    schema.object()->push_back({"oneOf", {List{named, numbered}}});
    return schema;
}

/// A definition for each name a line's level has, in the order of first use.
Object line_definitions(const Keys& keys) {
    Object definitions;
    for (const auto& key : keys) {
        const auto name = key.kind == Kind::line ? definition(key.words) : std::string{};
        const bool known = std::any_of(definitions.begin(), definitions.end(),
                                       [&](const Member& m) { return m.name == name; });
        if (key.kind == Kind::line && !known)
            definitions.push_back({name, line_schema(key.words)});
    }
    return definitions;
}

} // namespace

std::string schema_json() {
    const auto keys = documented_config();
    Object schema{{"$schema", text("https://json-schema.org/draft/2020-12/schema")},
                  {"title", text("vebus-bmsd configuration")},
                  {"$comment", text("Generated from the table of keys by ./dev docs.")}};
    auto body = section_schema(keys, "");
    std::move(body.object()->begin(), body.object()->end(), std::back_inserter(schema));
    schema.push_back({"$defs", {line_definitions(keys)}});
    return write_json({std::move(schema)}) + "\n";
}

} // namespace bms::config
