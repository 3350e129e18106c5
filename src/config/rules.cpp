// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "config/rules.hpp"

#include "config/keys.hpp"

#include "bms/config/bank.hpp"

#include <algorithm>
#include <utility>

namespace bms::config {

namespace {

bool same_line(const Line& a, const Line& b) {
    return a.name == b.name && a.chip == b.chip && a.offset == b.offset;
}

std::string label(const Line& line) {
    return line.chip.empty() ? line.name : line.chip + " line " + std::to_string(line.offset);
}

/// Two names for one pin, or a name and an offset, only show when the lines are asked for: then the second is
/// busy.
void check_lines(const Config& config, Errors& errors) {
    struct Use {
        std::string_view pointer;
        Line line;
    };
    std::vector<Use> uses;
    for (const auto& key : config_keys()) {
        const auto value = key.access.get(config);
        const auto* line = std::get_if<Line>(&value);
        if (!line || label(*line).empty()) // not given, or refused already
            continue;
        const auto other = std::find_if(uses.begin(), uses.end(),
                                        [&](const Use& use) { return same_line(use.line, *line); });
        if (other != uses.end())
            errors.add(std::string{key.pointer}, label(*line) + " is used by " + std::string{other->pointer} +
                                                     " already; each needs a line of its own");
        uses.push_back({key.pointer, *line});
    }
}

/// A pull resistor must not make a broken wire read as healthy, nor hold an output on after our death.
void check_bias(const Config& config, Errors& errors) {
    for (const auto& key : config_keys()) {
        const auto value = key.access.get(config);
        const auto* line = std::get_if<Line>(&value);
        const auto wrong = line && line->active_level == Level::high ? Bias::pull_up : Bias::pull_down;
        if (line && line->bias == wrong)
            errors.add(
                std::string{key.pointer} + "/bias",
                "pulls the line to its " + std::string{key.words.substr(1)} +
                    " when a wire breaks or the daemon is gone; accepted: \"as_is\", \"disabled\" or the "
                    "opposite pull");
    }
}

/// /dev/ttyUSB0 is whichever adapter was found first; on some GX devices it is a built-in port.
void check_port(const Config& config, Errors& errors) {
    for (std::string_view guess : {"/dev/ttyUSB", "/dev/ttyACM"}) {
        if (config.vebus.port.starts_with(guess))
            errors.add("/vebus/port",
                       config.vebus.port +
                           " may be another adapter after the next start; give its name that stays, "
                           "listed by: ls -l /dev/serial/by-id");
    }
}

void check_profile(const Config& config, Errors& errors) {
    if (!config.vebus.frame_profile.empty() && config.vebus.link != LinkKind::rs485)
        errors.add("/vebus/frame_profile",
                   "its frames can only be sent over an RS-485 adapter; accepted: /vebus/link \"rs485\", or "
                   "no frame_profile");
}

bool is_service(std::string_view name, std::string_view prefix) {
    const auto word = name.substr(std::min(name.size(), prefix.size()));
    return name.starts_with(prefix) && !word.empty() &&
           word.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_") == std::string_view::npos;
}

bool is_vebus_service(std::string_view name) { return is_service(name, "com.victronenergy.vebus."); }

void check_commanded_service(const Config& config, Errors& errors) {
    const std::string& name = config.vebus.service;
    if (!name.empty() && !is_vebus_service(name))
        errors.add("/vebus/service",
                   "found \"" + name +
                       "\"; accepted: com.victronenergy.vebus.WORD (letters, digits and _), as "
                       "listed by: dbus-send --system --print-reply "
                       "--dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames");
    if (!name.empty() && name == config.dbus.name)
        errors.add("/vebus/service",
                   name + " is our own /dbus/name; accepted: the service of Victron's driver");
}

void check_debounce(const Config& config, Errors& errors) {
    if (config.btv.debounce_closed < config.btv.debounce_open)
        errors.add("/btv/debounce_closed_ms", "found " + std::to_string(config.btv.debounce_closed.count()) +
                                                  "; accepted: at least debounce_open_ms, which is " +
                                                  std::to_string(config.btv.debounce_open.count()) +
                                                  ": quick to stop, slow to allow");
}

void check_service_name(const Config& config, Errors& errors) {
    if (!config.dbus.name.empty() && !is_vebus_service(config.dbus.name))
        errors.add("/dbus/name",
                   "found \"" + config.dbus.name +
                       "\"; accepted: com.victronenergy.vebus.WORD (letters, digits and _), where "
                       "Venus OS looks for a VE.Bus BMS");
}

/// Decisions 5: no power-off without hardware that wakes the board.
void check_power(const Config& config, Errors& errors) {
    if (config.power.off_after_min && config.power.wake_hardware == WakeHardware::none)
        errors.add("/power/off_after_min",
                   "a board that is switched off at a low cell protects nothing until somebody switches it "
                   "on; accepted: \"none\", or /power/wake_hardware \"wired\" once there is hardware that "
                   "switches it on when AC or a charger comes");
}

void check_shunt(const Config& config, Errors& errors) {
    const auto& name = config.shunt.service;
    if (name && *name != "auto" && !is_service(*name, "com.victronenergy.battery."))
        errors.add("/shunt/service",
                   "found \"" + *name +
                       "\"; accepted: \"none\", \"auto\", or com.victronenergy.battery.WORD (letters, digits "
                       "and _), as listed by: dbus-send --system --print-reply --dest=org.freedesktop.DBus / "
                       "org.freedesktop.DBus.ListNames");
}

void check_soc_rule(const Config& config, Errors& errors) {
    constexpr int least_apart = 2; // percent: a shunt's figure wanders by one
    const SocRule& rule = config.soc_rule;
    if (rule == SocRule{} || errors.at_or_below("/soc_rule"))
        return;
    if (!rule.below_percent)
        errors.add("/soc_rule/below_percent",
                   "missing, and without it there is no rule; accepted: a whole number from 1 to 90 (%)");
    else if (!rule.back_percent || *rule.back_percent < *rule.below_percent + least_apart)
        errors.add("/soc_rule/back_percent",
                   (rule.back_percent ? "found " + std::to_string(*rule.back_percent) : "missing") +
                       "; accepted: from " + std::to_string(*rule.below_percent + least_apart) +
                       " to 100 (%), which is below_percent and 2 more");
    if (!config.shunt.service && !errors.at_or_below("/shunt"))
        errors.add("/shunt/service",
                   "missing; /soc_rule needs it: who measures the state of charge? Accepted: "
                   "\"auto\", or com.victronenergy.battery.WORD");
}

} // namespace

void complete_remote(Config& config, Errors& errors) {
    auto& remote = config.remote;
    if (remote.kind == Remote::Kind::always_on || errors.at_or_below("/remote"))
        return;
    const bool one_line = remote.on && !remote.h && !remote.l;
    const bool h_and_l = !remote.on && remote.h && remote.l;
    if (!one_line && !h_and_l)
        errors.add("/remote",
                   "accepted: \"always_on\", or an object with \"on\", or one with both \"h\" and \"l\"");
    remote.kind = h_and_l ? Remote::Kind::h_and_l : Remote::Kind::one_line;
}

void check_rules(const Config& config, Errors& errors) {
    check_lines(config, errors);
    check_bias(config, errors);
    check_port(config, errors);
    check_profile(config, errors);
    check_commanded_service(config, errors);
    check_debounce(config, errors);
    check_service_name(config, errors);
    check_power(config, errors);
    check_shunt(config, errors);
    check_soc_rule(config, errors);
    for (auto& error : bank_errors(config.bank))
        errors.add(std::move(error.pointer), std::move(error.text));
}

} // namespace bms::config
