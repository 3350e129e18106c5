// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/multi_link.hpp"

#include "app/link_words.hpp"
#include "io/clock.hpp"

#include <algorithm>
#include <utility>

namespace bms::app {
namespace {

constexpr Duration first_back_off = 1s;
constexpr Duration longest_back_off = 30s;

} // namespace

MultiLink::MultiLink(boost::asio::io_context& loop, const config::Vebus& config, BackEnd back_end,
                     Events events)
    : config_(config),
      events_(std::move(events)),
      back_end_(std::move(back_end)),
      last_report_(report_of(status())),
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

Instant MultiLink::next_deadline() const {
    return port_->is_open() ? back_end_.link->next_deadline() : retry_at_;
}

void MultiLink::open(Instant now) {
    if (const auto error = port_->open(config_.port, back_end_.serial)) {
        lost(*error, now);
        return;
    }
    back_off_ = Duration::zero();
    events_.info("vebus: " + config_.port + " is open" + (problem_.empty() ? "" : " again"));
    for (const std::string& remark : port_->remarks()) {
        if (told_remarks_.insert(remark).second) {
            events_.warning("vebus: " + remark);
        }
    }
    if (std::exchange(was_open_, true)) {
        redetect(); // another adapter, another cable: what was wrong with the bus may be mended
    }
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
    back_end_.link->receive(bytes, now);
    send_due(now); // the slot is short: nothing else comes before it
    if (status().heard) {
        last_heard_ = now;
    }
    const bool panel_spoke = hear_panel();
    const auto report = report_of(status());
    if (std::exchange(last_report_, report) != report || panel_spoke) {
        events_.changed(now);
    }
}

bool MultiLink::hear_panel() {
    const auto mode = heard_from_panel(status(), panel_changes_);
    if (mode) {
        events_.panel(*mode);
    }
    return mode.has_value();
}

void MultiLink::send_due(Instant now) {
    if (const auto bytes = back_end_.link->poll(now); !bytes.empty()) {
        const std::string error = port_->write(bytes).value_or("");
        if (std::exchange(write_error_, error) != error && !error.empty()) {
            events_.warning("vebus: " + error);
        }
    }
    if (const auto& reason = status().listen_only_reason; reason != last_listen_only_) {
        last_listen_only_ = reason;
        reason.empty() ? events_.info("vebus: sending again")
                       : events_.warning("vebus: listening only: " + reason);
    }
}

void MultiLink::want(const std::optional<core::Command>& command, bool quiet) {
    back_end_.link->repeat_mode_every(quiet ? config_.frame_interval_quiet : config_.frame_interval);
    back_end_.link->want(wanted_of(command));
    if (back_end_.info) {
        back_end_.info->quiet(quiet);
    }
}

void MultiLink::say(const profile::Signals& signals) {
    if (back_end_.info) {
        back_end_.info->say(signals);
    }
}

bool MultiLink::silent(Instant now) const {
    return !status().heard && now - last_heard_ >= config_.link_timeout;
}

bool MultiLink::obeyed(core::Mode mode) const { return shows(status(), mode); }

} // namespace bms::app
