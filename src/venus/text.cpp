// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Values as text, the way Victron's own drivers write them: clients show these texts unchanged.
#include "bms/venus/item_tree.hpp"

#include <cmath>
#include <cstdio>
#include <span>

namespace bms::venus {

namespace {

struct Word {
    std::uint32_t number;
    std::string_view text;
};

constexpr Word alarm_words[] = {{0, "ok"}, {1, "warning"}, {2, "alarm"}};
constexpr Word mode_words[] = {{1, "charger only"}, {2, "inverter only"}, {3, "on"}, {4, "off"}};
constexpr Word led_words[] = {{0, "off"}, {1, "on"}, {2, "blink"}};
constexpr Word yes_no_words[] = {{0, "no"}, {1, "yes"}};
constexpr Word state_words[] = {{0, "off"},       {1, "low power"},         {2, "fault"},
                                {3, "bulk"},      {4, "absorption"},        {5, "float"},
                                {6, "storage"},   {7, "equalise"},          {8, "passthru"},
                                {9, "inverting"}, {10, "assisting"},        {11, "power supply"},
                                {244, "sustain"}, {252, "external control"}};

std::string printed(const char* form, auto number) {
    char buffer[350]; // the largest double has 309 digits before its point
    const int length = std::snprintf(buffer, sizeof buffer, form, number);
    return {buffer, static_cast<std::size_t>(length)};
}

std::string word(std::span<const Word> words, std::uint32_t number) {
    for (const Word& w : words)
        if (w.number == number)
            return std::string(w.text);
    return std::to_string(number);
}

std::string real_text(Style style, double number) {
    if (style == Style::volts)
        return printed("%.2fV", number);
    if (style == Style::milliseconds)
        return printed("%.1fms", number);
    if (style == Style::hours)
        return printed(number == std::floor(number) ? "%.0fh" : "%.1fh", number);
    if (style == Style::percent)
        return printed("%.1f%%", number);
    return style == Style::amperes ? printed("%.1fA", number) : printed("%.2f", number);
}

std::string whole_text(Style style, long long number) {
    const auto index = static_cast<std::uint32_t>(number);
    switch (style) {
    case Style::hex:
        return printed("0x%llX", number);
    case Style::hex_version:
        return printed("%llx", number);
    case Style::alarm:
        return word(alarm_words, index);
    case Style::mode:
        return word(mode_words, index);
    case Style::state:
        return word(state_words, index);
    case Style::led:
        return word(led_words, index);
    case Style::yes_no:
        return word(yes_no_words, index);
    case Style::seconds:
        return printed("%llds", number);
    case Style::watts:
        return printed("%lldW", number);
    case Style::percent:
        return printed("%lld%%", number);
    case Style::plain:
    case Style::hours:
    case Style::volts:
    case Style::amperes:
    case Style::milliseconds:
        break;
    }
    return std::to_string(number);
}

} // namespace

std::string text_of(const Row& row, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value))
        return *text;
    if (const auto* real = std::get_if<double>(&value))
        return real_text(row.style, *real);
    if (const auto* i = std::get_if<std::int32_t>(&value))
        return whole_text(row.style, *i);
    if (const auto* u = std::get_if<std::uint32_t>(&value))
        return whole_text(row.style, *u);
    return "---";
}

} // namespace bms::venus
