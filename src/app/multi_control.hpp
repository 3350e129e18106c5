// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/core/command.hpp"
#include "bms/profile/profile.hpp"
#include "bms/vebus/link.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace bms::app {

/// The way to the inverter/charger, whatever it is: a serial port, or another service on the message bus.
/// Never blocks; a way that is not there is tried again by itself.
class MultiControl {
  public:
    struct Events {
        std::function<void(Instant)> changed;  ///< what the Multi reports has changed: look again
        std::function<void(core::Mode)> panel; ///< another remote has commanded this; comes before changed
        std::function<void(const std::string&)> info, warning;
    };

    MultiControl() = default;
    MultiControl(const MultiControl&) = delete;
    MultiControl& operator=(const MultiControl&) = delete;
    virtual ~MultiControl() = default;

    /// Does what is due: opens, asks, sends.
    virtual void run(Instant now) = 0;
    virtual Instant next_deadline() const = 0;

    /// quiet: the Multi is off, commands are repeated at the longer interval (M25).
    virtual void want(const std::optional<core::Command>& command, bool quiet) = 0;
    /// What a BMS says of itself, where a frame profile is configured.
    virtual void say(const profile::Signals& signals) = 0;
    /// The owner's word that the bus is in order: it may send again, and makes its checks again (M102).
    virtual void redetect() = 0;

    virtual const vebus::LinkStatus& status() const = 0;
    /// Why there is no way to it now; empty when there is.
    virtual const std::string& port_problem() const = 0;
    /// Nothing has been heard for the link time-out.
    virtual bool silent(Instant now) const = 0;
    /// The Multi shows the mode that is wanted, and has taken the charge order or cannot.
    virtual bool obeyed(core::Mode mode) const = 0;
};

/// The Multi shows the mode, and has taken the charge order or cannot.
bool shows(const vebus::LinkStatus& status, core::Mode mode);

/// With a Digital Multi Control only that one is listened to (M106). panel_changes: of the status, as last
/// looked at. nullopt: no other remote has spoken.
std::optional<core::Mode> heard_from_panel(const vebus::LinkStatus& status, std::uint64_t& panel_changes);

} // namespace bms::app
