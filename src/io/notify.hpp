// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Words to systemd. All of them do nothing where there is no supervisor that listens (Venus OS, a terminal).
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

} // namespace bms::io
