// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A decision as a table: one row for every state and every combination of signals, checked by the compiler.
// There is no default row. Staying where we are is a row too, with its reason.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bms::core {

/// How many enumerators an enum class has; said beside each that a table uses.
template<typename Enum>
inline constexpr std::size_t count_of = 0;

/// A set of the signals one table looks at.
template<typename Signal>
struct Signals {
    std::uint32_t bits = 0;

    static constexpr std::size_t count = count_of<Signal>;
    static constexpr std::uint32_t combinations = 1u << count;

    constexpr bool has(Signal s) const { return (bits >> static_cast<unsigned>(s) & 1u) != 0; }
    constexpr Signals& set(Signal s, bool on) {
        const std::uint32_t mask = 1u << static_cast<unsigned>(s);
        bits = on ? bits | mask : bits & ~mask;
        return *this;
    }
};

/// A conjunction: these signals set, those not, the rest whatever they are.
template<typename Signal>
struct When {
    std::uint32_t set = 0;
    std::uint32_t clear = 0;

    constexpr bool matches(Signals<Signal> s) const { return (s.bits & set) == set && (s.bits & clear) == 0; }
};

template<typename Signal>
constexpr When<Signal> is(Signal s) {
    return {.set = 1u << static_cast<unsigned>(s)};
}

template<typename Signal>
constexpr When<Signal> no(Signal s) {
    return {.clear = 1u << static_cast<unsigned>(s)};
}

template<typename Signal>
constexpr When<Signal> operator&(When<Signal> a, When<Signal> b) {
    return {.set = a.set | b.set, .clear = a.clear | b.clear};
}

template<typename From, typename Signal, typename To = From>
struct Row {
    using from_type = From;
    using signal_type = Signal;
    From from;
    When<Signal> when;
    To to;
    std::string_view why; ///< shown to people: in the log, on D-Bus, in state-machine.md
};

/// The row that holds. With a table that passed exactly_one_row there always is one.
template<typename Table, typename State, typename Signal>
constexpr const auto& lookup(const Table& table, State from, Signals<Signal> signals) {
    std::size_t i = 0;
    while (!(table[i].from == from && table[i].when.matches(signals))) {
        ++i;
    }
    return table[i];
}

/// True when every state and every combination of signals has one row and only one: no gap, no overlap,
/// so the order of the rows means nothing.
template<typename Table>
constexpr bool exactly_one_row(const Table& table) {
    using R = typename Table::value_type;
    using Set = Signals<typename R::signal_type>;
    constexpr auto states = count_of<typename R::from_type>;
    for (unsigned state = 0; state < states; ++state) {
        for (std::uint32_t bits = 0; bits < Set::combinations; ++bits) {
            int rows = 0;
            for (const R& row : table) {
                rows += row.from == static_cast<typename R::from_type>(state) && row.when.matches(Set{bits});
            }
            if (rows != 1) {
                return false;
            }
        }
    }
    return true;
}

/// True when a move is never followed by another on the same inputs. `just_entered` are the signals that are
/// clear in the first instant of a new state: the timers that measure how long it has lasted.
template<typename Table>
constexpr bool settles_in_one_step(const Table& table,
                                   When<typename Table::value_type::signal_type> just_entered) {
    using R = typename Table::value_type;
    using Set = Signals<typename R::signal_type>;
    for (const R& row : table) {
        for (std::uint32_t bits = 0; row.from != row.to && bits < Set::combinations; ++bits) {
            if (!row.when.matches(Set{bits})) {
                continue;
            }
            if (lookup(table, row.to, Set{bits & ~just_entered.clear}).to != row.to) {
                return false;
            }
        }
    }
    return true;
}

} // namespace bms::core
