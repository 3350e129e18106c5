// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The payload of each message. Field tables: include/bms/vebus/frame.hpp.
#include "bms/vebus/codec.hpp"

namespace bms::vebus {

namespace {

enum Head : std::uint8_t {
    head_winmon = 0x00,
    head_info = 0x20,
    head_switch = 0x3F,
    head_master_led = 0x41,
    head_ah_counter = 0x70,
    head_condition = 0x80,
    head_ac_phase = 0xE4,
};

enum Winmon : std::uint8_t {
    read_ram = 0x30,
    read_setting = 0x31,
    ask_setting_info = 0x35,
    write_by_id = 0x37,
    ram_values = 0x85,
    setting_value = 0x86,
    setting_info = 0x89,
};

constexpr std::uint8_t info_dc = 0x0C;
constexpr std::uint8_t info_ac_first = 0x05;
constexpr std::uint8_t info_ac_last = 0x0B;
constexpr std::uint8_t info_device_first = 0x80;
constexpr std::uint8_t write_setting_bit = 0x01;
constexpr std::uint8_t write_ram_only_bit = 0x02;

Writer winmon(std::uint8_t id, std::uint8_t code) {
    Writer out;
    out.u8(head_winmon).u8(id).u8(code);
    return out;
}

template<std::size_t size>
std::array<std::uint8_t, size> take(Reader& in) {
    std::array<std::uint8_t, size> bytes{};
    for (auto& byte : bytes) {
        byte = in.u8();
    }
    return bytes;
}

struct Encoder {
    Bytes operator()(const Sync& m) const {
        return Writer().u8(0x55).u8(m.status).u16(m.timestamp_90us).take();
    }
    Bytes operator()(const SwitchCommand& m) const {
        return Writer().u8(head_switch).u8(static_cast<std::uint8_t>(m.state)).u24(0).take();
    }
    Bytes operator()(const ReadRam& m) const { return winmon(m.id, read_ram).bytes(m.variables).take(); }
    Bytes operator()(const RamValues& m) const {
        Writer out = winmon(m.id, ram_values);
        for (const std::uint16_t value : m.values) {
            out.u16(value);
        }
        return out.take();
    }
    Bytes operator()(const ReadSetting& m) const { return winmon(m.id, read_setting).u16(m.setting).take(); }
    Bytes operator()(const SettingValue& m) const {
        return winmon(m.id, setting_value).u16(m.value).bytes(m.extra).take();
    }
    Bytes operator()(const AskSettingInfo& m) const {
        return winmon(m.id, ask_setting_info).u16(m.setting).take();
    }
    Bytes operator()(const SettingInfo& m) const {
        Writer out = winmon(m.id, setting_info);
        if (m.range) {
            const auto& r = *m.range;
            out.u16(r.scale).u16(r.offset).u16(r.preset).u16(r.minimum).u16(r.maximum).bytes(r.extra);
        }
        return out.take();
    }
    Bytes operator()(const WriteById& m) const {
        const int flags = (m.is_setting ? write_setting_bit : 0) | (m.ram_only ? write_ram_only_bit : 0);
        return winmon(m.id, write_by_id)
            .u8(static_cast<std::uint8_t>(flags))
            .u8(m.number)
            .u16(m.value)
            .take();
    }
    Bytes operator()(const WinmonVerdict& m) const {
        return winmon(m.id, static_cast<std::uint8_t>(m.verdict)).bytes(m.detail).take();
    }
    Bytes operator()(const MasterLed& m) const {
        return Writer()
            .u8(head_master_led)
            .u8(0x10)
            .u8(m.leds_on)
            .u8(m.leds_blink)
            .u8(m.status)
            .u8(m.ac_input_config)
            .u16(m.minimum_limit_deci_a)
            .u16(m.maximum_limit_deci_a)
            .u16(m.actual_limit_deci_a)
            .u8(encode_switches(m.switches))
            .take();
    }
    Bytes operator()(const Condition& m) const {
        return Writer()
            .u8(head_condition)
            .u8(m.unknown_5)
            .u8(m.voltage_status)
            .u8(m.battery_status)
            .u8(m.unknown_8)
            .s16(m.dc_current_deci_a)
            .u8(m.content)
            .u8(m.ac_relay)
            .u8(m.unknown_13)
            .u8(m.unknown_14)
            .u8(m.temperature)
            .u8(m.unknown_16)
            .take();
    }
    Bytes operator()(const AcPhase& m) const {
        const int packed = (m.dc_voltage_20mv & 0x0FFF) | (m.unknown_17 << 12);
        return Writer()
            .u8(head_ac_phase)
            .u8(m.unknown_5)
            .u16(m.frequency_mhz)
            .u24(m.timestamp_400ns)
            .u8(m.mode)
            .u8(m.unknown_12)
            .s16(m.power_factor_32768th)
            .u8(m.phase_angle)
            .u16(static_cast<std::uint16_t>(packed))
            .u8(m.unknown_18)
            .take();
    }
    Bytes operator()(const AhCounter& m) const {
        return Writer()
            .u8(head_ah_counter)
            .bytes(m.unknown_5)
            .u16(m.installation)
            .u16(m.charge_ah)
            .u8(m.unknown_12)
            .take();
    }
    Bytes operator()(const DcInfo& m) const {
        return Writer()
            .u8(head_info)
            .bytes(m.unknown_5)
            .u8(info_dc)
            .u16(m.voltage_10mv)
            .u24(m.inverter_current_raw)
            .u24(m.charger_current_raw)
            .u8(m.period)
            .take();
    }
    Bytes operator()(const AcInfo& m) const {
        return Writer()
            .u8(head_info)
            .u8(m.backfeed_factor)
            .u8(m.inverter_factor)
            .u8(m.unknown_7)
            .u8(m.device_state)
            .u8(m.phase)
            .u16(m.mains_voltage_10mv)
            .s16(m.mains_current_raw)
            .u16(m.inverter_voltage_10mv)
            .s16(m.inverter_current_raw)
            .u8(m.period)
            .take();
    }
    Bytes operator()(const DeviceInfo& m) const {
        return Writer().u8(head_info).bytes(m.unknown_5).u8(m.type).u32(m.version).bytes(m.extra).take();
    }
    Bytes operator()(const Unknown& m) const { return m.payload; }
};

// The decoders below read what follows the head. A length that does not fit leaves the reader not ok, or not
// done, and the payload is then Unknown.

SwitchCommand decode_switch(Reader& in) {
    const SwitchCommand m{static_cast<SwitchState>(in.u8())};
    in.u24();
    return m;
}

MasterLed decode_master_led(Reader& in) {
    in.u8(); // 10, checked before
    return {.leds_on = in.u8(),
            .leds_blink = in.u8(),
            .status = in.u8(),
            .ac_input_config = in.u8(),
            .minimum_limit_deci_a = in.u16(),
            .maximum_limit_deci_a = in.u16(),
            .actual_limit_deci_a = in.u16(),
            .switches = decode_switches(in.u8())};
}

Condition decode_condition(Reader& in) {
    return {.unknown_5 = in.u8(),
            .voltage_status = in.u8(),
            .battery_status = in.u8(),
            .unknown_8 = in.u8(),
            .dc_current_deci_a = in.s16(),
            .content = in.u8(),
            .ac_relay = in.u8(),
            .unknown_13 = in.u8(),
            .unknown_14 = in.u8(),
            .temperature = in.u8(),
            .unknown_16 = in.u8()};
}

AcPhase decode_ac_phase(Reader& in) {
    AcPhase m{.unknown_5 = in.u8(),
              .frequency_mhz = in.u16(),
              .timestamp_400ns = in.u24(),
              .mode = in.u8(),
              .unknown_12 = in.u8(),
              .power_factor_32768th = in.s16(),
              .phase_angle = in.u8(),
              .dc_voltage_20mv = in.u16(),
              .unknown_17 = 0,
              .unknown_18 = in.u8()};
    m.unknown_17 = static_cast<std::uint8_t>(m.dc_voltage_20mv >> 12);
    m.dc_voltage_20mv &= 0x0FFF;
    return m;
}

AhCounter decode_ah_counter(Reader& in) {
    return {.unknown_5 = take<3>(in), .installation = in.u16(), .charge_ah = in.u16(), .unknown_12 = in.u8()};
}

DcInfo decode_dc_info(Reader& in) {
    DcInfo m{.unknown_5 = take<4>(in)};
    in.u8(); // the type, checked before
    m.voltage_10mv = in.u16();
    m.inverter_current_raw = in.u24();
    m.charger_current_raw = in.u24();
    m.period = in.u8();
    return m;
}

AcInfo decode_ac_info(Reader& in) {
    return {.backfeed_factor = in.u8(),
            .inverter_factor = in.u8(),
            .unknown_7 = in.u8(),
            .device_state = in.u8(),
            .phase = in.u8(),
            .mains_voltage_10mv = in.u16(),
            .mains_current_raw = in.s16(),
            .inverter_voltage_10mv = in.u16(),
            .inverter_current_raw = in.s16(),
            .period = in.u8()};
}

DeviceInfo decode_device_info(Reader& in) {
    return {.unknown_5 = take<4>(in), .type = in.u8(), .version = in.u32(), .extra = in.rest()};
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

RamValues decode_ram_values(std::uint8_t id, Reader& in) {
    RamValues m{.id = id};
    while (in.ok() && in.left() > 0) {
        m.values.push_back(in.u16());
    }
    return m;
}

std::optional<Message> decode_winmon(Reader& in) {
    const std::uint8_t id = in.u8();
    const std::uint8_t code = in.u8();
    switch (code) {
    case read_ram:
        return ReadRam{.id = id, .variables = in.rest()};
    case ram_values:
        return decode_ram_values(id, in);
    case read_setting:
        return ReadSetting{.id = id, .setting = in.u16()};
    case setting_value:
        return SettingValue{.id = id, .value = in.u16(), .extra = in.rest()};
    case ask_setting_info:
        return AskSettingInfo{.id = id, .setting = in.u16()};
    case setting_info:
        return decode_setting_info(id, in);
    case write_by_id: {
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
    case static_cast<std::uint8_t>(Verdict::unknown_command):
    case static_cast<std::uint8_t>(Verdict::ram_written):
    case static_cast<std::uint8_t>(Verdict::setting_written):
    case static_cast<std::uint8_t>(Verdict::ram_not_supported):
    case static_cast<std::uint8_t>(Verdict::setting_not_supported):
    case static_cast<std::uint8_t>(Verdict::access_level_needed):
        return WinmonVerdict{.id = id, .verdict = static_cast<Verdict>(code), .detail = in.rest()};
    default:
        return std::nullopt;
    }
}

std::optional<Message> decode_info(ByteView payload, Reader& in) {
    const std::uint8_t type = payload.size() > 5 ? payload[5] : 0;
    if (type == info_dc) {
        return decode_dc_info(in);
    }
    if (type >= info_ac_first && type <= info_ac_last) {
        return decode_ac_info(in);
    }
    if (type >= info_device_first) {
        return decode_device_info(in);
    }
    return std::nullopt;
}

bool is_switch_state(ByteView payload) {
    return payload.size() == 5 && payload[1] >= static_cast<std::uint8_t>(SwitchState::off) &&
           payload[1] <= static_cast<std::uint8_t>(SwitchState::on) && payload[2] == 0 && payload[3] == 0 &&
           payload[4] == 0;
}

std::optional<Message> decode_known(ByteView payload, Reader& in) {
    switch (in.u8()) {
    case head_winmon:
        return decode_winmon(in);
    case head_info:
        return decode_info(payload, in);
    case head_switch:
        return is_switch_state(payload) ? std::optional<Message>(decode_switch(in)) : std::nullopt;
    case head_master_led:
        return payload.size() > 1 && payload[1] == 0x10 ? std::optional<Message>(decode_master_led(in))
                                                        : std::nullopt;
    case head_ah_counter:
        return decode_ah_counter(in);
    case head_condition:
        return decode_condition(in);
    case head_ac_phase:
        return decode_ac_phase(in);
    default:
        return std::nullopt;
    }
}

} // namespace

Bytes encode_payload(const Message& message) {
    return std::visit(Encoder{}, message);
}

Message decode_payload(ByteView payload) {
    Reader in(payload);
    auto message = decode_known(payload, in);
    if (message && in.ok_and_done()) {
        return *std::move(message);
    }
    return Unknown{Bytes(payload.begin(), payload.end())};
}

std::uint8_t encode_switches(const SwitchRegister& s) {
    const int bits = (s.remote_charge ? 0x01 : 0) | (s.remote_invert ? 0x02 : 0) | (s.front_up ? 0x04 : 0) |
                     (s.front_down ? 0x08 : 0) | (s.charging_active ? 0x10 : 0) |
                     (s.inverting_active ? 0x20 : 0) | (s.onboard_remote ? 0x40 : 0) |
                     (s.generator ? 0x80 : 0);
    return static_cast<std::uint8_t>(bits);
}

SwitchRegister decode_switches(std::uint8_t bits) {
    return {.remote_charge = (bits & 0x01) != 0,
            .remote_invert = (bits & 0x02) != 0,
            .front_up = (bits & 0x04) != 0,
            .front_down = (bits & 0x08) != 0,
            .charging_active = (bits & 0x10) != 0,
            .inverting_active = (bits & 0x20) != 0,
            .onboard_remote = (bits & 0x40) != 0,
            .generator = (bits & 0x80) != 0};
}

} // namespace bms::vebus
