// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"

#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace bms::bench {
namespace {

long number_in(const std::filesystem::path& file, const std::string& key) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(key + ":")) {
            return std::stol(line.substr(key.size() + 1));
        }
    }
    throw std::runtime_error(file.string() + " has no " + key + ": the program has ended; its log says why");
}

} // namespace

Process::Process(std::vector<std::string> command, const std::string& log) {
    std::vector<char*> arguments;
    for (std::string& word : command) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                       0600);
    ::posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    const int error = ::posix_spawnp(&pid_, command[0].c_str(), &files, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (error != 0) {
        throw std::runtime_error(command[0] + " cannot be started: " + std::strerror(error));
    }
}

Process::~Process() {
    using namespace std::chrono_literals;
    ::kill(pid_, SIGTERM);
    for (int waited = 0; ::waitpid(pid_, nullptr, WNOHANG) == 0; ++waited) {
        if (waited == 3000) {
            ::kill(pid_, SIGKILL);
        }
        std::this_thread::sleep_for(1ms);
    }
}

long Process::status(const std::string& key) const {
    return number_in("/proc/" + std::to_string(pid_) + "/status", key);
}

long Process::sleeps() const {
    long sum = 0;
    for (const auto& thread :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task")) {
        sum += number_in(thread.path() / "status", "voluntary_ctxt_switches");
    }
    return sum;
}

} // namespace bms::bench
