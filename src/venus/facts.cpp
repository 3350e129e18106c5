// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/venus/facts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bms::venus {

namespace {

constexpr std::int32_t vebus_bms = 2;

// systemcalc takes a BMS for a V2, and tells chargers to expect one, from here on.
constexpr std::uint32_t first_v2_version = 1146100;

// As /Alarms have it.
constexpr std::uint32_t ok = 0, warning = 1, alarm = 2;

constexpr std::uint32_t low_power = 1;

std::int32_t flag(bool yes) { return yes ? 1 : 0; }

template<typename T>
Value or_invalid(const std::optional<T>& known) {
    return known ? Value{*known} : Value{};
}

Value or_invalid(const std::optional<Mode>& known) {
    return known ? Value{static_cast<std::uint32_t>(*known)} : Value{};
}

std::int32_t led(Led led) { return static_cast<std::int32_t>(led); }

std::int32_t clamped(std::int64_t seconds) {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(seconds, 0, most));
}

/// Rounded up, so that a countdown makes a signal every ten seconds instead of one a second.
std::int32_t coarse(std::int64_t seconds) {
    const std::int64_t step = seconds > 60 ? 60 : 10;
    return clamped((std::max<std::int64_t>(seconds, 0) + step - 1) / step * step);
}

void publish_identity(const Identity& id, ItemTree& tree) {
    tree.set(Path::mgmt_process_name, "vebus-bmsd");
    tree.set(Path::mgmt_process_version, id.process_version);
    const bool battery = tree.role() == Role::battery;
    tree.set(Path::mgmt_connection, battery ? "the battery's control lines" : "VE.Bus");
    tree.set(Path::device_instance, id.device_instance);
    tree.set(Path::product_id, 0); // never a Lynx's, though only those stop at 0 (venus-dbus.md 4)
    tree.set(Path::product_name, id.product_name);
    tree.set(Path::custom_name, id.custom_name);
    tree.set(Path::hardware_version, or_invalid(id.hardware));
    tree.set(Path::serial, id.serial);
    tree.set(Path::bms_type, vebus_bms);
    tree.set(Path::bms_expected, 1);
    tree.set(Path::bms_version, first_v2_version);
    tree.set(Path::mk2_product_name, "MK3");
}

/// Not readable means not permitted: what /Bms/Error reports must never stand beside a permission that rests
/// on it.
struct Permission {
    bool charge, discharge;
};

Permission permission(const Protection& p) {
    return {p.inputs_valid && p.allow_to_charge, p.inputs_valid && p.allow_to_discharge};
}

void publish_lines(const Protection& p, ItemTree& tree) {
    const auto line = [&](bool open) { return p.inputs_valid ? Value{flag(open)} : Value{}; };
    tree.set(Path::line_cell_high, line(p.cell_high));
    tree.set(Path::line_cell_low, line(p.cell_low));
    tree.set(Path::line_pre_alarm, line(p.cell_low_imminent));
    tree.set(Path::line_cable_fault, line(p.cable_fault));
    tree.set(Path::line_mains, p.mains ? Value{flag(*p.mains)} : Value{});
    tree.set(Path::line_aux_in, p.aux_in ? Value{flag(*p.aux_in)} : Value{});
    tree.set(Path::remote_on, line(p.remote_on));
    tree.set(Path::output_load_disconnect, flag(p.load_disconnect_high));
    tree.set(Path::output_charge_disconnect, flag(p.charge_disconnect_high));
    tree.set(Path::output_pre_alarm, flag(p.pre_alarm_high));
    tree.set(Path::led_status, led(p.led_status));
    tree.set(Path::led_cell_low, led(p.led_cell_low));
    tree.set(Path::led_cell_high, led(p.led_cell_high));
}

