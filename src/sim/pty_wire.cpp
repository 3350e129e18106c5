// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/pty_wire.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <termios.h>
#include <utility>

namespace bms::sim {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

} // namespace

Instant monotonic_now() {
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

NamedPty::NamedPty(std::string link) : link_(std::move(link)) {
    master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    termios line{};
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || tcgetattr(master, &line) != 0) {
        fail("cannot make a pty");
    }
    cfmakeraw(&line);
    tcsetattr(master, TCSANOW, &line);
    if (std::filesystem::is_symlink(link_)) {
        std::filesystem::remove(link_); // an earlier run that was killed
    }
    if (symlink(ptsname(master), link_.c_str()) != 0) {
        fail("cannot make " + link_);
    }
}

NamedPty::~NamedPty() {
    std::error_code ignored;
    std::filesystem::remove(link_, ignored);
}

} // namespace bms::sim
