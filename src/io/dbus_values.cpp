// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/dbus_values.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace bms::io {

using sdbus::Variant;
using venus::Value;

namespace {

constexpr std::size_t most_text_bytes = 4096;

struct ToVariant {
    Variant operator()(std::monostate) const { return Variant{std::vector<std::int32_t>{}}; }
    template<typename T>
    Variant operator()(const T& value) const {
        return Variant{value};
    }
};

template<typename Number>
Value narrowed(Number number) {
    if (std::in_range<std::int32_t>(number))
        return static_cast<std::int32_t>(number);
    if (std::in_range<std::uint32_t>(number))
        return static_cast<std::uint32_t>(number);
    return static_cast<double>(number);
}

template<typename... Number>
Value whole_number_in(const Variant& variant) {
    Value found;
    const auto take = [&](auto number) { found = narrowed(number); };
    ((variant.containsValueOfType<Number>() ? take(variant.get<Number>()) : void()), ...);
    return found;
}

} // namespace

Variant to_variant(const Value& value) { return std::visit(ToVariant{}, value); }

Value from_variant(const Variant& variant) {
    if (variant.containsValueOfType<std::uint32_t>())
        return variant.get<std::uint32_t>();
    if (variant.containsValueOfType<double>()) {
        const auto number = variant.get<double>();
        return std::isfinite(number) ? Value{number} : Value{};
    }
    if (variant.containsValueOfType<bool>())
        return variant.get<bool>() ? 1 : 0;
    if (variant.containsValueOfType<std::string>()) {
        auto text = variant.get<std::string>();
        return text.size() <= most_text_bytes ? Value{std::move(text)} : Value{};
    }
    return whole_number_in<std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::int64_t,
                           std::uint64_t>(variant);
}

} // namespace bms::io
