// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The key table as the documents see it: what is accepted, and the default as JSON.
#pragma once

#include "config/keys.hpp"
#include "config/values.hpp"

#include <optional>

namespace bms::config {

struct DocumentedKey : KeyInfo {
    std::optional<Node> fallback; ///< what holds when the key is left out; empty when it must not be
};

template<typename Root>
std::vector<DocumentedKey> documented(std::span<const Key<Root>> keys) {
    std::vector<DocumentedKey> result;
    for (const auto& key : keys) {
        const KeyInfo& info = key;
        result.push_back({info, key.required ? std::nullopt : to_node(key, key.access.get(Root{}))});
    }
    return result;
}

inline std::vector<DocumentedKey> documented_config() { return documented<Config>(config_keys()); }

inline std::vector<DocumentedKey> documented_line(std::string_view level_pointer) {
    return documented<Line>(line_keys(level_pointer));
}

} // namespace bms::config
