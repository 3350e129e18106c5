// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/pty_process.hpp"

#include "support/process.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <pty.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace bms::test {

void Terminal::write(const std::string& bytes) {
    for (const char c : bytes) {
        if (pending_.empty() && c != '\033') {
            put(c);
            continue;
        }
        pending_ += c;
        const bool ends = pending_.size() > 2 && c >= '@' && c <= '~';
        if (ends) {
            control(std::exchange(pending_, {}));
        }
    }
}

void Terminal::control(const std::string& sequence) {
    const std::string what = sequence.substr(2);
    if (what == "H") {
        at_row_ = at_column_ = 0;
    } else if (what == "K") {
        row().resize(std::min(row().size(), at_column_));
    } else if (what == "J") {
        row().resize(std::min(row().size(), at_column_));
        rows_.resize(at_row_ + 1);
    } else if (what == "?1049h" || what == "?1049l") {
        other_page = what.back() == 'h';
        rows_.clear();
    } else if (what == "?25h" || what == "?25l") {
        cursor = what.back() == 'h';
    } else if (what == "?7h" || what == "?7l") {
        wraps = what.back() == 'h';
    } else if (what.back() == 'm') {
        coloured = true;
    } else {
        strange.push_back(what);
    }
}

void Terminal::put(char c) {
    if (c == '\r') {
        at_column_ = 0;
    } else if (c == '\n') {
        ++at_row_;
    } else {
        row().resize(std::max(row().size(), at_column_ + 1), ' ');
        row()[at_column_++] = c;
        widest = std::max(widest, at_column_);
    }
}

std::string& Terminal::row() {
    rows_.resize(std::max(rows_.size(), at_row_ + 1));
    return rows_[at_row_];
}

std::string Terminal::screen() const {
    std::string text;
    for (const std::string& row : rows_) {
        text += row.substr(0, row.find_last_not_of(' ') + 1) + '\n';
    }
    return text;
}

PtyProcess::PtyProcess(const std::vector<std::string>& command, WindowSize size,
                       const std::vector<std::string>& environment) {
    std::vector<char*> arguments, variables;
    for (const std::string& word : command) {
        arguments.push_back(const_cast<char*>(word.c_str())); // execve promises not to write
    }
    arguments.push_back(nullptr);
    for (const std::string& variable : environment) {
        variables.push_back(const_cast<char*>(variable.c_str()));
    }
    std::string term = "TERM=xterm";
    variables.push_back(term.data());
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string text = *variable;
        if (!text.starts_with("TERM=") && !text.starts_with("NO_COLOR=")) {
            variables.push_back(*variable);
        }
    }
    variables.push_back(nullptr);
    const winsize window{.ws_row = size.rows, .ws_col = size.columns, .ws_xpixel = 0, .ws_ypixel = 0};
    pid_ = ::forkpty(&master_, nullptr, nullptr, &window);
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::execve(arguments[0], arguments.data(), variables.data());
        ::_exit(127);
    }
    if (pid_ < 0) {
        throw std::runtime_error("no terminal for " + command.at(0));
    }
    ::fcntl(master_, F_SETFL, O_NONBLOCK);
    ::fcntl(master_, F_SETFD, FD_CLOEXEC);
}

PtyProcess::~PtyProcess() {
    if (!look()) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(master_);
}

void PtyProcess::type(const std::string& keys) const {
    if (::write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) {
        throw std::runtime_error("the terminal does not take " + keys);
    }
}

void PtyProcess::resize(WindowSize size) const {
    const winsize window{.ws_row = size.rows, .ws_col = size.columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(master_, TIOCSWINSZ, &window);
}

void PtyProcess::signal(int number) const { ::kill(pid_, number); }

bool PtyProcess::shows(const std::string& words) {
    return soon([&] { return terminal().screen().find(words) != std::string::npos; });
}

Terminal& PtyProcess::terminal() {
    std::array<char, 4096> part{};
    for (ssize_t size = 0; (size = ::read(master_, part.data(), part.size())) > 0;) {
        terminal_.write({part.data(), static_cast<std::size_t>(size)});
    }
    return terminal_;
}

bool PtyProcess::echoes() const {
    termios settings{};
    return ::tcgetattr(master_, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
}

/// True: it has ended.
bool PtyProcess::look() {
    int status = 0;
    if (!code_ && ::waitpid(pid_, &status, WNOHANG | WUNTRACED | WCONTINUED) == pid_) {
        stopped_ = WIFSTOPPED(status);
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
    }
    return code_.has_value();
}

bool PtyProcess::stopped() {
    return soon([this] {
        look();
        return stopped_;
    });
}

std::optional<int> PtyProcess::ended() {
    soon([this] {
        terminal(); // it may be waiting for room
        return look();
    });
    terminal();
    return code_;
}

} // namespace bms::test
