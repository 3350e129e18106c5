// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/capture/diff.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace bms::capture {

namespace {

using Kind = Side::Kind;
using Values = Side::Values;
using Byte = Side::Byte;

/// Lines of the report, and the names of what was left out of it.
struct Report {
    bool all = false;
    std::string lines;
    std::string left_out;

    void line(const std::string& text) { lines += "  " + text + '\n'; }
    void leave_out(const std::string& text) { left_out += (left_out.empty() ? "" : "; ") + text; }
};

std::string hex_byte(unsigned value) { return hex(std::array{static_cast<std::uint8_t>(value)}); }

std::string milliseconds(Duration time) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.1f ms", static_cast<double>(time.count()) / 1000);
    return text.data();
}

std::string name_of(const Group& group) {
    return group.from ? text(*group.from) + ' ' + group.kind : group.kind;
}

template<typename Items, typename Text>
std::string list(const Items& items, Text text) {
    std::string all;
    for (const auto& item : items) {
        all += (all.empty() ? "" : ", ") + text(item);
    }
    return all;
}

std::string sizes_text(const std::set<std::size_t>& sizes) {
    return list(sizes, [](std::size_t size) { return std::to_string(size); });
}

std::string values_text(const Values& values) {
    return values.many ? "more than " + std::to_string(Values::limit) + " values"
                       : list(values.seen, [](const std::string& value) { return value; });
}

std::vector<unsigned> members(const Byte& byte) {
    std::vector<unsigned> found;
    for (unsigned value = 0; value < byte.size(); ++value) {
        if (byte.test(value)) {
            found.push_back(value);
        }
    }
    return found;
}

std::string byte_text(const Byte& byte) {
    const auto values = members(byte);
    if (values.size() > 16) {
        return std::to_string(values.size()) + " values " + hex_byte(values.front()) + ".." +
               hex_byte(values.back());
    }
    return list(values, hex_byte);
}

/// The number at the beginning of "52.70 V", when it has one.
std::optional<double> number_of(const std::string& value) {
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    const bool whole_word = end != value.c_str() && (*end == '\0' || *end == ' ');
    return whole_word ? std::optional(number) : std::nullopt;
}

struct Range {
    double least, most;
};

std::optional<Range> range_of(const Values& values) {
    std::optional<Range> range;
    for (const auto& value : values.seen) {
        const auto number = number_of(value);
        if (!number) {
            return std::nullopt;
        }
        range = range ? Range{std::min(range->least, *number), std::max(range->most, *number)}
                      : Range{*number, *number};
    }
    return range;
}

/// A measurement or a counter: it changes within both sides, over values or a range they have in common.
bool is_noise(const Values& a, const Values& b) {
    if (a.seen.size() < 2 || b.seen.size() < 2) {
        return false;
    }
    const auto in_b = [&](const std::string& value) { return b.seen.contains(value); };
    if ((a.many && b.many) || std::any_of(a.seen.begin(), a.seen.end(), in_b)) {
        return true;
    }
    const auto range_a = range_of(a), range_b = range_of(b);
    return range_a && range_b && range_a->least <= range_b->most && range_b->least <= range_a->most;
}

bool is_noise(const Byte& a, const Byte& b) { return a.count() > 1 && b.count() > 1 && (a & b).any(); }

/// "0", "1", "changes": one bit over all values of a byte.
std::string_view bit_text(const Byte& byte, unsigned bit) {
    bool zero = false, one = false;
    for (const unsigned value : members(byte)) {
        ((value >> bit & 1U) != 0 ? one : zero) = true;
    }
    return zero && one ? "changes" : one ? "1" : "0";
}

std::string bits_text(const Byte& a, const Byte& b) {
    std::string bits;
    for (unsigned bit = 0; bit < 8; ++bit) {
        const auto in_a = bit_text(a, bit), in_b = bit_text(b, bit);
        if (in_a != in_b) {
            bits += (bits.empty() ? "" : ", ") + ("bit " + std::to_string(bit)) + ": " + std::string(in_a) +
                    " -> " + std::string(in_b);
        }
    }
    return bits.empty() ? "" : "  (" + bits + ")";
}

std::string change_text(const Values& left, const Values& right) {
    return ": " + values_text(left) + " -> " + values_text(right);
}

