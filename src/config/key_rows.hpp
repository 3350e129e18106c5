// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Words that make the table of keys read like one. Each gives a row; the ones below change a row.
#pragma once

#include "config/keys.hpp"

namespace bms::config::rows {

using Row = Key<Config>;
using At = Access<Config>;

consteval Row word(std::string_view pointer, std::string_view words, At access, std::string_view why) {
    return {{.pointer = pointer, .kind = Kind::word, .words = words, .why = why}, access};
}

struct Range {
    std::int64_t min, max;
};

consteval Row whole(std::string_view pointer, Range range, std::string_view unit, At access,
                    std::string_view why) {
    return {{.pointer = pointer,
             .kind = Kind::whole,
             .min = range.min,
             .max = range.max,
             .unit = unit,
             .why = why},
            access};
}

/// A number that may be "none".
consteval Row amount(std::string_view pointer, Range range, std::string_view unit, At access,
                     std::string_view why) {
    return {{.pointer = pointer,
             .kind = Kind::number,
             .min = range.min,
             .max = range.max,
             .unit = unit,
             .may_be_none = true,
             .why = why},
            access};
}

consteval Row boolean(std::string_view pointer, At access, std::string_view why) {
    return {{.pointer = pointer, .kind = Kind::boolean, .why = why}, access};
}

consteval Row text(std::string_view pointer, Range length, At access, std::string_view why) {
    return {{.pointer = pointer, .kind = Kind::text, .min = length.min, .max = length.max, .why = why},
            access};
}

consteval Row path(std::string_view pointer, Range length, At access, std::string_view why) {
    auto row = text(pointer, length, access, why);
    row.kind = Kind::path;
    return row;
}

consteval Row line(std::string_view pointer, std::string_view level_pointer, At access,
                   std::string_view why) {
    return {{.pointer = pointer, .kind = Kind::line, .words = level_pointer, .why = why}, access};
}

consteval Row required(Row row) {
    row.required = true;
    return row;
}

consteval Row or_none(Row row) {
    row.may_be_none = true;
    return row;
}

consteval Row or_object(Row row) {
    row.may_be_object = true;
    return row;
}

consteval Row needed(std::string_view key, std::string_view value, Row row) {
    row.needed_by = key;
    row.needed_for = value;
    return row;
}

} // namespace bms::config::rows
