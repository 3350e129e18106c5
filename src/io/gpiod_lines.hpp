// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What differs between libgpiod 1.6 and 2.x, and nothing else: gpiod_lines_v1.cpp and gpiod_lines_v2.cpp
// implement it, CMake picks one, gpiod_lines.cpp makes the port of it. All of it throws std::system_error
// with the kernel's errno.
#pragma once

#include "io/line_port.hpp"

namespace bms::io::gpiod_back_end {

/// One line of a chip as the kernel lists it.
struct ListedLine {
    std::string name; ///< may be empty: many lines have none
    std::string consumer;
    bool used = false;
};

/// All lines of the chip at path ("/dev/gpiochip0"), by offset.
std::vector<ListedLine> lines_of(const std::string& path);

struct KernelEdge {
    bool active;
    Instant at;
};

/// A requested line. Destroying it gives the line back to the kernel.
class HeldLine {
  public:
    virtual ~HeldLine() = default;
    virtual int fd() const = 0; ///< readable when there are edges; inputs only; stays ours
    virtual bool active() = 0;
    virtual void drive(bool active) = 0;
    /// What is there, at most a buffer full. Call when fd() is readable.
    virtual std::vector<KernelEdge> edges() = 0;
};

std::unique_ptr<HeldLine> hold(const std::string& path, unsigned offset, const LineRequest&,
                               const std::string& consumer);

} // namespace bms::io::gpiod_back_end