void compare_fields(Report& report, const std::string& name, const Kind& a, const Kind& b) {
    const auto titled = [&](const std::string& field) { return name + ", " + field; };
    for (const auto& field : a.field_order) {
        const auto in_b = b.fields.find(field);
        if (in_b == b.fields.end()) {
            report.line(titled(field).append(": only in A"));
            continue;
        }
        const Values& left = a.fields.at(field);
        const Values& right = in_b->second;
        if (left.seen == right.seen && left.many == right.many && !left.many) {
            continue;
        }
        if (is_noise(left, right) && !report.all) {
            report.leave_out(titled(field));
            continue;
        }
        report.line(titled(field).append(change_text(left, right)));
    }
    for (const auto& field : b.field_order) {
        if (!a.fields.contains(field)) {
            report.line(titled(field).append(": only in B"));
        }
    }
}

void compare_bytes(Report& report, const std::string& name, const Kind& a, const Kind& b) {
    for (std::size_t i = 0; i < std::min(a.bytes.size(), b.bytes.size()); ++i) {
        if (a.bytes[i] == b.bytes[i]) {
            continue;
        }
        const std::string where = name + ", byte " + std::to_string(i);
        if (is_noise(a.bytes[i], b.bytes[i]) && !report.all) {
            report.leave_out(where);
            continue;
        }
        report.line(where + ": " + byte_text(a.bytes[i]) + " -> " + byte_text(b.bytes[i]) +
                    bits_text(a.bytes[i], b.bytes[i]));
    }
}

/// More than what an adapter's delays and one lost frame make: 5 % and a millisecond, in the middle of at
/// least five intervals.
bool periods_differ(const Periods& a, const Periods& b) {
    constexpr std::uint64_t enough = 5;
    const Duration by = std::chrono::abs(a.p50() - b.p50());
    return a.count() >= enough && b.count() >= enough && by > 1ms && by * 20 > std::max(a.p50(), b.p50());
}

void compare_kind(Report& report, const Group& group, const Kind& a, const Kind& b) {
    const std::string name = name_of(group);
    if (periods_differ(a.periods, b.periods)) {
        report.line(name + ", period: " + milliseconds(a.periods.p50()) + " -> " +
                    milliseconds(b.periods.p50()));
    }
    if (a.payload_sizes != b.payload_sizes) {
        report.line(name + ", bytes in the payload: " + sizes_text(a.payload_sizes) + " -> " +
                    sizes_text(b.payload_sizes));
    }
    if (a.known) {
        compare_fields(report, name, a, b);
    } else {
        compare_bytes(report, name, a, b);
    }
}

void only_in(Report& report, char side, const Group& group, const Kind& kind) {
    std::string text = name_of(group) + ": only in " + side + ", " + std::to_string(kind.count) + " frames";
    if (kind.periods.count() > 0) {
        text += ", every " + milliseconds(kind.periods.p50());
    }
    if (!kind.known) {
        text += ", bytes " + list(kind.bytes, [](const Byte& byte) {
                    return byte.count() == 1 ? hex_byte(members(byte).front()) : "{" + byte_text(byte) + "}";
                });
    }
    report.line(text);
}

} // namespace

std::string difference(const Side& a, const Side& b, bool all) {
    const auto heading = [](char letter, const Side& side) {
        return std::string(1, letter) + ": " + side.name + " (" + std::to_string(side.frames) + " frames)\n";
    };
    std::string text = heading('A', a) + heading('B', b);
    if (a.frames == 0 || b.frames == 0) {
        return text + "  nothing to compare: one side has no frames\n";
    }
    Report report{.all = all};
    std::set<Group> groups;
    for (const auto* side : {&a, &b}) {
        for (const auto& [group, kind] : side->kinds) {
            groups.insert(group);
        }
    }
    for (const auto& group : groups) {
        const auto in_a = a.kinds.find(group), in_b = b.kinds.find(group);
        if (in_a == a.kinds.end()) {
            only_in(report, 'B', group, in_b->second);
        } else if (in_b == b.kinds.end()) {
            only_in(report, 'A', group, in_a->second);
        } else {
            compare_kind(report, group, in_a->second, in_b->second);
        }
    }
    text += report.lines.empty() ? "  no difference\n" : report.lines;
    if (!report.left_out.empty()) {
        text += "  changes on both sides, left out (--all shows it): " + report.left_out + '\n';
    }
    return text;
}

} // namespace bms::capture
