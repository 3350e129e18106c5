// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The count of the reserve as it stands in the state folder.
#pragma once

#include "bms/guard/residual_kept.hpp"

#include <optional>
#include <string>

namespace bms::record {

/// nullopt: nothing is counted.
std::string residual_text(const std::optional<guard::ResidualKept>& kept);

struct StoredResidual {
    bool readable = false;                     ///< it is such a text, in all its parts
    std::optional<guard::ResidualKept> kept{}; ///< nullopt: nothing was counted
};

StoredResidual residual_from(const std::string& text);

} // namespace bms::record
