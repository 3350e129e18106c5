// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// JSON as a plain value that knows where it stands. json.cpp is the one file here that knows the JSON
// library.
#pragma once

#include "bms/profile/profile.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace bms::profile {

/// The list of what is wrong, kept short enough to read.
class Errors {
  public:
    void add(std::string pointer, std::string text);
    bool empty() const { return list.empty(); }
    /// Something is wrong here, or with a part of it.
    bool at_or_below(std::string_view pointer) const;
    std::vector<Error> take() { return std::move(list); }

  private:
    std::vector<Error> list;
};

struct Member;

struct Node {
    using List = std::vector<Node>;
    using Object = std::vector<Member>; ///< in the order of the file
    std::string pointer;
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Object> value;

    const std::string* text() const { return std::get_if<std::string>(&value); }
    const std::int64_t* whole() const { return std::get_if<std::int64_t>(&value); }
    const List* list() const { return std::get_if<List>(&value); }
    const Object* object() const { return std::get_if<Object>(&value); }
    List* list() { return std::get_if<List>(&value); }
    Object* object() { return std::get_if<Object>(&value); }
};

struct Member {
    std::string name;
    Node node;
};

/// Nothing, and an error with line and column, when the text is not JSON. A key given twice is an error.
std::optional<Node> read_json(std::string_view text, Errors&);

/// In quotes as JSON has it, cut to a length for a message.
std::string in_quotes(std::string_view text);

/// What was found, in a few words: `"vbus"`, `12`, `a list`.
std::string describe(const Node&);

} // namespace bms::profile
