// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bms::io {

/// The file that asks for the board to be switched off: in the folder that systemd gives in
/// RUNTIME_DIRECTORY, else in /run/vebus-bms. It never survives a boot. What acts on it, if anything, is the
/// owner's choice.
std::string power_off_file();

/// Makes it, or takes it away. Empty: done; else why not.
std::string want_power_off(bool wanted);

} // namespace bms::io
