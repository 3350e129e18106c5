// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "profile/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace bms::profile {

namespace {

constexpr std::size_t longest_shown = 40;

/// The beginning of a text, cut between characters.
std::string_view shortened(std::string_view text) {
    auto end = std::min(text.size(), longest_shown);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
        --end;
    }
    return text.substr(0, end);
}

std::string step_of(std::string_view name) {
    std::string step;
    for (const char c : shortened(name)) {
        step += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    const std::string quoted = in_quotes(step);
    return quoted.substr(1, quoted.size() - 2);
}

/// Receives the parts of a document from the library. Building the tree ourselves is what shows keys given
/// twice (the library's own value keeps the last and says nothing) and bounds the depth.
class Builder {
  public:
    Builder(std::string_view text_, Errors& errors_) : text(text_), errors(errors_) {}

    bool null() { return put(nullptr); }
    bool boolean(bool value) { return put(value); }
    bool number_integer(std::int64_t value) { return put(value); }
    bool number_unsigned(std::uint64_t value) {
        const bool fits = value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        return fits ? put(static_cast<std::int64_t>(value)) : put(static_cast<double>(value));
    }
    bool number_float(double value, const std::string&) { return put(value); }
    bool string(std::string& value) { return put(std::move(value)); }
    bool binary(const nlohmann::json::binary_t&) { return false; } // JSON text has none
    bool start_object(std::size_t) { return open(Node::Object{}); }
    bool start_array(std::size_t) { return open(Node::List{}); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& name);
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&);

    Node root;

  private:
    Node& place();
    template<class Value>
    bool put(Value&& value) {
        place().value = std::forward<Value>(value);
        return true;
    }
    bool open(decltype(Node::value) empty);
    bool close() {
        opened.pop_back();
        return true;
    }

    static constexpr std::size_t deepest = 8; // a profile needs six

    std::string_view text;
    Errors& errors;
    std::vector<Node*> opened; // stable: a list or object does not grow while one inside it is open
};

/// Where the value that comes now belongs.
Node& Builder::place() {
    Node* node = &root;
    if (!opened.empty() && opened.back()->object()) {
        node = &opened.back()->object()->back().node;
    } else if (!opened.empty()) {
        auto& list = *opened.back()->list();
        list.push_back({opened.back()->pointer + "/" + std::to_string(list.size()), nullptr});
        node = &list.back();
    }
    return *node;
}

bool Builder::open(decltype(Node::value) empty) {
    Node& node = place();
    node.value = std::move(empty);
    if (opened.size() == deepest) {
        errors.add(node.pointer, "nested too deeply; no part of a profile lies deeper than six levels");
        return false;
    }
    opened.push_back(&node);
    return true;
}

bool Builder::key(std::string& name) {
    auto& members = *opened.back()->object();
    const auto pointer = opened.back()->pointer + "/" + step_of(name);
    if (std::any_of(members.begin(), members.end(), [&](const auto& it) { return it.name == name; })) {
        errors.add(pointer, "given twice; keep the one that is meant");
    }
    members.push_back({std::move(name), {pointer, nullptr}});
    return true;
}

bool Builder::parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
    const auto read = text.substr(0, std::min(position, text.size()));
    const auto line_start =
        read.substr(0, read.empty() ? 0 : read.size() - 1).rfind('\n') + 1; // npos + 1 is 0
    const auto line =
        1 + std::count(read.begin(), read.begin() + static_cast<std::ptrdiff_t>(line_start), '\n');
    const auto column = std::max<std::size_t>(read.size(), line_start + 1) - line_start;
    errors.add("", "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " +
                       (position > text.size()
                            ? "the file ends too early; is a bracket or a quote missing?"
                            : "not JSON; look there for a comma, quote or bracket too many or too few"));
    return false;
}

struct InWords {
    std::string operator()(std::nullptr_t) const { return "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(double value) const { return nlohmann::json(value).dump(); }
    std::string operator()(const std::string& value) const { return in_quotes(value); }
    std::string operator()(const Node::List&) const { return "a list"; }
    std::string operator()(const Node::Object&) const { return "an object"; }
};

} // namespace

void Errors::add(std::string pointer, std::string text) {
    if (list.size() + 1 < max_errors) {
        list.push_back({std::move(pointer), std::move(text)});
    } else if (list.size() < max_errors) {
        list.push_back({"", "there is more wrong than is listed here; correct these first"});
    }
}

bool Errors::at_or_below(std::string_view pointer) const {
    return std::any_of(list.begin(), list.end(), [&](const Error& error) {
        const std::string_view its = error.pointer;
        return its.starts_with(pointer) && (its.size() == pointer.size() || its[pointer.size()] == '/');
    });
}

std::optional<Node> read_json(std::string_view text, Errors& errors) {
    Builder builder{text, errors};
    constexpr bool whole_text = true, skip_comments = true;
    const bool done = nlohmann::json::sax_parse(
        text.begin(), text.end(), &builder, nlohmann::json::input_format_t::json, whole_text, skip_comments);
    return done ? std::optional{std::move(builder.root)} : std::nullopt;
}

std::string in_quotes(std::string_view text) {
    using nlohmann::json;
    const auto part = shortened(text);
    const std::string shown = std::string{part} + (part.size() < text.size() ? "..." : "");
    return json(shown).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string describe(const Node& node) { return std::visit(InWords{}, node.value); }

} // namespace bms::profile
