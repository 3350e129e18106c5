// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/firmware.hpp"

namespace bms::vebus {

int Firmware::release() const { return static_cast<int>((raw & 0x00FF'FFFFU) % 1000); }

std::string Firmware::text() const {
    return std::to_string(raw & 0x00FF'FFFFU) + " (firmware " + std::to_string(release()) + ")";
}

FirmwareBand band_of(const Firmware& firmware) {
    constexpr int first_with_assistant = 415; // M56
    constexpr int first_native = 489;         // M54
    const int release = firmware.release();
    return release < first_with_assistant ? FirmwareBand::refused
           : release < first_native       ? FirmwareBand::needs_assistant
                                          : FirmwareBand::good;
}

} // namespace bms::vebus
