// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What fuzz targets share: promises that are checked in every build, and a script read out of the input
// bytes.
#pragma once

#include "bms/vebus/bytes.hpp"

#include <stdexcept>
#include <string>

namespace bms::fuzz {

/// A broken promise ends the run: libFuzzer keeps the input, the replay names its file.
inline void require(bool promise, const char* what) {
    if (!promise) {
        throw std::logic_error(what);
    }
}

/// Takes numbers off the front; at the end everything is 0.
class Script {
  public:
    explicit Script(vebus::ByteView bytes) : rest(bytes) {}

    bool done() const { return rest.empty(); }
    std::uint8_t byte() {
        if (rest.empty()) {
            return 0;
        }
        const std::uint8_t first = rest.front();
        rest = rest.subspan(1);
        return first;
    }
    std::uint16_t word() {
        const std::uint8_t low = byte();
        return static_cast<std::uint16_t>(low | byte() << 8);
    }
    /// At most so many.
    vebus::Bytes bytes(std::size_t count) {
        const auto taken = rest.first(count < rest.size() ? count : rest.size());
        rest = rest.subspan(taken.size());
        return {taken.begin(), taken.end()};
    }

  private:
    vebus::ByteView rest;
};

} // namespace bms::fuzz
