// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "vebus_samples.hpp"

#include "bms/vebus/codec.hpp"

namespace bms::vebus {

namespace {

template<typename T>
T any(std::mt19937& random) {
    // The bytes that need an escape are as likely as all others together.
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        number = number << 8 | (random() % 2 == 0 ? 0xFA + random() % 6 : random() % 256);
    }
    return static_cast<T>(number);
}

std::uint8_t byte(std::mt19937& random) { return any<std::uint8_t>(random); }
std::uint16_t word(std::mt19937& random) { return any<std::uint16_t>(random); }
std::uint32_t word24(std::mt19937& random) { return any<std::uint32_t>(random) & 0x00FF'FFFFU; }

Bytes some(std::mt19937& random, std::size_t longest) {
    Bytes bytes(random() % (longest + 1));
    for (auto& one : bytes) {
        one = byte(random);
    }
    return bytes;
}

template<std::size_t size>
std::array<std::uint8_t, size> array_of(std::mt19937& random) {
    std::array<std::uint8_t, size> bytes{};
    for (auto& one : bytes) {
        one = byte(random);
    }
    return bytes;
}

template<typename T>
T one_of(std::mt19937& random, std::initializer_list<T> all) {
    return *(all.begin() + random() % all.size());
}

void fill(Sync& m, std::mt19937& r) { m = {.status = byte(r), .timestamp_90us = word(r)}; }
void fill(SwitchCommand& m, std::mt19937& r) { m.state = static_cast<SwitchState>(4 + r() % 4); }
void fill(ReadRam& m, std::mt19937& r) { m = {.id = byte(r), .variables = some(r, 6)}; }
void fill(RamValues& m, std::mt19937& r) {
    m.id = byte(r);
    m.values.resize(r() % 7);
    for (auto& value : m.values) {
        value = word(r);
    }
}
void fill(ReadSetting& m, std::mt19937& r) { m = {.id = byte(r), .setting = word(r)}; }
void fill(SettingValue& m, std::mt19937& r) { m = {.id = byte(r), .value = word(r), .extra = some(r, 8)}; }
void fill(AskSettingInfo& m, std::mt19937& r) { m = {.id = byte(r), .setting = word(r)}; }
void fill(SettingInfo& m, std::mt19937& r) {
    m.id = byte(r);
    if (r() % 4 != 0) {
        m.range = SettingInfo::Range{.scale = word(r),
                                     .offset = word(r),
                                     .preset = word(r),
                                     .minimum = word(r),
                                     .maximum = word(r),
                                     .extra = some(r, 2)};
    }
}
void fill(WriteById& m, std::mt19937& r) {
    m = {.id = byte(r),
         .is_setting = r() % 2 == 0,
         .ram_only = r() % 2 == 0,
         .number = byte(r),
         .value = word(r)};
}
void fill(WinmonVerdict& m, std::mt19937& r) {
    m = {.id = byte(r),
         .verdict = one_of(r, {Verdict::unknown_command, Verdict::ram_written, Verdict::setting_written,
                               Verdict::ram_not_supported, Verdict::setting_not_supported,
                               Verdict::access_level_needed}),
         .detail = some(r, 3)};
}
void fill(AskLeds& m, std::mt19937& r) { m.id = byte(r); }
void fill(LedReport& m, std::mt19937& r) {
    m = {.id = byte(r), .leds_on = byte(r), .leds_blink = byte(r), .extra = some(r, 4)};
}
void fill(AskVersion& m, std::mt19937& r) { m = {.id = byte(r), .part = static_cast<std::uint8_t>(r() % 2)}; }
void fill(VersionPart& m, std::mt19937& r) {
    m = {.id = byte(r), .part = static_cast<std::uint8_t>(r() % 2)};
    m.whole = m.part == 0 && r() % 2 == 0;
    m.number = m.whole ? any<std::uint32_t>(r) : word(r);
    // In part 0 two more bytes would make it the long form.
    m.extra = some(r, m.part == 0 && !m.whole ? 1 : 8);
}
void fill(AskDeviceState& m, std::mt19937& r) {
    m = {.id = byte(r), .request = static_cast<AskDeviceState::Request>(r() % 4)};
}
void fill(DeviceStateReport& m, std::mt19937& r) {
    m = {.id = byte(r), .state = byte(r), .substate = byte(r), .extra = some(r, 3)};
}
void fill(AskRamInfo& m, std::mt19937& r) { m = {.id = byte(r), .variable = word(r)}; }
void fill(RamInfo& m, std::mt19937& r) {
    m.id = byte(r);
    if (r() % 4 != 0) {
        m.scale = RamInfo::Scale{.scale = word(r), .offset = word(r)};
    }
}
void fill(MasterLed& m, std::mt19937& r) {
    m = {.leds_on = byte(r),
         .leds_blink = byte(r),
         .status = byte(r),
         .ac_input_config = byte(r),
         .minimum_limit_deci_a = word(r),
         .maximum_limit_deci_a = word(r),
         .actual_limit_deci_a = word(r),
         .switches = decode_switches(byte(r))};
}
void fill(Condition& m, std::mt19937& r) {
    m = {.unknown_5 = byte(r),
         .voltage_status = byte(r),
         .battery_status = byte(r),
         .unknown_8 = byte(r),
         .dc_current_deci_a = any<std::int16_t>(r),
         .content = byte(r),
         .ac_relay = byte(r),
         .unknown_13 = byte(r),
         .unknown_14 = byte(r),
         .temperature = byte(r),
         .unknown_16 = byte(r)};
}
void fill(AcPhase& m, std::mt19937& r) {
    m = {.unknown_5 = byte(r),
         .frequency_mhz = word(r),
         .timestamp_400ns = word24(r),
         .mode = byte(r),
         .unknown_12 = byte(r),
         .power_factor_32768th = any<std::int16_t>(r),
         .phase_angle = byte(r),
         .dc_voltage_20mv = static_cast<std::uint16_t>(word(r) & 0x0FFF),
         .unknown_17 = static_cast<std::uint8_t>(r() % 16),
         .unknown_18 = byte(r)};
}
void fill(AhCounter& m, std::mt19937& r) {
    m = {.unknown_5 = array_of<3>(r), .installation = word(r), .charge_ah = word(r), .unknown_12 = byte(r)};
}
void fill(DcInfo& m, std::mt19937& r) {
    m = {.unknown_5 = array_of<4>(r),
         .voltage_10mv = word(r),
         .inverter_current_raw = word24(r),
         .charger_current_raw = word24(r),
         .period = byte(r)};
}
void fill(AcInfo& m, std::mt19937& r) {
    m = {.backfeed_factor = byte(r),
         .inverter_factor = byte(r),
         .unknown_7 = byte(r),
         .device_state = byte(r),
         .phase = static_cast<std::uint8_t>(0x05 + r() % 7),
         .mains_voltage_10mv = word(r),
         .mains_current_raw = any<std::int16_t>(r),
         .inverter_voltage_10mv = word(r),
         .inverter_current_raw = any<std::int16_t>(r),
         .period = byte(r)};
}
void fill(DeviceInfo& m, std::mt19937& r) {
    m = {.unknown_5 = array_of<4>(r),
         .type = static_cast<std::uint8_t>(0x80 + r() % 0x80),
         .version = any<std::uint32_t>(r),
         .extra = some(r, 6)};
}
void fill(DevicePoll& m, std::mt19937& r) {
    m = {.unknown_5 = array_of<4>(r), .type = byte(r), .extra = some(r, 2)};
}
void fill(UnitInfo& m, std::mt19937& r) {
    const std::uint8_t low = one_of<std::uint8_t>(r, {0x02, 0x03, 0x04});
    m = {.unique_number = any<std::uint32_t>(r),
         .type = r() % 2 == 0 ? low : static_cast<std::uint8_t>(0x20 + r() % 16),
         .unknown_10 = array_of<2>(r),
         .units = any<std::uint32_t>(r),
         .unknown_16 = array_of<2>(r),
         .address = byte(r)};
}
void fill(AskSnapshot& m, std::mt19937& r) { m = {.id = byte(r)}; }
void fill(SnapshotValues& m, std::mt19937& r) {
    m.id = byte(r);
    m.values.resize(r() % 7);
    for (auto& value : m.values) {
        value = word(r);
    }
}
void fill(NameForWrite& m, std::mt19937& r) {
    m = {.id = byte(r), .is_setting = r() % 2 == 0, .number = word(r)};
}
void fill(WriteNamed& m, std::mt19937& r) { m = {.id = byte(r), .value = word(r)}; }
void fill(AskSwitchAndLimit& m, std::mt19937& r) { m = {.id = byte(r)}; }
void fill(SwitchAndLimit& m, std::mt19937& r) { m = {.id = byte(r), .content = some(r, 6)}; }
void fill(AskEnergyCounters& m, std::mt19937& r) { m = {.id = byte(r)}; }
void fill(EnergyCounters& m, std::mt19937& r) { m = {.id = byte(r), .counters = array_of<10>(r)}; }
void fill(AccessPassword& m, std::mt19937& r) { m = {.id = byte(r), .password = array_of<8>(r)}; }
void fill(AccessReply& m, std::mt19937& r) { m = {.id = byte(r), .content = some(r, 2)}; }
void fill(AskSerialNumber& m, std::mt19937& r) { m = {.id = byte(r)}; }
void fill(SerialNumber& m, std::mt19937& r) {
    m = {.id = byte(r), .serial = array_of<11>(r)};
    if (r() % 2 == 0) { // as on a label
        for (auto& letter : m.serial) {
            letter = static_cast<std::uint8_t>('0' + letter % 42);
        }
    }
}
void fill(AskExtraFlagAccess& m, std::mt19937& r) { m = {.id = byte(r), .content = some(r, 3)}; }
void fill(ExtraFlagAccess& m, std::mt19937& r) {
    m = {.id = byte(r), .is_9f = r() % 2 == 0, .content = some(r, 3)};
}
void fill(PanelPosition& m, std::mt19937& r) { m = {.bits = byte(r), .extra = some(r, 5)}; }
void fill(Unknown& m, std::mt19937& r) {
    m.payload = some(r, 14);
    m.payload.insert(m.payload.begin(), one_of<std::uint8_t>(r, {0x38, 0x3C, 0x3D})); // heads nobody knows
}

template<std::size_t kind = 0>
Message make(std::size_t wanted, std::mt19937& random) {
    if constexpr (kind < message_kinds) {
        if (wanted != kind) {
            return make<kind + 1>(wanted, random);
        }
        std::variant_alternative_t<kind, Message> message{};
        fill(message, random);
        return message;
    } else {
        return Unknown{};
    }
}

} // namespace

std::vector<Message> sample_messages() {
    std::mt19937 random(20260202);
    std::vector<Message> samples;
    for (std::size_t kind = 0; kind < message_kinds; ++kind) {
        for (int i = 0; i < 20; ++i) {
            samples.push_back(random_message(kind, random));
        }
    }
    return samples;
}

Message random_message(std::size_t kind, std::mt19937& random) { return make(kind, random); }

} // namespace bms::vebus
