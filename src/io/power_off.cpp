// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/power_off.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace bms::io {

std::string power_off_file() {
    const char* given = std::getenv("RUNTIME_DIRECTORY");
    const std::string folders = given != nullptr && *given != '\0' ? given : "/run/vebus-bms";
    return folders.substr(0, folders.find(':')) + "/power-off-wanted";
}

std::string want_power_off(bool wanted) {
    const std::string path = power_off_file();
    if (!wanted) {
        return ::unlink(path.c_str()) == 0 || errno == ENOENT
                   ? ""
                   : "cannot remove " + path + ": " + std::strerror(errno);
    }
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
        return "cannot write " + path + ": " + std::strerror(errno);
    }
    ::close(fd);
    return "";
}

} // namespace bms::io
