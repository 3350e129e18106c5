// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/guard/bus.hpp"

#include <cmath>

namespace bms::guard {

std::string_view class_of(std::string_view service) {
    constexpr std::string_view prefix = "com.victronenergy.";
    if (!service.starts_with(prefix)) {
        return {};
    }
    service.remove_prefix(prefix.size());
    return service.substr(0, service.find('.'));
}

std::optional<double> number_of(const venus::Value& value) {
    if (const auto* real = std::get_if<double>(&value)) {
        return std::isfinite(*real) ? std::optional(*real) : std::nullopt;
    }
    if (const auto* whole = std::get_if<std::int32_t>(&value)) {
        return *whole;
    }
    if (const auto* whole = std::get_if<std::uint32_t>(&value)) {
        return *whole;
    }
    return std::nullopt;
}

std::optional<int> whole_of(const venus::Value& value) {
    constexpr double most = 1e9;
    const auto number = number_of(value);
    if (!number || std::abs(*number) > most || *number != std::floor(*number)) {
        return std::nullopt;
    }
    return static_cast<int>(*number);
}

std::string text_of(const venus::Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr ? *text : "";
}

} // namespace bms::guard
