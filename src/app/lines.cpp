// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/lines.hpp"

#include "io/clock.hpp"

#include <algorithm>
#include <utility>

namespace bms::app {
namespace {

constexpr Duration first_back_off = 1s;
constexpr Duration longest_back_off = 30s;

const RoleInfo& info_at(std::size_t i) { return info(static_cast<Role>(i)); }

core::LineReading reading(bool active, Instant since) {
    return {active ? core::Level::active : core::Level::inactive, since};
}

} // namespace

Lines::Lines(std::unique_ptr<io::LinePort> port, ConfiguredLines configured, Events events)
    : events_(std::move(events)), port_(std::move(port)) {
    for (std::size_t i = 0; i < role_count; ++i) {
        slots_.at(i).request = std::move(configured.at(i));
    }
    port_->on_events(
        {.edge = [this](io::LineEdge edge) { on_edge(edge); },
         .lost = [this](io::LineHandle line, const io::LineError& why) { on_lost(line, why.text); }});
}

bool Lines::is_output(std::size_t i) const { return info_at(i).direction == io::Direction::output; }

void Lines::acquire(Instant now) {
    for (std::size_t i = 0; i < role_count; ++i) {
        const Slot& s = slots_.at(i);
        if (s.request && !s.held && now >= s.retry_at) {
            ask_for(i, now);
        }
    }
}

void Lines::ask_for(std::size_t i, Instant now) {
    Slot& s = slots_.at(i);
    s.request->initially_active = is_output(i) && s.driven;
    const auto handle = port_->request(*s.request);
    if (!handle) {
        lose(i, handle.error.text, now);
        return;
    }
    s.held = handle.value;
    s.back_off = Duration::zero();
    if (!std::exchange(s.error, "").empty()) {
        events_.info(std::string(info_at(i).name) + ": " + s.request->label() + " is ours again");
    }
    if (!is_output(i)) {
        read(i, now);
    }
}

void Lines::lose(std::size_t i, const std::string& why, Instant now) {
    Slot& s = slots_.at(i);
    if (s.held) {
        port_->release(*s.held);
        s.held.reset();
    }
    s.reading = {};
    s.driven = false; // permission is not given back by a mere reconnection
    s.back_off = std::clamp(2 * s.back_off, first_back_off, longest_back_off);
    s.retry_at = now + s.back_off;
    // A chip that goes takes all its lines for one reason: told once, with the first of them.
    const bool told = std::ranges::any_of(slots_, [&](const Slot& any) { return any.error == why; });
    s.error = why;
    if (!told) {
        events_.warning(std::string(info_at(i).name) + ": " + why);
    }
}

Instant Lines::next_retry() const {
    Instant next = never;
    for (const Slot& s : slots_) {
        if (s.request && !s.held) {
            next = std::min(next, s.retry_at);
        }
    }
    return next;
}

void Lines::read(std::size_t i, Instant now) {
    Slot& s = slots_.at(i);
    const auto level = port_->read(*s.held);
    if (!level) {
        lose(i, level.error.text, now);
    } else if (const auto fresh = reading(*level.value, now); fresh.level != s.reading.level) {
        s.reading = fresh; // first reading, or an edge that was missed
    }
}

void Lines::write(std::size_t i, Instant now) {
    Slot& s = slots_.at(i);
    if (const auto error = port_->write(*s.held, s.driven)) {
        lose(i, error->text, now);
    }
}

void Lines::read_again(Instant now) {
    for (std::size_t i = 0; i < role_count; ++i) {
        if (slots_.at(i).held && !is_output(i)) {
            read(i, now);
        }
    }
}

void Lines::drive_again(Instant now) {
    for (std::size_t i = 0; i < role_count; ++i) {
        if (slots_.at(i).held && is_output(i)) {
            write(i, now);
        }
    }
}

void Lines::drive(const Levels& levels, Instant now) {
    for (std::size_t i = 0; i < role_count; ++i) {
        Slot& s = slots_.at(i);
        if (is_output(i) && s.held && s.driven != levels.at(i)) {
            s.driven = levels.at(i);
            write(i, now);
        }
    }
}

void Lines::release() {
    for (std::size_t i = 0; i < role_count; ++i) {
        Slot& s = slots_.at(i);
        if (!s.held) {
            continue;
        }
        if (is_output(i)) {
            port_->write(*s.held, false);
        }
        port_->release(*s.held);
        s.held.reset();
    }
}

void Lines::on_edge(const io::LineEdge& edge) {
    for (Slot& s : slots_) {
        if (s.held == edge.line) {
            s.reading = reading(edge.active, edge.at);
            events_.changed(edge.at);
            return;
        }
    }
}

void Lines::on_lost(io::LineHandle line, const std::string& why) {
    for (std::size_t i = 0; i < role_count; ++i) {
        if (slots_.at(i).held == line) {
            slots_.at(i).held.reset(); // the handle is dead already
            const Instant now = io::monotonic_now();
            lose(i, why, now);
            events_.changed(now);
            return;
        }
    }
}

void Lines::report(core::Inputs& in) const {
    in.allow_to_charge = slot(Role::btv_allow_to_charge).reading;
    in.allow_to_discharge = slot(Role::btv_allow_to_discharge).reading;
    in.pre_alarm = slot(Role::btv_pre_alarm).reading;
    in.remote_h = slot(Role::remote_h).reading;
    in.remote_l = slot(Role::remote_l).request ? slot(Role::remote_l).reading : reading(false, Instant{});
    in.lines_held = all_held();
    in.mains.reset();
    for (const Role role : {Role::mains_1, Role::mains_2}) {
        if (const auto level = slot(role).reading.level; level != core::Level::unknown) {
            in.mains = in.mains.value_or(false) || level == core::Level::active;
        }
    }
}

std::optional<bool> Lines::aux_in() const {
    const auto level = slot(Role::aux_in).reading.level;
    return level == core::Level::unknown ? std::nullopt : std::optional(level == core::Level::active);
}

bool Lines::is_missing(std::size_t i) const {
    return info_at(i).protective && slots_.at(i).request && !slots_.at(i).held;
}

bool Lines::all_held() const {
    for (std::size_t i = 0; i < role_count; ++i) {
        if (is_missing(i)) {
            return false;
        }
    }
    return true;
}

std::string Lines::problem() const {
    for (std::size_t i = 0; i < role_count; ++i) {
        if (is_missing(i)) {
            const std::string& error = slots_.at(i).error;
            return std::string(info_at(i).name) + ": " + (error.empty() ? "not asked for yet" : error);
        }
    }
    return {};
}

} // namespace bms::app
