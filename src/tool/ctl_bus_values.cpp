// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_bus_values.hpp"

namespace bms::tool {

namespace {

template<typename... Kind>
venus::Value first_of(const sdbus::Variant& variant) {
    venus::Value found;
    const auto take = [&](auto value) { found = std::move(value); };
    ((variant.containsValueOfType<Kind>() ? take(variant.get<Kind>()) : void()), ...);
    return found;
}

} // namespace

venus::Value from_variant(const sdbus::Variant& variant) {
    return first_of<std::int32_t, std::uint32_t, double, std::string>(variant);
}

Items items_from(const RawItems& raw) {
    Items items;
    for (const auto& [path, properties] : raw) {
        const auto value = properties.find("Value"), text = properties.find("Text");
        if (value == properties.end() || text == properties.end()) {
            continue;
        }
        const auto words = from_variant(text->second);
        items[path] = {from_variant(value->second),
                       std::holds_alternative<std::string>(words) ? std::get<std::string>(words) : ""};
    }
    return items;
}

bool is_family(const std::string& name) { return name.starts_with("com.victronenergy."); }

} // namespace bms::tool