void publish_protection(const Facts& facts, ItemTree& tree) {
    const Protection& p = facts.protection;
    const auto allowed = permission(p);
    const bool high_or_unknown = p.cell_high || !p.inputs_valid;
    tree.set(Path::allow_to_charge, flag(allowed.charge));
    tree.set(Path::allow_to_discharge, flag(allowed.discharge));
    tree.set(Path::allow_to_charge_rate, high_or_unknown ? 255U : 0U);
    tree.set(Path::bms_error, flag(!p.inputs_valid || p.cable_fault));
    tree.set(Path::bms_pre_alarm, flag(p.pre_alarm));
    tree.set(Path::bms_state, p.state);
    tree.set(Path::bms_reason, facts.role_note.empty() ? p.reason : p.reason + ". " + facts.role_note);
    tree.set(Path::bms_error_text, p.error_text);
    tree.set(Path::bms_since, clamped(p.since_uptime_s));
    tree.set(Path::next_change, p.next_change);
    tree.set(Path::seconds_to_next_change,
             p.seconds_to_next_change ? Value{coarse(*p.seconds_to_next_change)} : Value{});
    tree.set(Path::restart, 0);
    tree.set(Path::cell_high_count, p.cell_high_count);
    tree.set(Path::cell_low_count, p.cell_low_count);
}

/// The cause, not its consequences: loads off by remote, by lost lines or by a broken cable are no low
/// battery, and silence that has to be is no lost connection.
void publish_alarms(const Facts& facts, ItemTree& tree) {
    const Protection& p = facts.protection;
    const bool low = p.inputs_valid && !p.cable_fault && p.cell_low;
    const bool soon = p.inputs_valid && !p.cable_fault && p.pre_alarm;
    const auto low_battery = low ? alarm : soon ? warning : ok;
    const bool lost = facts.multi.link_configured && facts.multi.expected && !facts.multi.heard;
    tree.set(Path::alarm_bms_pre_alarm, p.pre_alarm && facts.notify_pre_alarm ? warning : ok); // M16
    tree.set(Path::alarm_bms_connection_lost, lost || facts.multi.out_of_control ? alarm : ok);
    tree.set(Path::alarm_low_battery, low_battery);
    tree.set(Path::alarm_l1_low_battery, low_battery);
}

void publish_multi(const Facts& facts, ItemTree& tree) {
    const Multi& m = facts.multi;
    const bool remote_off = facts.protection.inputs_valid && !facts.protection.remote_on;
    tree.set(Path::connected, flag(m.heard));
    tree.set(Path::firmware_version, or_invalid(m.firmware));
    tree.set(Path::vebus_error, m.error.value_or(0));
    tree.set(Path::mode, static_cast<std::uint32_t>(m.wish));
    tree.set(Path::vebus_error_text, m.error_text);
    tree.set(Path::mode_is_adjustable, flag(!m.dmc));                           // M106
    tree.set(Path::state, remote_off ? Value{low_power} : or_invalid(m.state)); // M33
    tree.set(Path::number_of_phases,
             m.phases.value_or(1)); // must be valid, or Venus OS raises no notification
    tree.set(Path::number_of_ac_inputs, m.ac_inputs.value_or(1));
    tree.set(Path::active_input, or_invalid(m.active_input));
    tree.set(Path::active_input_connected, m.ac_present ? Value{flag(*m.ac_present)} : Value{});
    tree.set(Path::number_of_multis, or_invalid(m.units));
    tree.set(Path::dmc_version, or_invalid(m.dmc_version));
    tree.set(Path::controls_inverter, flag(m.controlled));
    tree.set(Path::link_reason, m.link_reason);
    tree.set(Path::multi_mode, or_invalid(m.mode));
    tree.set(Path::link_advice, m.link_advice);
    tree.set(Path::redetect_system, 0);
}

void publish_statistics(const Multi& m, ItemTree& tree) {
    tree.set(Path::interface_version, or_invalid(m.interface_version));
    tree.set(Path::frames_sent, m.frames_sent);
    tree.set(Path::frames_bad, m.frames_bad);
    tree.set(Path::syncs, m.syncs);
    tree.set(Path::missed_slots, m.missed_slots);
    tree.set(Path::retries, m.retries);
    tree.set(Path::unanswered, m.unanswered);
    tree.set(Path::round_trip, or_invalid(m.round_trip_ms));
    tree.set(Path::longest_round_trip, or_invalid(m.longest_round_trip_ms));
}

