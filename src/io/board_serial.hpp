// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bms::io {

/// The board's serial number as its firmware tells it (device tree: a Raspberry Pi, a GX device); printable
/// ASCII, 64 bytes at most. Empty where there is none, as on a PC.
std::string board_serial();

} // namespace bms::io
