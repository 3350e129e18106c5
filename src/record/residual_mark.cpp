// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/record/residual_mark.hpp"

#include <nlohmann/json.hpp>

namespace bms::record {
namespace {

using nlohmann::json;

constexpr int format = 1;
constexpr int most_told = 4;
constexpr double most = 1e9; ///< mAh or mA: beyond any battery

bool amount(const json& file, const char* key, double& value) {
    if (!file.contains(key) || !file[key].is_number()) {
        return false;
    }
    value = file[key].get<double>();
    return value >= 0 && value <= most;
}

bool whole(const json& file, const char* key, std::int64_t& value) {
    if (!file.contains(key) || !file[key].is_number_integer()) {
        return false;
    }
    value = file[key].get<std::int64_t>();
    return value >= 0;
}

} // namespace

std::string residual_text(const std::optional<guard::ResidualKept>& kept) {
    json file = {{"format", format}, {"counting", kept.has_value()}};
    if (kept) {
        file["used_mah"] = kept->used_mah;
        file["drain_ma"] = kept->drain_ma;
        file["told"] = kept->told;
        file["at_least"] = kept->at_least;
        file["boot"] = kept->boot;
        file["at_us"] = kept->at.time_since_epoch().count();
        file["utc_s"] = kept->utc_s;
    }
    return file.dump() + "\n";
}

StoredResidual residual_from(const std::string& text) {
    const json file = json::parse(text, nullptr, false);
    if (!file.is_object() || !file.contains("format") || file["format"] != format ||
        !file.contains("counting") || !file["counting"].is_boolean()) {
        return {};
    }
    if (!file["counting"].get<bool>()) {
        return {.readable = true};
    }
    guard::ResidualKept kept;
    std::int64_t told = 0, at_us = 0;
    if (!amount(file, "used_mah", kept.used_mah) || !amount(file, "drain_ma", kept.drain_ma) ||
        !whole(file, "told", told) || told > most_told || !whole(file, "at_us", at_us) ||
        !whole(file, "utc_s", kept.utc_s) || !file.contains("at_least") || !file["at_least"].is_boolean() ||
        !file.contains("boot") || !file["boot"].is_string()) {
        return {};
    }
    kept.told = static_cast<int>(told);
    kept.at_least = file["at_least"].get<bool>();
    kept.boot = file["boot"].get<std::string>();
    kept.at = Instant(Duration(at_us));
    return {.readable = true, .kept = kept};
}

} // namespace bms::record
