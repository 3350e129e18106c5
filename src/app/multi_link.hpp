// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/back_end.hpp"
#include "app/multi_control.hpp"

#include <memory>
#include <set>
#include <string>

namespace bms::app {

/// The serial port and the protocol on it, kept alive: a port that is missing, unplugged or stuck is named
/// once, tried again after 1, 2, 4 ... 30 s, and changes nothing else.
class MultiLink final : public MultiControl {
  public:
    MultiLink(boost::asio::io_context& loop, const config::Vebus& config, BackEnd back_end, Events events);
    ~MultiLink() override;

    void run(Instant now) override;
    Instant next_deadline() const override;
    void want(const std::optional<core::Command>& command, bool quiet) override;
    void say(const profile::Signals& signals) override;
    void redetect() override { back_end_.link->resume(); }
    const vebus::LinkStatus& status() const override { return back_end_.link->status(); }
    const std::string& port_problem() const override { return problem_; }
    bool silent(Instant now) const override;
    bool obeyed(core::Mode mode) const override;

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
