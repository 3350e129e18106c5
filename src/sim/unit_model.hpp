// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// One inverter/charger: what it does with its switches, mains, battery and settings, and what it tells of
// that.
#pragma once

#include "sim/unit_memory.hpp"

namespace bms::sim {

enum class UnitState { off, charging, inverting, passthru, emergency };
std::string word(UnitState);

/// What the whole system gives each of its units.
struct Situation {
    bool charger_on = true;  ///< after all switches
    bool inverter_on = true; ///< after all switches
    bool mains = true;
    bool bms_missing = false; ///< configured for a VE.Bus BMS and none is heard
    int vebus_error = 0;
};

class Unit {
  public:
    explicit Unit(const Surroundings&);

    void follow(const Situation&, Instant now);
    /// To a winmon request; nullopt: it is none.
    std::optional<vebus::Message> answer(const vebus::Message&, Instant now);

    UnitState state() const { return now_in; }
    int charge_current_a() const { return charging_a; }
    int battery_current_a() const { return battery_a; } ///< above 0 when charging
    double battery_v() const;
    bool battery_low() const { return around.battery == "low" || around.battery == "depleted"; }
    std::uint8_t leds_on() const { return leds; }
    std::uint8_t leds_blink() const { return blinking; }
    std::uint8_t device_state() const;
    vebus::Condition condition() const;
    vebus::AcPhase ac_phase() const;
    vebus::AcInfo ac_info(std::uint8_t phase) const;
    vebus::DcInfo dc_info() const;

    UnitMemory memory;
    std::optional<int> own_firmware; ///< when it differs from the system's
    int firmware() const { return own_firmware.value_or(around.firmware); }

  private:
    UnitState decide() const;
    void follow_current(Instant now);
    void follow_leds();
    bool charge_stopped() const;
    double variable(std::uint16_t number) const;
    vebus::Message read_ram(const vebus::ReadRam&) const;
    vebus::Message version(const vebus::AskVersion&) const;

    const Surroundings& around;
    Situation situation;
    std::optional<UnitMemory::Ess> ess;
    UnitState now_in = UnitState::charging;
    int charging_a = 0;
    int battery_a = 0;
    std::uint8_t leds = 0;
    std::uint8_t blinking = 0;
    std::uint8_t substate = 1;
};

} // namespace bms::sim
