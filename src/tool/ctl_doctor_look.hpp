// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The looking of `vebus-bmsctl doctor`. Takes no line and opens no port: the daemon may be at work.
#pragma once

#include "tool/ctl_doctor.hpp"
#include "tool/ctl_items.hpp"

#include <filesystem>

namespace bms::tool {

/// Everything but the message bus. config_path: empty for the one the daemon takes by itself. root: "/";
/// another one for tests of what is read from files.
Checkup look_around(const std::string& config_path, const std::filesystem::path& root = "/");

/// What the daemon says of itself. services: those that were found on the bus.
void look_at_daemon(const std::vector<Service>& services, Checkup&);

} // namespace bms::tool
