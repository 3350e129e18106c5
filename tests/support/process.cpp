// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/process.hpp"

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace bms::test {

namespace {

/// In the child; never returns.
[[noreturn]] void become(std::vector<char*> arguments, int output) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

} // namespace

bool soon(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

Process::Process(const std::vector<std::string>& command, std::filesystem::path output)
    : output_(std::move(output)) {
    std::vector<char*> arguments;
    for (const std::string& word : command) {
        arguments.push_back(const_cast<char*>(word.c_str())); // execv promises not to write
    }
    arguments.push_back(nullptr);
    const int file = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    pid_ = file < 0 ? -1 : ::fork();
    if (pid_ == 0) {
        become(arguments, file);
    }
    ::close(file);
    if (pid_ < 0) {
        throw std::runtime_error("cannot start " + command.at(0));
    }
}

Process::~Process() { kill(); }

void Process::signal(int number) const {
    if (!code_) {
        ::kill(pid_, number);
    }
}

bool Process::reap() {
    int status = 0;
    if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
        code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return code_.has_value();
}

std::optional<int> Process::ended(std::chrono::milliseconds limit) {
    soon([this] { return reap(); }, limit);
    return code_;
}

void Process::kill() {
    signal(SIGKILL);
    ended();
}

std::string Process::output() const {
    std::ostringstream text;
    text << std::ifstream(output_).rdbuf();
    return text.str();
}

std::chrono::milliseconds Process::cpu_time() const {
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) {
        throw std::runtime_error("the process has ended: its processor time cannot be read");
    }
    return std::chrono::milliseconds(1000 * used.tv_sec + used.tv_nsec / 1'000'000);
}

Outcome run(const std::vector<std::string>& command, const std::filesystem::path& output) {
    std::filesystem::remove(output);
    Process process(command, output);
    const auto code = process.ended();
    return {code, process.output()};
}

} // namespace bms::test
