// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Drives an sdbus-c++ connection from the event loop. The only place that polls one.
#pragma once

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

/// Before every wait sd-bus is asked what to wait for, and after it everything pending is processed: a wait
/// for its descriptor alone would miss its timeouts and what it queued while sending.
class DbusPump {
  public:
    /// Called once, from the event loop: the bus closed the connection, or took nothing from us for 30 s. The
    /// pump is dead then.
    using Lost = std::function<void(const std::string& why)>;

    /// The connection must outlive the pump.
    DbusPump(boost::asio::io_context&, sdbus::IConnection&, Lost);
    ~DbusPump();
    DbusPump(const DbusPump&) = delete;
    DbusPump& operator=(const DbusPump&) = delete;

    /// After sending, also inside a D-Bus callback: what did not go out at once gets its wait. Handles
    /// nothing that was received.
    void poke();

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace bms::io
