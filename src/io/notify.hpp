// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Words to systemd. All of them do nothing where there is no supervisor that listens (Venus OS, a terminal);
// what looks after us there watches a file.
#pragma once

#include <string>

namespace bms::io {

void notify_ready();
void notify_stopping();
/// The program replaces itself; the next notify_ready() ends it.
void notify_reloading();
void notify_status(const std::string& text);
/// Feeds the watchdog. Only after a full round: a loop that is stuck does not get here.
void notify_watchdog();
/// A file that is touched wherever the watchdog is fed, made when it is missing, and removed when we stop:
/// one in /run/watchdog that stayed behind would restart a GX. It should lie in memory, since nobody waits
/// for a disk here. Empty: none.
void set_alive_file(const std::string& path);

} // namespace bms::io
