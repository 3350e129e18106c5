// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_terminal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace bms::tool {

namespace {

// Of xterm and all its kin, tmux and screen among them: other page, cursor, wrapping at the edge.
constexpr std::string_view take_over = "\033[?1049h\033[?25l\033[?7l";
constexpr std::string_view hand_back = "\033[?7h\033[?25h\033[?1049l";
constexpr std::string_view home = "\033[H", end_of_row = "\033[K", rest_of_screen = "\033[J";

winsize window() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
        return {};
    }
    return size;
}

void write_all(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return; // the terminal is gone, and SIGHUP on its way
        }
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
}

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool is_dumb() {
    const char* term = std::getenv("TERM");
    return term == nullptr || *term == '\0' || std::string_view(term) == "dumb";
}

} // namespace

bool stdout_is_screen() { return ::isatty(STDOUT_FILENO) != 0 && !is_dumb(); }

Look look_of_stdout() {
    const std::size_t columns = window().ws_col;
    return {.width = columns == 0 ? Look{}.width : columns,
            .colour = stdout_is_screen() && !is_set("NO_COLOR")};
}

std::size_t height_of_stdout() {
    constexpr std::size_t usual = 24;
    const std::size_t rows = window().ws_row;
    return rows == 0 ? usual : rows;
}

std::int64_t uptime_s() {
    std::timespec uptime{};
    ::clock_gettime(CLOCK_MONOTONIC, &uptime);
    return uptime.tv_sec;
}

std::string time_stamp() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::localtime_r(&now, &parts);
    std::array<char, 40> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S%z", &parts)};
}

struct Screen::Saved {
    termios input;
};

Screen::Screen() {
    // A program in the background would be stopped by the attempt.
    termios input{};
    if (::tcgetpgrp(STDIN_FILENO) == ::getpgrp() && ::tcgetattr(STDIN_FILENO, &input) == 0) {
        saved_ = std::make_unique<Saved>(Saved{input});
    }
    enter();
}

Screen::~Screen() { leave(); }

void Screen::enter() {
    if (saved_) {
        termios quiet = saved_->input;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
    }
    write_all(take_over);
}

void Screen::leave() {
    write_all(hand_back);
    if (saved_) {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved_->input); // what was typed meanwhile is not for the shell
    }
}

void Screen::draw(const std::vector<std::string>& rows) {
    std::string frame(home);
    const auto shown = fitted(rows, height_of_stdout());
    for (const std::string& row : shown) {
        frame += (&row == &shown.front() ? "" : "\r\n") + row;
        frame += end_of_row;
    }
    frame += rest_of_screen;
    write_all(frame);
}

} // namespace bms::tool
