// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "vebus/reports.hpp"

#include "bms/vebus/dialogue.hpp"

#include <concepts>
#include <type_traits>

namespace bms::vebus {

namespace {

constexpr std::uint8_t condition_current_valid = 0x10;

/// So long nothing but "mains on" is lit before it is taken for the emergency mode.
constexpr Duration emergency_believed = 10s;

/// All three charge LEDs and inverter and mains, on and blinking: LEDs not known [V].
constexpr std::uint8_t leds_unknown = 0x1F;

SwitchState from_bits(bool charger, bool inverter) {
    if (charger) {
        return inverter ? SwitchState::on : SwitchState::charger_only;
    }
    return inverter ? SwitchState::inverter_only : SwitchState::off;
}

std::optional<SwitchState> front_of(const SwitchRegister& s) {
    if (s.front_up && s.front_down) {
        return std::nullopt;
    }
    return s.front_up ? SwitchState::on : s.front_down ? SwitchState::charger_only : SwitchState::off;
}

template<typename T>
concept Reply = std::same_as<T, SettingValue> || std::same_as<T, WinmonVerdict> ||
    std::same_as<T, RamValues> || std::same_as<T, SettingInfo> || std::same_as<T, LedReport> ||
    std::same_as<T, VersionPart> || std::same_as<T, DeviceStateReport> || std::same_as<T, RamInfo> ||
    std::same_as<T, SnapshotValues> || std::same_as<T, SwitchAndLimit> || std::same_as<T, EnergyCounters> ||
    std::same_as<T, AccessReply> || std::same_as<T, SerialNumber> || std::same_as<T, ExtraFlagAccess>;

} // namespace

std::optional<std::uint8_t> reply_id(const Message& message) {
    return std::visit(
        [](const auto& one) -> std::optional<std::uint8_t> {
            if constexpr (Reply<std::decay_t<decltype(one)>>) {
                return one.id;
            } else {
                return std::nullopt;
            }
        },
        message);
}

bool answers(const Message& request, const Message& reply) {
    if (const auto* poll = std::get_if<DevicePoll>(&request)) {
        const auto* device = std::get_if<DeviceInfo>(&reply);
        return device && device->type == poll->type;
    }
    if (const auto* verdict = std::get_if<WinmonVerdict>(&reply)) {
        const auto* write = std::get_if<WriteById>(&request);
        const bool done =
            verdict->verdict == Verdict::ram_written || verdict->verdict == Verdict::setting_written;
        const auto wanted = write && write->is_setting ? Verdict::setting_written : Verdict::ram_written;
        return !done || (write && verdict->verdict == wanted);
    }
    if (const auto* version = std::get_if<AskVersion>(&request)) {
        const auto* part = std::get_if<VersionPart>(&reply);
        return part && part->part == version->part;
    }
    if (const auto* read = std::get_if<ReadRam>(&request)) {
        const auto* values = std::get_if<RamValues>(&reply);
        return values && values->values.size() <= read->variables.size();
    }
    return (std::holds_alternative<ReadSetting>(request) && std::holds_alternative<SettingValue>(reply)) ||
           (std::holds_alternative<AskRamInfo>(request) && std::holds_alternative<RamInfo>(reply));
}

std::optional<SwitchState> commanded_by(const Message& message) {
    if (const auto* command = std::get_if<SwitchCommand>(&message)) {
        return command->state;
    }
    const auto* panel = std::get_if<PanelPosition>(&message);
    if (!panel || (panel->bits & 0x08) == 0) {
        return std::nullopt;
    }
    constexpr SwitchState positions[] = {SwitchState::charger_only, SwitchState::inverter_only,
                                         SwitchState::on, SwitchState::off};
    return positions[panel->bits & 0x03];
}

Reports::Reports(bool measured_elsewhere_, Duration settle_, LinkStatus& seen_)
    : measured_elsewhere(measured_elsewhere_), settle(settle_), seen(seen_) {}

void Reports::heard(Instant now) {
    seen.heard = true;
    if (!first_heard) {
        first_heard = now;
    }
}

void Reports::lost() {
    first_heard.reset();
    emergency_since.reset();
}

void Reports::take(const Message& message) {
    auto& counts = seen.statistics;
    if (std::holds_alternative<Sync>(message)) {
        ++counts.syncs;
    } else if (const auto* led = std::get_if<MasterLed>(&message)) {
        ++counts.master_leds;
        take_master_led(*led);
    } else if (const auto* condition = std::get_if<Condition>(&message)) {
        ++counts.conditions;
        take_condition(*condition);
    } else if (const auto* phase = std::get_if<AcPhase>(&message)) {
        ++counts.ac_phases;
        if (!measured_elsewhere) {
            seen.dc_voltage_v = phase->dc_voltage_20mv * 0.02;
        }
    } else if (const auto* dc = std::get_if<DcInfo>(&message)) {
        ++counts.infos;
        if (!measured_elsewhere) {
            seen.dc_voltage_v = dc->voltage_10mv * 0.01;
        }
    } else if (const auto* ac = std::get_if<AcInfo>(&message)) {
        ++counts.infos;
        seen.device_state = ac->device_state;
    } else if (std::holds_alternative<DeviceInfo>(message) || std::holds_alternative<UnitInfo>(message)) {
        ++counts.infos;
    } else if (reply_id(message)) {
        ++counts.replies;
        if (const auto* state = std::get_if<DeviceStateReport>(&message)) {
            seen.device_state = state->state;
            seen.device_substate = state->substate;
        }
    } else {
        ++counts.others;
    }
}

void Reports::take_master_led(const MasterLed& led) {
    const SwitchRegister& s = led.switches;
    seen.master_led = led;
    seen.remote_mode = from_bits(s.remote_charge, s.remote_invert);
    seen.front_mode = front_of(s);
    seen.active_mode = from_bits(s.charging_active, s.inverting_active);
    seen.digital_multi_control = (led.ac_input_config & digital_multi_control_bit) != 0;
    seen.ac_input = led.ac_input_config & 0x03;
    seen.ac_inputs = led.ac_input_config >> 4 & 0x07;
    const bool known = led.leds_on != leds_unknown || led.leds_blink != leds_unknown;
    seen.error_shown = known && (led.leds_on & led.leds_blink & led::inverter) != 0;
    if (seen.error_shown && seen.vebus_error == 0) {
        seen.vebus_error.reset(); // one, but which one is not in the frame
    } else if (known && !seen.error_shown && !seen.vebus_error) {
        seen.vebus_error = 0;
    }
}

void Reports::take_condition(const Condition& condition) {
    if (!measured_elsewhere && (condition.content & condition_current_valid) != 0) {
        seen.dc_current_a = condition.dc_current_deci_a * 0.1;
        seen.highest_unit_current_a = seen.dc_current_a;
    }
    if (condition.ac_relay == 0 || condition.ac_relay == 2) {
        seen.mains_present = condition.ac_relay == 0;
    } else {
        seen.mains_present.reset();
    }
}

void Reports::take_panel(SwitchState state, bool is_dmc, Instant now) {
    const bool early = !first_heard || now - *first_heard <= settle;
    const bool at_start = !seen.panel_mode && early;
    if (seen.panel_mode != state && !at_start) {
        ++seen.panel_changes;
    }
    seen.panel_mode = state;
    seen.panel_is_dmc = is_dmc;
}

void Reports::watch_for_emergency(bool charge_free, Instant now) {
    const auto& led = seen.master_led;
    const bool looks_so = charge_free && led && led->leds_on == led::mains && led->leds_blink == 0 &&
                          seen.mains_present.value_or(true) && seen.remote_mode == SwitchState::on &&
                          seen.front_mode == SwitchState::on;
    if (!looks_so) {
        emergency_since.reset();
    } else if (!emergency_since) {
        emergency_since = now;
    }
    seen.emergency_mode = emergency_since && now - *emergency_since >= emergency_believed;
}

} // namespace bms::vebus
