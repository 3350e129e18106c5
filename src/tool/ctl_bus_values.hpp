// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What comes over D-Bus, as values.
#pragma once

#include "io/sdbus_compat.hpp"
#include "tool/ctl_items.hpp"

namespace bms::tool {

inline constexpr const char* bus_item = "com.victronenergy.BusItem";

/// As GetItems and ItemsChanged have it.
using RawItems = std::map<std::string, std::map<std::string, sdbus::Variant>>;

/// Invalid for everything that no item of ours can be.
venus::Value from_variant(const sdbus::Variant&);

/// Without what has no value or no text.
Items items_from(const RawItems&);

/// A service of Venus OS, ours or another's.
bool is_family(const std::string& name);

} // namespace bms::tool
