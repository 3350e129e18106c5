// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What can be found out about serial ports without opening them. Only looks, never writes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bms::io {

/// Names that lead to the same port after every start: those by id, and on-board UARTs. Sorted, at most 16.
std::vector<std::string> lasting_ports(const std::filesystem::path& dev = "/dev");

/// "there is: NAME, NAME", or that there is none: the end of an error about a port.
std::string ports_here(const std::filesystem::path& dev = "/dev");

/// The file name of the udev rule that we ship for adapters.
inline constexpr const char* adapter_rule = "70-vebus-bms-serial.rules";

/// An adapter that keeps bytes back for milliseconds misses its slots on VE.Bus: what is not as it should be,
/// with the rule that mends it. Empty: all is well, or this port has no such timer. The daemon does not write
/// there: it may not, and the next plug-in would undo it.
std::string latency_remark(const std::string& port, const std::filesystem::path& sys = "/sys");

} // namespace bms::io
