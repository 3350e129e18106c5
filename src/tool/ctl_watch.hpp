// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// `vebus-bmsctl watch`.
#pragma once

#include "io/dbus_bus.hpp"
#include "tool/ctl_exit.hpp"

namespace bms::tool {

/// Until it is stopped by a signal. On a terminal the status, drawn again in place when something changes,
/// and every second while something on it moves; elsewhere, or as JSON, a line for each change.
Exit watch(io::BusChoice, bool json);

} // namespace bms::tool
