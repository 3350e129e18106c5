// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Which message bus.
#pragma once

namespace bms::io {

/// automatic: the session bus when DBUS_SESSION_BUS_ADDRESS is set, else the system bus, as all of Venus OS
/// does.
enum class BusChoice { automatic, system, session };

/// Never automatic.
BusChoice resolved(BusChoice);

/// "system bus" or "session bus", of a resolved choice.
const char* bus_word(BusChoice);

} // namespace bms::io
