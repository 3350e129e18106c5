// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bms::sim {

/// A device of a simulated world as Venus OS shows it: a service on a message bus, with a connection and a
/// thread of its own.
class DbusDevice {
  public:
    struct Identity {
        std::string service; ///< "com.victronenergy.battery.simulated"
        std::string product; ///< as people read it
        std::int32_t instance = 0;
    };
    /// What it measures.
    struct Reading {
        const char* path;
        double value;
        const char* unit; ///< "A"; empty: a state, a whole number
    };
    using Readings = std::vector<Reading>;

    /// bus: "session", "system", or the address of one. Throws what names the bus where there is none, or
    /// where the name is taken.
    DbusDevice(const std::string& bus, const Identity& identity, const Readings& first);
    ~DbusDevice();
    DbusDevice(const DbusDevice&) = delete;
    DbusDevice& operator=(const DbusDevice&) = delete;

    /// The same paths again; signals what has changed.
    void tell(const Readings& readings);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace bms::sim
