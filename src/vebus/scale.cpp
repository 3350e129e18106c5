// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/scale.hpp"

#include <cstdlib>

namespace bms::vebus {

double RamScale::value_of(std::uint16_t raw) const {
    if (is_bit) {
        return (raw >> bit & 1) != 0 ? 1.0 : 0.0;
    }
    const int number = is_signed ? static_cast<std::int16_t>(raw) : raw;
    return factor * (number + offset);
}

std::optional<RamScale> scale_of(const RamInfo& info) {
    constexpr int bit_mark = 0x8000;
    constexpr int fractions_from = 0x4000;
    constexpr int one = 0x8000;
    if (!info.scale || info.scale->scale == 0) {
        return std::nullopt;
    }
    const auto word = static_cast<std::int16_t>(info.scale->scale);
    if (info.scale->offset == bit_mark) {
        return RamScale{.is_bit = true, .bit = (word - 1) & 0x0F};
    }
    const int size = std::abs(static_cast<int>(word));
    if (size == one) {
        return std::nullopt; // one part of nothing
    }
    return RamScale{.is_signed = word < 0,
                    .factor = size >= fractions_from ? 1.0 / (one - size) : size,
                    .offset = static_cast<std::int16_t>(info.scale->offset)};
}

} // namespace bms::vebus
