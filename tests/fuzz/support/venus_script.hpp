// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A bus full of other services, as a script has it: values of any type, and requests that are answered in any
// order, late, or never.
#pragma once

#include "support/input.hpp"

#include "bms/guard/bus.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace bms::fuzz {

inline venus::Value value_from(Script& script) {
    const std::uint8_t kind = script.byte();
    const auto number = static_cast<std::int8_t>(script.byte());
    switch (kind % 8) {
    case 0:
        return {};
    case 1:
        return static_cast<std::uint32_t>(number);
    case 2:
        return number * 0.5;
    case 3: {
        const venus::Value odd[] = {std::numeric_limits<double>::quiet_NaN(),
                                    std::numeric_limits<double>::infinity(), -1e300,
                                    std::numeric_limits<std::int32_t>::min()};
        return odd[static_cast<std::uint8_t>(number) % 4];
    }
    case 4: {
        const auto text = script.bytes(static_cast<std::uint8_t>(number));
        return std::string(text.begin(), text.end());
    }
    default:
        return std::int32_t{number};
    }
}

/// What was asked and written, and not answered yet.
class Pending {
  public:
    void add(const std::vector<guard::Request>& requests) {
        open.insert(open.end(), requests.begin(), requests.end());
    }
    /// Any of them; nullopt: none is open.
    std::optional<guard::Request> take(std::uint8_t which) {
        if (open.empty()) {
            return std::nullopt;
        }
        const auto at = open.begin() + which % static_cast<std::ptrdiff_t>(open.size());
        guard::Request taken = *at;
        open.erase(at);
        return taken;
    }

  private:
    std::vector<guard::Request> open;
};

} // namespace bms::fuzz
