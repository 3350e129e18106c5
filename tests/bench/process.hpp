// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The programs that are measured, and what the kernel says about them.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace bms::bench {

/// A program that runs as long as this lives; then SIGTERM, after three seconds SIGKILL.
class Process {
  public:
    /// What it prints is appended to the file log. Throws std::runtime_error when it cannot be started.
    Process(std::vector<std::string> command, const std::string& log);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    /// A number of /proc/PID/status ("VmRSS" in kB, "Threads"); throws when the process has ended.
    long status(const std::string& key) const;
    /// How often its threads have gone to sleep so far, which is how often they were woken.
    long sleeps() const;

  private:
    pid_t pid_ = -1;
};

} // namespace bms::bench
