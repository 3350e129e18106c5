// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Field tables: include/bms/vebus/winmon.hpp.
#include "vebus/winmon_codec.hpp"

namespace bms::vebus {

namespace {

constexpr std::uint8_t head_winmon = 0x00;

enum Code : std::uint8_t {
    ask_leds = 0x02,
    ask_version_0 = 0x05,
    ask_version_1 = 0x06,
    ask_switch_and_limit = 0x0D,
    ask_device_state = 0x0E,
    ask_energy_counters = 0x0F,
    read_ram = 0x30,
    read_setting = 0x31,
    name_ram = 0x32,
    name_setting = 0x33,
    write_named = 0x34,
    ask_setting_info = 0x35,
    ask_ram_info = 0x36,
    write_by_id = 0x37,
    ask_snapshot = 0x38,
    access_password = 0x3A,
    ask_serial_number = 0x3B,
    ask_extra_flag_access = 0x3C,
    led_report = 0x81,
    version_0 = 0x82,
    version_1 = 0x83,
    ram_values = 0x85,
    setting_value = 0x86,
    setting_info = 0x89,
    ram_info = 0x8E,
    ram_info_offset = 0x8F,
    switch_and_limit = 0x92,
    device_state = 0x94,
    energy_counters = 0x98,
    snapshot_values = 0x99,
    access_reply = 0x9C,
    serial_number = 0x9D,
    extra_flag_access = 0x9E,
    extra_flag_access_2 = 0x9F,
};

template<std::size_t size>
std::array<std::uint8_t, size> take(Reader& in) {
    std::array<std::uint8_t, size> bytes{};
    for (auto& byte : bytes) {
        byte = in.u8();
    }
    return bytes;
}

constexpr std::uint8_t write_setting_bit = 0x01;
constexpr std::uint8_t write_ram_only_bit = 0x02;

Writer winmon(std::uint8_t id, std::uint8_t code) {
    Writer out;
    out.u8(head_winmon).u8(id).u8(code);
    return out;
}

SettingInfo decode_setting_info(std::uint8_t id, Reader& in) {
    SettingInfo m{.id = id};
    if (in.left() > 0) {
        m.range = SettingInfo::Range{.scale = in.u16(),
                                     .offset = in.u16(),
                                     .preset = in.u16(),
                                     .minimum = in.u16(),
                                     .maximum = in.u16(),
                                     .extra = in.rest()};
    }
    return m;
}

std::vector<std::uint16_t> words(Reader& in) {
    std::vector<std::uint16_t> values;
    while (in.ok() && in.left() > 0) {
        values.push_back(in.u16());
    }
    return values;
}

Bytes encode_values(std::uint8_t id, std::uint8_t code, const std::vector<std::uint16_t>& values) {
    Writer out = winmon(id, code);
    for (const std::uint16_t value : values) {
        out.u16(value);
    }
    return out.take();
}

std::optional<Message> decode_write(std::uint8_t id, Reader& in) {
    const std::uint8_t flags = in.u8();
    if (flags > (write_setting_bit | write_ram_only_bit)) {
        return std::nullopt;
    }
    return WriteById{.id = id,
                     .is_setting = (flags & write_setting_bit) != 0,
                     .ram_only = (flags & write_ram_only_bit) != 0,
                     .number = in.u8(),
                     .value = in.u16()};
}

/// The short form of part 0 is a word; everything longer begins with the whole number.
VersionPart decode_version(std::uint8_t id, std::uint8_t part, Reader& in) {
    const bool whole = part == 0 && in.left() >= 4;
    return {
        .id = id, .part = part, .whole = whole, .number = whole ? in.u32() : in.u16(), .extra = in.rest()};
}

std::optional<Message> decode_ram_info(std::uint8_t id, Reader& in) {
    if (in.left() == 0) {
        return RamInfo{.id = id};
    }
    const std::uint16_t scale = in.u16();
    if (in.u8() != ram_info_offset) {
        return std::nullopt;
    }
    return RamInfo{.id = id, .scale = RamInfo::Scale{.scale = scale, .offset = in.u16()}};
}

std::optional<Message> decode_ask_device_state(std::uint8_t id, Reader& in) {
    const std::uint8_t request = in.u8();
    if (in.u8() != 0 || request > static_cast<std::uint8_t>(AskDeviceState::Request::force_float)) {
        return std::nullopt;
    }
    return AskDeviceState{.id = id, .request = static_cast<AskDeviceState::Request>(request)};
}

} // namespace

Bytes encode_winmon(const ReadRam& m) { return winmon(m.id, read_ram).bytes(m.variables).take(); }

Bytes encode_winmon(const RamValues& m) { return encode_values(m.id, ram_values, m.values); }

Bytes encode_winmon(const ReadSetting& m) { return winmon(m.id, read_setting).u16(m.setting).take(); }

Bytes encode_winmon(const SettingValue& m) {
    return winmon(m.id, setting_value).u16(m.value).bytes(m.extra).take();
}

Bytes encode_winmon(const AskSettingInfo& m) { return winmon(m.id, ask_setting_info).u16(m.setting).take(); }

Bytes encode_winmon(const SettingInfo& m) {
    Writer out = winmon(m.id, setting_info);
    if (m.range) {
        const auto& r = *m.range;
        out.u16(r.scale).u16(r.offset).u16(r.preset).u16(r.minimum).u16(r.maximum).bytes(r.extra);
    }
    return out.take();
}

Bytes encode_winmon(const WriteById& m) {
    const int flags = (m.is_setting ? write_setting_bit : 0) | (m.ram_only ? write_ram_only_bit : 0);
    return winmon(m.id, write_by_id).u8(static_cast<std::uint8_t>(flags)).u8(m.number).u16(m.value).take();
}

Bytes encode_winmon(const WinmonVerdict& m) {
    return winmon(m.id, static_cast<std::uint8_t>(m.verdict)).bytes(m.detail).take();
}

Bytes encode_winmon(const AskLeds& m) { return winmon(m.id, ask_leds).take(); }

Bytes encode_winmon(const LedReport& m) {
    return winmon(m.id, led_report).u8(m.leds_on).u8(m.leds_blink).bytes(m.extra).take();
}

Bytes encode_winmon(const AskVersion& m) {
    return winmon(m.id, m.part == 0 ? ask_version_0 : ask_version_1).take();
}

Bytes encode_winmon(const VersionPart& m) {
    Writer out = winmon(m.id, m.part == 0 ? version_0 : version_1);
    m.whole ? out.u32(m.number) : out.u16(static_cast<std::uint16_t>(m.number));
    return out.bytes(m.extra).take();
}

Bytes encode_winmon(const AskDeviceState& m) {
    return winmon(m.id, ask_device_state).u8(static_cast<std::uint8_t>(m.request)).u8(0).take();
}

Bytes encode_winmon(const DeviceStateReport& m) {
    return winmon(m.id, device_state).u8(m.state).u8(m.substate).bytes(m.extra).take();
}

Bytes encode_winmon(const AskRamInfo& m) { return winmon(m.id, ask_ram_info).u16(m.variable).take(); }

Bytes encode_winmon(const RamInfo& m) {
    Writer out = winmon(m.id, ram_info);
    if (m.scale) {
        out.u16(m.scale->scale).u8(ram_info_offset).u16(m.scale->offset);
    }
    return out.take();
}

Bytes encode_winmon(const AskSnapshot& m) { return winmon(m.id, ask_snapshot).take(); }

Bytes encode_winmon(const SnapshotValues& m) { return encode_values(m.id, snapshot_values, m.values); }

Bytes encode_winmon(const NameForWrite& m) {
    return winmon(m.id, m.is_setting ? name_setting : name_ram).u16(m.number).take();
}

Bytes encode_winmon(const WriteNamed& m) { return winmon(m.id, write_named).u16(m.value).take(); }

Bytes encode_winmon(const AskSwitchAndLimit& m) { return winmon(m.id, ask_switch_and_limit).take(); }

Bytes encode_winmon(const SwitchAndLimit& m) {
    return winmon(m.id, switch_and_limit).bytes(m.content).take();
}

Bytes encode_winmon(const AskEnergyCounters& m) { return winmon(m.id, ask_energy_counters).take(); }

Bytes encode_winmon(const EnergyCounters& m) {
    return winmon(m.id, energy_counters).bytes(m.counters).take();
}

Bytes encode_winmon(const AccessPassword& m) {
    return winmon(m.id, access_password).bytes(m.password).take();
}

Bytes encode_winmon(const AccessReply& m) { return winmon(m.id, access_reply).bytes(m.content).take(); }

Bytes encode_winmon(const AskSerialNumber& m) { return winmon(m.id, ask_serial_number).take(); }

Bytes encode_winmon(const SerialNumber& m) { return winmon(m.id, serial_number).bytes(m.serial).take(); }

Bytes encode_winmon(const AskExtraFlagAccess& m) {
    return winmon(m.id, ask_extra_flag_access).bytes(m.content).take();
}

Bytes encode_winmon(const ExtraFlagAccess& m) {
    return winmon(m.id, m.is_9f ? extra_flag_access_2 : extra_flag_access).bytes(m.content).take();
}

namespace {

std::optional<Message> decode_little_known(std::uint8_t id, std::uint8_t code, Reader& in) {
    switch (code) {
    case ask_switch_and_limit:
        return AskSwitchAndLimit{.id = id};
    case switch_and_limit:
        return SwitchAndLimit{.id = id, .content = in.rest()};
    case ask_energy_counters:
        return AskEnergyCounters{.id = id};
    case energy_counters:
        return EnergyCounters{.id = id, .counters = take<10>(in)};
    case access_password:
        return AccessPassword{.id = id, .password = take<8>(in)};
    case access_reply:
        return AccessReply{.id = id, .content = in.rest()};
    case ask_serial_number:
        return AskSerialNumber{.id = id};
    case serial_number:
        return SerialNumber{.id = id, .serial = take<11>(in)};
    case ask_extra_flag_access:
        return AskExtraFlagAccess{.id = id, .content = in.rest()};
    case extra_flag_access:
    case extra_flag_access_2:
        return ExtraFlagAccess{.id = id, .is_9f = code == extra_flag_access_2, .content = in.rest()};
    default:
        return std::nullopt;
    }
}

} // namespace

std::optional<Message> decode_winmon(Reader& in) {
    const std::uint8_t id = in.u8();
    const std::uint8_t code = in.u8();
    switch (code) {
    case ask_leds:
        return AskLeds{.id = id};
    case led_report:
        return LedReport{.id = id, .leds_on = in.u8(), .leds_blink = in.u8(), .extra = in.rest()};
    case ask_version_0:
    case ask_version_1:
        return AskVersion{.id = id, .part = static_cast<std::uint8_t>(code - ask_version_0)};
    case version_0:
    case version_1:
        return decode_version(id, static_cast<std::uint8_t>(code - version_0), in);
    case ask_device_state:
        return decode_ask_device_state(id, in);
    case device_state:
        return DeviceStateReport{.id = id, .state = in.u8(), .substate = in.u8(), .extra = in.rest()};
    case ask_ram_info:
        return AskRamInfo{.id = id, .variable = in.u16()};
    case ram_info:
        return decode_ram_info(id, in);
    case read_ram:
        return ReadRam{.id = id, .variables = in.rest()};
    case ram_values:
        return RamValues{.id = id, .values = words(in)};
    case read_setting:
        return ReadSetting{.id = id, .setting = in.u16()};
    case setting_value:
        return SettingValue{.id = id, .value = in.u16(), .extra = in.rest()};
    case ask_setting_info:
        return AskSettingInfo{.id = id, .setting = in.u16()};
    case setting_info:
        return decode_setting_info(id, in);
    case name_ram:
    case name_setting:
        return NameForWrite{.id = id, .is_setting = code == name_setting, .number = in.u16()};
    case write_named:
        return WriteNamed{.id = id, .value = in.u16()};
    case write_by_id:
        return decode_write(id, in);
    case ask_snapshot:
        return AskSnapshot{.id = id};
    case snapshot_values:
        return SnapshotValues{.id = id, .values = words(in)};
    case static_cast<std::uint8_t>(Verdict::unknown_command):
    case static_cast<std::uint8_t>(Verdict::ram_written):
    case static_cast<std::uint8_t>(Verdict::setting_written):
    case static_cast<std::uint8_t>(Verdict::ram_not_supported):
    case static_cast<std::uint8_t>(Verdict::setting_not_supported):
    case static_cast<std::uint8_t>(Verdict::access_level_needed):
        return WinmonVerdict{.id = id, .verdict = static_cast<Verdict>(code), .detail = in.rest()};
    default:
        return decode_little_known(id, code, in);
    }
}

} // namespace bms::vebus
