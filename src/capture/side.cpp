// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/capture/diff.hpp"

#include <algorithm>

namespace bms::capture {

void Side::Values::add(const std::string& value) {
    if (seen.size() < limit) {
        seen.insert(value);
    } else if (!seen.contains(value)) {
        many = true;
    }
}

void Side::add(const Heard& heard) {
    if (!heard.rejected.empty()) {
        return;
    }
    const Group group = group_of(heard);
    if (kinds.size() >= max_groups && !kinds.contains(group)) {
        return;
    }
    ++frames;
    Kind& kind = kinds[group];
    ++kind.count;
    kind.known = heard.known;
    kind.periods.event(heard.at);
    kind.payload_sizes.insert(heard.payload.size());
    if (!heard.known) {
        kind.bytes.resize(std::max(kind.bytes.size(), heard.payload.size()));
        for (std::size_t i = 0; i < heard.payload.size(); ++i) {
            kind.bytes[i].set(heard.payload[i]);
        }
        return;
    }
    for (const auto& field : heard.fields) {
        if (!kind.fields.contains(field.name)) {
            kind.field_order.push_back(field.name);
        }
        kind.fields[field.name].add(vebus::text_of(field));
    }
}

void Side::interrupt() {
    for (auto& [group, kind] : kinds) {
        kind.periods.interrupt();
    }
}

Sections::Sections(const Header& header, Duration settle_) : decoder(header.wire), settle(settle_) {
    sides.emplace_back("before the first mark");
}

void Sections::add(const Chunk& chunk) {
    for (const Heard& heard : decoder.push(chunk)) {
        if (heard.at >= counts_from) {
            sides[current].add(heard);
        }
    }
}

std::optional<std::string> Sections::add(const Mark& mark) {
    const auto known = std::find_if(sides.begin() + 1, sides.end(),
                                    [&](const Side& side) { return side.name == mark.text; });
    if (known == sides.end() && sides.size() >= max_sides) {
        return "there are more than " + std::to_string(max_sides - 1) +
               " different marks. Give the same state the same words, or cut the file";
    }
    sides[current].interrupt();
    current = static_cast<std::size_t>(known - sides.begin());
    if (known == sides.end()) {
        sides.emplace_back(mark.text);
    }
    counts_from = mark.at + settle;
    return std::nullopt;
}

std::string Sections::text(bool all) const {
    if (sides.size() == 1) {
        return "There is no mark in this file, so there are no sections to compare. Type a line while "
               "recording, "
               "or add lines like \"31000250 mark pre-alarm loop open\".\n";
    }
    const std::size_t reference = sides.size() == 2 ? 0 : 1;
    std::string text;
    for (std::size_t i = reference + 1; i < sides.size(); ++i) {
        text += (text.empty() ? "" : "\n") + difference(sides[reference], sides[i], all);
    }
    return text;
}

} // namespace bms::capture
