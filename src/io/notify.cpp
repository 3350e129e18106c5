// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/notify.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include <utility>

namespace bms::io {
namespace {

std::string alive_file; // there is one process, and one watchdog of it

void touch(const std::string& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
    if (file >= 0) { // else nobody sees us live, which is for those who watch to say
        ::futimens(file, nullptr);
        ::close(file);
    }
}

} // namespace

void set_alive_file(const std::string& path) { alive_file = path; }
void notify_ready() { sd_notify(0, "READY=1"); }
void notify_stopping() {
    sd_notify(0, "STOPPING=1");
    if (const std::string path = std::exchange(alive_file, {}); !path.empty()) {
        ::unlink(path.c_str());
    }
}
void notify_reloading() { sd_notify(0, "RELOADING=1"); }
void notify_status(const std::string& text) { sd_notify(0, ("STATUS=" + text).c_str()); }
void notify_watchdog() {
    sd_notify(0, "WATCHDOG=1");
    if (!alive_file.empty()) {
        touch(alive_file);
    }
}

} // namespace bms::io
