// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bms::io {

/// The kernel's identity of this boot: another one after each start of the board. The systemd unit hides most
/// of /proc and hands it over in VEBUS_BMS_BOOT. Empty where it is not to be had.
std::string boot_id();

} // namespace bms::io
