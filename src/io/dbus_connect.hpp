// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Opening a bus connection without ever holding up the event loop.
#pragma once

#include "io/dbus_bus.hpp"

#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}
namespace sdbus {
class IConnection;
}

namespace bms::io {

/// sd-bus finishes its handshake (authentication, Hello) inside the call that opens the connection, and waits
/// up to 90 s for a bus that has accepted the socket and then says nothing. So that one call, and what a
/// connection needs before its first use, runs on a thread of its own. It ends by itself; when the attempt is
/// given up before, it closes what it opened.
class DbusConnect {
  public:
    /// On the event loop, at most once: the connection, or nullptr and why not.
    using Done = std::function<void(std::unique_ptr<sdbus::IConnection>, const std::string& error)>;
    /// On the thread, on a fresh connection: what has to wait for the bus. May throw sdbus::Error; shares
    /// nothing with the event loop.
    using Prepare = std::function<void(sdbus::IConnection&)>;

    /// The choice must not be automatic.
    DbusConnect(boost::asio::io_context&, BusChoice, Prepare, Done);
    ~DbusConnect();
    DbusConnect(const DbusConnect&) = delete;
    DbusConnect& operator=(const DbusConnect&) = delete;

  private:
    struct Attempt;
    std::shared_ptr<Attempt> attempt_;
};

} // namespace bms::io
