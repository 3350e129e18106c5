// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "config/errors.hpp"

#include <algorithm>
#include <utility>

namespace bms::config {

namespace {

bool contains(std::string_view outer, std::string_view inner) {
    return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
}

} // namespace

void Errors::add(std::string pointer, std::string text) {
    if (list.size() >= limit)
        return;
    if (list.size() == limit - 1)
        list.push_back({"", "there is more wrong than is listed here; correct these first"});
    else
        list.push_back({std::move(pointer), std::move(text)});
}

bool Errors::at_or_above(std::string_view pointer) const {
    return std::any_of(list.begin(), list.end(), [&](const auto& e) { return contains(e.pointer, pointer); });
}

bool Errors::at_or_below(std::string_view pointer) const {
    return std::any_of(list.begin(), list.end(), [&](const auto& e) { return contains(pointer, e.pointer); });
}

} // namespace bms::config
