// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "vebus/describe_fields.hpp"

#include "bms/vebus/leds.hpp"

#include <algorithm>
#include <charconv>

namespace bms::vebus {

std::string hex(std::uint32_t number, int digits) {
    constexpr std::string_view letters = "0123456789ABCDEF";
    std::string text = "0x";
    for (int digit = digits; digit-- > 0;) {
        text += letters[number >> (4 * digit) & 0x0F];
    }
    return text;
}

Fields& Fields::text(std::string name, std::string_view value, std::string unit) {
    gathered.push_back({std::move(name), std::string(value), std::move(unit)});
    return *this;
}

Fields& Fields::yes_no(std::string name, bool yes) { return text(std::move(name), yes ? "yes" : "no"); }

Fields& Fields::raw(std::string name, std::int64_t count) {
    return text(std::move(name), std::to_string(count), "raw");
}

Fields& Fields::number(std::string name, std::int64_t number) {
    return text(std::move(name), std::to_string(number));
}

Fields& Fields::value(std::string name, double value, int digits, std::string unit) {
    std::array<char, 40> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, digits);
    return text(std::move(name), std::string_view(buffer.data(), end.ptr), std::move(unit));
}

Fields& Fields::hex8(std::string name, std::uint8_t byte) { return text(std::move(name), hex(byte, 2)); }

Fields& Fields::word(std::string name, std::uint8_t number, std::span<const Word> words) {
    const auto found =
        std::find_if(words.begin(), words.end(), [number](const Word& it) { return it.number == number; });
    return found == words.end() ? hex8(std::move(name), number) : text(std::move(name), found->text);
}

Fields& Fields::named(std::string name, std::uint8_t number, std::optional<std::string_view> word) {
    return word ? text(std::move(name), *word) : hex8(std::move(name), number);
}

Fields& Fields::named_bytes(std::string name, ByteView bytes) {
    std::string value;
    for (const std::uint8_t byte : bytes) {
        value.append(value.empty() ? "" : " ").append(hex(byte, 2));
    }
    return text(std::move(name), value.empty() ? "none" : value);
}

Fields& Fields::bytes(std::size_t index, ByteView bytes) {
    if (bytes.empty()) {
        return *this;
    }
    const std::string first = std::to_string(index);
    return named_bytes(bytes.size() == 1
                           ? "byte_" + first
                           : "bytes_" + first + "_to_" + std::to_string(index + bytes.size() - 1),
                       bytes);
}

void add_leds(Fields& fields, std::uint8_t on, std::uint8_t blink) {
    const LedBits bits{.on = on, .blink = blink};
    for (const auto& [led, name] : all_leds()) {
        std::string field = "led_" + std::string(name);
        std::replace(field.begin(), field.end(), ' ', '_');
        fields.text(std::move(field), vebus::text(light_of(bits, led)));
    }
    fields.text("leds_mean", vebus::text(meaning_of(bits)));
}

} // namespace bms::vebus
