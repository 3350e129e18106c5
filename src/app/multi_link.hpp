// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/back_end.hpp"

#include "bms/core/command.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace bms::app {

/// The serial port and the protocol on it, kept alive: a port that is missing, unplugged or stuck is named
/// once, tried again after 1, 2, 4 ... 30 s, and changes nothing else.
class MultiLink {
  public:
    struct Events {
        std::function<void(Instant)> changed;  ///< what the Multi reports has changed: look again
        std::function<void(core::Mode)> panel; ///< another remote has commanded this; comes before changed
        std::function<void(const std::string&)> info, warning;
    };

    MultiLink(boost::asio::io_context& loop, const config::Vebus& config, BackEnd back_end, Events events);
    ~MultiLink();

    /// Opens the port when it is due, sends what is due.
    void run(Instant now);
    Instant next_deadline() const;

    /// quiet: the Multi is off, frames go at the longer interval (M25).
    void want(const std::optional<core::Command>& command, bool quiet);

    /// What a BMS says of itself, where a frame profile is configured.
    void say(const profile::Signals& signals);
    /// The owner's word that the bus is in order: it may send again, and makes its checks again (M102).
    void redetect() { back_end_.link->resume(); }

    const vebus::LinkStatus& status() const { return back_end_.link->status(); }
    const std::string& port_problem() const { return problem_; }
    /// Nothing has been heard for the link time-out.
    bool silent(Instant now) const;
    /// The Multi shows the mode that is wanted, and has taken the charge order or cannot.
    bool obeyed(core::Mode mode) const;

  private:
    void open(Instant now);
    void lost(const std::string& why, Instant now);
    void received(std::span<const std::uint8_t> bytes, Instant now);
    bool hear_panel();
    void send_due(Instant now);

    config::Vebus config_;
    Events events_;
    BackEnd back_end_;
    std::uint64_t panel_changes_ = 0; ///< of the status, as last looked at
    std::set<std::string> told_remarks_;
    bool was_open_ = false;
    core::MultiReport last_report_;
    std::string last_listen_only_;
    std::string problem_;
    std::string write_error_; ///< of the last frame, so that a stuck port is told once
    Instant started_{};
    Instant last_heard_{};
    Instant retry_at_{};
    Duration back_off_{};
    std::unique_ptr<io::SerialPort> port_; // last: its callbacks must not outlive the rest
};

} // namespace bms::app
