// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/config/config.hpp"
#include "bms/core/inputs.hpp"

#include <string>

namespace bms::app {

/// The configuration as the core wants it.
core::Settings core_settings(const config::Config& config);

/// The D-Bus name: configured, or from the serial port's kernel name, or vebusbms (decisions 7).
/// `kernel_name` is that of the tty behind the configured port, "ttyUSB0"; empty: not known.
std::string service_name(const config::DBus& dbus, const std::string& kernel_name);

/// The kernel's name of the tty a path leads to: /dev/serial/by-id/... to ttyUSB0. Follows links only; empty
/// when the path does not lead to a file yet.
std::string kernel_name_of(const std::string& port);

} // namespace bms::app
