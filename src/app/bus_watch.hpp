// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/dbus_client.hpp"

#include "bms/config/config.hpp"
#include "bms/guard/bus.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace bms::app {

/// Who wants to know which other services come and go.
class NameListener {
  public:
    virtual ~NameListener() = default;
    virtual void appeared(const std::string& service, Instant now) = 0;
    virtual void vanished(const std::string& service, Instant now) = 0;
    /// All that are there have been told: once a connection.
    virtual void listed(Instant) {}
    /// The bus is gone; all that were there have been told as vanished.
    virtual void lost(Instant) {}
};

io::BusChoice to_io(config::BusChoice choice);

/// The one connection by which other services are looked at, and everybody who looks.
class BusWatch {
  public:
    struct Events {
        std::function<void(const std::string&)> info, warning;
    };

    /// own: the names we may have ourselves; nobody is told of them.
    BusWatch(boost::asio::io_context& loop, io::BusChoice bus, std::set<std::string> own, Events events);

    io::DbusClient& bus() { return bus_; }
    /// Told of all that are there, and of what comes and goes from now on. It must outlive the watch.
    void add(NameListener& listener);

  private:
    void appeared(const std::string& service);
    void vanished(const std::string& service);
    void listed();
    void lost();

    const std::set<std::string> own_;
    std::set<std::string> present_;
    std::vector<NameListener*> listeners_;
    io::DbusClient bus_; // last: its callbacks must not outlive the rest
};

} // namespace bms::app
