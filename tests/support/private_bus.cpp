// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/private_bus.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace bms::test {

namespace {

constexpr const char* config =
    R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=@SOCKET@</listen>
  <auth>EXTERNAL</auth>
  @RULES@
</busconfig>
)";

void replace(std::string& text, const std::string& mark, const std::string& with) {
    text.replace(text.find(mark), mark.size(), with);
}

bool accepts(const std::string& path) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    std::strncpy(where.sun_path, path.c_str(), sizeof where.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
    ::close(socket);
    return connected;
}

std::filesystem::path new_folder() {
    std::string form = (std::filesystem::temp_directory_path() / "bms-bus-XXXXXX").string();
    if (!::mkdtemp(form.data()))
        throw std::runtime_error("no temporary folder for the private bus");
    return form;
}

} // namespace

const std::string PrivateBus::everything_allowed = R"(<policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="false"/>
    <allow receive_sender="*" eavesdrop="false"/>
  </policy>)";

PrivateBus::PrivateBus(Begin begin, const std::string& rules)
    : folder_(new_folder()), address_("unix:path=" + (folder_ / "bus").string()) {
    std::string text = config;
    replace(text, "@SOCKET@", (folder_ / "bus").string());
    replace(text, "@RULES@", rules);
    std::ofstream(folder_ / "bus.conf") << text;
    ::setenv("DBUS_SESSION_BUS_ADDRESS", address_.c_str(), 1);
    ::setenv("DBUS_SYSTEM_BUS_ADDRESS", address_.c_str(), 1);
    if (begin == Begin::running)
        start();
}

PrivateBus::~PrivateBus() {
    kill();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void PrivateBus::start() {
    const std::string socket = (folder_ / "bus").string();
    std::filesystem::remove(socket);
    std::string option = "--config-file=" + (folder_ / "bus.conf").string();
    std::string program = "dbus-daemon", nofork = "--nofork", nopidfile = "--nopidfile";
    char* arguments[] = {program.data(), option.data(), nofork.data(), nopidfile.data(), nullptr};
    posix_spawn_file_actions_t redirect;
    ::posix_spawn_file_actions_init(&redirect);
    const std::string log = (folder_ / "log").string();
    ::posix_spawn_file_actions_addopen(&redirect, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                       0600);
    const int failed = ::posix_spawnp(&pid_, program.c_str(), &redirect, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&redirect);
    if (failed)
        throw std::runtime_error("dbus-daemon cannot be started: is the package dbus installed?");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!accepts(socket)) {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("dbus-daemon did not open " + socket + " within 10 s");
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
}

void PrivateBus::kill() { end_by(SIGKILL); }
void PrivateBus::end() { end_by(SIGTERM); }

void PrivateBus::end_by(int signal_number) {
    if (pid_ < 0)
        return;
    ::kill(pid_, signal_number);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

void PrivateBus::silence() {
    ::kill(pid_, SIGSTOP);
    int status = 0;
    ::waitpid(pid_, &status, WUNTRACED);
}

void PrivateBus::wake() { ::kill(pid_, SIGCONT); }

} // namespace bms::test
