// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/multi_link.hpp"

#include "app/mapping.hpp"
#include "io/clock.hpp"
#include "io/serial_port.hpp"

#include <algorithm>
#include <utility>

namespace bms::app {
namespace {

constexpr unsigned baud = 256000;
constexpr Duration first_back_off = 1s;
constexpr Duration longest_back_off = 30s;

vebus::LinkSettings link_settings(const config::Vebus& config) {
    return {.transmit = config.transmit == config::Transmit::control,
            .send_window = config.send_window,
            .timeout = config.link_timeout};
}

} // namespace

MultiLink::MultiLink(boost::asio::io_context& loop, const config::Vebus& config, vebus::Originals originals,
                     Events events)
    : config_(config),
      events_(std::move(events)),
      link_(link_settings(config), originals),
      last_report_(report_of(link_.status())),
      started_(io::monotonic_now()),
      last_heard_(started_) {
    port_ = std::make_unique<io::SerialPort>(
        loop, io::SerialPort::Events{
                  .bytes = [this](std::span<const std::uint8_t> bytes, Instant at) { received(bytes, at); },
                  .lost = [this](const std::string& why) { lost(why, io::monotonic_now()); }});
}

MultiLink::~MultiLink() = default;

void MultiLink::run(Instant now) {
    if (!port_->is_open() && now >= retry_at_) {
        open(now);
    }
    send_due(now);
}

Instant MultiLink::next_deadline() const { return port_->is_open() ? link_.next_deadline() : retry_at_; }

void MultiLink::open(Instant now) {
    if (const auto error = port_->open(config_.port, baud)) {
        lost(*error, now);
        return;
    }
    back_off_ = Duration::zero();
    events_.info("vebus: " + config_.port + " is open" + (problem_.empty() ? "" : " again"));
    problem_.clear();
}

void MultiLink::lost(const std::string& why, Instant now) {
    back_off_ = std::clamp(2 * back_off_, first_back_off, longest_back_off);
    retry_at_ = now + back_off_;
    if (problem_ != why) {
        problem_ = why;
        events_.warning("vebus: " + why);
        events_.changed(now);
    }
}

void MultiLink::received(std::span<const std::uint8_t> bytes, Instant now) {
    link_.receive(bytes, now);
    send_due(now); // the slot is short: nothing else comes before it
    if (link_.status().heard) {
        last_heard_ = now;
    }
    if (const auto report = report_of(link_.status()); report != last_report_) {
        last_report_ = report;
        events_.changed(now);
    }
}

void MultiLink::send_due(Instant now) {
    if (const auto bytes = link_.poll(now); !bytes.empty()) {
        const std::string error = port_->write(bytes).value_or("");
        if (std::exchange(write_error_, error) != error && !error.empty()) {
            events_.warning("vebus: " + error);
        }
    }
    if (const auto& reason = link_.status().listen_only_reason; reason != last_listen_only_) {
        last_listen_only_ = reason;
        reason.empty() ? events_.info("vebus: sending again")
                       : events_.warning("vebus: listening only: " + reason);
    }
}

void MultiLink::want(const std::optional<core::Command>& command, bool quiet) {
    link_.repeat_mode_every(quiet ? config_.frame_interval_quiet : config_.frame_interval);
    link_.want(wanted_of(command));
}

bool MultiLink::silent(Instant now) const {
    return !link_.status().heard && now - last_heard_ >= config_.link_timeout;
}

bool MultiLink::obeyed(core::Mode mode) const {
    const auto& report = last_report_;
    const bool cannot = report.can_limit_charge == false || report.can_stop_charge == false;
    return (report.active == mode || report.remote == mode) &&
           (cannot || link_.status().charge_order_in_force);
}

} // namespace bms::app
