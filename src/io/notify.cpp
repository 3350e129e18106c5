// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/notify.hpp"

#include <systemd/sd-daemon.h>

namespace bms::io {

void notify_ready() { sd_notify(0, "READY=1"); }
void notify_stopping() { sd_notify(0, "STOPPING=1"); }
void notify_status(const std::string& text) { sd_notify(0, ("STATUS=" + text).c_str()); }
void notify_watchdog() { sd_notify(0, "WATCHDOG=1"); }

std::optional<Duration> watchdog_interval() {
    std::uint64_t microseconds = 0;
    return sd_watchdog_enabled(0, &microseconds) > 0
               ? std::optional(Duration(static_cast<Duration::rep>(microseconds)))
               : std::nullopt;
}

} // namespace bms::io
