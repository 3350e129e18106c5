// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "config/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace bms::config {

namespace {

/// Levenshtein distance: letters to insert, drop or exchange.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1); // of the beginning of a to each beginning of b
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto exchanged = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({exchanged, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

} // namespace

std::string suggestion(std::string_view word, const std::vector<std::string_view>& known) {
    constexpr std::size_t longest = 64; // no key comes near it, and the distance costs length times length
    const auto* nearest = static_cast<const std::string_view*>(nullptr);
    auto best = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const auto& candidate : known) {
        const auto d = word.size() > longest ? best : distance(word, candidate);
        if (d < best) {
            best = d;
            nearest = &candidate;
        }
    }
    if (nearest)
        return "did you mean \"" + std::string{*nearest} + "\"?";

    std::string list;
    for (auto candidate : known)
        list += (list.empty() ? "" : ", ") + std::string{candidate};
    return "known here: " + list;
}

} // namespace bms::config
