// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A program on a terminal of its own, and what stands on its screen.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace bms::test {

struct WindowSize {
    unsigned short rows, columns;
};

/// As much of a terminal as our programs use; anything else is a failure of the test that looks at `strange`.
class Terminal {
  public:
    void write(const std::string& bytes);
    /// Row by row, without blanks at the end.
    std::string screen() const;

    bool other_page = false, cursor = true, wraps = true;
    bool coloured = false;            ///< ever
    std::size_t widest = 0;           ///< row since the last mark
    std::vector<std::string> strange; ///< sequences that are not understood

  private:
    void control(const std::string& sequence);
    void put(char c);
    std::string& row();

    std::vector<std::string> rows_;
    std::size_t at_row_ = 0, at_column_ = 0;
    std::string pending_;
};

class PtyProcess {
  public:
    /// Environment: "NAME=VALUE". TERM is xterm unless given.
    PtyProcess(const std::vector<std::string>& command, WindowSize,
               const std::vector<std::string>& environment = {});
    /// SIGKILL, unless it has ended.
    ~PtyProcess();
    PtyProcess(const PtyProcess&) = delete;
    PtyProcess& operator=(const PtyProcess&) = delete;

    void type(const std::string& keys) const;
    void resize(WindowSize) const;
    void signal(int number) const;

    /// Waits until the screen has the words. False: it did not; see screen().
    bool shows(const std::string& words);
    /// Reads what has come.
    Terminal& terminal();
    /// The terminal repeats what is typed, as it did before the program.
    bool echoes() const;
    /// It has been stopped, as by Ctrl-Z.
    bool stopped();
    /// The exit code, or 128 and the signal.
    std::optional<int> ended();

  private:
    bool look();

    pid_t pid_ = -1;
    int master_ = -1;
    bool stopped_ = false;
    std::optional<int> code_;
    Terminal terminal_;
};

} // namespace bms::test
