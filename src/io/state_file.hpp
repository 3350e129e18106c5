// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// One small file that survives a power cut at any instant: the old content or the new, never half of either.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

namespace bms::io {

/// Written beside the old file, synced, then renamed over it. The sync can take seconds on a worn card, so it
/// is done in a short-lived child process while the loop goes on.
class StateFile {
  public:
    explicit StateFile(std::string path);

    /// The content; nullopt when there is none or it cannot be read.
    std::optional<std::string> read() const;

    /// Starts to write. false: the last write is still under way, offer it again later.
    bool write(const std::string& content);
    /// Writes and waits; for the end of the process.
    std::optional<std::string> write_now(const std::string& content);
    /// What became of the last write(), once: nullopt while it runs or when there is nothing to tell,
    /// else "" for done or the error in words.
    std::optional<std::string> outcome();
    /// The same, after its end.
    std::optional<std::string> wait();

  private:
    std::optional<std::string> outcome(int wait_options);

    std::string path_;
    pid_t child_ = 0;
};

} // namespace bms::io
