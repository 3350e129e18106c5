// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the Multi shall do: the mode, once for the system, and the charge settings of every unit.
#pragma once

#include "bms/vebus/link.hpp"

#include <map>

namespace bms::vebus {

class Orders {
  public:
    struct ChargeRequest {
        std::uint8_t unit;
        RamSetting* setting; ///< stays valid: units are never dropped
        Message message;
    };

    /// Writes what comes of its orders into the status.
    Orders(const LinkSettings&, LinkStatus&);

    bool want(std::optional<Wanted>);
    const std::optional<Wanted>& wanted() const { return wish; }
    void repeat_mode_every(Duration interval) { repeat_mode = interval; }
    void restore(const Originals&);
    void units_are(const std::vector<std::uint8_t>&);
    /// The Multi was gone and may have been restarted.
    void forget();

    /// LinkStatus::remote_mode is new.
    void mode_reported(Instant now);
    Instant mode_due_at() const;
    /// The switch command to send now; it counts as sent.
    SwitchState next_mode(Instant now);

    Instant charge_due_at() const;
    /// The request to send now, if any; it counts as sent.
    std::optional<ChargeRequest> next_charge(std::uint8_t id, Instant now);
    /// After each answer or time-out of a charge request.
    void charge_moved();

  private:
    struct Unit {
        RamSetting flags0;
        RamSetting bulk_current;
        bool present = false; ///< else it is only owed something
    };
    struct ModeTry {
        std::optional<Instant> sent_at; ///< since it was wanted
        SwitchState sent{};             ///< what was sent then
        bool reached = false;           ///< shown by the Multi since it was wanted
        int tries = 0;
    };

    Unit& unit(std::uint8_t address);
    void order_charge();
    void order_charge(Unit&) const;
    bool in_force(const Unit&) const;
    SwitchState step() const;
    bool next_step_open() const;
    void refresh();

    LinkSettings settings;
    LinkStatus& seen;
    Duration repeat_mode;
    std::optional<Wanted> wish;
    std::map<std::uint8_t, Unit> units;
    ModeTry mode;
    std::optional<Instant> last_switch_at; ///< our last switch command, whatever is wanted now
    bool report_settled = false;           ///< the reported mode is the result of all we sent
};

} // namespace bms::vebus
