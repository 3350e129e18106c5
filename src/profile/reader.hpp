// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// One value out of a Node, or an error and nothing.
#pragma once

#include "profile/json.hpp"

#include <span>

namespace bms::profile {

/// The members of an object by name. What is unknown or missing is an error.
class Members {
  public:
    /// The node's members, all of which must be known; empty when it is no object.
    Members(const Node&, std::span<const std::string_view> known, Errors&);

    const Node* find(std::string_view name) const;
    /// accepted: for the error when it is missing.
    const Node* need(std::string_view name, std::string_view accepted) const;

  private:
    const Node& node;
    Errors& errors;
};

void add_found(const Node&, std::string_view accepted, Errors&);
void add_unknown(const Node&, std::span<const std::string_view> known, Errors&);

std::optional<std::string> read_text(const Node&, std::size_t longest, Errors&);
std::optional<std::int64_t> read_whole(const Node&, std::int64_t least, std::int64_t most, Errors&);
/// Bytes as people write them: two hex digits each, blanks between them.
std::optional<vebus::Bytes> read_bytes(const Node&, std::size_t least, std::size_t most, Errors&);

/// "4D" and nothing else.
std::optional<std::uint8_t> hex_byte(std::string_view);
std::vector<std::string_view> split_at_blanks(std::string_view);
std::string to_hex(std::uint8_t);

} // namespace bms::profile
