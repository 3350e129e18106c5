// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// JSON as a plain value. json.cpp is the one file that knows the JSON library.
#pragma once

#include "config/errors.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bms::config {

struct Member;

/// A JSON value. An object keeps the order of its members, and members of equal name.
struct Node {
    using List = std::vector<Node>;
    using Object = std::vector<Member>;
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Object> value;

    const std::string* text() const { return std::get_if<std::string>(&value); }
    const Object* object() const { return std::get_if<Object>(&value); }
    Object* object() { return std::get_if<Object>(&value); }
};

struct Member {
    std::string name;
    Node node;
};

/// Reads JSON; comments are skipped. Text that is not JSON is one error with line and column, and gives
/// nothing. A key given twice in one object is an error each time.
std::optional<Node> read_json(std::string_view text, Errors&);

/// JSON for people: one member a line, short objects without inner ones on one line. No line feed at the end.
std::string write_json(const Node&);

/// The pointer of a member of the object at parent. Long names are cut and control characters shown escaped:
/// it is printed, and no known key has either.
std::string child_pointer(std::string_view parent, std::string_view name);

/// What was found, in a few words: `"gpoid"`, `12`, `a list`.
std::string describe(const Node&);

} // namespace bms::config
