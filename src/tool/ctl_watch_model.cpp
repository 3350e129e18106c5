// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_watch_model.hpp"

#include <utility>

namespace bms::tool {

namespace {

constexpr std::size_t most_remembered = 50;
constexpr const char* countdown = "/Bms/SecondsToNextChange";
constexpr const char* next_change = "/Bms/NextChange";

// The countdown is told at most once a second, what it counts to at once: so long may they not fit.
constexpr std::int64_t settle_s = 2;

} // namespace

std::vector<Change> WatchModel::bus_found() {
    bus_trouble_.clear();
    return {{"", "", "the " + bus_ + " answers", ""}};
}

std::vector<Change> WatchModel::bus_lost(const std::string& why) {
    services_.clear();
    others_.clear();
    const bool known = !bus_trouble_.empty();
    bus_trouble_ = why.empty() ? "it was closed" : why;
    if (known) {
        return {}; // a bus that stays away is one line
    }
    return {{"", "", "the " + bus_ + " does not answer; tried again every second", why}};
}

std::vector<Change> WatchModel::service_found(const std::string& name, Items items, std::int64_t uptime_s) {
    const auto known = services_.find(name);
    if (known != services_.end()) {
        auto found = changes(name, known->second.items, items);
        follow_countdown(known->second, items, uptime_s);
        known->second.items = std::move(items);
        return found;
    }
    services_[name] = {.items = std::move(items), .countdown_s = uptime_s, .next_change_s = uptime_s};
    return {first_sight({name, bus_, services_[name].items})};
}

std::vector<Change> WatchModel::items_changed(const std::string& name, const Items& changed,
                                              std::int64_t uptime_s) {
    const auto known = services_.find(name);
    if (known == services_.end()) {
        return {}; // its GetItems is on the way, and holds this too
    }
    Items now = known->second.items;
    for (const auto& [path, item] : changed) {
        now[path] = item;
    }
    follow_countdown(known->second, now, uptime_s);
    auto found = changes(name, known->second.items, now);
    known->second.items = std::move(now);
    return found;
}

void WatchModel::follow_countdown(Watched& watched, const Items& now, std::int64_t uptime_s) {
    if (text_of(watched.items, next_change) != text_of(now, next_change)) {
        watched.next_change_s = uptime_s;
        watched.countdown_exact = false;
    }
    const auto was = number(watched.items, countdown), is_now = number(now, countdown);
    if (was != is_now) {
        watched.countdown_exact =
            was && is_now && *is_now < *was && uptime_s - watched.next_change_s >= settle_s;
        watched.countdown_s = uptime_s;
    }
}

std::vector<Change> WatchModel::service_gone(const std::string& name) {
    if (services_.erase(name) == 0) {
        return {};
    }
    return {{name, "", "vebus-bmsd has left the " + bus_ + "; waiting for it",
             "its outputs let go where the daemon has ended"}};
}

void WatchModel::remember(const std::string& time, const Change& change) {
    latest_.push_back(time + " " + clean(words_of(change)));
    if (latest_.size() > most_remembered) {
        latest_.pop_front();
    }
}

const Items& WatchModel::items(const std::string& name) const {
    static const Items none;
    const auto known = services_.find(name);
    return known == services_.end() ? none : known->second.items;
}

Page WatchModel::page(std::int64_t uptime_s) const {
    Page page;
    if (services_.empty()) {
        page.text(
            bus_trouble_.empty()
                ? "No vebus-bmsd on the " + bus_ + ": waiting for it. The outputs protect without D-Bus."
                : "The " + bus_ + " does not answer (" + clean(bus_trouble_) + "): tried again every second.",
            Tone::bad);
        return page;
    }
    std::vector<Service> all;
    for (const auto& [name, watched] : services_) {
        all.push_back({name, bus_, watched.items, {}, others_});
    }
    for (const Service& service : fronts(all)) {
        const Watched& watched = services_.at(service.name);
        page.gap();
        page.append(status_page(service, {.uptime_s = uptime_s,
                                          .countdown_age_s = uptime_s - watched.countdown_s,
                                          .countdown_exact = watched.countdown_exact}));
    }
    return page;
}

} // namespace bms::tool
