// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "profile/reader.hpp"

#include <algorithm>
#include <charconv>

namespace bms::profile {

Members::Members(const Node& node_, std::span<const std::string_view> known, Errors& errors_)
    : node(node_), errors(errors_) {
    const auto* members = node.object();
    if (!members) {
        add_found(node, "an object, {...}", errors);
        return;
    }
    for (const auto& [name, member] : *members) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            add_unknown(member, known, errors);
        }
    }
}

const Node* Members::find(std::string_view name) const {
    const auto* members = node.object();
    if (!members) {
        return nullptr;
    }
    const auto found =
        std::find_if(members->begin(), members->end(), [&](const auto& it) { return it.name == name; });
    return found == members->end() ? nullptr : &found->node;
}

const Node* Members::need(std::string_view name, std::string_view accepted) const {
    const Node* found = find(name);
    if (!found && node.object()) {
        errors.add(node.pointer + "/" + std::string{name}, "missing; accepted: " + std::string{accepted});
    }
    return found;
}

void add_found(const Node& node, std::string_view accepted, Errors& errors) {
    errors.add(node.pointer, "found " + describe(node) + "; accepted: " + std::string{accepted});
}

void add_unknown(const Node& node, std::span<const std::string_view> known, Errors& errors) {
    std::string words;
    for (const std::string_view one : known) {
        words += (words.empty() ? "" : ", ") + std::string{one};
    }
    errors.add(node.pointer, "unknown key; known here: " + words);
}

std::optional<std::string> read_text(const Node& node, std::size_t longest, Errors& errors) {
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
    const auto* text = node.text();
    if (!text || text->empty() || text->size() > longest ||
        std::any_of(text->begin(), text->end(), is_control)) {
        add_found(node, "text in one line, 1 to " + std::to_string(longest) + " bytes", errors);
        return std::nullopt;
    }
    return *text;
}

std::optional<std::int64_t> read_whole(const Node& node, std::int64_t least, std::int64_t most,
                                       Errors& errors) {
    const auto* number = node.whole();
    if (!number || *number < least || *number > most) {
        add_found(node, "a whole number, " + std::to_string(least) + " to " + std::to_string(most), errors);
        return std::nullopt;
    }
    return *number;
}

std::optional<vebus::Bytes> read_bytes(const Node& node, std::size_t least, std::size_t most,
                                       Errors& errors) {
    vebus::Bytes bytes;
    bool good = node.text() != nullptr;
    for (const std::string_view token : split_at_blanks(good ? *node.text() : std::string_view{})) {
        const auto byte = hex_byte(token);
        good = good && byte;
        bytes.push_back(byte.value_or(0));
    }
    if (!good || bytes.size() < least || bytes.size() > most) {
        const std::string many =
            least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
        const bool one = most == 1;
        add_found(node,
                  one ? "one byte in hex, such as \"4D\""
                      : many + " bytes in hex with blanks between them, such as \"42 4D\"",
                  errors);
        return std::nullopt;
    }
    return bytes;
}

std::optional<std::uint8_t> hex_byte(std::string_view text) {
    std::uint8_t byte = 0;
    const auto* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, byte, 16);
    const bool good = text.size() == 2 && result.ec == std::errc{} && result.ptr == end;
    return good ? std::optional{byte} : std::nullopt;
}

std::vector<std::string_view> split_at_blanks(std::string_view text) {
    std::vector<std::string_view> tokens;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) {
            tokens.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return tokens;
}

std::string to_hex(std::uint8_t byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    return {digits[byte >> 4], digits[byte & 0x0F]};
}

} // namespace bms::profile
