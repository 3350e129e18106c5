// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bms::guard {

/// One line for the log.
struct News {
    enum class Kind { good, warning, alarm };
    Kind kind;
    std::string words;
    bool operator==(const News&) const = default;
};

} // namespace bms::guard
