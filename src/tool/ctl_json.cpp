// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_status.hpp"

#include <nlohmann/json.hpp>

namespace bms::tool {

namespace {

using nlohmann::ordered_json;

struct ToJson {
    ordered_json operator()(std::monostate) const { return nullptr; }
    template<typename T>
    ordered_json operator()(const T& value) const {
        return value;
    }
};

} // namespace

std::string status_json(const Service& service) {
    ordered_json items = ordered_json::object();
    for (const auto& [path, item] : service.items)
        items[path] = {{"value", std::visit(ToJson{}, item.value)}, {"text", item.text}};
    const ordered_json root = {{"service", service.name},
                               {"bus", service.bus},
                               {"all_allowed", all_allowed(service.items)},
                               {"items", std::move(items)}};
    return root.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

} // namespace bms::tool
