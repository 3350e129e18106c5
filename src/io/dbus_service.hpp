// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Our service on the message bus: the connection, the name and the items behind it.
#pragma once

#include "io/dbus_bus.hpp"

#include "bms/time.hpp"
#include "bms/venus/item_tree.hpp"

#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace bms::io {

struct BusSettings {
    BusChoice bus = BusChoice::automatic;
    std::string name; ///< "com.victronenergy.vebus.ttyAMA0"
};

/// One name on one connection: systemcalc tells services apart by the connection, so another role is another
/// DbusService. To give the name up, destroy it: the connection closes and the name is gone at once.
///
/// No call waits for the bus and none throws. An absent, lost or silent bus is tried again after 1, 2, 4 ...
/// 60 s, with all items and the name as before; so is a name that somebody else holds.
class DbusService {
  public:
    /// Called from the event loop; they must not throw, and not destroy the service.
    struct Events {
        /// A client wrote a value that the table allows and that differs from the present one. Answer 0 to
        /// accept (and publish it: the service does not change the tree), 2 to refuse.
        std::function<int(venus::Path, const venus::Value&)> written;
        std::function<void(const std::string&)> info;
        std::function<void(const std::string&)> warning; ///< what is lost, and what to do
    };

    /// Starts to connect. The tree must outlive the service.
    DbusService(boost::asio::io_context&, BusSettings, venus::ItemTree&, Events);
    ~DbusService();
    DbusService(const DbusService&) = delete;
    DbusService& operator=(const DbusService&) = delete;

    /// From now on the name is wanted. Call it when every item is true: clients read all of them as soon as
    /// they see the name.
    void request_name();

    /// Tells what changed in the tree, in one signal. Call it after every publish(), and at least once a
    /// second for the telemetry.
    void flush(Instant now);

    bool on_bus() const;
    bool name_owned() const;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace bms::io
