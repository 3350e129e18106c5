// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The payload of each message. Field tables: include/bms/vebus/frame.hpp.
#include "vebus/winmon_codec.hpp"

#include "bms/vebus/codec.hpp"

namespace bms::vebus {

namespace {

enum Head : std::uint8_t {
    head_winmon = 0x00,
    head_info = 0x20,
    head_device_poll = 0x21,
    head_switch = 0x3F,
    head_panel = 0x40,
    head_master_led = 0x41,
    head_ah_counter = 0x70,
    head_condition = 0x80,
    head_ac_phase = 0xE4,
};

constexpr std::uint8_t info_dc = 0x0C;
constexpr std::uint8_t info_ac_first = 0x05;
constexpr std::uint8_t info_ac_last = 0x0B;
constexpr std::uint8_t info_device_first = 0x80;
constexpr std::uint8_t info_unit_first = 0x20; // 02, 03 and 04 too
constexpr std::uint8_t info_unit_last = 0x2F;

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
    Bytes operator()(const DevicePoll& m) const {
        return Writer().u8(head_device_poll).bytes(m.unknown_5).u8(m.type).bytes(m.extra).take();
    }
    Bytes operator()(const UnitInfo& m) const {
        return Writer()
            .u8(head_info)
            .u32(m.unique_number)
            .u8(m.type)
            .bytes(m.unknown_10)
            .u32(m.units)
            .bytes(m.unknown_16)
            .u8(m.address)
            .take();
    }
    Bytes operator()(const PanelPosition& m) const {
        return Writer().u8(head_panel).u8(m.bits).bytes(m.extra).take();
    }
    Bytes operator()(const Unknown& m) const { return m.payload; }
    Bytes operator()(const auto& winmon) const { return encode_winmon(winmon); }
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

std::optional<Message> decode_info(ByteView payload, Reader& in) {
    const std::uint8_t type = payload.size() > 5 ? payload[5] : 0;
    if (type == info_dc) {
        return decode_dc_info(in);
    }
    if (type >= info_ac_first && type <= info_ac_last) {
        return decode_ac_info(in);
    }
    if ((type >= info_unit_first && type <= info_unit_last) || (type >= 0x02 && type <= 0x04)) {
        return UnitInfo{.unique_number = in.u32(),
                        .type = in.u8(),
                        .unknown_10 = take<2>(in),
                        .units = in.u32(),
                        .unknown_16 = take<2>(in),
                        .address = in.u8()};
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
    case head_device_poll:
        return DevicePoll{.unknown_5 = take<4>(in), .type = in.u8(), .extra = in.rest()};
    case head_panel:
        return PanelPosition{.bits = in.u8(), .extra = in.rest()};
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

Bytes encode_payload(const Message& message) { return std::visit(Encoder{}, message); }

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
