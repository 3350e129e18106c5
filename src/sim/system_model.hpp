// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The system behind the VE.Bus: its units, what all remotes together command, who else is there. No wire in
// it; the raw bus (multiplus_model.hpp) and the MK3 (mk3_front.hpp) both speak for it.
#pragma once

#include "sim/unit_model.hpp"

#include <deque>

namespace bms::sim {

inline constexpr std::uint16_t maximum_ac_limit_deci_a = 500;

enum class Remote { mk3, dongle, gx, dmc };

class System {
  public:
    explicit System(Instant start);
    System(const System&) = delete;
    System& operator=(const System&) = delete;

    Surroundings around;
    std::deque<Unit> units; ///< the first is the leader, or the only one

    /// A switch command of a remote.
    void command(vebus::SwitchState, Remote from);
    /// A BMS info frame of the invented profile was heard.
    void bms_heard(Instant now);
    /// What follows from the world, now.
    void follow(Instant now);
    /// After Surroundings::NAME was changed.
    void changed(const std::string& name);
    /// All units lose their power for a moment.
    void restart(Instant now);

    bool awake() const { return is_awake; }
    bool mains() const { return around.mains_1 || (around.ac_inputs == 2 && around.mains_2); }
    int vebus_error() const;
    bool bms_missing(Instant now) const;
    std::string mode() const;
    vebus::MasterLed master_led() const;
    /// The auxiliary device of this type that answers a presence poll [V].
    std::optional<vebus::DeviceInfo> device(std::uint8_t type) const;
    std::uint64_t eeprom_writes() const;
    int charge_current_a() const; ///< of all units

    int switched_by_remotes = 0; ///< commands that changed something, or nothing
    /// The last command of another remote than the one at the host.
    struct Panel {
        vebus::SwitchState state = vebus::SwitchState::on;
        int count = 0;
    };
    Panel panel;
    std::uint16_t ac_limit_deci_a = 160; ///< of the AC input, in force

  private:
    bool front_lets_charge() const { return around.front != "off"; }
    bool front_lets_invert() const { return around.front == "on"; }
    bool charger_on() const { return remote_charge && front_lets_charge(); }
    bool inverter_on() const { return remote_invert && front_lets_invert(); }
    void follow_power(bool anything_on, Instant now);

    bool remote_charge = true;
    bool remote_invert = true;
    bool is_awake = true;
    bool was_on = true;
    Instant off_since = Instant::min();
    Instant bms_last;
    bool bms_known = false;
};

std::optional<vebus::SwitchState> switch_state_of(const std::string& word);

} // namespace bms::sim
