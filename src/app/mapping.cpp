// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/mapping.hpp"

#include "app/link_words.hpp"

#include "bms/core/words.hpp"
#include "bms/vebus/errors.hpp"

#include <cmath>
#include <numeric>

namespace bms::app {
namespace {

using core::Line;

vebus::SwitchState to_vebus(core::Mode m) {
    switch (m) {
    case core::Mode::on:
        return vebus::SwitchState::on;
    case core::Mode::charger_only:
        return vebus::SwitchState::charger_only;
    case core::Mode::inverter_only:
        return vebus::SwitchState::inverter_only;
    default:
        return vebus::SwitchState::off;
    }
}

venus::Mode to_venus(core::Mode m) {
    switch (m) {
    case core::Mode::on:
        return venus::Mode::on;
    case core::Mode::charger_only:
        return venus::Mode::charger_only;
    case core::Mode::inverter_only:
        return venus::Mode::inverter_only;
    default:
        return venus::Mode::off;
    }
}

template<typename To, typename From>
std::optional<To> map(const std::optional<From>& from, To (*convert)(From)) {
    return from ? std::optional(convert(*from)) : std::nullopt;
}

std::optional<bool> answer(const vebus::Capability& capability) {
    switch (capability.known) {
    case vebus::Capability::Known::yes:
        return true;
    case vebus::Capability::Known::no:
        return false;
    default:
        return std::nullopt;
    }
}

/// /State as Venus OS numbers it; nullopt: not known.
std::optional<std::uint32_t> venus_state(const core::StepResult& r, const vebus::LinkStatus* link) {
    constexpr std::uint32_t off = 0, low_power = 1, bulk = 3, absorption = 4, floating = 5, passthru = 8,
                            inverting = 9;
    if (r.state.power == core::Power::remote_off) {
        return low_power; // M33
    }
    if (link == nullptr || !link->heard) {
        return std::nullopt;
    }
    if (link->venus_state) {
        return link->venus_state; // another service of Venus OS has the word
    }
    if (link->active_mode == vebus::SwitchState::off) {
        return off;
    }
    if (!link->master_led) {
        return std::nullopt;
    }
    const auto& led = link->master_led->leds_on;
    const auto& blink = link->master_led->leds_blink;
    const auto shines = [&](std::uint8_t bit) { return ((led | blink) & bit) != 0; };
    if (shines(vebus::led::bulk)) {
        return bulk;
    }
    if (shines(vebus::led::absorption)) {
        return absorption;
    }
    if (shines(vebus::led::floating)) {
        return floating;
    }
    if (shines(vebus::led::inverter)) {
        return inverting;
    }
    return shines(vebus::led::mains) ? std::optional(passthru) : std::nullopt;
}

/// What the SoC rule takes away is told in its words, beside a cell that is low too.
std::string loads_reason(const core::StepResult& r, const Surroundings& around) {
    if (r.state.soc_rule == core::SocRule::none) {
        return std::string(r.why_loads);
    }
    const std::string words =
        around.soc_rule_reason +
        (r.state.soc_rule == core::SocRule::charger_only ? ": the inverter/charger may only charge" : "");
    return r.state.low_since ? std::string(r.why_loads) + "; " + words : words;
}

std::string reason_of(const core::StepResult& r, const Surroundings& around) {
    if (!around.line_problem.empty()) {
        return around.line_problem;
    }
    if (r.outputs.cable_fault) {
        return "both loops opened together: BTV cable or battery electronics";
    }
    if (r.state.power != core::Power::on) {
        return std::string(r.why_power);
    }
    const bool loads_fine =
        r.state.discharge == core::Discharge::allowed && r.state.soc_rule == core::SocRule::none;
    const bool charge_fine = r.state.charge == core::Charge::allowed;
    if (charge_fine) {
        return loads_reason(r, around);
    }
    return loads_fine ? std::string(r.why_charge)
                      : loads_reason(r, around) + "; " + std::string(r.why_charge);
}

std::string state_of(const core::StepResult& r) {
    if (r.state.power != core::Power::on) {
        return std::string(word(r.state.power));
    }
    return "on, discharge " + std::string(word(r.state.discharge)) + ", charge " +
           std::string(word(r.state.charge));
}

std::string error_text(const core::StepResult& r, const Surroundings& around) {
    if (r.outputs.cable_fault) {
        return "BTV cable or battery electronics: check the BMS cables between the batteries and this BMS";
    }
    return around.line_problem;
}

venus::Led led(bool lit) { return lit ? venus::Led::on : venus::Led::off; }

void fill_protection(venus::Protection& p, const core::StepResult& r, const Surroundings& around,
                     Instant now) {
    const core::Outputs& out = r.outputs;
    p.inputs_valid = r.state.power == core::Power::on || r.state.power == core::Power::remote_off;
    p.cable_fault = out.cable_fault;
    p.remote_on = r.state.power == core::Power::on;
    p.cell_high = r.state.high_since.has_value();
    p.cell_low = r.state.low_since.has_value();
    p.cell_low_imminent = p.inputs_valid && r.state.pre_alarm.value == false;
    p.mains = around.inputs.mains;
    p.aux_in = around.aux_in;
    p.allow_to_charge = out.allow_to_charge;
    p.allow_to_discharge = out.allow_to_discharge;
    p.pre_alarm = out.pre_alarm == Line::high;
    p.load_disconnect_high = out.load_disconnect == Line::high;
    p.charge_disconnect_high = out.charge_disconnect == Line::high;
    p.pre_alarm_high = out.pre_alarm == Line::high;
    p.state = state_of(r);
    p.reason = reason_of(r, around);
    p.error_text = error_text(r, around);
    p.since_uptime_s = std::chrono::duration_cast<Seconds>(around.last_move.time_since_epoch()).count();
    p.next_change = std::string(r.next_change.what);
    p.seconds_to_next_change.reset();
    if (r.next_change.at != never) {
        p.seconds_to_next_change = std::chrono::ceil<Seconds>(r.next_change.at - now).count();
    }
    p.cell_high_count = around.disconnects.by_high_cell;
    p.cell_low_count = around.disconnects.by_low_cell;
    p.led_status = r.status_led == core::StatusLed::dark ? venus::Led::off : venus::Led::blink;
    p.led_cell_low = led(out.led_cell_low);
    p.led_cell_high = led(out.led_cell_high);
}

/// Firmware 489 is published as 489 in hexadecimal digits: 0x489.
std::uint32_t hexadecimal(int decimal) {
    std::uint32_t digits = 0;
    for (int shift = 0; decimal > 0 && shift < 32; shift += 4, decimal /= 10) {
        digits |= static_cast<std::uint32_t>(decimal % 10) << shift;
    }
    return digits;
}

std::optional<std::int32_t> as_int32(const std::optional<std::uint32_t>& number) {
    return number ? std::optional(static_cast<std::int32_t>(*number)) : std::nullopt;
}

double milliseconds(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

void fill_findings(venus::Multi& m, const vebus::LinkStatus& link) {
    m.firmware =
        link.found.firmware ? std::optional(hexadecimal(link.found.firmware->release())) : std::nullopt;
    m.units = link.found.units;
    m.dmc = dmc_is_there(link);
    m.dmc_version = dmc_is_there(link) ? as_int32(link.found.dmc_version) : std::nullopt;
    m.interface_version = link.found.interface_version;
    m.error = vebus_error_of(link);
    m.error_text = *m.error == 0 ? "" : vebus::text_of_vebus_error(*m.error);
    m.ac_inputs = link.ac_inputs;
    m.ac_present = link.mains_present;
    constexpr int none = 240;
    m.active_input = link.mains_present
                         ? std::optional(*link.mains_present ? link.ac_input.value_or(0) : none)
                         : std::nullopt;
    m.dc_volts = link.dc_voltage_v;
    m.dc_amperes = link.dc_current_a;
}

void fill_statistics(venus::Multi& m, const vebus::LinkStatus& link) {
    const auto count = [](std::uint64_t number) { return static_cast<std::uint32_t>(number); };
    const vebus::LinkStatistics& s = link.statistics;
    const auto& rejected = link.framer.rejected;
    m.frames_sent = count(s.sent);
    m.frames_bad = count(std::accumulate(rejected.begin(), rejected.end(), std::uint64_t{0}));
    m.syncs = count(s.syncs);
    m.missed_slots = count(s.missed_slots);
    m.retries = count(s.retries);
    m.unanswered = count(s.timeouts);
    if (s.round_trip.count > 0) {
        m.round_trip_ms = milliseconds(s.round_trip.sum) / static_cast<double>(s.round_trip.count);
        m.longest_round_trip_ms = milliseconds(s.round_trip.longest);
    }
}

/// It should do what it is told, and does not, or cannot be told: never a mere line in the log (decisions 6).
bool is_out_of_control(const core::StepResult& r, const vebus::LinkStatus& link) {
    const bool refused_to_send =
        link.listen_only != vebus::ListenOnly::no && link.listen_only != vebus::ListenOnly::configured;
    return refused_to_send || (link.heard && link.mode_refused) ||
           r.outputs.multi_not_obeying != core::NotObeying::none;
}

void fill_multi(venus::Multi& m, const core::StepResult& r, const Surroundings& around) {
    const vebus::LinkStatus* link = around.link;
    m.link_configured = link != nullptr;
    m.link_reason = link_reason(r, around);
    m.wish = to_venus(r.state.wish.mode.value_or(core::Mode::on));
    m.expected = around.link_silent;
    m.state = venus_state(r, link);
    if (link == nullptr) {
        return;
    }
    m.link_advice.clear();
    for (const std::string& words : link_advice(r, around)) {
        m.link_advice += (m.link_advice.empty() ? "" : ". ") + words;
    }
    m.heard = link->heard;
    m.out_of_control = is_out_of_control(r, *link);
    m.controlled = around.port_problem.empty() && link->heard && link->listen_only_reason.empty() &&
                   r.state.wish.mode.has_value() && !m.out_of_control;
    m.mode = map<venus::Mode, core::Mode>(map<core::Mode, vebus::SwitchState>(link->active_mode, to_core),
                                          to_venus);
    fill_findings(m, *link);
    fill_statistics(m, *link);
}

} // namespace

/// The enumerators of both sides are the same four words.
core::Mode to_core(vebus::SwitchState s) {
    switch (s) {
    case vebus::SwitchState::on:
        return core::Mode::on;
    case vebus::SwitchState::charger_only:
        return core::Mode::charger_only;
    case vebus::SwitchState::inverter_only:
        return core::Mode::inverter_only;
    default:
        return core::Mode::off;
    }
}

Levels levels_of(const core::StepResult& r, const core::LedState& status_led, bool heartbeat, bool multi_on) {
    Levels levels{};
    const auto put = [&](Role role, bool active) { levels.at(static_cast<std::size_t>(role)) = active; };
    const core::Outputs& out = r.outputs;
    put(Role::pre_alarm, out.pre_alarm == Line::high);
    put(Role::load_disconnect, out.load_disconnect == Line::high);
    put(Role::two_signal_discharge, out.allow_to_discharge && r.state.soc_rule == core::SocRule::none);
    put(Role::charge_disconnect, out.charge_disconnect == Line::high);
    put(Role::two_signal_charge, out.allow_to_charge);
    put(Role::vebus_standby, out.vebus_standby == Line::high);
    put(Role::vebus_panel_detect, out.vebus_panel_detect == Line::high);
    put(Role::heartbeat, heartbeat);
    put(Role::led_status, status_led.lit);
    put(Role::led_cell_low, out.led_cell_low);
    put(Role::led_cell_high, out.led_cell_high);
    put(Role::led_multi_on, multi_on);
    return levels;
}

std::optional<vebus::Wanted> wanted_of(const std::optional<core::Command>& command) {
    if (!command) {
        return std::nullopt;
    }
    const auto charge = command->charge == core::ChargeOrder::allow    ? vebus::ChargeOrder::allow
                        : command->charge == core::ChargeOrder::reduce ? vebus::ChargeOrder::reduce
                                                                       : vebus::ChargeOrder::stop;
    return vebus::Wanted{.mode = to_vebus(command->mode),
                         .charge = charge,
                         .limit_a = static_cast<std::uint16_t>(command->limit_a),
                         .insist = command->insist};
}

/// Never more than is permitted: loads that are off for whatever reason are told as a low cell, too, and so
/// is the SoC rule: these frames are for the Multi alone.
profile::Signals signals_of(const core::StepResult& r) {
    profile::Signals signals;
    signals[profile::Signal::cell_low] =
        !r.outputs.allow_to_discharge || r.state.soc_rule != core::SocRule::none;
    signals[profile::Signal::cell_high] = !r.outputs.allow_to_charge;
    signals[profile::Signal::cell_low_imminent] = r.outputs.pre_alarm == Line::high;
    signals[profile::Signal::error] = r.outputs.error;
    signals[profile::Signal::remote_off] = r.state.power == core::Power::remote_off;
    signals.charge = r.state.multi_charge == core::MultiCharge::allow    ? profile::ChargeLevel::allowed
                     : r.state.multi_charge == core::MultiCharge::reduce ? profile::ChargeLevel::reduced
                                                                         : profile::ChargeLevel::stopped;
    return signals;
}

core::MultiReport report_of(const vebus::LinkStatus& link) {
    core::MultiReport report{.configured = true,
                             .heard = link.heard,
                             .listen_only = !link.listen_only_reason.empty(),
                             .remote = map<core::Mode, vebus::SwitchState>(link.remote_mode, to_core),
                             .front = map<core::Mode, vebus::SwitchState>(link.front_mode, to_core),
                             .active = map<core::Mode, vebus::SwitchState>(link.active_mode, to_core),
                             .ac_present = link.mains_present,
                             .can_stop_charge = answer(link.charge_stop),
                             .can_limit_charge = answer(link.charge_limit),
                             .dmc = dmc_is_there(link),
                             .mode_refused = link.mode_refused};
    if (link.mode_report_stale && link.listen_only == vebus::ListenOnly::no) {
        report.remote.reset(); // of the time before our order: it neither obeys it nor is a user's hand
        report.active.reset();
    }
    // A limit is per unit: the one that charges most has to obey it.
    const auto current_a = link.highest_unit_current_a ? link.highest_unit_current_a : link.dc_current_a;
    if (current_a) {
        report.charge_current_da = static_cast<int>(std::lround(*current_a * 10));
    }
    return report;
}

void Disconnects::count(const core::State& before, const core::State& after) {
    const auto newly = [](const core::Side& was, const core::Side& is) {
        return was.cause != core::Cause::loop && is.cause == core::Cause::loop ? 1U : 0U;
    };
    by_high_cell += newly(before.charging, after.charging);
    by_low_cell += newly(before.loads, after.loads);
}

void fill_facts(venus::Facts& facts, const core::StepResult& r, const Surroundings& around, Instant now) {
    fill_protection(facts.protection, r, around, now);
    fill_multi(facts.multi, r, around);
}

Installed installed(const config::Config& c) {
    return {.assistant = c.vebus.assistant_installed,
            .profile = !c.vebus.frame_profile.empty(),
            .two_signal = c.outputs.two_signal_charge && c.outputs.two_signal_discharge};
}

std::optional<core::Mode> mode_from_venus(std::uint32_t value, config::LinkKind link) {
    switch (static_cast<venus::Mode>(value)) {
    case venus::Mode::charger_only:
        return core::Mode::charger_only;
    case venus::Mode::on:
        return core::Mode::on;
    case venus::Mode::off:
        return core::Mode::off;
    case venus::Mode::inverter_only:
        return link == config::LinkKind::rs485 ? std::nullopt : std::optional(core::Mode::inverter_only);
    default:
        return std::nullopt;
    }
}

std::string summary(const core::StepResult& r) {
    return std::string("loads ") + (r.outputs.allow_to_discharge ? "on" : "off") + ", charging " +
           (r.outputs.allow_to_charge ? "allowed" : "stopped");
}

} // namespace bms::app
