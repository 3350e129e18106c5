// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What is said between a computer and a Victron MK2 or MK3 interface, one struct a message. Grades as in
// src/vebus/README.md: [V] Victron, [R] reproduced by several projects, [1] one source, [D] derived.
#pragma once

#include "bms/vebus/frame.hpp"

namespace bms::mk2 {

using vebus::Bytes;
using vebus::ByteView;

// --- To and from the interface itself: "FF letter data" ---

/// V: asks for the interface's version. An idle interface says it by itself every 1 to 1.5 s [V].
struct AskInterface {
    bool operator==(const AskInterface&) const = default;
};
/// V: 1170216 is an MK3, 1130134 an MK2.
struct InterfaceVersion {
    std::uint32_t version = 0;
    std::uint8_t target = 0; ///< the device set by Target; 'B' or 'W' when none was set since it started [V]
    bool operator==(const InterfaceVersion&) const = default;
};

/// A: the device that Winmon requests go to; the answer has the same form [V].
struct Target {
    std::uint8_t action = 1; ///< 1: set
    std::uint8_t device = 0; ///< 0: the leader, or the only one
    Bytes extra{};           ///< a zero in some answers [1]
    bool operator==(const Target&) const = default;
};

/// L: asks for the LEDs.
struct AskLeds {
    bool operator==(const AskLeds&) const = default;
};
/// On and blink bits as in vebus::led; both 1F: not known [V].
struct Leds {
    std::uint8_t on = 0;
    std::uint8_t blink = 0;
    bool operator==(const Leds&) const = default;
};
inline constexpr Leds leds_not_known{0x1F, 0x1F};

/// Four warnings of an inverter/charger [V].
struct Alarms {
    bool temperature = false, low_battery = false, overload = false, ripple = false;
    bool operator==(const Alarms&) const = default;
};
/// L: the answer to AskLeds.
struct LedReport {
    struct Condition {
        Alarms pre_alarm{};
        Alarms alarm{};
        std::uint8_t error = 0; ///< VE.Bus error 0..31, 0: none [V]
        std::uint8_t flags = 0; ///< bits 5..7 of the error's byte; 80: the interface is blocked [V]
        bool operator==(const Condition&) const = default;
    };
    Leds leds{};
    std::optional<Condition> condition{}; ///< missing in the short forms of 2 or 3 bytes
    Bytes extra{}; ///< "80 00" seen, meaning unknown; without a condition one byte at most
    bool operator==(const LedReport&) const = default;
};
inline constexpr std::uint8_t led_flag_blocked = 0x80;

/// F 0: asks for vebus::DcInfo.
struct AskDcInfo {
    bool operator==(const AskDcInfo&) const = default;
};
/// F 1..4: asks for vebus::AcInfo of L1..L4.
struct AskAcInfo {
    std::uint8_t phase = 1;
    bool operator==(const AskAcInfo&) const = default;
};
/// F 5: asks for vebus::MasterLed.
struct AskMasterLed {
    bool operator==(const AskMasterLed&) const = default;
};
/// F 6: freezes up to six RAM variables in all units at once, to be read by vebus::AskSnapshot; no answer
/// [V].
struct TakeSnapshot {
    Bytes variables{};
    bool operator==(const TakeSnapshot&) const = default;
};
/// F 7: asks a unit for vebus::UnitInfo [V]; without a device in one source [1].
struct AskUnit {
    std::optional<std::uint8_t> device{};
    bool operator==(const AskUnit&) const = default;
};
/// F 8: resets a unit, or with 0 all of them; no answer [V].
struct ResetUnit {
    std::uint32_t unique_number = 0;
    bool operator==(const ResetUnit&) const = default;
};
/// F 9: battery operational limits; the units stop 5 minutes after the last one [V], the bytes [1].
struct BatteryLimits {
    std::uint16_t unknown_1 = 0x0003;
    std::uint16_t discharge_deci_a = 0;
    bool operator==(const BatteryLimits&) const = default;
};

/// The switch as 'S' and the older panel frame count it; unknown is what velib says with do_not_send [V].
enum class Position : std::uint8_t { unknown = 0, charger_only = 1, inverter_only = 2, on = 3, off = 4 };

namespace state_flag { // [V]
/// Never set: the interface would go on commanding after we died or were unplugged.
inline constexpr std::uint8_t auto_send = 0x01;
inline constexpr std::uint8_t append_leds = 0x02;
inline constexpr std::uint8_t do_not_send = 0x10; ///< only the flags count, the position is not told
inline constexpr std::uint8_t forward_panel_frames = 0x40;
inline constexpr std::uint8_t limit_in_deci_a = 0x80; ///< the limit is current, not a panel's knob
} // namespace state_flag

namespace state_flag_ext0 { // [V]
/// Short Winmon frames, for old programs; WriteById does not work with it.
inline constexpr std::uint8_t short_winmon = 0x01;
inline constexpr std::uint8_t forward_config_replies = 0x04;
inline constexpr std::uint8_t ignore_block_mode = 0x08;
} // namespace state_flag_ext0

/// S: the switch and the AC input limit as a panel sets them, and how the interface works.
struct SetState {
    static constexpr std::uint16_t leave_limit = 0x8000; ///< this or above: the limit stays
    struct Extended {
        std::uint8_t flags_ext0 = 0;
        std::optional<std::uint8_t> eeprom{}; ///< we never send it
        bool operator==(const Extended&) const = default;
    };
    Position position = Position::unknown;
    std::uint16_t limit_deci_a = leave_limit;
    std::uint8_t flags = state_flag::limit_in_deci_a;
    std::optional<Extended> extended{};
    bool operator==(const SetState&) const = default;
};
/// S without data: SetState was taken.
struct StateTaken {
    bool operator==(const StateTaken&) const = default;
};

/// H: the lines beside the bus, MK3 only; asked for without data [1].
struct AskLines {
    bool operator==(const AskLines&) const = default;
};
struct Lines {
    bool panel_detect = true; ///< 01: pulled to ground
    bool standby = false;     ///< 02: pulled to ground, keeps the bus powered while the unit is off
    std::uint8_t other = 4;   ///< the bits left, in place; 04 is set by default, meaning unknown
    Bytes extra{};
    bool operator==(const Lines&) const = default;
};

// --- Through the interface to the units ---

/// Four Winmon channels, for requests in parallel. W is the old one: two bytes of data, no more and no less
/// in a request. X, Y, Z carry what VE.Bus carries once SetState has cleared short_winmon [V]+[R].
enum class Channel : std::uint8_t { w = 'W', x = 'X', y = 'Y', z = 'Z' };

/// A Winmon message, its id 0: the channel stands for "00 id".
struct Winmon {
    Channel channel = Channel::x;
    vebus::Message message{};
    std::optional<std::uint8_t> device{}; ///< appended, with the channel's letter in lower case [1]
    bool operator==(const Winmon&) const = default;
};

/// The payload of a VE.Bus frame as it is on the bus: 20, 21, 38, 3C, 3D, 3F, 40, 41 [R].
struct PassThrough {
    vebus::Message message{};
    bool operator==(const PassThrough&) const = default;
};

/// A frame with a good checksum that we do not know, or know with another length. Never an error.
struct Unknown {
    Bytes payload{}; ///< from the byte after the length on
    bool operator==(const Unknown&) const = default;
};

using Message = std::variant<AskInterface, InterfaceVersion, Target, AskLeds, LedReport, AskDcInfo, AskAcInfo,
                             AskMasterLed, TakeSnapshot, AskUnit, ResetUnit, BatteryLimits, SetState,
                             StateTaken, AskLines, Lines, Winmon, PassThrough, Unknown>;

struct Frame {
    Message message{};
    std::optional<Leds> leds{}; ///< appended by the interface when append_leds is set: bit 7 of the length
    bool operator==(const Frame&) const = default;
};

constexpr Position position_of(vebus::SwitchState state) {
    switch (state) {
    case vebus::SwitchState::off:
        return Position::off;
    case vebus::SwitchState::charger_only:
        return Position::charger_only;
    case vebus::SwitchState::inverter_only:
        return Position::inverter_only;
    case vebus::SwitchState::on:
        return Position::on;
    }
    return Position::unknown;
}

constexpr std::optional<vebus::SwitchState> state_of(Position position) {
    switch (position) {
    case Position::charger_only:
        return vebus::SwitchState::charger_only;
    case Position::inverter_only:
        return vebus::SwitchState::inverter_only;
    case Position::on:
        return vebus::SwitchState::on;
    case Position::off:
        return vebus::SwitchState::off;
    case Position::unknown:
        break;
    }
    return std::nullopt;
}

/// What a panel frame commands: the low nibble is the position; with bit 3 set, bits 0..1 plus one [V].
constexpr std::optional<vebus::SwitchState> state_of(const vebus::PanelPosition& panel) {
    const int low = panel.bits & 0x0F;
    const int position = (low & 0x08) != 0 ? (low & 0x03) + 1 : low;
    return position <= static_cast<int>(Position::off) ? state_of(static_cast<Position>(position))
                                                       : std::nullopt;
}

} // namespace bms::mk2
