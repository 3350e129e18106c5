// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Winmon: "00 id command ...", answered by "00 id reply ..." with the same id [V] MK2 document, raw use [R].
// Through an MK2/MK3 the channel letter stands for "00 id", and id is 0 here. Grades: src/vebus/README.md.
#pragma once

#include "bms/vebus/bytes.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace bms::vebus {

/// 30: asks for up to six RAM variables.
struct ReadRam {
    std::uint8_t id = 0;
    Bytes variables{};
    bool operator==(const ReadRam&) const = default;
};

/// 85: a value for each variable asked for; its scale depends on the unit and must be asked for.
struct RamValues {
    std::uint8_t id = 0;
    std::vector<std::uint16_t> values{};
    bool operator==(const RamValues&) const = default;
};

/// 31: asks for a setting.
struct ReadSetting {
    std::uint8_t id = 0;
    std::uint16_t setting = 0;
    bool operator==(const ReadSetting&) const = default;
};

/// 86: the setting's value. Raw replies can be longer than the document says (seen on command 05).
struct SettingValue {
    std::uint8_t id = 0;
    std::uint16_t value = 0;
    Bytes extra{};
    bool operator==(const SettingValue&) const = default;
};

/// 35: asks for scale, default and range of a setting.
struct AskSettingInfo {
    std::uint8_t id = 0;
    std::uint16_t setting = 0;
    bool operator==(const AskSettingInfo&) const = default;
};

/// 89: the answer to 35; without a range the setting is not supported.
struct SettingInfo {
    struct Range {
        std::uint16_t scale = 0;
        std::uint16_t offset = 0;
        std::uint16_t preset = 0; ///< the default
        std::uint16_t minimum = 0;
        std::uint16_t maximum = 0;
        Bytes extra{}; ///< an access byte, where there is one
        bool operator==(const Range&) const = default;
    };
    std::uint8_t id = 0;
    std::optional<Range> range{};
    bool operator==(const SettingInfo&) const = default;
};

/// 37: writes a RAM variable or a setting. Without ram_only the EEPROM is written, which wears out: nothing
/// periodic may do that [R].
struct WriteById {
    std::uint8_t id = 0;
    bool is_setting = false;
    bool ram_only = true;
    std::uint8_t number = 0; ///< of the variable or the setting
    std::uint16_t value = 0;
    bool operator==(const WriteById&) const = default;
};

enum class Verdict : std::uint8_t {
    unknown_command = 0x80,
    ram_written = 0x87,
    setting_written = 0x88,
    ram_not_supported = 0x90,
    setting_not_supported = 0x91,
    access_level_needed = 0x9B,
};

/// Replies that say only yes or no.
struct WinmonVerdict {
    std::uint8_t id = 0;
    Verdict verdict = Verdict::unknown_command;
    Bytes detail{}; ///< after 87 and 88: first byte, bit 0 = in force only after a reset
    bool operator==(const WinmonVerdict&) const = default;
};

/// 02: asks for the LEDs.
struct AskLeds {
    std::uint8_t id = 0;
    bool operator==(const AskLeds&) const = default;
};

/// 81: the LEDs; bits as in MasterLed.
struct LedReport {
    std::uint8_t id = 0;
    std::uint8_t leds_on = 0;
    std::uint8_t leds_blink = 0;
    Bytes extra{};
    bool operator==(const LedReport&) const = default;
};

/// 05 and 06: ask for the firmware version, part 0 and part 1.
struct AskVersion {
    std::uint8_t id = 0;
    std::uint8_t part = 0;
    bool operator==(const AskVersion&) const = default;
};

/// 82 and 83. Part 0 in the long form is the whole number; in the short form parts 0 and 1 are its low and
/// high word.
struct VersionPart {
    std::uint8_t id = 0;
    std::uint8_t part = 0;
    bool whole = false; ///< the long form
    std::uint32_t number = 0;
    Bytes extra{};
    bool operator==(const VersionPart&) const = default;
};

/// 0E: asks for the device state, or forces a charge state.
struct AskDeviceState {
    enum class Request : std::uint8_t { inquire, force_equalise, force_absorption, force_float };
    std::uint8_t id = 0;
    Request request = Request::inquire;
    bool operator==(const AskDeviceState&) const = default;
};

