// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

namespace bms::io {

/// How long to wait before the next try: 1, 2, 4 ... 60 s.
class BackOff {
  public:
    std::chrono::seconds next() {
        return std::exchange(wait_, std::min(wait_ * 2, std::chrono::seconds{60}));
    }
    void reset() { wait_ = std::chrono::seconds{1}; }

  private:
    std::chrono::seconds wait_{1};
};

} // namespace bms::io
