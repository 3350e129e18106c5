// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/boot_id.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace bms::io {
namespace {

/// As systemd writes it: without the dashes.
std::string plain(std::string id) {
    std::erase(id, '-');
    return id;
}

} // namespace

std::string boot_id() {
    if (const char* given = std::getenv("VEBUS_BMS_BOOT")) {
        return plain(given);
    }
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    file >> id;
    return plain(id);
}

} // namespace bms::io
