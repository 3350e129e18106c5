// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/record/recording.hpp"

#include "bms/core/words.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace bms::record {
namespace {

using nlohmann::json;
using namespace core;

constexpr int format = 1;
constexpr unsigned largest_u16 = std::numeric_limits<std::uint16_t>::max();

/// Every field of Settings once, for both directions.
template<typename S, typename Visit>
void for_each_setting(S& s, Visit visit) {
    visit("debounce_open_us", s.loop.to_inactive);
    visit("debounce_closed_us", s.loop.to_active);
    visit("remote_debounce_off_us", s.remote.to_inactive);
    visit("remote_debounce_on_us", s.remote.to_active);
    visit("cable_fault_window_us", s.cable_fault_window);
    visit("pre_alarm_lead_us", s.pre_alarm_lead);
    visit("pre_alarm_release_us", s.pre_alarm_release);
    visit("reconnect_delay_us", s.reconnect_delay);
    visit("charge_reconnect_delay_us", s.charge_reconnect_delay);
    visit("reconnect_delay_max_us", s.reconnect_delay_max);
    visit("disconnect_memory_us", s.disconnect_memory);
    visit("reduce_max_us", s.reduce_max);
    visit("current_obeys_within_us", s.current_obeys_within);
    visit("mode_obeys_within_us", s.mode_obeys_within);
    visit("start_grace_us", s.start_grace);
    visit("wake_hold_us", s.wake_hold);
    visit("wake_pause_us", s.wake_pause);
    visit("wake_pause_max_us", s.wake_pause_max);
    visit("pre_alarm_fitted", s.pre_alarm_fitted);
    visit("remote_fitted", s.remote_fitted);
    visit("restart_manual", s.restart_manual);
    visit("reduce_on_high_cell", s.reduce_on_high_cell);
    visit("reduced_charge_current_a", s.reduced_charge_current_a);
}

/// Every field of Inputs once, for both directions.
template<typename I, typename Visit>
void for_each_input(I& in, Visit visit) {
    visit("allow_to_charge", in.allow_to_charge);
    visit("allow_to_discharge", in.allow_to_discharge);
    visit("pre_alarm", in.pre_alarm);
    visit("remote_h", in.remote_h);
    visit("remote_l", in.remote_l);
    visit("lines_held", in.lines_held);
    visit("mains", in.mains);
    visit("multi_configured", in.multi.configured);
    visit("multi_heard", in.multi.heard);
    visit("multi_listen_only", in.multi.listen_only);
    visit("multi_remote", in.multi.remote);
    visit("multi_front", in.multi.front);
    visit("multi_active", in.multi.active);
    visit("multi_ac_present", in.multi.ac_present);
    visit("multi_charge_current_da", in.multi.charge_current_da);
    visit("multi_can_stop_charge", in.multi.can_stop_charge);
    visit("multi_can_limit_charge", in.multi.can_limit_charge);
    visit("multi_dmc", in.multi.dmc);
    visit("multi_mode_refused", in.multi.mode_refused);
    visit("mode_wish", in.mode_wish);
    visit("panel_wish", in.panel_wish);
    visit("restart_loads", in.restart_loads);
    visit("soc_rule", in.soc_rule);
}

json to_json(Duration d) { return d.count(); }
json to_json(bool b) { return b; }
json to_json(int i) { return i; }
json to_json(Mode m) { return std::string(word(m)); }
json to_json(SocRule r) { return std::string(word(r)); }
json to_json(const LineReading& r) {
    return json::array({std::string(word(r.level)), r.since.time_since_epoch().count()});
}
template<typename T>
json to_json(const std::optional<T>& v) {
    return v ? to_json(*v) : json(nullptr);
}

/// The reading direction: false when the value does not fit.
bool from_json(const json& j, Duration& d) {
    if (!j.is_number_integer()) {
        return false;
    }
    d = Duration(j.get<Duration::rep>());
    return true;
}
bool from_json(const json& j, bool& b) {
    b = j.is_boolean() && j.get<bool>();
    return j.is_boolean();
}
bool from_json(const json& j, int& i) {
    i = j.is_number_integer() ? j.get<int>() : 0;
    return j.is_number_integer();
}
bool from_json(const json& j, Mode& m) {
    const auto mode = j.is_string() ? mode_from(j.get<std::string>()) : std::nullopt;
    m = mode.value_or(Mode::off);
    return mode.has_value();
}
bool from_json(const json& j, SocRule& r) {
    const auto rule = j.is_string() ? soc_rule_from(j.get<std::string>()) : std::nullopt;
    r = rule.value_or(SocRule::none);
    return rule.has_value();
}
bool from_json(const json& j, LineReading& r) {
    if (!j.is_array() || j.size() != 2 || !j[0].is_string() || !j[1].is_number_integer()) {
        return false;
    }
    const auto level = level_from(j[0].get<std::string>());
    r = {level.value_or(Level::unknown), Instant(Duration(j[1].get<Duration::rep>()))};
    return level.has_value();
}
template<typename T>
bool from_json(const json& j, std::optional<T>& v) {
    if (j.is_null()) {
        v.reset();
        return true;
    }
    return from_json(j, v.emplace());
}

json to_json(const Memory& m) { return {{"wish", to_json(m.wish)}, {"restart_latched", m.restart_latched}}; }

bool from_json(const json& j, Memory& m) {
    return j.is_object() && j.contains("wish") && from_json(j["wish"], m.wish) &&
           j.contains("restart_latched") && from_json(j["restart_latched"], m.restart_latched);
}

/// The member, or null: a file from outside may hold anything.
const json& member(const json& j, const char* key) {
    static const json null;
    const auto found = j.is_object() ? j.find(key) : j.end();
    return found != j.end() ? *found : null;
}

bool is_our_format(const json& j, const char* key) { return member(j, key) == format; }

json original(std::optional<std::uint16_t> value) { return value ? json(*value) : json(nullptr); }

std::optional<std::uint16_t> original(const json& j, const char* key) {
    const auto found = j.find(key);
    const bool fits =
        found != j.end() && found->is_number_unsigned() && found->get<std::uint64_t>() <= largest_u16;
    return fits ? std::optional(found->get<std::uint16_t>()) : std::nullopt;
}

} // namespace

