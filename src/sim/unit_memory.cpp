// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/unit_memory.hpp"

#include "bms/vebus/scale.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bms::sim {

using namespace vebus;

namespace {

constexpr std::uint16_t published_flags0 = 0x8114; // a real unit's, as VictronConnect was seen to write it
constexpr std::uint16_t published_bulk_current_a = 35;

constexpr std::uint16_t hundredth = 0x7F9C; // 0.01 [R]
constexpr std::uint16_t signed_hundredth = 0x8064;
constexpr std::uint16_t signed_tenth = 0x800A;
constexpr std::uint16_t signed_one = 0xFFFF;
constexpr std::uint16_t is_bit = 0x8000;

constexpr std::uint16_t ess_assistant = 5;

std::vector<std::uint16_t> heads_of(const std::string& text) {
    std::vector<std::uint16_t> heads;
    if (text == "none") {
        return heads;
    }
    for (std::size_t at = 0; at < text.size(); at += 5) { // four hex digits and a comma
        std::uint16_t head = 0;
        std::from_chars(text.data() + at, text.data() + std::min(at + 4, text.size()), head, 16);
        heads.push_back(head);
    }
    return heads;
}

} // namespace

std::optional<RamInfo::Scale> scale_of_variable(std::uint16_t number, const Surroundings& around) {
    using Scale = RamInfo::Scale;
    switch (number) {
    case 0: // mains voltage
    case 2: // inverter voltage
    case 4: // battery voltage
    case 6: // battery ripple
        return Scale{.scale = hundredth};
    case 1: // mains current
    case 3: // inverter current
    case 9: // AC load current
        return Scale{.scale = signed_hundredth};
    case 5: // battery current: 0.01 on small models, 0.1 on a MultiPlus-II [R]
        return Scale{.scale = around.battery_current_scale == "0.1" ? signed_tenth : signed_hundredth};
    case 7: // inverter period
        return Scale{.scale = 0x7857, .offset = 256};
    case 8: // mains period
        return Scale{.scale = 0x7C2F};
    case 10: // virtual switch; which bit the three are is chosen
        return Scale{.scale = 4, .offset = is_bit};
    case 11: // AC input ignored
        return Scale{.scale = 1, .offset = is_bit};
    case 12: // multi-function relay
        return Scale{.scale = 2, .offset = is_bit};
    case 13: // state of charge
        return Scale{.scale = 0x7F38};
    case 14: // inverter, mains and output power, filtered and not
    case 15:
    case 16:
    case 17:
    case 18:
    case 19:
        return Scale{.scale = signed_one};
    case 21: // battery temperature; that it is there [1], its scale is chosen
        return Scale{.scale = signed_tenth};
    default:
        return std::nullopt;
    }
}

UnitMemory::UnitMemory(const Surroundings& surroundings)
    : around(surroundings),
      eeprom{{setting_flags0, published_flags0},
             {1, 0},
             {2, 5680}, // absorption, 0.01 V
             {3, 5400}, // float, 0.01 V
             {setting_bulk_current, published_bulk_current_a},
             {6, 160},   // AC input limit, 0.1 A
             {11, 4600}, // low battery limit, 0.01 V
             {12, 200},
             {setting_flags2, 0x0010}, // lithium battery
             {61, 0},
             {64, 200}, // battery capacity, Ah
             {65, 85}} {
    install_assistants();
}

void UnitMemory::install_assistants() {
    assistants.clear();
    ess_head.reset();
    ess_written.reset();
    for (const std::uint16_t head : heads_of(around.assistants)) {
        if (head >> 4 == ess_assistant) {
            ess_head = assistants.size();
        }
        assistants.push_back(head);
        assistants.insert(assistants.end(), head & 0x0FU, 0);
    }
}

std::optional<std::uint16_t> UnitMemory::stored(std::uint16_t number) const {
    const auto found = eeprom.find(number);
    if (found == eeprom.end()) {
        return std::nullopt;
    }
    if (number == setting_flags2 && around.configured_for_bms) {
        return static_cast<std::uint16_t>(found->second | configured_for_bms_bit);
    }
    return found->second;
}

std::uint16_t UnitMemory::setting(std::uint16_t number) const {
    const auto changed = ram.find(number);
    return changed != ram.end() ? changed->second : stored(number).value_or(0);
}

Message UnitMemory::answer(const ReadSetting& read) const {
    const auto value = stored(read.setting);
    if (!around.settings_supported || !value) {
        return WinmonVerdict{.id = read.id, .verdict = Verdict::setting_not_supported};
    }
    return SettingValue{.id = read.id, .value = *value};
}

