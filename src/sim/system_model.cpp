// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/system_model.hpp"

#include "bms/vebus/firmware.hpp"

#include <algorithm>

namespace bms::sim {

using namespace vebus;

namespace {

constexpr Duration keep_alive = 10s; // the bus lives on for so long after "off" [V]
constexpr int error_bms_without_assistant = 7;
constexpr int error_combination = 15; // M56, M136
constexpr std::uint32_t dmc_version = 100;

std::size_t unit_count(const std::string& system) {
    return system == "single" ? 1 : system == "parallel" ? 2 : 3;
}

} // namespace

std::optional<SwitchState> switch_state_of(const std::string& word) {
    constexpr std::pair<const char*, SwitchState> words[] = {{"on", SwitchState::on},
                                                             {"charger-only", SwitchState::charger_only},
                                                             {"inverter-only", SwitchState::inverter_only},
                                                             {"off", SwitchState::off}};
    for (const auto& [name, state] : words) {
        if (word == name) {
            return state;
        }
    }
    return std::nullopt;
}

System::System(Instant start) : bms_last(start) {
    units.emplace_back(around);
    follow(start);
}

void System::command(SwitchState state, Remote from) {
    ++switched_by_remotes;
    if (from != Remote::mk3) {
        panel = {.state = state, .count = panel.count + 1};
    }
    const bool locked = around.dmc != "absent" && around.dmc_locks && from != Remote::dmc;
    if (locked || around.disobeys == "switch") {
        return;
    }
    const auto bits = static_cast<std::uint8_t>(state);
    remote_charge = (bits & 0x01) != 0;
    remote_invert = (bits & 0x02) != 0;
}

void System::bms_heard(Instant now) {
    bms_last = now;
    bms_known = true;
}

bool System::bms_missing(Instant now) const {
    const bool expected = (units.front().memory.setting(setting_flags2) & configured_for_bms_bit) != 0;
    return expected && !around.foreign_bms && now - bms_last > std::chrono::seconds(around.bms_timeout_s);
}

/// A BMS beside firmware that does not know it (M54-M57): the worst unit counts.
int System::vebus_error() const {
    if (around.error_code != 0 || !(bms_known || around.foreign_bms)) {
        return around.error_code;
    }
    int error = 0;
    for (const Unit& unit : units) {
        const auto band = band_of(Firmware{static_cast<std::uint32_t>(unit.firmware())});
        if (band == FirmwareBand::refused) {
            return error_combination;
        }
        if (band == FirmwareBand::needs_assistant && around.assistants == "none") {
            error = error_bms_without_assistant;
        }
    }
    return error;
}

void System::changed(const std::string& name) {
    if (name == "system") {
        while (units.size() < unit_count(around.system)) {
            units.emplace_back(around);
        }
        while (units.size() > unit_count(around.system)) {
            units.pop_back();
        }
    } else if (name == "assistants") {
        for (Unit& unit : units) {
            unit.memory.install_assistants();
        }
    }
}

void System::restart(Instant now) {
    for (Unit& unit : units) {
        unit.memory.lose_ram();
    }
    bms_last = now;
    bms_known = false;
}

void System::follow(Instant now) {
    const Situation situation{.charger_on = charger_on(),
                              .inverter_on = inverter_on(),
                              .mains = mains(),
                              .bms_missing = bms_missing(now),
                              .vebus_error = vebus_error()};
    for (Unit& unit : units) {
        unit.follow(situation, now);
    }
    follow_power(units.front().state() != UnitState::off, now);
}

/// After keep_alive without mains the bus goes silent with the units, unless a panel holds the standby line.
/// Mains wake them in their last mode (M62); with a depleted battery only mains at input 1 do (M132).
void System::follow_power(bool anything_on, Instant now) {
    if (!anything_on && was_on) {
        off_since = now;
    }
    was_on = anything_on;
    const bool was_awake = is_awake;
    if (around.battery == "depleted") {
        is_awake = is_awake ? mains() : around.mains_1;
    } else {
        is_awake = mains() || around.standby || anything_on || now - off_since < keep_alive;
    }
    if (was_awake && !is_awake) {
        restart(now);
    }
}

std::string System::mode() const {
    if (remote_charge) {
        return remote_invert ? "on" : "charger-only";
    }
    return remote_invert ? "inverter-only" : "off";
}

MasterLed System::master_led() const {
    const Unit& leader = units.front();
    const int active_input = !around.mains_1 && around.ac_inputs == 2 && around.mains_2 ? 1 : 0;
    const int config = active_input | (around.dmc != "absent" ? digital_multi_control_bit : 0) |
                       around.ac_inputs << 4 | (around.gx != "absent" ? 0x80 : 0);
    return {.leds_on = leader.leds_on(),
            .leds_blink = leader.leds_blink(),
            .status = static_cast<std::uint8_t>(leader.battery_low() ? 2 : 0),
            .ac_input_config = static_cast<std::uint8_t>(config),
            .minimum_limit_deci_a = 0,
            .maximum_limit_deci_a = maximum_ac_limit_deci_a,
            .actual_limit_deci_a = ac_limit_deci_a,
            .switches = {.remote_charge = remote_charge,
                         .remote_invert = remote_invert,
                         .front_up = around.front == "on",
                         .front_down = around.front == "charger-only",
                         .charging_active = charger_on(),
                         .inverting_active = inverter_on(),
                         .onboard_remote = false,
                         .generator = false}};
}

std::optional<DeviceInfo> System::device(std::uint8_t type) const {
    if (type == device_bms && around.foreign_bms) {
        return DeviceInfo{.type = type, .version = static_cast<std::uint32_t>(around.foreign_bms_version)};
    }
    if (type == device_digital_multi_control && around.dmc != "absent") {
        return DeviceInfo{.type = type, .version = dmc_version};
    }
    return std::nullopt;
}

std::uint64_t System::eeprom_writes() const {
    std::uint64_t sum = 0;
    for (const Unit& unit : units) {
        sum += unit.memory.eeprom_writes;
    }
    return sum;
}

int System::charge_current_a() const {
    int sum = 0;
    for (const Unit& unit : units) {
        sum += unit.charge_current_a();
    }
    return sum;
}

} // namespace bms::sim
