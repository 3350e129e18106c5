// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Item values as D-Bus variants. Only the D-Bus sources include this.
#pragma once

#include "io/sdbus_compat.hpp"

#include "bms/venus/value.hpp"

#include <map>
#include <string>

namespace bms::io {

using Properties = std::map<std::string, sdbus::Variant>;
/// What GetItems answers and ItemsChanged tells: path to Value, Text and more.
using PropertiesByPath = std::map<std::string, Properties>;

/// Invalid is an empty array of int32, as Victron's Python and Qt programs write it.
sdbus::Variant to_variant(const venus::Value&);

/// Of any service: whole numbers become int32, or uint32 where they do not fit, or a double; booleans 0
/// and 1. Arrays, dictionaries and texts longer than a screen (4096 bytes) become invalid.
venus::Value from_variant(const sdbus::Variant&);

} // namespace bms::io
