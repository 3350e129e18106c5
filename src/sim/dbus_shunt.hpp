// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

namespace bms::sim {

/// A SmartShunt as Venus OS shows it: com.victronenergy.battery.simulated on a message bus (M117). It has a
/// connection and a thread of its own.
class DbusShunt {
  public:
    /// What it measures of the bank.
    struct Reading {
        double soc_percent = 0; ///< 0 to 100
        double current_a = 0;   ///< positive into the battery
        double voltage_v = 0;
        bool operator==(const Reading&) const = default;
    };

    /// bus: "session", "system", or the address of one. Throws what names the bus where there is none, or
    /// where the name is taken.
    DbusShunt(const std::string& bus, const Reading& first);
    ~DbusShunt();
    DbusShunt(const DbusShunt&) = delete;
    DbusShunt& operator=(const DbusShunt&) = delete;

    /// Signals what has changed.
    void tell(const Reading& reading);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace bms::sim
