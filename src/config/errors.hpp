// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The list of what is wrong with a configuration, kept short enough to read.
#pragma once

#include "bms/config/config.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bms::config {

/// Collects errors, at most `limit`: a file of another kind would otherwise give one for each of its keys.
class Errors {
  public:
    static constexpr std::size_t limit = 100;

    void add(std::string pointer, std::string text);
    /// Something is wrong here, or with a part that contains it: a second complaint would only be noise.
    bool at_or_above(std::string_view pointer) const;
    /// Something is wrong here, or with a part of it.
    bool at_or_below(std::string_view pointer) const;
    bool empty() const { return list.empty(); }
    std::vector<ConfigError> take() { return std::move(list); }

  private:
    std::vector<ConfigError> list;
};

} // namespace bms::config
