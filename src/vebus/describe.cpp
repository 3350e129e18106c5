// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The broadcasts and commands of the bus in words; winmon is in describe_winmon.cpp. What the bytes mean:
// frame.hpp.
#include "vebus/describe_fields.hpp"

#include "bms/vebus/leds.hpp"
#include "bms/vebus/states.hpp"

namespace bms::vebus {

namespace {

/// In the order of Message.
constexpr std::array<std::string_view, std::variant_size_v<Message>> names{"sync",
                                                                           "switch_command",
                                                                           "read_ram",
                                                                           "ram_values",
                                                                           "read_setting",
                                                                           "setting_value",
                                                                           "ask_setting_info",
                                                                           "setting_info",
                                                                           "write_by_id",
                                                                           "winmon_verdict",
                                                                           "ask_leds",
                                                                           "led_report",
                                                                           "ask_version",
                                                                           "version_part",
                                                                           "ask_device_state",
                                                                           "device_state_report",
                                                                           "ask_ram_info",
                                                                           "ram_info",
                                                                           "ask_snapshot",
                                                                           "snapshot_values",
                                                                           "name_for_write",
                                                                           "write_named",
                                                                           "ask_switch_and_limit",
                                                                           "switch_and_limit",
                                                                           "ask_energy_counters",
                                                                           "energy_counters",
                                                                           "access_password",
                                                                           "access_reply",
                                                                           "ask_serial_number",
                                                                           "serial_number",
                                                                           "ask_extra_flag_access",
                                                                           "extra_flag_access",
                                                                           "master_led",
                                                                           "condition",
                                                                           "ac_phase",
                                                                           "ah_counter",
                                                                           "dc_info",
                                                                           "ac_info",
                                                                           "device_info",
                                                                           "device_poll",
                                                                           "unit_info",
                                                                           "panel_position",
                                                                           "unknown"};

constexpr Word switch_words[] = {{4, "off"}, {5, "charger only"}, {6, "inverter only"}, {7, "on"}};
constexpr Word led_status_words[] = {{0, "ok"}, {2, "low battery"}};
constexpr Word voltage_words[] = {{0x11, "AC input gone"},   {0x12, "inverter off"},
                                  {0x13, "inverter on"},     {0x16, "will not invert"},
                                  {0x17, "AC input breaks"}, {0x19, "AC input comes back"}};
constexpr Word battery_words[] = {{0, "ok"}, {2, "low"}};
constexpr Word relay_words[] = {{0, "on mains"}, {2, "island"}};
constexpr Word phase_mode_words[] = {{0xB0, "idle"},        {0xB5, "charging (0xB5)"}, {0xB8, "standby"},
                                     {0xB9, "discharging"}, {0xBE, "charging (0xBE)"}, {0x49, "island"}};
constexpr Word phase_words[] = {{0x05, "L4"},      {0x06, "L3"},      {0x07, "L2"},     {0x08, "L1 of 1"},
                                {0x09, "L1 of 2"}, {0x0A, "L1 of 3"}, {0x0B, "L1 of 4"}};
constexpr Word device_words[] = {{device_digital_multi_control, "Digital Multi Control"},
                                 {device_bms, "VE.Bus BMS"}};
constexpr Word panel_words[] = {{1, "charger only"}, {2, "inverter only"}, {3, "on"}, {4, "off"}};

std::string words_of(const SwitchRegister& s) {
    const std::array<std::pair<bool, std::string_view>, 8> bits{{{s.remote_charge, "remote charge"},
                                                                 {s.remote_invert, "remote invert"},
                                                                 {s.front_up, "front up"},
                                                                 {s.front_down, "front down"},
                                                                 {s.charging_active, "charging active"},
                                                                 {s.inverting_active, "inverting active"},
                                                                 {s.onboard_remote, "on-board remote"},
                                                                 {s.generator, "generator"}}};
    std::string words;
    for (const auto& [set, name] : bits) {
        if (set) {
            words.append(words.empty() ? "" : ", ").append(name);
        }
    }
    return words.empty() ? "none" : words;
}

std::vector<Field> describe(const Sync& m) {
    return Fields().hex8("status", m.status).value("timestamp", m.timestamp_90us * 0.09, 2, "ms").take();
}

std::vector<Field> describe(const SwitchCommand& m) {
    return Fields().word("mode", static_cast<std::uint8_t>(m.state), switch_words).take();
}

std::vector<Field> describe(const MasterLed& m) {
    Fields fields;
    add_leds(fields, m.leds_on, m.leds_blink);
    const AcInputConfig inputs = decode_ac_input_config(m.ac_input_config);
    return fields.word("status", m.status, led_status_words)
        .number("active_ac_input", inputs.active_input)
        .yes_no("panel_may_set_limit", inputs.limit_settable)
        .yes_no("digital_multi_control", inputs.digital_multi_control)
        .number("ac_inputs", inputs.inputs)
        .yes_no("remote_panel_seen", inputs.remote_panel_seen)
        .value("smallest_limit", m.minimum_limit_deci_a * 0.1, 1, "A")
        .value("largest_limit", m.maximum_limit_deci_a * 0.1, 1, "A")
        .value("limit", m.actual_limit_deci_a * 0.1, 1, "A")
        .text("switches", words_of(m.switches))
        .take();
}

std::vector<Field> describe(const Condition& m) {
    return Fields()
        .bytes(5, std::array{m.unknown_5})
        .word("voltage_status", m.voltage_status, voltage_words)
        .yes_no("dc_allows_inverting", (m.voltage_status & 0x01) != 0)
        .word("battery", m.battery_status, battery_words)
        .bytes(8, std::array{m.unknown_8})
        .value("dc_current", m.dc_current_deci_a * 0.1, 1, "A")
        .yes_no("dc_current_valid", (m.content & 0x10) != 0)
        .yes_no("temperature_valid", (m.content & 0xF0) == 0x30)
        .hex8("content", m.content)
        .word("ac_relay", m.ac_relay, relay_words)
        .bytes(13, std::array{m.unknown_13, m.unknown_14})
        .raw("temperature", m.temperature)
        .bytes(16, std::array{m.unknown_16})
        .take();
}

std::vector<Field> describe(const AcPhase& m) {
    return Fields()
        .bytes(5, std::array{m.unknown_5})
        .value("frequency", m.frequency_mhz * 0.001, 3, "Hz")
        .value("timestamp", m.timestamp_400ns * 0.0004, 4, "ms")
        .word("mode", m.mode, phase_mode_words)
        .bytes(12, std::array{m.unknown_12})
        .value("power_factor", m.power_factor_32768th / 32768.0, 5, "")
        .raw("phase_angle", m.phase_angle)
        .value("dc_voltage", m.dc_voltage_20mv * 0.02, 2, "V")
        .text("byte_17_high_nibble", hex(m.unknown_17, 1))
        .bytes(18, std::array{m.unknown_18})
        .take();
}

std::vector<Field> describe(const AhCounter& m) {
    return Fields()
        .bytes(5, m.unknown_5)
        .raw("installation", m.installation)
        .value("charge", m.charge_ah, 0, "Ah")
        .bytes(12, std::array{m.unknown_12})
        .take();
}

std::vector<Field> describe(const DcInfo& m) {
    return Fields()
        .bytes(5, m.unknown_5)
        .value("voltage", m.voltage_10mv * 0.01, 2, "V")
        .raw("inverter_current", m.inverter_current_raw)
        .raw("charger_current", m.charger_current_raw)
        .raw("inverter_period", m.period)
        .take();
}

std::vector<Field> describe(const AcInfo& m) {
    return Fields()
        .number("backfeed_factor", m.backfeed_factor)
        .number("inverter_factor", m.inverter_factor)
        .bytes(7, std::array{m.unknown_7})
        .named("device_state", m.device_state, device_state_name(m.device_state))
        .word("phase", m.phase, phase_words)
        .value("mains_voltage", m.mains_voltage_10mv * 0.01, 2, "V")
        .raw("mains_current", m.mains_current_raw)
        .value("inverter_voltage", m.inverter_voltage_10mv * 0.01, 2, "V")
        .raw("inverter_current", m.inverter_current_raw)
        .raw("mains_period", m.period)
        .take();
}

std::vector<Field> describe(const DeviceInfo& m) {
    return Fields()
        .bytes(5, m.unknown_5)
        .word("device", m.type, device_words)
        .number("version", m.version)
        .bytes(14, m.extra)
        .take();
}

std::vector<Field> describe(const DevicePoll& m) {
    return Fields().bytes(5, m.unknown_5).word("device", m.type, device_words).bytes(10, m.extra).take();
}

std::vector<Field> describe(const UnitInfo& m) {
    return Fields()
        .number("unique_number", m.unique_number)
        .hex8("type", m.type)
        .bytes(10, m.unknown_10)
        .text("units", hex(m.units, 8))
        .bytes(16, m.unknown_16)
        .number("address", m.address)
        .take();
}

/// Bit 3 set: bits 0..1 plus one is the position. Without it the byte is not understood.
std::vector<Field> describe(const PanelPosition& m) {
    constexpr std::uint8_t in_use = 0x08;
    const auto position = static_cast<std::uint8_t>((m.bits & 0x03) + 1);
    Fields fields;
    if ((m.bits & in_use) != 0) {
        fields.word("position", position, panel_words);
    } else {
        fields.text("position", "not known");
    }
    return fields.hex8("bits", m.bits).bytes(6, m.extra).take();
}

std::vector<Field> describe(const Unknown& m) { return Fields().bytes(4, m.payload).take(); }

} // namespace

std::string_view name_of(const Message& message) { return names[message.index()]; }

std::vector<Field> fields_of(const Message& message) {
    return std::visit([](const auto& m) { return describe(m); }, message);
}

std::string text_of(const Field& field) {
    return field.unit.empty() ? field.value : field.value + " " + field.unit;
}

std::string text_of(const Message& message) {
    std::string line(name_of(message));
    for (const Field& field : fields_of(message)) {
        line.append(" ").append(field.name).append("=").append(text_of(field));
    }
    return line;
}

} // namespace bms::vebus
