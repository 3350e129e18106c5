// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/dbus_bus.hpp"

#include <cstdlib>

namespace bms::io {

BusChoice resolved(BusChoice choice) {
    if (choice != BusChoice::automatic)
        return choice;
    return std::getenv("DBUS_SESSION_BUS_ADDRESS") ? BusChoice::session : BusChoice::system;
}

const char* bus_word(BusChoice choice) {
    return choice == BusChoice::session ? "session bus" : "system bus";
}

} // namespace bms::io
