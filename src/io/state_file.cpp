// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/state_file.hpp"

#include "io/let_go.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace bms::io {
namespace {

bool write_all(int fd, const std::string& content) {
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t n = ::write(fd, content.data() + done, content.size() - done);
        if (n < 0) {
            return false;
        }
        done += static_cast<std::size_t>(n);
    }
    return true;
}

bool sync_folder_of(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path();
    const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool done = fd >= 0 && ::fsync(fd) == 0;
    if (fd >= 0) {
        ::close(fd);
    }
    return done;
}

/// 0, or the errno that says why not. Only system calls: it also runs in a forked child.
int replace(const std::string& path, const std::string& fresh, const std::string& content) {
    const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) {
        return errno;
    }
    const bool written = write_all(fd, content) && ::fsync(fd) == 0;
    const int error = errno;
    ::close(fd);
    if (!written) {
        return error;
    }
    return std::rename(fresh.c_str(), path.c_str()) == 0 && sync_folder_of(path) ? 0 : errno;
}

std::string words(const std::string& path, int error) {
    return error == 0 ? "" : "cannot write " + path + ": " + std::strerror(error);
}

} // namespace

StateFile::StateFile(std::string path) : path_(std::move(path)) {}

std::optional<std::string> StateFile::read() const {
    std::ifstream file(path_);
    if (!file) {
        return std::nullopt;
    }
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

bool StateFile::write(const std::string& content) {
    if (child_ != 0) {
        return false;
    }
    const std::string fresh = path_ + ".new";
    child_ = ::fork();
    if (child_ == 0) {
        let_go(); // it may outlive the daemon, and must not hold its output lines
        ::_exit(replace(path_, fresh, content));
    }
    if (child_ < 0) {
        child_ = 0;
        return false;
    }
    return true;
}

std::optional<std::string> StateFile::write_now(const std::string& content) {
    wait();
    const int error = replace(path_, path_ + ".new", content);
    return error == 0 ? std::nullopt : std::optional(words(path_, error));
}

std::optional<std::string> StateFile::outcome() { return outcome(WNOHANG); }

std::optional<std::string> StateFile::wait() { return outcome(0); }

std::optional<std::string> StateFile::outcome(int wait_options) {
    int status = 0;
    if (child_ == 0 || ::waitpid(child_, &status, wait_options) != child_) {
        return std::nullopt;
    }
    child_ = 0;
    return words(path_, WIFEXITED(status) ? WEXITSTATUS(status) : EIO);
}

} // namespace bms::io