Message UnitMemory::answer(const AskSettingInfo& ask) const {
    SettingInfo info{.id = ask.id};
    if (!around.settings_supported || !eeprom.contains(ask.setting)) {
        return info;
    }
    info.range = SettingInfo::Range{.scale = 1, .preset = *stored(ask.setting), .maximum = 0xFFFF};
    if (ask.setting == setting_bulk_current) {
        info.range->preset = published_bulk_current_a;
        info.range->minimum = static_cast<std::uint16_t>(around.bulk_current_min_a);
        info.range->maximum = static_cast<std::uint16_t>(around.bulk_current_max_a);
    }
    return info;
}

Message UnitMemory::answer(const AskRamInfo& ask) const {
    if (assistant_variable(ask.variable)) {
        return RamInfo{.id = ask.id, .scale = RamInfo::Scale{.scale = signed_one}};
    }
    return RamInfo{.id = ask.id, .scale = scale_of_variable(ask.variable, around)};
}

Message UnitMemory::write(const WriteById& write, Instant now) {
    return write.is_setting ? write_setting(write) : write_variable(write, now);
}

Message UnitMemory::write_setting(const WriteById& write) {
    std::uint16_t value = write.value;
    const auto low = static_cast<std::uint16_t>(around.bulk_current_min_a);
    const auto high = static_cast<std::uint16_t>(around.bulk_current_max_a);
    const bool beyond = write.number == setting_bulk_current && (value < low || value > high);
    if (!around.settings_supported || !eeprom.contains(write.number) ||
        (beyond && around.out_of_range == "refused")) {
        return WinmonVerdict{.id = write.id, .verdict = Verdict::access_level_needed};
    }
    if (beyond) {
        value = value < low ? low : high;
    }
    ram[write.number] = value;
    if (!write.ram_only) {
        eeprom[write.number] = value;
        ++eeprom_writes;
    }
    return WinmonVerdict{.id = write.id, .verdict = Verdict::setting_written};
}

/// Only the assistants' variables can be written, their heads not; what a real unit answers for others is not
/// public.
Message UnitMemory::write_variable(const WriteById& write, Instant now) {
    const bool in_ess =
        ess_head && write.number > first_assistant_variable + *ess_head &&
        write.number <= first_assistant_variable + *ess_head + (assistants[*ess_head] & 0x0FU);
    if (!in_ess) {
        return WinmonVerdict{.id = write.id, .verdict = Verdict::ram_not_supported};
    }
    assistants[write.number - first_assistant_variable] = write.value;
    ess_written = now;
    eeprom_writes += write.ram_only ? 0 : 1;
    return WinmonVerdict{.id = write.id, .verdict = Verdict::ram_written};
}

std::optional<std::uint16_t> UnitMemory::assistant_variable(std::uint16_t number) const {
    if (number < first_assistant_variable) {
        return std::nullopt;
    }
    const std::size_t at = number - first_assistant_variable;
    if (at < assistants.size()) {
        return assistants[at];
    }
    return at == assistants.size() ? std::optional<std::uint16_t>(0) : std::nullopt; // the end of the records
}

std::optional<std::uint16_t> UnitMemory::raw_variable(std::uint16_t number, double value) const {
    const auto scale = scale_of(RamInfo{.scale = scale_of_variable(number, around)});
    if (!scale) {
        return std::nullopt;
    }
    if (scale->is_bit) {
        return static_cast<std::uint16_t>(value != 0 ? 1U << static_cast<unsigned>(scale->bit) : 0U);
    }
    const long raw = std::lround(value / scale->factor) - scale->offset;
    const long low = scale->is_signed ? -0x8000 : 0;
    const long high = scale->is_signed ? 0x7FFF : 0xFFFF;
    return static_cast<std::uint16_t>(std::clamp(raw, low, high));
}

std::optional<UnitMemory::Ess> UnitMemory::ess(Instant now) const {
    if (!ess_head || !ess_written) {
        return std::nullopt;
    }
    const int flags = (assistants[*ess_head] & 0x0F) > 1 ? assistants[*ess_head + 2] : 0;
    return Ess{.fresh = now - *ess_written < std::chrono::seconds(around.ess_timeout_s),
               .setpoint_w = static_cast<std::int16_t>(assistants[*ess_head + 1]),
               .disable_charge = (flags & 0x01) != 0};
}

void UnitMemory::lose_ram() {
    ram.clear();
    install_assistants();
}

} // namespace bms::sim
