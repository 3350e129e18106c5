// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/capture/decode.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

namespace bms::capture {

namespace {

Heard heard_on_bus(Duration at, vebus::Framer::Item&& item) {
    if (const auto* reason = std::get_if<vebus::Reject>(&item.decoded)) {
        return {.at = at,
                .kind = "rejected",
                .wire = std::move(item.wire),
                .rejected = std::string(text(*reason))};
    }
    const auto& frame = std::get<vebus::Frame>(item.decoded);
    Heard heard{.at = at,
                .from = frame.from,
                .number = frame.number,
                .kind = std::string(vebus::name_of(frame.message)),
                .known = !std::holds_alternative<vebus::Unknown>(frame.message),
                .payload = vebus::encode_payload(frame.message),
                .wire = std::move(item.wire)};
    if (heard.known) {
        heard.fields = vebus::fields_of(frame.message);
    } else {
        heard.kind = "unknown " + hex(ByteView(heard.payload).first(1));
    }
    return heard;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

} // namespace

std::vector<Heard> Decoder::push(const Chunk& chunk) {
    if (wire == Wire::mk3) {
        return push_mk3(chunk);
    }
    std::vector<Heard> all;
    for (auto& item : bus.push(chunk.bytes)) {
        all.push_back(heard_on_bus(chunk.at, std::move(item)));
    }
    return all;
}

bool passes(const Heard& heard, const Filter& filter) {
    const bool kind = filter.kind.empty() || filter.kind == heard.kind ||
                      "unknown " + filter.kind == heard.kind ||
                      (!heard.payload.empty() && hex(ByteView(heard.payload).first(1)) == filter.kind);
    return kind && (!filter.from || filter.from == heard.from) && !(filter.unknown && heard.known);
}

std::optional<vebus::Address> parse_address(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        const bool digit = std::isxdigit(static_cast<unsigned char>(c)) != 0;
        if (digit) {
            digits += c;
        } else if (digits.size() != 2 || (c != ' ' && c != ':')) {
            return std::nullopt;
        }
    }
    if (digits.size() != 4) {
        return std::nullopt;
    }
    const auto byte = [&](std::size_t at) {
        return static_cast<std::uint8_t>(std::stoul(digits.substr(at, 2), nullptr, 16));
    };
    return vebus::Address{byte(0), byte(2)};
}

std::string text(const vebus::Address& address) { return hex(std::array{address.first, address.second}); }

std::string seconds_text(Duration time) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.6f", static_cast<double>(time.count()) / 1e6);
    return text.data();
}

std::string line_of_text(const Heard& heard) {
    const std::string stamp = seconds_text(heard.at);
    std::string line(stamp.size() < 12 ? 12 - stamp.size() : 0, ' ');
    line += stamp + "  " + padded(heard.from ? text(*heard.from) : "-- --", 5) + "  ";
    const std::string number = heard.number ? std::to_string(*heard.number) : "-";
    line += std::string(3 - std::min<std::size_t>(number.size(), 3), ' ') + number + "  ";
    line += padded(heard.kind, 20);
    if (!heard.rejected.empty()) {
        return line + heard.rejected + ": " + hex(heard.wire) + '\n';
    }
    std::string fields;
    for (const auto& field : heard.fields) {
        fields += (fields.empty() ? "" : ", ") + field.name + " " + vebus::text_of(field);
    }
    return line + (heard.known ? fields : hex(heard.payload)) + '\n';
}

std::string line_of_text(const Mark& mark) {
    return "---- " + seconds_text(mark.at) + " mark: " + mark.text + " ----\n";
}

std::string text(const Header& header) {
    return "wire " + std::string(text(header.wire)) + ", " + std::to_string(header.baud) + " baud, port " +
           header.port + ", started " + header.started + ", recorded by vebus-bms " + header.program;
}

} // namespace bms::capture
