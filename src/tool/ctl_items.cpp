// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_items.hpp"

#include <algorithm>

namespace bms::tool {

std::vector<Service> fronts(const std::vector<Service>& all) {
    std::vector<Service> found;
    std::vector<std::string> also;
    for (const Service& service : all) {
        if (service.items.contains("/Bms/AllowToCharge")) {
            found.push_back(service);
        } else {
            also.push_back(service.name);
        }
    }
    if (found.empty()) {
        return all;
    }
    for (Service& service : found) {
        service.also = also;
    }
    return found;
}

std::string clean(std::string text) {
    std::erase_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    return text;
}

std::string text_of(const Items& items, const std::string& path) {
    const auto found = items.find(path);
    return found == items.end() || !venus::is_valid(found->second.value) ? "" : clean(found->second.text);
}

std::optional<std::int64_t> number(const Items& items, const std::string& path) {
    const auto found = items.find(path);
    if (found == items.end()) {
        return std::nullopt;
    }
    if (const auto* i = std::get_if<std::int32_t>(&found->second.value)) {
        return *i;
    }
    if (const auto* u = std::get_if<std::uint32_t>(&found->second.value)) {
        return *u;
    }
    return std::nullopt;
}

bool is(const Items& items, const std::string& path, std::int64_t wanted) {
    return number(items, path) == wanted;
}

bool all_allowed(const Items& items) {
    return is(items, "/Bms/AllowToDischarge", 1) && is(items, "/Bms/AllowToCharge", 1);
}

std::string alarm_words(const std::string& name) {
    std::string words;
    for (const char c : name) {
        const bool capital = c >= 'A' && c <= 'Z';
        words += capital && !words.empty() && words.back() != '/' ? " " : "";
        words += capital ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return words.starts_with("bms ") ? "BMS " + words.substr(4) : words;
}

std::string duration_text(std::int64_t seconds) {
    const auto two = [](std::int64_t big, const char* big_unit, std::int64_t small, const char* small_unit) {
        const auto first = std::to_string(big) + big_unit;
        return small == 0 ? first : first + " " + std::to_string(small) + small_unit;
    };
    seconds = std::max<std::int64_t>(seconds, 0);
    if (seconds < 60) {
        return std::to_string(seconds) + " s";
    }
    if (seconds < 3600) {
        return two(seconds / 60, " min", seconds % 60, " s");
    }
    if (seconds < 86400) {
        return two(seconds / 3600, " h", seconds / 60 % 60, " min");
    }
    return two(seconds / 86400, seconds < 172800 ? " day" : " days", seconds / 3600 % 24, " h");
}

} // namespace bms::tool
