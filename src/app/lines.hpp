// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/roles.hpp"

#include "bms/core/inputs.hpp"
#include "bms/core/outputs.hpp"

#include <memory>

namespace bms::app {

/// What the outputs shall show; index by Role, only outputs are looked at.
using Levels = std::array<bool, role_count>;

/// All our lines: asked for, asked for again when missing, read, driven. A line that is missing, busy or lost
/// is named once with the port's words and is never a reason to end.
class Lines {
  public:
    struct Events {
        std::function<void(Instant)> changed; ///< an edge, or a line lost: look again
        std::function<void(const std::string&)> info, warning;
    };

    Lines(std::unique_ptr<io::LinePort> port, ConfiguredLines configured, Events events);

    /// Asks for every line that is due: at start all, later those that are missing, 1, 2, 4 ... 30 s apart.
    void acquire(Instant now);
    Instant next_retry() const;

    /// Reads every input again: no edge is trusted for ever.
    void read_again(Instant now);
    /// Drives every output again: no write is trusted for ever. A chip that has vanished is found here.
    void drive_again(Instant now);
    /// Drives the outputs that differ from what they were last told.
    void drive(const Levels& levels, Instant now);
    /// Outputs inactive, in the order of Role, then every line back to the kernel.
    void release();

    /// Fills in what the lines show; `mains` is nullopt while no detector can be read.
    void report(core::Inputs& inputs) const;
    std::optional<bool> aux_in() const;
    /// Every line that protection needs is ours.
    bool all_held() const;
    /// The first missing protective line in words; empty when all are held.
    std::string problem() const;

  private:
    struct Slot {
        std::optional<io::LineRequest> request;
        std::optional<io::LineHandle> held;
        core::LineReading reading;
        bool driven = false;
        std::string error; ///< the words last said, so that they are said once
        Duration back_off{};
        Instant retry_at{};
    };

    Slot& slot(Role role) { return slots_.at(static_cast<std::size_t>(role)); }
    const Slot& slot(Role role) const { return slots_.at(static_cast<std::size_t>(role)); }
    void ask_for(std::size_t i, Instant now);
    void lose(std::size_t i, const std::string& why, Instant now);
    void read(std::size_t i, Instant now);
    void write(std::size_t i, Instant now);
    void on_edge(const io::LineEdge& edge);
    void on_lost(io::LineHandle line, const std::string& why);
    bool is_output(std::size_t i) const;
    bool is_missing(std::size_t i) const;

    std::array<Slot, role_count> slots_;
    Events events_;
    std::unique_ptr<io::LinePort> port_; // last: its callbacks must not outlive the rest
};

} // namespace bms::app
