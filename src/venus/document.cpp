// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/venus/document.hpp"

#include "bms/venus/item_tree.hpp"

#include <array>

namespace bms::venus {

namespace {

/// In the order of Type; no row is of the first.
constexpr std::array<std::string_view, 5> type_words{"", "int32", "uint32", "double", "string"};

std::string_view type_word(Type type) { return type_words.at(static_cast<std::size_t>(type)); }

/// What the item looks like as text, shown by an example.
std::string example(const Row& row) {
    if (row.style == Style::plain)
        return "";
    if (row.style == Style::hex_version)
        return text_of(row, 0x489U);
    if (row.range)
        return text_of(row, row.range->min) + " ... " + text_of(row, row.range->max);
    return row.type == Type::real ? text_of(row, 26.4) : text_of(row, 1);
}

/// Empty for the two roles of a VE.Bus BMS, vebus and status: those have most of the rows.
std::string_view roles_word(RoleSet roles) {
    const bool vebus = (roles & in(Role::vebus)) != 0, status = (roles & in(Role::status)) != 0;
    if ((roles & in(Role::battery)) == 0)
        return status ? "" : "vebus";
    return !vebus ? "battery" : status ? "all" : "vebus, battery";
}

std::string line(const Row& row) {
    std::string text = "| `";
    text.append(row.path).append("` | ").append(type_word(row.type)).append(" | ").append(example(row));
    text.append(" | ")
        .append(row.access == Access::write ? "W" : "")
        .append(" | ")
        .append(roles_word(row.roles));
    text.append(" | ").append(row.meaning).append(" | ").append(row.source).append(" |\n");
    return text;
}

} // namespace

std::string paths_markdown() {
    std::string text = "<!-- Generated from src/venus/paths.cpp: run ./dev docs. -->\n"
                       "# D-Bus paths\n\n"
                       "An item that is not known is invalid: an empty array. Text: an example of what "
                       "GetText says, where it is\n"
                       "not the bare value. W: can be written; everything else refuses SetValue. Source: Mn "
                       "is a row of the\n"
                       "manual, mb n a Modbus-TCP register of Venus OS, own is ours alone. Role: who has the "
                       "item; empty: vebus and\n"
                       "status.\n\n"
                       "| path | type | text | | role | meaning | source |\n"
                       "| --- | --- | --- | --- | --- | --- | --- |\n";
    for (const Row& row : paths)
        text += line(row);
    return text;
}

} // namespace bms::venus