/// 94: state as AcInfo::device_state; substate of charge: 0 init, 1 bulk, 2 absorption, 3 float, 4 storage,
/// 5 repeated absorption, 6 forced absorption, 7 equalise, 8 bulk stopped [V].
struct DeviceStateReport {
    std::uint8_t id = 0;
    std::uint8_t state = 0;
    std::uint8_t substate = 0;
    Bytes extra{};
    bool operator==(const DeviceStateReport&) const = default;
};

/// 36: asks for scale and offset of a RAM variable.
struct AskRamInfo {
    std::uint8_t id = 0;
    std::uint16_t variable = 0;
    bool operator==(const AskRamInfo&) const = default;
};

/// 8E: the answer to 36; without a scale the variable is not supported. Reading it: scale.hpp.
struct RamInfo {
    struct Scale {
        std::uint16_t scale = 0;
        std::uint16_t offset = 0;
        bool operator==(const Scale&) const = default;
    };
    std::uint8_t id = 0;
    std::optional<Scale> scale{};
    bool operator==(const RamInfo&) const = default;
};

/// 38: asks for what the last snapshot has frozen; firmware 300 and later [V].
struct AskSnapshot {
    std::uint8_t id = 0;
    bool operator==(const AskSnapshot&) const = default;
};

/// 99: a value for each variable of the snapshot, raw as in RamValues; none when it was read before [V].
struct SnapshotValues {
    std::uint8_t id = 0;
    std::vector<std::uint16_t> values{};
    bool operator==(const SnapshotValues&) const = default;
};

/// 32 and 33: the older write, first part: names a RAM variable or a setting. Modern firmware does not do it
/// [R]: use WriteById.
struct NameForWrite {
    std::uint8_t id = 0;
    bool is_setting = false;
    std::uint16_t number = 0;
    bool operator==(const NameForWrite&) const = default;
};

/// 34: its second part, the value.
struct WriteNamed {
    std::uint8_t id = 0;
    std::uint16_t value = 0;
    bool operator==(const WriteNamed&) const = default;
};

// Codes whose numbers and replies are known [V] (velib), and of the content no more than what is named here.

/// 0D: asks for the switch and the shore current.
struct AskSwitchAndLimit {
    std::uint8_t id = 0;
    bool operator==(const AskSwitchAndLimit&) const = default;
};

/// 92: the answer to 0D. Where in it the switch and the shore current stand is not public.
struct SwitchAndLimit {
    std::uint8_t id = 0;
    Bytes content{};
    bool operator==(const SwitchAndLimit&) const = default;
};

/// 0F: asks for the energy counters.
struct AskEnergyCounters {
    std::uint8_t id = 0;
    bool operator==(const AskEnergyCounters&) const = default;
};

/// 98: the answer to 0F, ten bytes. Which counters, and in what unit, is not public.
struct EnergyCounters {
    std::uint8_t id = 0;
    std::array<std::uint8_t, 10> counters{};
    bool operator==(const EnergyCounters&) const = default;
};

/// 3A: an access password, in force for access_password_valid.
struct AccessPassword {
    std::uint8_t id = 0;
    std::array<std::uint8_t, 8> password{};
    bool operator==(const AccessPassword&) const = default;
};
inline constexpr std::chrono::seconds access_password_valid{30};

/// 9C: the answer to 3A. What in it says yes or no is not public.
struct AccessReply {
    std::uint8_t id = 0;
    Bytes content{};
    bool operator==(const AccessReply&) const = default;
};

/// 3B: asks for the serial number.
struct AskSerialNumber {
    std::uint8_t id = 0;
    bool operator==(const AskSerialNumber&) const = default;
};

/// 9D: the answer to 3B, eleven bytes; letters and digits where a unit's label has some [D].
struct SerialNumber {
    std::uint8_t id = 0;
    std::array<std::uint8_t, 11> serial{};
    bool operator==(const SerialNumber&) const = default;
};

/// 3C: asks for extra flag access info. What it is asked about is not public.
struct AskExtraFlagAccess {
    std::uint8_t id = 0;
    Bytes content{};
    bool operator==(const AskExtraFlagAccess&) const = default;
};

/// 9E and 9F: the answers to 3C. How they differ is not public.
struct ExtraFlagAccess {
    std::uint8_t id = 0;
    bool is_9f = false;
    Bytes content{};
    bool operator==(const ExtraFlagAccess&) const = default;
};

} // namespace bms::vebus
