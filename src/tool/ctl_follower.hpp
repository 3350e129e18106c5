// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Follows every vebus-bmsd on a message bus by its signals, from one start to the next, and the bus itself.
#pragma once

#include "io/dbus_bus.hpp"
#include "tool/ctl_items.hpp"

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace bms::tool {

/// Called from the event loop.
struct FollowerEvents {
    std::function<void()> bus_found;
    std::function<void(const std::string& why)> bus_lost;
    std::function<void(const std::string& name, Items all)> service_found; ///< also again
    std::function<void(const std::string& name, const Items&)> items_changed;
    std::function<void(const std::string& name)> service_gone; ///< also of one that was never found
    std::function<void(const std::vector<std::string>& names)> others;
};

/// A bus that is lost or absent is tried again every second, for ever.
class Follower {
  public:
    /// The choice must not be automatic.
    Follower(boost::asio::io_context&, io::BusChoice, FollowerEvents);
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace bms::tool
