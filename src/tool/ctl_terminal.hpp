// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The terminal, where stdout is one, and the clocks.
#pragma once

#include "tool/ctl_page.hpp"

#include <cstdint>
#include <memory>

namespace bms::tool {

/// A terminal that can move its cursor.
bool stdout_is_screen();

/// As wide as the terminal, 80 columns elsewhere; coloured on a terminal unless NO_COLOR is set.
Look look_of_stdout();

/// Rows of the terminal; 24 where it does not say.
std::size_t height_of_stdout();

/// CLOCK_MONOTONIC, as /Bms/Since has it.
std::int64_t uptime_s();

/// The wall clock: "2026-05-01T12:00:00+0200".
std::string time_stamp();

/// The terminal taken over: its other page, without a cursor. What stood there before comes back at the end.
class Screen {
  public:
    Screen();
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    /// In the place of what was drawn before, cut to the window.
    void draw(const std::vector<std::string>& rows);
    /// For a time: Ctrl-Z.
    void leave();
    void enter();

  private:
    struct Saved;
    std::unique_ptr<Saved> saved_; ///< how the terminal took its input; none: it is not ours to change
};

} // namespace bms::tool
