// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/notify.hpp"

#include <systemd/sd-daemon.h>

namespace bms::io {

void notify_ready() { sd_notify(0, "READY=1"); }
void notify_stopping() { sd_notify(0, "STOPPING=1"); }
void notify_reloading() { sd_notify(0, "RELOADING=1"); }
void notify_status(const std::string& text) { sd_notify(0, ("STATUS=" + text).c_str()); }
void notify_watchdog() { sd_notify(0, "WATCHDOG=1"); }

} // namespace bms::io
