// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A child process of a test: its words in a file, its end awaited with a deadline.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace bms::test {

using namespace std::chrono_literals;

/// Generous: only a failing test waits so long.
inline constexpr std::chrono::milliseconds patience = 10s;

/// Looks every few milliseconds until the condition holds. False: it did not within the limit.
bool soon(const std::function<bool()>& condition, std::chrono::milliseconds limit = patience);

class Process {
  public:
    /// Starts the program; stdout and stderr are appended to `output`, stdin is empty. The kernel kills it
    /// when the test dies.
    Process(const std::vector<std::string>& command, std::filesystem::path output);
    /// SIGKILL, unless it has ended.
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void signal(int number) const;
    /// The exit code, or 128 and the signal as a shell has it. nullopt: it runs still after the limit.
    std::optional<int> ended(std::chrono::milliseconds limit = patience);
    /// SIGKILL, and its end awaited.
    void kill();

    /// All it has said so far.
    std::string output() const;
    /// What it has used of a processor since its start.
    std::chrono::milliseconds cpu_time() const;

  private:
    bool reap();

    pid_t pid_ = -1;
    std::optional<int> code_;
    std::filesystem::path output_;
};

/// Runs a program to its end. nullopt as code: it had to be killed.
struct Outcome {
    std::optional<int> code;
    std::string output; ///< stdout and stderr
};
Outcome run(const std::vector<std::string>& command, const std::filesystem::path& output);

} // namespace bms::test
