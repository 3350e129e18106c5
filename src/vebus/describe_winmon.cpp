// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Winmon in words. What the bytes mean: winmon.hpp. A request says which variable or setting it is about, a
// reply only repeats the request's id.
#include "vebus/describe_fields.hpp"

#include "bms/vebus/firmware.hpp"
#include "bms/vebus/scale.hpp"
#include "bms/vebus/states.hpp"

#include <algorithm>

namespace bms::vebus {

namespace {

/// [V] MK2 document, [R]; 21 [1].
constexpr Word ram_words[] = {{0, "mains voltage"},
                              {1, "mains current"},
                              {2, "inverter voltage"},
                              {3, "inverter current"},
                              {4, "battery voltage"},
                              {5, "battery current"},
                              {6, "battery ripple"},
                              {7, "inverter period"},
                              {8, "mains period"},
                              {9, "AC load current"},
                              {10, "virtual switch position"},
                              {11, "ignore AC input"},
                              {12, "multi-function relay"},
                              {13, "state of charge"},
                              {14, "inverter power, filtered"},
                              {15, "mains power, filtered"},
                              {16, "output power, filtered"},
                              {17, "inverter power"},
                              {18, "mains power"},
                              {19, "output power"},
                              {21, "battery temperature"}};

/// [V] MK2 document; that 60 is flags word 2 is likely, not proven.
constexpr Word setting_words[] = {{0, "flags 0 to 15"},
                                  {1, "flags 16 to 31"},
                                  {2, "absorption voltage"},
                                  {3, "float voltage"},
                                  {4, "bulk current"},
                                  {6, "AC input limit"},
                                  {9, "longest absorption"},
                                  {10, "charge curve"},
                                  {11, "low battery limit"},
                                  {12, "low battery hysteresis"},
                                  {13, "slaves"},
                                  {14, "three-phase"},
                                  {44, "mains limit (44)"},
                                  {46, "mains limit (46)"},
                                  {49, "AC input 2 limit"},
                                  {60, "flags word 2 (likely)"},
                                  {61, "flags word 3 (likely)"},
                                  {64, "battery capacity"},
                                  {65, "state of charge at the end of bulk"},
                                  {81, "grid code"}};

/// Setting 0, by bit [V]. Bits without a known name are left out; the number itself is shown too.
constexpr Word flag_words[] = {{0, "multiphase"},
                               {1, "leader"},
                               {2, "60 Hz"},
                               {3, "wave check off"},
                               {4, "no stop after 10 h of bulk"},
                               {5, "PowerAssist"},
                               {6, "DisableCharge"},
                               {7, "wave check on"},
                               {8, "AES off"},
                               {11, "reduced float"},
                               {13, "ground relay off"},
                               {14, "weak AC"},
                               {15, "remote overrules AC2"}};

constexpr Word request_words[] = {
    {0, "what is the state"}, {1, "force equalise"}, {2, "force absorption"}, {3, "force float"}};

std::string_view text_of_verdict(Verdict verdict) {
    switch (verdict) {
    case Verdict::unknown_command:
        return "command unknown";
    case Verdict::ram_written:
        return "RAM variable written";
    case Verdict::setting_written:
        return "setting written";
    case Verdict::ram_not_supported:
        return "RAM variable not supported";
    case Verdict::setting_not_supported:
        return "setting not supported";
    case Verdict::access_level_needed:
        return "access level needed";
    }
    return "unknown verdict";
}

/// "4 (battery voltage)".
std::string numbered(int number, std::span<const Word> words) {
    const auto found =
        std::find_if(words.begin(), words.end(), [number](const Word& it) { return it.number == number; });
    const std::string plain = std::to_string(number);
    return found == words.end() ? plain : plain + " (" + std::string(found->text) + ")";
}

std::string numbers(const std::vector<std::uint16_t>& values) {
    std::string words;
    for (const std::uint16_t value : values) {
        words.append(words.empty() ? "" : " ").append(std::to_string(value));
    }
    return words.empty() ? "none" : words;
}

std::string flags_in_words(std::uint16_t flags) {
    std::string words;
    for (const auto& [bit, name] : flag_words) {
        if ((flags >> bit & 1) != 0) {
            words.append(words.empty() ? "" : ", ").append(name);
        }
    }
    return words.empty() ? "none" : words;
}

Fields with_id(std::uint8_t id) {
    Fields fields;
    fields.hex8("id", id);
    return fields;
}

void add_scale(Fields& fields, const RamInfo& info) {
    fields.text("scale_word", hex(info.scale->scale, 4)).text("offset_word", hex(info.scale->offset, 4));
    const auto scale = scale_of(info);
    if (!scale) {
        fields.text("scale", "not supported");
    } else if (scale->is_bit) {
        fields.text("scale", "bit " + std::to_string(scale->bit));
    } else {
        fields.value("factor", scale->factor, 6, "")
            .yes_no("signed", scale->is_signed)
            .number("offset", scale->offset);
    }
}

} // namespace

std::vector<Field> describe(const ReadRam& m) {
    std::string variables;
    for (const std::uint8_t variable : m.variables) {
        variables.append(variables.empty() ? "" : ", ").append(numbered(variable, ram_words));
    }
    return with_id(m.id).text("variables", variables.empty() ? "none" : variables).take();
}

std::vector<Field> describe(const RamValues& m) {
    return with_id(m.id).text("values", numbers(m.values), "raw").take();
}

std::vector<Field> describe(const AskSnapshot& m) { return with_id(m.id).take(); }

std::vector<Field> describe(const SnapshotValues& m) {
    return with_id(m.id).text("values", numbers(m.values), "raw").take();
}

std::vector<Field> describe(const NameForWrite& m) {
    Fields fields = with_id(m.id);
    if (m.is_setting) {
        fields.text("setting", numbered(m.number, setting_words));
    } else {
        fields.text("variable", numbered(m.number, ram_words));
    }
    return fields.take();
}

std::vector<Field> describe(const WriteNamed& m) {
    return with_id(m.id).raw("value", m.value).text("value_hex", hex(m.value, 4)).take();
}

std::vector<Field> describe(const AskSwitchAndLimit& m) { return with_id(m.id).take(); }

std::vector<Field> describe(const SwitchAndLimit& m) {
    return with_id(m.id).named_bytes("content", m.content).take();
}

std::vector<Field> describe(const AskEnergyCounters& m) { return with_id(m.id).take(); }

std::vector<Field> describe(const EnergyCounters& m) {
    return with_id(m.id).named_bytes("counters", m.counters).take();
}

std::vector<Field> describe(const AccessPassword& m) {
    return with_id(m.id)
        .named_bytes("password", m.password)
        .value("valid", static_cast<double>(access_password_valid.count()), 0, "s")
        .take();
}

std::vector<Field> describe(const AccessReply& m) {
    return with_id(m.id).named_bytes("content", m.content).take();
}

std::vector<Field> describe(const AskSerialNumber& m) { return with_id(m.id).take(); }

std::vector<Field> describe(const SerialNumber& m) {
    const bool readable = std::all_of(m.serial.begin(), m.serial.end(),
                                      [](std::uint8_t byte) { return byte > ' ' && byte < 0x7F; });
    if (readable) {
        return with_id(m.id).text("serial_number", std::string(m.serial.begin(), m.serial.end())).take();
    }
    return with_id(m.id).named_bytes("serial_number", m.serial).take();
}

std::vector<Field> describe(const AskExtraFlagAccess& m) {
    return with_id(m.id).named_bytes("content", m.content).take();
}

std::vector<Field> describe(const ExtraFlagAccess& m) {
    return with_id(m.id).text("reply", m.is_9f ? "9F" : "9E").named_bytes("content", m.content).take();
}

std::vector<Field> describe(const ReadSetting& m) {
    return with_id(m.id).text("setting", numbered(m.setting, setting_words)).take();
}

std::vector<Field> describe(const SettingValue& m) {
    return with_id(m.id).raw("value", m.value).text("value_hex", hex(m.value, 4)).bytes(9, m.extra).take();
}

std::vector<Field> describe(const AskSettingInfo& m) {
    return with_id(m.id).text("setting", numbered(m.setting, setting_words)).take();
}

std::vector<Field> describe(const SettingInfo& m) {
    Fields fields = with_id(m.id);
    fields.yes_no("supported", m.range.has_value());
    if (m.range) {
        fields.text("scale_word", hex(m.range->scale, 4))
            .text("offset_word", hex(m.range->offset, 4))
            .raw("default", m.range->preset)
            .raw("smallest", m.range->minimum)
            .raw("largest", m.range->maximum)
            .bytes(17, m.range->extra);
    }
    return fields.take();
}

std::vector<Field> describe(const WriteById& m) {
    Fields fields = with_id(m.id);
    if (m.is_setting) {
        fields.text("setting", numbered(m.number, setting_words));
    } else {
        fields.text("variable", numbered(m.number, ram_words));
    }
    fields.yes_no("ram_only", m.ram_only).raw("value", m.value).text("value_hex", hex(m.value, 4));
    if (m.is_setting && m.number == 0) {
        fields.text("flags", flags_in_words(m.value));
    }
    return fields.take();
}

std::vector<Field> describe(const WinmonVerdict& m) {
    Fields fields = with_id(m.id);
    fields.text("verdict", text_of_verdict(m.verdict));
    const bool written = m.verdict == Verdict::ram_written || m.verdict == Verdict::setting_written;
    if (written && !m.detail.empty()) {
        fields.yes_no("in_force_after_reset", (m.detail.front() & 0x01) != 0);
    }
    return fields.bytes(7, m.detail).take();
}

std::vector<Field> describe(const AskLeds& m) { return with_id(m.id).take(); }

std::vector<Field> describe(const LedReport& m) {
    Fields fields = with_id(m.id);
    add_leds(fields, m.leds_on, m.leds_blink);
    return fields.bytes(9, m.extra).take();
}

std::vector<Field> describe(const AskVersion& m) { return with_id(m.id).number("part", m.part).take(); }

std::vector<Field> describe(const VersionPart& m) {
    Fields fields = with_id(m.id);
    fields.number("part", m.part).yes_no("whole", m.whole);
    if (m.whole) {
        fields.text("version", Firmware{m.number}.text()).text("number", hex(m.number, 8));
    } else {
        fields.text("number", hex(m.number, 4));
    }
    return fields.bytes(m.whole ? 11 : 9, m.extra).take();
}

std::vector<Field> describe(const AskDeviceState& m) {
    return with_id(m.id).word("request", static_cast<std::uint8_t>(m.request), request_words).take();
}

std::vector<Field> describe(const DeviceStateReport& m) {
    const auto charge = m.state == state_charging ? charge_state_name(m.substate) : std::nullopt;
    return with_id(m.id)
        .named("state", m.state, device_state_name(m.state))
        .named("substate", m.substate, charge)
        .bytes(9, m.extra)
        .take();
}

std::vector<Field> describe(const AskRamInfo& m) {
    return with_id(m.id).text("variable", numbered(m.variable, ram_words)).take();
}

std::vector<Field> describe(const RamInfo& m) {
    Fields fields = with_id(m.id);
    fields.yes_no("supported", m.scale.has_value());
    if (m.scale) {
        add_scale(fields, m);
    }
    return fields.take();
}

} // namespace bms::vebus
