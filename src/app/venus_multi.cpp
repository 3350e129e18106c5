// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/venus_multi.hpp"

#include "app/mapping.hpp"
#include "io/clock.hpp"

#include <utility>

namespace bms::app {

VenusMulti::VenusMulti(io::DbusClient& bus, const config::Vebus& config, Events events)
    : bus_(bus),
      config_(config),
      events_(std::move(events)),
      link_({.transmit = config.transmit == config::Transmit::control,
             .service = config.service,
             .timeout = config.link_timeout}),
      last_report_(report_of(status())),
      last_heard_(io::monotonic_now()) {
    tell_problem();
}

VenusMulti::~VenusMulti() { bus_.unfollow(followed_); }

void VenusMulti::appeared(const std::string& service, Instant now) {
    link_.appeared(service, now);
    follow_target();
    noticed(now);
}

void VenusMulti::vanished(const std::string& service, Instant now) {
    link_.vanished(service, now);
    follow_target();
    noticed(now);
}

void VenusMulti::follow_target() {
    if (followed_ == link_.target()) {
        return;
    }
    if (!followed_.empty()) {
        bus_.unfollow(followed_);
    }
    followed_ = link_.target();
    if (followed_.empty()) {
        return;
    }
    bus_.follow(followed_, [this, service = followed_](const io::DbusClient::Items& items) {
        const Instant now = io::monotonic_now();
        for (const auto& [path, value] : items) {
            link_.told(service, path, value, now);
        }
        noticed(now);
    });
}

void VenusMulti::run(Instant now) {
    for (const guard::Request& request : link_.due(now)) {
        carry(request);
    }
    if (status().heard) {
        last_heard_ = now;
    }
    noticed(now);
}

void VenusMulti::carry(const guard::Request& request) {
    if (venus::is_valid(request.write)) {
        bus_.set_value(request.service, request.path, request.write, [this, request](auto answer) {
            link_.written(request, answer, io::monotonic_now());
            run(io::monotonic_now());
        });
        return;
    }
    bus_.get_value(request.service, request.path, [this, request](const auto& value) {
        link_.answered(request, value, io::monotonic_now());
        run(io::monotonic_now());
    });
}

/// What has changed is told once; run() may be on the stack of what is told.
void VenusMulti::noticed(Instant now) {
    if (std::exchange(noticing_, true)) {
        return;
    }
    const bool new_problem = tell_problem();
    const auto panel = heard_from_panel(status(), panel_changes_);
    if (panel) {
        events_.panel(*panel);
    }
    const auto report = report_of(status());
    if (std::exchange(last_report_, report) != report || panel || new_problem) {
        events_.changed(now);
    }
    noticing_ = false;
}

bool VenusMulti::tell_problem() {
    const std::string problem =
        bus_.listed() ? link_.problem() : "the message bus does not answer: is dbus-daemon running?";
    const bool is_new = std::exchange(problem_, problem) != problem;
    if (is_new && bus_.listed()) {
        problem.empty() ? events_.info("vebus: the inverter/charger is commanded through " + link_.target())
                        : events_.warning("vebus: " + problem);
    }
    const std::string& reason = status().listen_only_reason;
    if (std::exchange(last_listen_only_, reason) != reason) {
        reason.empty() ? events_.info("vebus: commanding again")
                       : events_.warning("vebus: listening only: " + reason);
    }
    return is_new;
}

void VenusMulti::want(const std::optional<core::Command>& command, bool quiet) {
    const Instant now = io::monotonic_now();
    link_.repeat_mode_every(quiet ? config_.frame_interval_quiet : config_.frame_interval);
    link_.want(wanted_of(command), now);
    for (const guard::Request& request : link_.due(now)) { // a veto does not wait for the timer
        carry(request);
    }
    last_report_ = report_of(status());
}

void VenusMulti::redetect() { link_.resume(io::monotonic_now()); }

bool VenusMulti::silent(Instant now) const {
    return !status().heard && now - last_heard_ >= config_.link_timeout;
}

} // namespace bms::app
