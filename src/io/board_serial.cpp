// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/board_serial.hpp"

#include <fstream>

namespace bms::io {

std::string board_serial() {
    constexpr std::size_t most = 64;
    std::ifstream file("/proc/device-tree/serial-number");
    std::string text;
    // It ends with a NUL.
    for (char c{}; text.size() < most && file.get(c) && c > ' ' && c <= '~';)
        text.push_back(c);
    return text;
}

} // namespace bms::io