std::vector<Entry::MoveWords> words_of(const Moves& moves) {
    std::vector<Entry::MoveWords> list;
    for (const Move& m : moves) {
        list.push_back({std::string(m.region), std::string(m.from), std::string(m.to)});
    }
    return list;
}

std::string Writer::header(const Header& h) const {
    json settings;
    for_each_setting(h.settings, [&](const char* key, const auto& value) { settings[key] = to_json(value); });
    return json{{"vebus_bms_recording", format},
                {"version", h.version},
                {"settings", settings},
                {"memory", to_json(h.memory)}}
        .dump();
}

std::optional<std::string> Writer::step(const Inputs& in, Instant now, const State& before,
                                        const StepResult& r) {
    if (last_ == in && before == r.state) {
        return std::nullopt;
    }
    json line{{"t", now.time_since_epoch().count()}};
    const Inputs was = last_.value_or(Inputs{});
    json previous;
    for_each_input(was, [&](const char* key, const auto& v) { previous[key] = to_json(v); });
    for_each_input(in, [&](const char* key, const auto& value) {
        if (json now_is = to_json(value); now_is != previous[key]) {
            line["in"][key] = std::move(now_is);
        }
    });
    for (const auto& m : words_of(r.moves)) {
        line["moves"].push_back({m.region, m.from, m.to});
    }
    last_ = in;
    return line.dump();
}

std::optional<Header> Reader::header(const std::string& text) {
    line_ = 1;
    const json line = json::parse(text, nullptr, false);
    if (!is_our_format(line, "vebus_bms_recording")) {
        error_ = "line 1: not a vebus-bms recording of format 1";
        return std::nullopt;
    }
    const json& version = member(line, "version");
    const json& settings = member(line, "settings");
    Header h{.version = version.is_string() ? version.get<std::string>() : ""};
    for_each_setting(h.settings, [&](const char* key, auto& value) {
        if (!from_json(member(settings, key), value)) {
            error_ = std::string("line 1: no setting ") + key;
        }
    });
    if (!from_json(member(line, "memory"), h.memory)) {
        error_ = "line 1: no memory";
    }
    return error_.empty() ? std::optional(h) : std::nullopt;
}

std::optional<Entry> Reader::entry(const std::string& text) {
    ++line_;
    const json line = json::parse(text, nullptr, false);
    const json& at = member(line, "t");
    if (!at.is_number_integer()) {
        error_ = "line " + std::to_string(line_) + ": not a step (cut off, perhaps by a power loss)";
        return std::nullopt;
    }
    const json& changed = member(line, "in");
    for_each_input(inputs_, [&](const char* key, auto& value) {
        if (changed.contains(key) && !from_json(changed[key], value)) {
            error_ = "line " + std::to_string(line_) + ": " + key + " does not fit";
        }
    });
    Entry entry{.at = Instant(Duration(at.get<Duration::rep>())), .inputs = inputs_};
    for (const json& m : member(line, "moves")) {
        if (!m.is_array() || m.size() != 3 || !m[0].is_string() || !m[1].is_string() || !m[2].is_string()) {
            error_ = "line " + std::to_string(line_) + ": a move is three words";
            break;
        }
        entry.moves.push_back({m[0].get<std::string>(), m[1].get<std::string>(), m[2].get<std::string>()});
    }
    return error_.empty() ? std::optional(entry) : std::nullopt;
}

std::string memory_text(const StoredMemory& stored) {
    json owed = json::array();
    for (const vebus::UnitOriginals& unit : stored.originals) {
        owed.push_back({{"unit", unit.unit},
                        {"flags0", original(unit.flags0)},
                        {"bulk_current_a", original(unit.bulk_current_a)}});
    }
    json file{{"format", format}, {"memory", to_json(stored.memory)}, {"multi_originals", owed}};
    if (stored.soc_rule_tripped) {
        file["soc_rule"] = {{"tripped", true}, {"overruled", stored.soc_rule_overruled}};
    }
    return file.dump(2) + "\n";
}

std::optional<StoredMemory> memory_from(const std::string& text) {
    const json file = json::parse(text, nullptr, false);
    StoredMemory stored;
    if (!is_our_format(file, "format") || !from_json(member(file, "memory"), stored.memory)) {
        return std::nullopt;
    }
    for (const json& owed : member(file, "multi_originals")) {
        const auto unit = original(owed, "unit");
        if (unit && *unit <= std::numeric_limits<std::uint8_t>::max()) {
            stored.originals.push_back({.unit = static_cast<std::uint8_t>(*unit),
                                        .flags0 = original(owed, "flags0"),
                                        .bulk_current_a = original(owed, "bulk_current_a")});
        }
    }
    const json& rule = member(file, "soc_rule"); // none in a file of an older version
    stored.soc_rule_tripped = member(rule, "tripped") == true;
    stored.soc_rule_overruled = stored.soc_rule_tripped && member(rule, "overruled") == true;
    return stored;
}

} // namespace bms::record
