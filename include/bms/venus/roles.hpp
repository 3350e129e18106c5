// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Which role we may have beside what else is on the bus.
#pragma once

#include "bms/time.hpp"
#include "bms/venus/paths.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace bms::venus {

inline constexpr std::string_view vebus_prefix = "com.victronenergy.vebus.";

/// Two vebus services displace each other in systemcalc, and the Multi loses (venus-dbus.md 3). So vebus is
/// taken only after a time without another, and given up at once when one appears (decisions 7).
class RoleChooser {
  public:
    struct Settings {
        Duration settle = 5s;        ///< without another, from the first look at the bus
        Duration settle_again = 60s; ///< after another has vanished: its driver may only be restarting
        bool may_be_vebus = true;    ///< else status, whatever is on the bus
    };

    /// `own_name`: ours in the vebus role; it is no other's.
    RoleChooser(Settings, std::string own_name);

    /// All names that are there have been told to appeared().
    void listed(Instant now);
    void appeared(const std::string& name, Instant now);
    void vanished(const std::string& name, Instant now);
    /// The bus is gone: nothing is known until it is listed again.
    void lost();

    /// Empty: none yet.
    std::optional<Role> wanted(Instant now) const;
    /// When wanted() may become another by time alone; never when it cannot.
    Instant next_deadline() const;
    /// The other services that hold us in the status role.
    const std::set<std::string>& others() const { return others_; }

  private:
    Settings settings_;
    std::string own_name_;
    std::set<std::string> others_;
    std::optional<Instant> vebus_from_; ///< while listed and without another
    bool listed_ = false;
    bool seen_another_ = false; ///< since the bus was listed: then we are status meanwhile, else nothing yet
};

} // namespace bms::venus
