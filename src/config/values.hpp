// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// From values back to JSON: print() and the documents' default values.
#pragma once

#include "config/json.hpp"
#include "config/keys.hpp"

#include <optional>

namespace bms::config {

/// A key's value as JSON; nothing when there is none to print.
std::optional<Node> to_node(const KeyInfo&, const Value&);

/// Puts a value where its pointer says, making the objects on the way. What lies inside a plain value (the
/// lines of a remote that is "always_on") is left out.
void insert(Node& root, std::string_view pointer, Node value);

} // namespace bms::config
