// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a D-Bus item can hold.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace bms::venus {

/// The order of the variant's alternatives; no booleans, because clients compare flags with 0 and 1.
enum class Type { invalid, int32, uint32, real, text };

/// monostate is Victron's "invalid": not known, or not there. It is never 0.
using Value = std::variant<std::monostate, std::int32_t, std::uint32_t, double, std::string>;

inline Type type_of(const Value& value) {
    return static_cast<Type>(value.index());
}
inline bool is_valid(const Value& value) {
    return type_of(value) != Type::invalid;
}

} // namespace bms::venus
