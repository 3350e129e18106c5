// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "config/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace bms::config {

namespace {

std::string in_quotes(std::string_view text) {
    using nlohmann::json;
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The beginning of a text, cut between characters.
std::string shortened(std::string_view text) {
    constexpr std::size_t longest = 40;
    if (text.size() <= longest)
        return std::string{text};
    auto end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    return std::string{text.substr(0, end)} + "...";
}

/// The end of a line without the spaces around it.
std::string_view line_end(std::string_view line) {
    constexpr std::size_t longest = 40;
    constexpr std::string_view blanks = " \t\r\n";
    line = line.substr(0, line.find_last_not_of(blanks) + 1);
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    line.remove_prefix(line.size() - std::min(line.size(), longest));
    return line;
}

/// Receives the parts of a document from the library and builds a Node. Building it ourselves is what shows
/// keys given twice (the library's own value keeps the last one and says nothing) and bounds the depth.
class TreeBuilder {
  public:
    TreeBuilder(std::string_view source_text, Errors& error_list) : source(source_text), errors(error_list) {}

    bool null() { return put({nullptr}); }
    bool boolean(bool value) { return put({value}); }
    bool number_integer(std::int64_t value) { return put({value}); }
    bool number_unsigned(std::uint64_t value);
    bool number_float(double value, const std::string&) { return put({value}); }
    bool string(std::string& value) { return put({std::move(value)}); }
    bool binary(const nlohmann::json::binary_t&) { return false; } // JSON text has none
    bool start_object(std::size_t) { return open({Node::Object{}}); }
    bool start_array(std::size_t) { return open({Node::List{}}); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& name);
    bool parse_error(std::size_t position, const std::string& last_token, const nlohmann::json::exception&);

    Node take_root() { return std::move(root); }

  private:
    bool put(Node node);
    bool open(Node node);
    bool close();
    std::string pointer() const;

    static constexpr std::size_t deepest = 16; // the configuration needs four

    std::string_view source;
    Errors& errors;
    Node root;
    std::vector<Node*> opened; // stable: a list or object does not grow while one inside it is open
};

bool TreeBuilder::number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return put({static_cast<double>(value)});
    return put({static_cast<std::int64_t>(value)});
}

bool TreeBuilder::put(Node node) {
    if (opened.empty())
        root = std::move(node);
    else if (auto* object = opened.back()->object())
        object->back().node = std::move(node);
    else
        std::get<Node::List>(opened.back()->value).push_back(std::move(node));
    return true;
}

bool TreeBuilder::open(Node node) {
    if (opened.size() == deepest) {
        errors.add(pointer(), "lists and objects are nested too deeply; no key needs more than four levels");
        return false;
    }
    put(std::move(node));
    if (opened.empty())
        opened.push_back(&root);
    else if (auto* object = opened.back()->object())
        opened.push_back(&object->back().node);
    else
        opened.push_back(&std::get<Node::List>(opened.back()->value).back());
    return true;
}

bool TreeBuilder::close() {
    opened.pop_back();
    return true;
}

bool TreeBuilder::key(std::string& name) {
    auto& members = *opened.back()->object();
    const bool again =
        std::any_of(members.begin(), members.end(), [&](const Member& m) { return m.name == name; });
    members.push_back({std::move(name), {}});
    if (again)
        errors.add(pointer(), "given twice; keep the one that is meant");
    return true;
}

bool TreeBuilder::parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
    const auto read = source.substr(0, std::min(position, source.size()));
    const auto last = read.empty() ? 0 : read.size() - 1;         // where the first byte that does not fit is
    const auto line_start = read.substr(0, last).rfind('\n') + 1; // npos + 1 is 0: the first line
    const auto line =
        1 + std::count(read.begin(), read.begin() + static_cast<std::ptrdiff_t>(line_start), '\n');
    const auto where =
        "line " + std::to_string(line) + ", column " + std::to_string(last - line_start + 1) + ": ";
    if (position > source.size())
        errors.add("", where + "the file ends before the configuration does; is a bracket missing?");
    else
        errors.add("", where + "not JSON after " + in_quotes(line_end(read.substr(line_start))) +
                           "; look there for a comma, quote or bracket too many or too few");
    return false;
}

std::string TreeBuilder::pointer() const {
    std::string result;
    for (auto* node : opened) {
        if (auto* object = node->object())
            result = child_pointer(result, object->back().name);
        else
            result += "/" + std::to_string(std::get<Node::List>(node->value).size());
    }
    return result;
}

std::string number_text(double value) {
    char text[32];
    const auto end = std::to_chars(std::begin(text), std::end(text), value).ptr;
    return {std::begin(text), end};
}

template<typename Items, typename One>
std::string join(const Items& items, std::string_view between, One one) {
    std::string text;
    for (const auto& item : items)
        text += (text.empty() ? "" : std::string{between}) + one(item);
    return text;
}

std::string label(const Member& member) {
    return in_quotes(member.name) + ": ";
}

struct OneLine {
    std::string operator()(std::nullptr_t) const { return "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(double value) const { return number_text(value); }
    std::string operator()(const std::string& value) const { return in_quotes(value); }
    std::string operator()(const Node& node) const { return std::visit(*this, node.value); }
    std::string operator()(const Member& member) const { return label(member) + (*this)(member.node); }
    std::string operator()(const Node::List& list) const { return "[" + join(list, ", ", *this) + "]"; }
    std::string operator()(const Node::Object& object) const { return "{" + join(object, ", ", *this) + "}"; }
};

bool has_inner_object(const Node& node) {
    const auto* object = node.object();
    return object && std::any_of(object->begin(), object->end(),
                                 [](const Member& m) { return m.node.object() != nullptr; });
}

std::string indented(const Node& node, std::size_t indent) {
    constexpr std::size_t width = 110;
    const auto* object = node.object();
    const auto* list = std::get_if<Node::List>(&node.value);
    auto line = OneLine{}(node);
    const bool fits = indent > 0 && indent + line.size() < width && !has_inner_object(node);
    if (fits || (!object && !list))
        return line;

    const auto newline = "\n" + std::string(indent + 2, ' ');
    const auto end = "\n" + std::string(indent, ' ');
    const auto item = [&](const Node& n) { return indented(n, indent + 2); };
    const auto member = [&](const Member& m) { return label(m) + indented(m.node, indent + 2); };
    if (list)
        return "[" + newline + join(*list, "," + newline, item) + end + "]";
    return "{" + newline + join(*object, "," + newline, member) + end + "}";
}

} // namespace

std::optional<Node> read_json(std::string_view text, Errors& errors) {
    TreeBuilder builder{text, errors};
    constexpr bool whole_text = true, skip_comments = true;
    const bool done = nlohmann::json::sax_parse(
        text.begin(), text.end(), &builder, nlohmann::json::input_format_t::json, whole_text, skip_comments);
    if (!done)
        return std::nullopt;
    return builder.take_root();
}

std::string write_json(const Node& node) {
    return indented(node, 0);
}

std::string child_pointer(std::string_view parent, std::string_view name) {
    std::string step;
    for (char c : shortened(name)) {
        if (c == '~')
            step += "~0";
        else if (c == '/')
            step += "~1";
        else
            step += c;
    }
    const auto escaped = in_quotes(step);
    return std::string{parent} + "/" + escaped.substr(1, escaped.size() - 2);
}

std::string describe(const Node& node) {
    if (node.object())
        return "an object";
    if (std::holds_alternative<Node::List>(node.value))
        return "a list";
    if (const auto* text = node.text())
        return in_quotes(shortened(*text));
    return OneLine{}(node);
}

} // namespace bms::config
