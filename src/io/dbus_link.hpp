// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A connection to the message bus that comes back by itself.
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

/// Opens the connection, drives it, and after a loss opens it again after 1, 2, 4 ... 60 s. No call waits for
/// the bus and none throws.
class DbusLink {
  public:
    /// Called from the event loop, except prepare.
    struct Events {
        /// See DbusConnect: on a thread of its own. May be empty.
        std::function<void(sdbus::IConnection&)> prepare;
        /// May throw sdbus::Error: the connection is then given up.
        std::function<void(sdbus::IConnection&)> connected;
        /// Let go of all that hangs on the connection: it closes when this returns. Also after a connected
        /// that threw, and when the link itself goes.
        std::function<void()> closing;
        std::function<void(const std::string&)> info, warning;
    };

    DbusLink(boost::asio::io_context&, BusChoice, Events);
    ~DbusLink();
    DbusLink(const DbusLink&) = delete;
    DbusLink& operator=(const DbusLink&) = delete;

    bool connected() const;
    BusChoice choice() const; ///< never automatic

    /// After sending; see DbusPump.
    void poke();

    /// Gives the connection up, not at once: "was lost: ...", "does not answer: ...".
    void fail_later(const std::string& why);

    void info(const std::string& text);
    /// Once, until all_well() or something else happens: a bus that is away for a day is one line.
    void warn(const std::string& text);
    void all_well();

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace bms::io
