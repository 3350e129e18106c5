// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/venus/item_tree.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

namespace bms::venus {

namespace {

std::size_t index_of(Path path) { return static_cast<std::size_t>(path); }

std::optional<double> number_in(const Value& value) {
    if (const auto* i = std::get_if<std::int32_t>(&value))
        return *i;
    if (const auto* u = std::get_if<std::uint32_t>(&value))
        return *u;
    if (const auto* d = std::get_if<double>(&value); d && std::isfinite(*d))
        return *d;
    return std::nullopt;
}

template<typename Integer>
std::optional<Value> whole(double number) {
    if (number != std::trunc(number) || number < std::numeric_limits<Integer>::min() ||
        number > std::numeric_limits<Integer>::max())
        return std::nullopt;
    return Value{static_cast<Integer>(number)};
}

/// Of what can be written there are whole numbers and texts.
std::optional<Value> convert(const Value& offered, Type to) {
    if (to == Type::text)
        return type_of(offered) == Type::text ? std::optional{offered} : std::nullopt;
    const auto number = number_in(offered);
    if (!number)
        return std::nullopt;
    return to == Type::int32 ? whole<std::int32_t>(*number) : whole<std::uint32_t>(*number);
}

bool within_limits(const Row& row, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value))
        return text->size() <= max_text_bytes;
    const auto number = number_in(value);
    return number && (!row.range || (*number >= row.range->min && *number <= row.range->max));
}

} // namespace

void ItemTree::set(Path path, Value value) {
    if (const auto* d = std::get_if<double>(&value); d && !std::isfinite(*d))
        value = Value{};
    if (is_valid(value) && type_of(value) != row_of(path).type)
        std::abort();
    values_[index_of(path)] = std::move(value);
}

const Value& ItemTree::value(Path path) const { return values_[index_of(path)]; }

std::string ItemTree::text(Path path) const { return text_of(row_of(path), value(path)); }

std::vector<Path> ItemTree::take_changes(Instant now) {
    constexpr std::array<Duration, pace_count> rest{0s, 1s, 10s}; // by Pace
    auto& next_batch = due_[static_cast<std::size_t>(Pace::telemetry)];
    const auto due_before = due_;
    const bool batch_due = now >= next_batch;
    std::vector<Path> changes;
    for (const Row& row : paths) {
        const auto i = index_of(row.id);
        const auto pace = static_cast<std::size_t>(row.pace);
        if (!belongs(row, role_) || values_[i] == told_[i] || now < due_before[pace] ||
            (row.pace != Pace::flag && !batch_due))
            continue;
        told_[i] = values_[i];
        changes.push_back(row.id);
        due_[pace] = now + rest[pace];
        if (row.pace != Pace::flag)
            next_batch = now + rest[static_cast<std::size_t>(Pace::telemetry)];
    }
    return changes;
}

WriteCheck check_write(const ItemTree& tree, Path path, const Value& offered) {
    const Row& row = row_of(path);
    if (!tree.has(path) || row.access != Access::write)
        return {WriteCheck::not_writable_or_wrong_type, {}};
    auto wanted = convert(offered, row.type);
    if (!wanted)
        return {WriteCheck::not_writable_or_wrong_type, {}};
    if (!within_limits(row, *wanted))
        return {WriteCheck::refused, {}};
    if (*wanted == tree.value(path) &&
        path != Path::mode) // a wish may be said again: it overrules the SoC rule
        return {WriteCheck::ok, {}};
    return {WriteCheck::ok, std::move(wanted)};
}

} // namespace bms::venus
