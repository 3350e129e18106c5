// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/venus/roles.hpp"

#include <utility>

namespace bms::venus {

RoleChooser::RoleChooser(Settings settings, std::string own_name)
    : settings_(settings), own_name_(std::move(own_name)) {}

void RoleChooser::listed(Instant now) {
    listed_ = true;
    if (others_.empty())
        vebus_from_ = now + settings_.settle;
}

void RoleChooser::appeared(const std::string& name, Instant) {
    if (!name.starts_with(vebus_prefix) || name == own_name_)
        return;
    others_.insert(name);
    seen_another_ = true;
    vebus_from_.reset();
}

void RoleChooser::vanished(const std::string& name, Instant now) {
    if (others_.erase(name) != 0 && others_.empty() && listed_)
        vebus_from_ = now + settings_.settle_again;
}

void RoleChooser::lost() {
    others_.clear();
    vebus_from_.reset();
    listed_ = seen_another_ = false;
}

std::optional<Role> RoleChooser::wanted(Instant now) const {
    if (!settings_.may_be_vebus)
        return Role::status;
    if (vebus_from_ && now >= *vebus_from_)
        return Role::vebus;
    return seen_another_ ? std::optional{Role::status} : std::nullopt;
}

Instant RoleChooser::next_deadline() const {
    return settings_.may_be_vebus ? vebus_from_.value_or(never) : never;
}

} // namespace bms::venus
