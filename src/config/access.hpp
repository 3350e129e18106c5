// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// From a path of member pointers to an Access: at<&Config::vebus, &Vebus::port>.
#pragma once

#include "config/keys.hpp"

#include <chrono>
#include <optional>

namespace bms::config {

inline Value to_value(bool value) {
    return value;
}
inline Value to_value(int value) {
    return std::int64_t{value};
}
inline Value to_value(double value) {
    return value;
}
inline Value to_value(const std::string& value) {
    return value;
}
inline Value to_value(const Line& value) {
    return value;
}

template<typename Rep, typename Period>
Value to_value(std::chrono::duration<Rep, Period> value) {
    return static_cast<std::int64_t>(value.count());
}

template<typename Enum>
requires std::is_enum_v<Enum> Value to_value(Enum value) {
    return static_cast<std::int64_t>(value);
}

template<typename T>
Value to_value(const std::optional<T>& value) {
    return value ? to_value(*value) : Value{};
}

template<typename T>
void from_value(const Value& value, T& into) {
    if constexpr (std::is_enum_v<T> || std::is_same_v<T, int>)
        into = static_cast<T>(std::get<std::int64_t>(value));
    else
        into = std::get<T>(value);
}

template<typename Rep, typename Period>
void from_value(const Value& value, std::chrono::duration<Rep, Period>& into) {
    into = std::chrono::duration<Rep, Period>{std::get<std::int64_t>(value)};
}

template<typename T>
void from_value(const Value& value, std::optional<T>& into) {
    if (std::holds_alternative<std::monostate>(value))
        into.reset();
    else
        from_value(value, into.emplace());
}

template<typename Root, typename First, typename... Rest>
auto& reach(Root& root, First first, Rest... rest) {
    if constexpr (sizeof...(rest) == 0)
        return root.*first;
    else
        return reach(root.*first, rest...);
}

template<auto... Members>
inline constexpr Access<Config> at{
    [](const Config& config) { return to_value(reach(config, Members...)); },
    [](Config& config, const Value& value) { from_value(value, reach(config, Members...)); }};

} // namespace bms::config
