// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The payload of each message. Field tables: include/bms/mk2/frame.hpp.
#include "mk2/payload.hpp"

#include "bms/vebus/codec.hpp"

#include <algorithm>
#include <cassert>

namespace bms::mk2 {

namespace {

using vebus::Reader;
using vebus::Writer;

constexpr std::uint8_t head_interface = 0xFF;
constexpr std::uint8_t to_lower_case = 'x' - 'X';

/// F and its number.
enum Special : std::uint8_t {
    special_dc = 0,
    special_ac_first = 1,
    special_ac_last = 4,
    special_master_led = 5,
    special_snapshot = 6,
    special_unit = 7,
    special_reset = 8,
    special_limits = 9,
};

constexpr std::uint8_t error_mask = 0x1F;
constexpr std::uint8_t line_panel_detect = 0x01;
constexpr std::uint8_t line_standby = 0x02;

/// Between limit and flags of 'S'; velib and others always send 1 [R].
constexpr std::uint8_t state_mark = 1;

std::uint8_t encode_alarms(const Alarms& a) {
    const int bits =
        (a.temperature ? 1 : 0) | (a.low_battery ? 2 : 0) | (a.overload ? 4 : 0) | (a.ripple ? 8 : 0);
    return static_cast<std::uint8_t>(bits);
}

Alarms decode_alarms(int bits) {
    return {.temperature = (bits & 1) != 0,
            .low_battery = (bits & 2) != 0,
            .overload = (bits & 4) != 0,
            .ripple = (bits & 8) != 0};
}

Writer interface(char letter) {
    Writer out;
    out.u8(head_interface).u8(static_cast<std::uint8_t>(letter));
    return out;
}

Writer special(std::uint8_t number) { return Writer().u8(head_interface).u8('F').u8(number); }

/// "code data" of a Winmon message: its payload without "00 id".
Bytes winmon_bytes(const vebus::Message& message) {
    const Bytes payload = vebus::encode_payload(message);
    assert(payload.size() > 2 && payload[0] == 0 && payload[1] == 0);
    return {payload.begin() + 2, payload.end()};
}

vebus::Message decode_winmon_bytes(ByteView code_and_data) {
    return vebus::decode_payload(Writer().u8(0).u8(0).bytes(code_and_data).take());
}

/// Code and two bytes of data.
constexpr std::size_t old_request_bytes = 3;

struct Encoder {
    Bytes operator()(const AskInterface&) const { return interface('V').take(); }
    Bytes operator()(const InterfaceVersion& m) const {
        return interface('V').u32(m.version).u8(m.target).take();
    }
    Bytes operator()(const Target& m) const {
        return interface('A').u8(m.action).u8(m.device).bytes(m.extra).take();
    }
    Bytes operator()(const AskLeds&) const { return interface('L').take(); }
    Bytes operator()(const LedReport& m) const {
        Writer out = interface('L').u8(m.leds.on).u8(m.leds.blink);
        if (m.condition) {
            const auto& c = *m.condition;
            const int alarms = encode_alarms(c.pre_alarm) | encode_alarms(c.alarm) << 4;
            out.u8(static_cast<std::uint8_t>(alarms)).u8(static_cast<std::uint8_t>(c.error | c.flags));
        }
        return out.bytes(m.extra).take();
    }
    Bytes operator()(const AskDcInfo&) const { return special(special_dc).take(); }
    Bytes operator()(const AskAcInfo& m) const { return special(m.phase).take(); }
    Bytes operator()(const AskMasterLed&) const { return special(special_master_led).take(); }
    Bytes operator()(const TakeSnapshot& m) const {
        return special(special_snapshot).bytes(m.variables).take();
    }
    Bytes operator()(const AskUnit& m) const {
        Writer out = special(special_unit);
        return m.device ? out.u8(*m.device).take() : out.take();
    }
    Bytes operator()(const ResetUnit& m) const {
        return special(special_reset) // the upper half first
            .u16(static_cast<std::uint16_t>(m.unique_number >> 16))
            .u16(static_cast<std::uint16_t>(m.unique_number))
            .take();
    }
    Bytes operator()(const BatteryLimits& m) const {
        return special(special_limits).u16(m.unknown_1).u16(m.discharge_deci_a).take();
    }
    Bytes operator()(const SetState& m) const {
        Writer out = interface('S')
                         .u8(static_cast<std::uint8_t>(m.position))
                         .u16(m.limit_deci_a)
                         .u8(state_mark)
                         .u8(m.flags);
        if (m.extended) {
            out.u8(0).u8(m.extended->flags_ext0);
            if (m.extended->eeprom) {
                out.u8(*m.extended->eeprom);
            }
        }
        return out.take();
    }
    Bytes operator()(const StateTaken&) const { return interface('S').take(); }
    Bytes operator()(const AskLines&) const { return interface('H').take(); }
    Bytes operator()(const Lines& m) const {
        const int bits = (m.panel_detect ? line_panel_detect : 0) | (m.standby ? line_standby : 0) | m.other;
        return interface('H').u8(static_cast<std::uint8_t>(bits)).bytes(m.extra).take();
    }
    Bytes operator()(const Winmon& m) const {
        auto letter = static_cast<std::uint8_t>(m.channel);
        Bytes data = winmon_bytes(m.message);
        if (m.channel == Channel::w) {
            data.resize(std::max(data.size(), old_request_bytes), 0);
        }
        if (m.device) {
            letter = static_cast<std::uint8_t>(letter + to_lower_case);
            data.push_back(*m.device);
        }
        return Writer().u8(head_interface).u8(letter).bytes(data).take();
    }
    Bytes operator()(const PassThrough& m) const { return vebus::encode_payload(m.message); }
    Bytes operator()(const Unknown& m) const { return m.payload; }
};

// The decoders below read what follows the letter. A length that does not fit leaves the reader not ok, or
// not done, and the payload is then Unknown.

LedReport decode_led_report(Reader& in) {
    constexpr std::size_t with_condition = 4;
    const bool has_condition = in.left() >= with_condition;
    LedReport m{.leds = {.on = in.u8(), .blink = in.u8()}};
    if (has_condition) {
        const int alarms = in.u8();
        const std::uint8_t error = in.u8();
        m.condition = LedReport::Condition{.pre_alarm = decode_alarms(alarms),
                                           .alarm = decode_alarms(alarms >> 4),
                                           .error = static_cast<std::uint8_t>(error & error_mask),
                                           .flags = static_cast<std::uint8_t>(error & ~error_mask)};
    }
    m.extra = in.rest();
    return m;
}

ResetUnit decode_reset(Reader& in) {
    const std::uint32_t upper = in.u16();
    return {.unique_number = upper << 16 | in.u16()};
}

std::optional<Message> decode_special(Reader& in) {
    const std::uint8_t number = in.u8();
    switch (number) {
    case special_dc:
        return AskDcInfo{};
    case special_master_led:
        return AskMasterLed{};
    case special_snapshot:
        return TakeSnapshot{.variables = in.rest()};
    case special_unit:
        return in.left() == 0 ? AskUnit{} : AskUnit{.device = in.u8()};
    case special_reset:
        return decode_reset(in);
    case special_limits:
        return BatteryLimits{.unknown_1 = in.u16(), .discharge_deci_a = in.u16()};
    default:
        break;
    }
    return number >= special_ac_first && number <= special_ac_last
               ? std::optional<Message>(AskAcInfo{.phase = number})
               : std::nullopt;
}

std::optional<Message> decode_state(Reader& in) {
    if (in.left() == 0) {
        return StateTaken{};
    }
    const std::uint8_t position = in.u8();
    SetState m{.position = static_cast<Position>(position), .limit_deci_a = in.u16()};
    const bool marked = in.u8() == state_mark;
    m.flags = in.u8();
    bool zero = true;
    if (in.left() > 0) {
        zero = in.u8() == 0;
        m.extended = SetState::Extended{.flags_ext0 = in.u8()};
        if (in.left() > 0) {
            m.extended->eeprom = in.u8();
        }
    }
    const bool known = position <= static_cast<std::uint8_t>(Position::off) && marked && zero;
    return known ? std::optional<Message>(m) : std::nullopt;
}

Message decode_lines(Reader& in) {
    if (in.left() == 0) {
        return AskLines{};
    }
    const std::uint8_t bits = in.u8();
    constexpr int named = line_panel_detect | line_standby;
    return Lines{.panel_detect = (bits & line_panel_detect) != 0,
                 .standby = (bits & line_standby) != 0,
                 .other = static_cast<std::uint8_t>(bits & ~named),
                 .extra = in.rest()};
}

/// On W what is short is filled up with zeros; they are no part of the message.
vebus::Message decode_old_winmon(const Bytes& data) {
    auto whole = decode_winmon_bytes(data);
    const bool filled = data.size() == old_request_bytes && data[1] == 0 && data[2] == 0;
    if (!filled || !std::holds_alternative<vebus::Unknown>(whole)) {
        return whole;
    }
    auto bare = decode_winmon_bytes(ByteView(data).first(1));
    return std::holds_alternative<vebus::Unknown>(bare) ? whole : bare;
}

std::optional<Message> decode_channel(Channel channel, bool lower_case, Reader& in) {
    Bytes data = in.rest();
    Winmon m{.channel = channel};
    if (lower_case) {
        if (data.size() < 2) {
            return std::nullopt;
        }
        m.device = data.back();
        data.pop_back();
    }
    if (data.empty() || (channel == Channel::w && data.size() < old_request_bytes)) {
        return std::nullopt;
    }
    m.message = channel == Channel::w ? decode_old_winmon(data) : decode_winmon_bytes(data);
    return m;
}

std::optional<Message> decode_interface(Reader& in) {
    const std::uint8_t letter = in.u8();
    switch (letter) {
    case 'V':
        return in.left() == 0 ? Message(AskInterface{})
                              : Message(InterfaceVersion{.version = in.u32(), .target = in.u8()});
    case 'A':
        return Target{.action = in.u8(), .device = in.u8(), .extra = in.rest()};
    case 'L':
        return in.left() == 0 ? Message(AskLeds{}) : Message(decode_led_report(in));
    case 'F':
        return decode_special(in);
    case 'S':
        return decode_state(in);
    case 'H':
        return decode_lines(in);
    case 'W':
    case 'X':
    case 'Y':
    case 'Z':
        return decode_channel(static_cast<Channel>(letter), false, in);
    case 'x':
    case 'y':
    case 'z':
        return decode_channel(static_cast<Channel>(letter - to_lower_case), true, in);
    default:
        return std::nullopt;
    }
}

} // namespace

Bytes encode_payload(const Message& message) {
    Bytes payload = std::visit(Encoder{}, message);
    assert(!payload.empty() && is_head(payload.front()));
    return payload;
}

Message decode_payload(ByteView payload) {
    Reader in(payload);
    if (in.u8() != head_interface) {
        return PassThrough{vebus::decode_payload(payload)};
    }
    auto message = decode_interface(in);
    if (message && in.ok_and_done()) {
        return *std::move(message);
    }
    return Unknown{Bytes(payload.begin(), payload.end())};
}

} // namespace bms::mk2
