// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What is said on a VE.Bus, one struct a message. Victron publishes no raw protocol: each struct names its
// sources and a grade, which src/vebus/README.md explains: [V] Victron, [R] reproduced by several projects,
// [1] one source, [D] derived. Bytes without a known meaning are kept (unknown_N, N = index in the frame), so
// that what was decoded can be encoded again byte for byte.
#pragma once

#include "bms/vebus/winmon.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

namespace bms::vebus {

/// The first two bytes of a frame. How several Multis address each other is not public.
struct Address {
    std::uint8_t first = 0;
    std::uint8_t second = 0;
    bool operator==(const Address&) const = default;
};

inline constexpr Address multi_address{0x83, 0x83};  ///< a single Multi [R]
inline constexpr Address remote_address{0x98, 0xF7}; ///< an MK3-style remote: what every project sends as [R]

/// Sent by the Multi every 20 ms at 50 Hz; opens the slot in which others may send [R]. 55 is its mark.
struct Sync {
    std::uint8_t status = 0;          ///< 51 seen; meaning unknown [1]
    std::uint16_t timestamp_90us = 0; ///< free running, about 90 us a count [1]
    bool operator==(const Sync&) const = default;
};

/// The remote switch as the 3F frame carries it: bit 0 charger, bit 1 inverter, bit 2 always set [R].
enum class SwitchState : std::uint8_t { off = 4, charger_only = 5, inverter_only = 6, on = 7 };

/// 3F: remote panel switch. There is no reply; the MasterLed frame shows the result. It stays in force when
/// the sender goes away: no watchdog [R].
struct SwitchCommand {
    SwitchState state = SwitchState::off;
    bool operator==(const SwitchCommand&) const = default;
};

/// LED bits of MasterLed [V]. On and blink both set: blinks in antiphase.
namespace led {
inline constexpr std::uint8_t mains = 0x01, absorption = 0x02, bulk = 0x04, floating = 0x08, inverter = 0x10,
                              overload = 0x20, low_battery = 0x40, temperature = 0x80;
} // namespace led

/// The switch register of MasterLed [V].
struct SwitchRegister {
    bool remote_charge = false;    ///< 01
    bool remote_invert = false;    ///< 02
    bool front_up = false;         ///< 04
    bool front_down = false;       ///< 08
    bool charging_active = false;  ///< 10: the charger is switched on, after all switches
    bool inverting_active = false; ///< 20: the inverter is switched on, after all switches
    bool onboard_remote = false;   ///< 40
    bool generator = false;        ///< 80
    bool operator==(const SwitchRegister&) const = default;
};

/// 41 10: LEDs, AC input limits and switches of the master [V] through MK2, raw [R].
struct MasterLed {
    std::uint8_t leds_on = 0;
    std::uint8_t leds_blink = 0;
    std::uint8_t status = 0; ///< 0 ok, 2 low battery
    std::uint8_t ac_input_config =
        0; ///< bits 0..1 active input, 3 Digital Multi Control, 4..6 number of inputs
    std::uint16_t minimum_limit_deci_a = 0;
    std::uint16_t maximum_limit_deci_a = 0;
    std::uint16_t actual_limit_deci_a = 0;
    SwitchRegister switches{};
    bool operator==(const MasterLed&) const = default;
};
inline constexpr std::uint8_t digital_multi_control_bit = 0x08; ///< of MasterLed::ac_input_config [V]

/// 80: condition of the inverter/charger [R].
struct Condition {
    std::uint8_t unknown_5 = 0x80;
    std::uint8_t voltage_status =
        0; ///< 12 inverter off, 13 on, others in transitions; bit 0: DC level allows inverting
    std::uint8_t battery_status = 0; ///< 0 ok, 2 battery low
    std::uint8_t unknown_8 = 0x80;
    std::int16_t dc_current_deci_a = 0; ///< above 0 when charging [1]: it goes with the battery's own current
    std::uint8_t content = 0;  ///< bit 4: the current is valid; high nibble 3: the temperature too [1]
    std::uint8_t ac_relay = 0; ///< 0 on mains, 2 island
    std::uint8_t unknown_13 = 0;
    std::uint8_t unknown_14 = 0;
    std::uint8_t temperature = 0; ///< scale disputed between the sources
    std::uint8_t unknown_16 = 0;
    bool operator==(const Condition&) const = default;
};

/// E4: AC phase, sent at 50 Hz [R]; the fields [1].
struct AcPhase {
    std::uint8_t unknown_5 = 0x80;
    std::uint16_t frequency_mhz = 0;   ///< millihertz
    std::uint32_t timestamp_400ns = 0; ///< 24 bits, 400 ns a count
    std::uint8_t mode = 0;             ///< B0 idle, B5 and BE charging, B8 standby, B9 discharging, 49 island
    std::uint8_t unknown_12 = 0;
    std::int16_t power_factor_32768th = 0;
    std::uint8_t phase_angle = 0;
    std::uint16_t dc_voltage_20mv = 0; ///< 12 bits, 20 mV a count
    std::uint8_t unknown_17 = 0;       ///< high nibble of byte 17
    std::uint8_t unknown_18 = 0;
    bool operator==(const AcPhase&) const = default;
};

/// 70: charge counter [R].
struct AhCounter {
    std::array<std::uint8_t, 3> unknown_5{};
    std::uint16_t installation = 0; ///< constant for an installation
    std::uint16_t charge_ah = 0;
    std::uint8_t unknown_12 = 0;
    bool operator==(const AhCounter&) const = default;
};

/// 20 with type 0C: the DC side [V]. The scale of the currents depends on the unit.
struct DcInfo {
    std::array<std::uint8_t, 4> unknown_5{};
    std::uint16_t voltage_10mv = 0;
    std::uint32_t inverter_current_raw = 0; ///< 24 bits
    std::uint32_t charger_current_raw = 0;  ///< 24 bits
    std::uint8_t period = 0;
    bool operator==(const DcInfo&) const = default;
};

/// 20 with type 05..0B: one AC phase [V].
struct AcInfo {
    std::uint8_t backfeed_factor = 0;
    std::uint8_t inverter_factor = 0;
    std::uint8_t unknown_7 = 0;
    std::uint8_t device_state =
        0; ///< 0 down, 1 start-up, 2 off, 3 slave, 4 invert, 5 half, 6 AES, 7 assist, 8 bypass, 9 charge
    std::uint8_t phase = 0; ///< 08..0B: L1 of 1..4 phases, 07 L2, 06 L3, 05 L4
    std::uint16_t mains_voltage_10mv = 0;
    std::int16_t mains_current_raw = 0;
    std::uint16_t inverter_voltage_10mv = 0;
    std::int16_t inverter_current_raw = 0;
    std::uint8_t period = 0;
    bool operator==(const AcInfo&) const = default;
};

/// 20 with a type from 80 on: an auxiliary device answers the presence poll [V] MK2 form, raw [D].
struct DeviceInfo {
    std::array<std::uint8_t, 4> unknown_5{};
    std::uint8_t type = 0; ///< device_bms, device_digital_multi_control
    std::uint32_t version = 0;
    Bytes extra{};
    bool operator==(const DeviceInfo&) const = default;
};
inline constexpr std::uint8_t device_digital_multi_control = 0x80;
inline constexpr std::uint8_t device_bms = 0x83;

/// 21: asks who is there: a device of this type answers with a DeviceInfo [V] MK2 form, raw [D]. Other forms
/// (all zero, type 1) were seen from Venus OS; their meaning is unknown.
struct DevicePoll {
    std::array<std::uint8_t, 4> unknown_5{0xFF, 0xFF, 0xFF, 0xFF};
    std::uint8_t type = 0; ///< device_bms, device_digital_multi_control
    Bytes extra{};
    bool operator==(const DevicePoll&) const = default;
};

/// 40: a panel of the older kind [V].
struct PanelPosition {
    std::uint8_t bits = 0; ///< bit 3 set: bits 0..1 plus one is the position as the MK2 'S' frame counts it,
                           ///< 1 charger only, 2 inverter only, 3 on, 4 off
    Bytes extra{};
    bool operator==(const PanelPosition&) const = default;
};

/// 20 with type 02, 03, 04 or 20..2F: one unit of the system [V] (velib). Unlike the other 20 frames the
/// number stands before the type.
struct UnitInfo {
    std::uint32_t unique_number = 0;
    std::uint8_t type = 0;
    std::array<std::uint8_t, 2> unknown_10{};
    std::uint32_t units = 0; ///< bit n: the system has a unit with address n
    std::array<std::uint8_t, 2> unknown_16{};
    std::uint8_t address = 0; ///< of this unit; modulo 3 is its phase, 0 to 2 lead their phases
    bool operator==(const UnitInfo&) const = default;
};

/// A frame with a good checksum that we do not know, or know with another length. Never an error.
struct Unknown {
    Bytes payload{};
    bool operator==(const Unknown&) const = default;
};

using Message =
    std::variant<Sync, SwitchCommand, ReadRam, RamValues, ReadSetting, SettingValue, AskSettingInfo,
                 SettingInfo, WriteById, WinmonVerdict, AskLeds, LedReport, AskVersion, VersionPart,
                 AskDeviceState, DeviceStateReport, AskRamInfo, RamInfo, AskSnapshot, SnapshotValues,
                 NameForWrite, WriteNamed, AskSwitchAndLimit, SwitchAndLimit, AskEnergyCounters,
                 EnergyCounters, AccessPassword, AccessReply, AskSerialNumber, SerialNumber,
                 AskExtraFlagAccess, ExtraFlagAccess, MasterLed, Condition, AcPhase, AhCounter, DcInfo,
                 AcInfo, DeviceInfo, DevicePoll, UnitInfo, PanelPosition, Unknown>;

struct Frame {
    Address from;
    std::uint8_t number = 0; ///< 0..127, one more with every frame on the bus, whoever sends it [R]
    Message message{};
    bool operator==(const Frame&) const = default;
};

inline constexpr std::uint8_t frame_numbers = 128;

constexpr std::uint8_t next_number(std::uint8_t number) {
    return static_cast<std::uint8_t>((number + 1) % frame_numbers);
}

} // namespace bms::vebus
