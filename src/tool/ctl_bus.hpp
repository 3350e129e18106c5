// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The running daemons, as seen on the message bus. Calls wait for answers, a few seconds at most.
#pragma once

#include "io/dbus_bus.hpp"
#include "tool/ctl_orders.hpp"

namespace bms::tool {

struct Found {
    std::vector<Service> services; ///< every vebus-bmsd on the bus
    std::string error;             ///< why the bus itself cannot be asked; empty: it was
};

Found find_services(io::BusChoice);

/// SetValue of a whole number.
WriteResult write_item(io::BusChoice, const std::string& service, const std::string& path, int value);

} // namespace bms::tool
