// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_bus_command.hpp"

#include <nlohmann/json.hpp>

namespace bms::tool {

using nlohmann::ordered_json;

namespace {

std::string line(const ordered_json& object) {
    return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

} // namespace

std::string json_line(const capture::Heard& heard) {
    ordered_json object{{"at_us", heard.at.count()}};
    if (heard.from) {
        object["from"] = capture::text(*heard.from);
    }
    if (heard.number) {
        object["number"] = *heard.number;
    }
    object["kind"] = heard.kind;
    object["wire"] = capture::hex(heard.wire);
    if (!heard.rejected.empty()) {
        object["rejected"] = heard.rejected;
        return line(object);
    }
    object["known"] = heard.known;
    object["payload"] = capture::hex(heard.payload);
    for (const auto& field : heard.fields) {
        object["fields"].push_back({{"name", field.name}, {"value", field.value}, {"unit", field.unit}});
    }
    return line(object);
}

std::string json_line(const capture::Mark& mark) {
    return line({{"at_us", mark.at.count()}, {"mark", mark.text}});
}

} // namespace bms::tool
