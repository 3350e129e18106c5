// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Another program of Venus OS on the bus: a driver, a solar charger, systemcalc. It obeys as it is told to.
#pragma once

#include "bms/venus/value.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bms::test {

class VenusService {
  public:
    using Items = std::map<std::string, venus::Value>;

    /// Takes the name once all items are there, as Venus OS wants it. On the session bus.
    VenusService(const std::string& name, Items items);
    /// The name goes with the connection.
    ~VenusService();
    VenusService(const VenusService&) = delete;
    VenusService& operator=(const VenusService&) = delete;

    /// Changes an item, and signals it.
    void set(const std::string& path, const venus::Value& value);
    venus::Value get(const std::string& path) const;

    /// What SetValue answers, called on the service's own thread: 0 after it has done what it wants with the
    /// value. Without one every write is taken.
    using Written = std::function<int(VenusService&, const std::string& path, const venus::Value&)>;
    void when_written(Written);

    /// How often an item was read by GetValue, and what was written to it, oldest first.
    int reads(const std::string& path) const;
    std::vector<venus::Value> writes(const std::string& path) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace bms::test
