// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The items on D-Bus: what is set, what is told, and what somebody else would like to write.
#include "bms/venus/item_tree.hpp"

#include "support/input.hpp"

#include <bit>
#include <cmath>
#include <set>

using namespace bms::venus;
using bms::fuzz::require;
using bms::fuzz::Script;

namespace {

std::uint32_t number(Script& script) {
    const std::uint32_t low = script.word();
    return low | std::uint32_t{script.word()} << 16;
}

Value value_of(Type type, Script& script) {
    switch (type) {
    case Type::int32:
        return static_cast<std::int32_t>(number(script));
    case Type::uint32:
        return number(script);
    case Type::real: {
        const std::uint64_t high = number(script);
        return std::bit_cast<double>(high << 32 | number(script));
    }
    case Type::text: {
        const auto bytes = script.bytes(script.byte());
        return std::string(bytes.begin(), bytes.end());
    }
    default:
        return {};
    }
}

bool is_finite(const Value& value) {
    const auto* real = std::get_if<double>(&value);
    return real == nullptr || std::isfinite(*real);
}

void offer(const ItemTree& tree, Path path, Script& script) {
    const Value offered = value_of(static_cast<Type>(script.byte() % 5), script);
    const WriteCheck check = check_write(tree, path, offered);
    const Row& row = row_of(path);
    require(check.answer >= WriteCheck::ok && check.answer <= WriteCheck::refused, "an answer nobody knows");
    require(!check.ask || row.access == Access::write, "asks for what cannot be written");
    require(!check.ask || type_of(*check.ask) == row.type, "asks for a value of another type");
    require(!check.ask || is_finite(*check.ask), "asks for what is no number");
}

/// A change is told once, and only when it differs from what was told before.
void take(ItemTree& tree, std::array<Value, path_count>& told, bms::Instant now) {
    std::set<Path> once;
    for (const Path path : tree.take_changes(now)) {
        Value& before = told.at(static_cast<std::size_t>(path));
        require(once.insert(path).second, "told twice");
        require(before != tree.value(path), "told though it did not change");
        before = tree.value(path);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Script script({data, size});
    ItemTree tree;
    std::array<Value, path_count> told{};
    bms::Instant now{};
    while (!script.done()) {
        const std::uint8_t what = script.byte();
        const auto path = static_cast<Path>(script.byte() % path_count);
        now += bms::Millis(what);
        if (what % 4 == 0) {
            take(tree, told, now);
        } else if (what % 4 == 1) {
            offer(tree, path, script);
        } else {
            const Value value = what % 4 == 2 ? value_of(row_of(path).type, script) : Value{};
            tree.set(path, value);
            require(is_finite(tree.value(path)), "a number that is none");
            require(!tree.text(path).empty() || is_valid(tree.value(path)), "an invalid item without a text");
        }
    }
    now += bms::Seconds(60);
    take(tree, told, now);
    for (std::size_t i = 0; i < path_count; ++i) {
        const auto path = static_cast<Path>(i);
        require(told[i] == (tree.has(path) ? tree.value(path) : Value{}), "a change that is never told");
    }
    return 0;
}
