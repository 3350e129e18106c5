// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a RAM variable's raw value means. Scales differ between units and must be asked for, never assumed:
// battery current is 0.01 A on small models, 0.1 A on a MultiPlus-II [R].
#pragma once

#include "bms/vebus/winmon.hpp"

namespace bms::vebus {

/// [V] MK2 document: a negative scale word means a signed value; of its size s, s >= 4000h is a factor of
/// 1 / (8000h - s), else s. Offset 8000h: the value is bit (scale - 1) of the raw one.
struct RamScale {
    bool is_signed = false;
    bool is_bit = false;
    int bit = 0;
    double factor = 1.0;
    int offset = 0;

    double value_of(std::uint16_t raw) const;
    bool operator==(const RamScale&) const = default;
};

/// nullopt: the variable is not supported (no scale, or scale 0), or the scale word 8000h makes no number.
std::optional<RamScale> scale_of(const RamInfo&);

} // namespace bms::vebus
