// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What `watch` knows of the daemons, and what it shows. Pure: times are passed in.
#pragma once

#include "tool/ctl_changes.hpp"
#include "tool/ctl_status.hpp"

#include <deque>

namespace bms::tool {

class WatchModel {
  public:
    explicit WatchModel(std::string bus) : bus_(std::move(bus)) {}

    /// Each returns what is worth a line.
    std::vector<Change> bus_found();
    std::vector<Change> bus_lost(const std::string& why);
    /// Every item of a service; the same again is nothing new.
    std::vector<Change> service_found(const std::string& name, Items, std::int64_t uptime_s);
    std::vector<Change> items_changed(const std::string& name, const Items&, std::int64_t uptime_s);
    std::vector<Change> service_gone(const std::string& name);
    void others_are(std::vector<std::string> names) { others_ = std::move(names); }

    /// Kept for the screen, the latest last. time: "12:00:00".
    void remember(const std::string& time, const Change&);

    /// The services, or that there is none.
    Page page(std::int64_t uptime_s) const;
    std::vector<std::string> latest() const { return {latest_.begin(), latest_.end()}; }
    /// Something on the page moves with the clock.
    bool ticks() const { return !services_.empty(); }

    /// The items of a service as they are; none: it is not there.
    const Items& items(const std::string& name) const;

  private:
    struct Watched {
        Items items;
        std::int64_t countdown_s = 0, next_change_s = 0; ///< uptime when each last changed
        bool countdown_exact = false;
    };

    static void follow_countdown(Watched&, const Items& now, std::int64_t uptime_s);

    std::string bus_, bus_trouble_;
    std::map<std::string, Watched> services_;
    std::vector<std::string> others_;
    std::deque<std::string> latest_;
};

} // namespace bms::tool
