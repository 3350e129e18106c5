// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The answers for programs. Every key is in the manual page, vebus-bmsctl(1); a key once there stays. Unknown
// is null.
#pragma once

#include "tool/ctl_changes.hpp"
#include "tool/ctl_dbus_lines.hpp"
#include "tool/ctl_doctor.hpp"
#include "tool/ctl_explain.hpp"
#include "tool/ctl_orders.hpp"
#include "tool/ctl_status.hpp"

namespace bms::tool {

std::string status_json(const std::vector<Service>&, std::int64_t uptime_s);
std::string orders_json(const std::vector<Answer>&, Exit);
std::string dbus_json(const std::vector<PathLines>&);
std::string doctor_json(const std::vector<Finding>&);
std::string explain_json(const std::vector<ManualEntry>&);
std::string error_json(Exit, const std::string& error);

/// One object, one line.
std::string change_json(const Change&, const std::string& time, const Items& now);

} // namespace bms::tool
