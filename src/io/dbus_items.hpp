// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// com.victronenergy.BusItem: an ItemTree as D-Bus objects, one for each item and one for each folder of
// items.
#pragma once

#include "bms/venus/item_tree.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace sdbus {
class IConnection;
}

namespace bms::io {

class DbusItems {
  public:
    /// Asked when a client writes another value that the table allows; answers a WriteCheck code.
    using Written = std::function<int(venus::Path, const venus::Value&)>;

    /// Connection and tree must outlive this.
    DbusItems(sdbus::IConnection&, const venus::ItemTree&, Written);
    ~DbusItems();
    DbusItems(const DbusItems&) = delete;
    DbusItems& operator=(const DbusItems&) = delete;

    /// One ItemsChanged with all of them. Sending never waits; a lost bus is noticed by the pump.
    void tell(const std::vector<venus::Path>&);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace bms::io