void publish_neighbours(const Neighbours& n, ItemTree& tree) {
    tree.set(Path::alarm_charge_not_obeyed, n.charging ? alarm : ok);
    tree.set(Path::alarm_loads_not_obeyed, n.drawing ? alarm : ok);
    tree.set(Path::dvcc, or_invalid(n.dvcc));
    tree.set(Path::dvcc_advice, n.dvcc_advice);
    tree.set(Path::not_obeying, n.not_obeying);
    tree.set(Path::charge_not_obeyed_count, n.charging_count);
    tree.set(Path::loads_not_obeyed_count, n.drawing_count);
}

void publish_reserve(const Reserve& reserve, ItemTree& tree) {
    tree.set(Path::residual_hours_left, or_invalid(reserve.hours_left));
    tree.set(Path::residual_percent_left, or_invalid(reserve.percent_left));
    tree.set(Path::residual_reason, reserve.reason);
    tree.set(Path::alarm_residual_drain, reserve.alarm);
    tree.set(Path::power_source, reserve.power_source);
    tree.set(Path::power_at_low_cell, reserve.at_low_cell);
}

void publish_soc_rule(const SocRule& rule, ItemTree& tree) {
    tree.set(Path::soc_rule_active, flag(rule.active));
    tree.set(Path::soc_rule_reason, rule.reason);
    tree.set(Path::soc_rule_soc, or_invalid(rule.soc_percent));
}

void publish_dc(const Multi& m, ItemTree& tree) {
    Value watts;
    if (m.dc_volts && m.dc_amperes) {
        const double product = std::round(*m.dc_volts * *m.dc_amperes);
        if (std::abs(product) < 1e6)
            watts = static_cast<std::int32_t>(product);
    }
    tree.set(Path::dc_voltage, or_invalid(m.dc_volts));
    tree.set(Path::dc_current, or_invalid(m.dc_amperes));
    tree.set(Path::dc_power, watts);
}

void publish_limits(const Facts& facts, ItemTree& tree) {
    const auto allowed = permission(facts.protection);
    const auto limit = [](bool allowed_now, const auto& configured) {
        return allowed_now ? or_invalid(configured) : Value{0.0};
    };
    tree.set(Path::max_charge_current, limit(allowed.charge, facts.bank.max_charge_amperes));
    tree.set(Path::max_discharge_current, limit(allowed.discharge, facts.bank.max_discharge_amperes));
}

/// A limit of 0 means net zero at the battery there, not chargers off (venus-dbus.md 4).
void publish_battery(const Facts& facts, ItemTree& tree) {
    const Protection& p = facts.protection;
    const auto allowed = permission(p);
    const bool trusted = p.inputs_valid && !p.cable_fault;
    tree.set(Path::max_charge_voltage, or_invalid(facts.bank.charge_volts));
    tree.set(Path::modules_online, flag(trusted));
    tree.set(Path::modules_offline, flag(!trusted));
    tree.set(Path::modules_blocking_charge, flag(!allowed.charge));
    tree.set(Path::modules_blocking_discharge, flag(!allowed.discharge));
    tree.set(Path::battery_allow_to_charge, flag(allowed.charge));
    tree.set(Path::battery_allow_to_discharge, flag(allowed.discharge));
}

} // namespace

void publish(const Facts& facts, ItemTree& tree) {
    publish_identity(facts.identity, tree);
    publish_lines(facts.protection, tree);
    publish_protection(facts, tree);
    publish_alarms(facts, tree);
    publish_multi(facts, tree);
    publish_statistics(facts.multi, tree);
    publish_neighbours(facts.neighbours, tree);
    publish_reserve(facts.reserve, tree);
    publish_soc_rule(facts.soc_rule, tree);
    publish_dc(facts.multi, tree);
    publish_limits(facts, tree);
    publish_battery(facts, tree);
    if (tree.role() == Role::battery) // we are there, whether or not a Multi is heard
        tree.set(Path::connected, 1);
}

} // namespace bms::venus
