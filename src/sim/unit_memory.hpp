// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The memory of one inverter/charger as winmon shows it: settings with an EEPROM below and a RAM overlay
// above, and RAM variables with the scales they are told in.
#pragma once

#include "sim/surroundings.hpp"

#include "bms/time.hpp"
#include "bms/vebus/frame.hpp"

#include <map>

namespace bms::sim {

inline constexpr std::uint16_t setting_flags0 = 0;
inline constexpr std::uint16_t setting_bulk_current = 4;
inline constexpr std::uint16_t setting_flags2 = 60; ///< that it is flags word 2 is likely, not proven [1]
inline constexpr std::uint16_t disable_charge_bit = 0x40;     ///< of flags 0 [R]
inline constexpr std::uint16_t configured_for_bms_bit = 0x80; ///< of flags word 2 [1]
inline constexpr std::uint16_t first_assistant_variable = 128;

class UnitMemory {
  public:
    explicit UnitMemory(const Surroundings&);

    /// In force now: from RAM when changed there, else from EEPROM.
    std::uint16_t setting(std::uint16_t number) const;

    vebus::Message answer(const vebus::ReadSetting&) const;
    vebus::Message answer(const vebus::AskSettingInfo&) const;
    vebus::Message answer(const vebus::AskRamInfo&) const;
    /// To command 37.
    vebus::Message write(const vebus::WriteById&, Instant now);

    /// The raw value of a variable that is told in this unit's scale; the assistants' by themselves.
    std::optional<std::uint16_t> raw_variable(std::uint16_t number, double value) const;
    std::optional<std::uint16_t> assistant_variable(std::uint16_t number) const;

    /// The ESS assistant's word, while it is there.
    struct Ess {
        bool fresh = false; ///< written within ess_timeout_s
        int setpoint_w = 0; ///< above 0: discharge [R]
        bool disable_charge = false;
    };
    /// nullopt: no ESS assistant, or nothing was ever written to it.
    std::optional<Ess> ess(Instant now) const;

    /// As an installer sets it, before anything runs.
    void configure(std::uint16_t setting, std::uint16_t value) { eeprom[setting] = value; }

    /// Without power RAM is lost.
    void lose_ram();
    /// Records anew, as Surroundings::assistants has them.
    void install_assistants();

    std::uint64_t eeprom_writes = 0;

  private:
    std::optional<std::uint16_t> stored(std::uint16_t number) const;
    vebus::Message write_setting(const vebus::WriteById&);
    vebus::Message write_variable(const vebus::WriteById&, Instant now);

    const Surroundings& around;
    std::map<std::uint16_t, std::uint16_t> eeprom;
    std::map<std::uint16_t, std::uint16_t> ram; ///< in force, but not what a read gives [1]
    std::vector<std::uint16_t> assistants;      ///< from first_assistant_variable on
    std::optional<std::size_t> ess_head;
    std::optional<Instant> ess_written;
};

/// The scale and offset in which a unit tells a variable; nullopt: it has none of that number. Words that are
/// public are as published; the others are chosen.
std::optional<vebus::RamInfo::Scale> scale_of_variable(std::uint16_t number, const Surroundings&);

} // namespace bms::sim
