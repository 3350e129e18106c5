// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Every name of the simulated inverter/charger: what it accepts, what it means, where it lives. Help, README,
// get and set all follow this table.
#include "sim/multiplus_model.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <variant>

namespace bms::sim {

namespace {

using Field =
    std::variant<std::monostate, bool Surroundings::*, int Surroundings::*, std::string Surroundings::*>;
using Show = std::string (*)(const Multiplus&);

/// accepts: words and ranges "1..9" with | between them; HEX stands for bytes, HEADS for words of four hex
/// digits with commas. For a bool the first word is true.
struct Row {
    const char* name;
    const char* accepts;
    const char* meaning;
    Field field;
    Show show = nullptr;
};

std::string yes(bool so) { return so ? "yes" : "no"; }
const Unit& leader(const Multiplus& m) { return m.system.units.front(); }

std::string leds_in_words(std::uint8_t bits) {
    constexpr const char* words[] = {"mains",    "absorption", "bulk",        "float",
                                     "inverter", "overload",   "low_battery", "temperature"};
    std::string text;
    for (unsigned bit = 0; bit < std::size(words); ++bit) {
        if ((bits >> bit & 1) != 0) {
            text += (text.empty() ? "" : ",") + std::string(words[bit]);
        }
    }
    return text.empty() ? "none" : text;
}

std::string version_of(const Multiplus& m, std::uint8_t type) {
    const auto device = m.system.device(type);
    return device ? std::to_string(device->version) : "none";
}

using S = Surroundings;

const Row seen_rows[] = {
    {"mode", "", "what all remotes together command", {}, [](const Multiplus& m) { return m.system.mode(); }},
    {"state",
     "",
     "off, charging, inverting, passthru or emergency",
     {},
     [](const Multiplus& m) { return word(leader(m).state()); }},
    {"charge_current_a",
     "",
     "of the first unit",
     {},
     [](const Multiplus& m) { return std::to_string(leader(m).charge_current_a()); }},
    {"total_charge_current_a",
     "",
     "of all units",
     {},
     [](const Multiplus& m) { return std::to_string(m.system.charge_current_a()); }},
    {"battery_current_a",
     "",
     "of the first unit, above 0 when charging",
     {},
     [](const Multiplus& m) { return std::to_string(leader(m).battery_current_a()); }},
    {"disable_charge",
     "",
     "setting 0 bit 6, in force",
     {},
     [](const Multiplus& m) {
         return yes((leader(m).memory.setting(setting_flags0) & disable_charge_bit) != 0);
     }},
    {"flags0",
     "",
     "setting 0, in force",
     {},
     [](const Multiplus& m) { return std::to_string(leader(m).memory.setting(setting_flags0)); }},
    {"bulk_current_a",
     "",
     "setting 4, in force",
     {},
     [](const Multiplus& m) { return std::to_string(leader(m).memory.setting(setting_bulk_current)); }},
    {"awake", "", "the bus is alive", {}, [](const Multiplus& m) { return yes(m.system.awake()); }},
    {"leds",
     "",
     "lit ones, with commas between them",
     {},
     [](const Multiplus& m) { return leds_in_words(leader(m).leds_on()); }},
    {"ac_limit_deci_a",
     "",
     "of the AC input; 160 at start, to be left alone",
     {},
     [](const Multiplus& m) { return std::to_string(m.system.ac_limit_deci_a); }},
    {"vebus_error",
     "",
     "error_code, or what follows from BMS, firmware and assistants (M54-M57, M136)",
     {},
     [](const Multiplus& m) { return std::to_string(m.system.vebus_error()); }},
    {"bms_answers",
     "",
     "version that answers the 21/83 poll",
     {},
     [](const Multiplus& m) { return version_of(m, vebus::device_bms); }},
    {"commands_accepted",
     "",
     "frames taken from the host",
     {},
     [](const Multiplus& m) { return std::to_string(m.counters().accepted); }},
    {"commands_rejected",
     "",
     "frames not taken",
     {},
     [](const Multiplus& m) { return std::to_string(m.counters().rejected); }},
    {"last_reject",
     "",
     "none, bad_checksum, bad_address, late or bad_fn",
     {},
     [](const Multiplus& m) { return m.counters().last_reject; }},
    {"lost_to_multi",
     "",
     "frames lost by loss_to_multi_percent",
     {},
     [](const Multiplus& m) { return std::to_string(m.counters().lost_to_multi); }},
    {"lost_from_multi",
     "",
     "frames lost by loss_from_multi_percent",
     {},
     [](const Multiplus& m) { return std::to_string(m.counters().lost_from_multi); }},
    {"eeprom_writes",
     "",
     "of all units; must stay 0",
     {},
     [](const Multiplus& m) { return std::to_string(m.system.eeprom_writes()); }},
};

const Row set_rows[] = {
    {"mains", "on|off", "mains at AC input 1", &S::mains_1},
    {"mains_1", "on|off", "the same", &S::mains_1},
    {"mains_2", "on|off", "mains at AC input 2, with ac_inputs=2", &S::mains_2},
    {"ac_inputs", "1|2", "1 MultiPlus, 2 Quattro; a depleted battery starts from input 1 only (M132)",
     &S::ac_inputs},
    {"frequency_hz", "50|60", "of the mains; at 60 a sync every 16.7 ms is expected, not seen",
     &S::frequency_hz},
    {"front", "on|off|charger-only", "the switch at the front", &S::front},
    {"battery", "charging|full|low|depleted", "52.8, 55.2, 46 or 20 V; chosen", &S::battery},
    {"load_a", "0..500", "what loads draw from the battery when inverting", &S::load_a},
    {"standby", "on|off", "the standby line keeps the bus alive when off", &S::standby},
    {"system", "single|parallel|three-phase", "1, 2 or 3 units; addresses of further units are made up",
     &S::system},
    {"firmware", "0..2147483647", "version number, 2629492 is firmware 492", &S::firmware},
    {"version_form", "long|short", "of the answer to winmon 05", &S::version_form},
    {"assistants", "none|HEADS", "record heads from RAM 128 on, as 0090,0054: 0054 is ESS", &S::assistants},
    {"ess_timeout_s", "1..600", "an ESS setpoint not repeated is dropped after it", &S::ess_timeout_s},
    {"battery_current_scale", "0.1|0.01", "of RAM variable 5, in A", &S::battery_current_scale},
    {"error_code", "0..31", "VE.Bus error; the unit is off while it is not 0", &S::error_code},
    {"disobeys", "none|switch|charge|limit", "acknowledged but not done: 3F, DisableCharge, bulk current",
     &S::disobeys},
    {"charge_setting_supported", "yes|no", "settings can be read and written", &S::settings_supported},
    {"bulk_current_min_a", "0..500", "smallest value of setting 4", &S::bulk_current_min_a},
    {"bulk_current_max_a", "0..500", "largest value of setting 4", &S::bulk_current_max_a},
    {"out_of_range", "refused|clipped", "a value beyond these; what a real unit does is not known",
     &S::out_of_range},
    {"configured_for_bms", "yes|no",
     "setting 60 bit 7 (likely): no BMS heard means emergency mode (M129-M131)", &S::configured_for_bms},
    {"bms_info", "none|HEX", "INVENTED: frames with this start of payload count as the BMS's", &S::bms_info},
    {"bms_timeout_s", "1..600", "so long without one before emergency mode; chosen", &S::bms_timeout_s},
    {"foreign_bms", "on|off", "another BMS answers the 21/83 poll", &S::foreign_bms},
    {"foreign_bms_version", "0..2147483647", "1146100 and above is a V2", &S::foreign_bms_version},
    {"gx", "absent|on|charger-only|inverter-only|off", "a GX that repeats its switch from 98 F7", &S::gx},
    {"dongle", "none|on|charger-only|inverter-only|off", "a dongle switches once, from 98 F7", &S::dongle},
    {"dmc", "absent|on|charger-only|off", "a Digital Multi Control, at a made-up address", &S::dmc},
    {"dmc_locks", "yes|no", "with one the Multi takes no other remote's switch; not known of a real one",
     &S::dmc_locks},
    {"remotes_repeat_ms", "0..60000", "how often GX and DMC repeat themselves; 0: on change only",
     &S::remotes_repeat_ms},
    {"devices_answer_from", "own|multi", "polls are answered from a made-up address, or the Multi's",
     &S::devices_answer_from},
    {"condition_ms", "0..60000", "how often the 80 frame comes; 0 never; chosen", &S::condition_ms},
    {"master_led_ms", "0..60000", "how often the 41 frame comes; 0 never; chosen", &S::master_led_ms},
    {"ac_phase_ms", "0..60000", "how often the E4 frame comes; 0 never", &S::ac_phase_ms},
    {"info_ms", "0..60000", "how often 20 frames come unasked; 0 never", &S::info_ms},
    {"ah_counter_ms", "0..60000", "how often the 70 frame comes; 0 never", &S::ah_counter_ms},
    {"reply_after_cycles", "1..100", "a reply leaves so many cycles after its request",
     &S::reply_after_cycles},
    {"slot_ms", "1..12", "after the sync, the latest a command is taken; real value not known", &S::slot_ms},
    {"mute", "on|off", "sends nothing", &S::mute},
    {"s_ignored", "yes|no", "MK3: S is acknowledged and does nothing, as seen once", &S::s_ignored},
    {"mk3_latency_ms", "0..2000", "MK3: before an answer; it leaves with the next tick of 50 ms",
     &S::mk3_latency_ms},
    {"garble_percent", "0..100", "frames with a wrong byte, both ways", &S::garble_percent},
    {"garble_to_multi_percent", "0..100", "one way", &S::garble_to_multi_percent},
    {"garble_from_multi_percent", "0..100", "the other way", &S::garble_from_multi_percent},
    {"loss_to_multi_percent", "0..100", "frames that never reach the Multi", &S::loss_to_multi_percent},
    {"loss_from_multi_percent", "0..100", "frames that never reach the host", &S::loss_from_multi_percent},
    {"byte_loss_to_multi_percent", "0..100", "frames that lose a byte on the way",
     &S::byte_loss_to_multi_percent},
    {"byte_loss_from_multi_percent", "0..100", "frames that lose a byte on the way",
     &S::byte_loss_from_multi_percent},
    {"latency_ms", "0..1000", "of the adapter, each way", &S::latency_ms},
    {"jitter_ms", "0..1000", "by chance added to the latency", &S::jitter_ms},
};

/// Of units 1 and 2 in a system of several; the first one has the names without "unit_N.".
const NameRow unit_rows[] = {
    {"unit_N.firmware", "0..2147483647", "of unit 1 or 2, when it differs"},
    {"unit_N.state", "", "of unit 1 or 2"},
    {"unit_N.charge_current_a", "", "of unit 1 or 2"},
    {"unit_N.bulk_current_a", "", "of unit 1 or 2"},
    {"unit_N.disable_charge", "", "of unit 1 or 2"},
};

std::vector<std::string> alternatives(const std::string& accepts) {
    std::vector<std::string> all(1);
    for (const char c : accepts) {
        if (c == '|') {
            all.emplace_back();
        } else {
            all.back() += c;
        }
    }
    return all;
}

std::optional<long> number_of(const std::string& text) {
    long number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stopped == end ? std::optional(number) : std::nullopt;
}

bool is_hex(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

bool is_heads(const std::string& text) {
    for (std::size_t at = 0; at < text.size(); at += 5) {
        const std::string_view rest = std::string_view(text).substr(at);
        if (rest.size() < 4 || !is_hex(rest.substr(0, 4)) ||
            (rest.size() > 4 && (rest[4] != ',' || rest.size() == 5))) {
            return false;
        }
    }
    return !text.empty() && text.size() <= std::size_t{5} * 16;
}

bool fits(const std::string& alternative, const std::string& value) {
    const auto dots = alternative.find("..");
    if (dots != std::string::npos) {
        const auto number = number_of(value);
        return number && *number >= *number_of(alternative.substr(0, dots)) &&
               *number <= *number_of(alternative.substr(dots + 2));
    }
    if (alternative == "HEX") {
        return is_hex(value) && value.size() % 2 == 0 && value.size() <= 30;
    }
    return alternative == "HEADS" ? is_heads(value) : value == alternative;
}

/// "on off" of "on|off", "0 to 100" of "0..100".
std::string in_words(std::string accepts) {
    std::replace(accepts.begin(), accepts.end(), '|', ' ');
    if (const auto dots = accepts.find(".."); dots != std::string::npos) {
        accepts.replace(dots, 2, " to ");
    }
    return accepts;
}

std::optional<std::string> refuse(const std::string& accepts, const std::string& value) {
    const auto all = alternatives(accepts);
    const bool good = std::any_of(all.begin(), all.end(), [&](const auto& one) { return fits(one, value); });
    return good ? std::nullopt : std::optional("accepted: " + in_words(accepts));
}

void put(const Row& row, Surroundings& around, const std::string& value) {
    if (const auto* flag = std::get_if<bool S::*>(&row.field)) {
        around.*(*flag) = value == alternatives(row.accepts).front();
    } else if (const auto* number = std::get_if<int S::*>(&row.field)) {
        around.*(*number) = static_cast<int>(*number_of(value));
    } else if (const auto* text = std::get_if<std::string S::*>(&row.field)) {
        around.*(*text) = value;
    }
}

std::string shown(const Row& row, const Surroundings& around) {
    if (const auto* flag = std::get_if<bool S::*>(&row.field)) {
        return alternatives(row.accepts)[around.*(*flag) ? 0 : 1];
    }
    if (const auto* number = std::get_if<int S::*>(&row.field)) {
        return std::to_string(around.*(*number));
    }
    return around.*std::get<std::string S::*>(row.field);
}

/// "unit_1.firmware": the unit, or nullptr.
Unit* unit_named(const std::string& name, System& system) {
    if (!name.starts_with("unit_") || !name.ends_with(".firmware") || name.size() != 15) {
        return nullptr;
    }
    const auto index = static_cast<std::size_t>(name[5] - '0');
    return index >= 1 && index < system.units.size() ? &system.units[index] : nullptr;
}

std::string names_that_can_be_set() {
    std::string text = "can be set: ";
    for (const Row& row : set_rows) {
        text += std::string(row.name) + ", ";
    }
    return text + unit_rows[0].name;
}

} // namespace

std::vector<NameRow> multiplus_names() {
    std::vector<NameRow> all;
    for (const Row& row : seen_rows) {
        all.push_back({row.name, row.accepts, row.meaning});
    }
    for (const Row& row : set_rows) {
        all.push_back({row.name, row.accepts, row.meaning});
    }
    all.insert(all.end(), std::begin(unit_rows), std::end(unit_rows));
    return all;
}

std::vector<std::pair<std::string, std::string>> Multiplus::get() const {
    std::vector<std::pair<std::string, std::string>> all;
    for (const Row& row : seen_rows) {
        all.emplace_back(row.name, row.show(*this));
    }
    for (const Row& row : set_rows) {
        all.emplace_back(row.name, shown(row, system.around));
    }
    for (std::size_t i = 1; i < system.units.size(); ++i) {
        const std::string prefix = "unit_" + std::to_string(i) + ".";
        const Unit& unit = system.units[i];
        const bool disabled = (unit.memory.setting(setting_flags0) & disable_charge_bit) != 0;
        all.emplace_back(prefix + "firmware", std::to_string(unit.firmware()));
        all.emplace_back(prefix + "state", word(unit.state()));
        all.emplace_back(prefix + "charge_current_a", std::to_string(unit.charge_current_a()));
        all.emplace_back(prefix + "bulk_current_a",
                         std::to_string(unit.memory.setting(setting_bulk_current)));
        all.emplace_back(prefix + "disable_charge", yes(disabled));
    }
    return all;
}

std::optional<std::string> Multiplus::set(const std::string& name, const std::string& value) {
    if (Unit* unit = unit_named(name, system)) {
        auto refused = refuse(unit_rows[0].accepts, value);
        if (!refused) {
            unit->own_firmware = static_cast<int>(*number_of(value));
        }
        return refused;
    }
    const auto* row = std::find_if(std::begin(set_rows), std::end(set_rows),
                                   [&](const Row& one) { return one.name == name; });
    if (row == std::end(set_rows)) {
        return names_that_can_be_set();
    }
    if (auto refused = refuse(row->accepts, value)) {
        return refused;
    }
    put(*row, system.around, value);
    if (name == "dongle") {
        dongle.told = "none"; // the same word again is another press
    }
    system.changed(name);
    return std::nullopt;
}

} // namespace bms::sim
