// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/unit_model.hpp"

#include <algorithm>
#include <cmath>

namespace bms::sim {

using namespace vebus;

namespace {

constexpr int emergency_current_a = 5;     // M129
constexpr double emergency_voltage_v = 48; // M129: up to 12, 24 or 48 V; this is a 48 V unit
constexpr double mains_v = 230;

} // namespace

std::string word(UnitState state) {
    switch (state) {
    case UnitState::off:
        return "off";
    case UnitState::charging:
        return "charging";
    case UnitState::inverting:
        return "inverting";
    case UnitState::passthru:
        return "passthru";
    case UnitState::emergency:
        return "emergency";
    }
    return "?";
}

Unit::Unit(const Surroundings& surroundings) : memory(surroundings), around(surroundings) {}

double Unit::battery_v() const {
    if (around.dc) {
        return around.dc->voltage_v;
    }
    if (around.battery == "full") {
        return 55.2;
    }
    if (around.battery == "charging") {
        return 52.8;
    }
    return around.battery == "low" ? 46.0 : 20.0;
}

bool Unit::charge_stopped() const {
    const bool disabled =
        (memory.setting(setting_flags0) & disable_charge_bit) != 0 && around.disobeys != "charge";
    return disabled || around.battery == "full" || (around.dc && !around.dc->may_charge) ||
           memory.setting(setting_bulk_current) == 0 ||
           (ess && (!ess->fresh || ess->disable_charge || ess->setpoint_w >= 0));
}

/// Charger only charges with AC, else it is off (M134). Without its BMS a unit does not invert (M129-M131).
UnitState Unit::decide() const {
    if (situation.vebus_error != 0) {
        return UnitState::off;
    }
    if (situation.mains && situation.charger_on) {
        if (situation.bms_missing) {
            return UnitState::emergency;
        }
        return charge_stopped() ? UnitState::passthru : UnitState::charging;
    }
    const bool wired_stop = around.dc && !around.dc->may_invert;
    const bool inverts = situation.inverter_on && !situation.bms_missing && !battery_low() && !wired_stop;
    return inverts ? UnitState::inverting : UnitState::off;
}

void Unit::follow(const Situation& what, Instant now) {
    situation = what;
    ess = memory.ess(now);
    now_in = decide();
    follow_current(now);
    follow_leds();
}

void Unit::follow_current(Instant) {
    const int bulk_a = around.disobeys == "limit" ? around.bulk_current_max_a
                                                  : static_cast<int>(memory.setting(setting_bulk_current));
    charging_a = 0;
    if (now_in == UnitState::charging) {
        charging_a = ess ? std::min(bulk_a, static_cast<int>(-ess->setpoint_w / battery_v())) : bulk_a;
    } else if (now_in == UnitState::emergency && battery_v() < emergency_voltage_v) {
        charging_a = std::min(bulk_a, emergency_current_a);
    }
    const auto dc_a = around.dc ? static_cast<int>(std::lround(around.dc->current_a)) : 0;
    if (around.dc) {
        charging_a = std::min(charging_a, std::max(0, dc_a)); // a full battery takes less
    }
    battery_a = charging_a;
    if (now_in == UnitState::inverting) {
        battery_a = around.dc ? std::min(0, dc_a) : -around.load_a;
    } else if (now_in == UnitState::passthru && ess && ess->fresh && ess->setpoint_w > 0) {
        battery_a = static_cast<int>(-ess->setpoint_w / battery_v());
    }
}

/// Which bits belong to a VE.Bus error: the inverter's in antiphase [V].
void Unit::follow_leds() {
    blinking = 0;
    leds = situation.mains ? led::mains : std::uint8_t{0};
    if (now_in == UnitState::emergency) {
        return; // M130: only "mains on"
    }
    if (situation.vebus_error != 0) {
        leds = blinking = led::inverter;
        return;
    }
    leds |= now_in == UnitState::charging ? led::bulk : std::uint8_t{0};
    leds |= now_in == UnitState::passthru && around.battery == "full" ? led::floating : std::uint8_t{0};
    leds |= now_in == UnitState::inverting ? led::inverter : std::uint8_t{0};
    leds |= battery_low() ? led::low_battery : std::uint8_t{0};
}

std::uint8_t Unit::device_state() const {
    switch (now_in) {
    case UnitState::off:
        return 2;
    case UnitState::inverting:
        return 4;
    case UnitState::passthru:
        return 8;
    case UnitState::charging:
    case UnitState::emergency:
        return 9;
    }
    return 0;
}

Condition Unit::condition() const {
    Condition c;
    const bool invert = situation.inverter_on && !situation.bms_missing && situation.vebus_error == 0;
    c.voltage_status = battery_low() ? 0x16 : invert ? 0x13 : 0x12;
    c.battery_status = battery_low() ? 2 : 0;
    c.dc_current_deci_a = static_cast<std::int16_t>(std::clamp(battery_a * 10, -32768, 32767));
    c.content = 0x30;
    c.ac_relay = situation.mains && now_in != UnitState::off && now_in != UnitState::inverting ? 0 : 2;
    return c;
}

AcPhase Unit::ac_phase() const {
    AcPhase phase;
    phase.frequency_mhz = static_cast<std::uint16_t>(around.frequency_hz * 1000);
    phase.mode = charging_a > 0 ? 0xB5 : now_in == UnitState::inverting ? 0xB9 : 0xB0;
    phase.dc_voltage_20mv = static_cast<std::uint16_t>(std::lround(battery_v() * 50));
    return phase;
}

AcInfo Unit::ac_info(std::uint8_t phase) const {
    const auto volts = static_cast<std::uint16_t>(mains_v * 100);
    return {.backfeed_factor = 1,
            .inverter_factor = 1,
            .unknown_7 = 1,
            .device_state = device_state(),
            .phase = phase,
            .mains_voltage_10mv = situation.mains ? volts : std::uint16_t{0},
            .mains_current_raw = 0,
            .inverter_voltage_10mv = now_in == UnitState::off ? std::uint16_t{0} : volts,
            .inverter_current_raw = 0,
            .period = static_cast<std::uint8_t>(around.frequency_hz == 50 ? 195 : 163)};
}

DcInfo Unit::dc_info() const {
    DcInfo info;
    info.voltage_10mv = static_cast<std::uint16_t>(std::lround(battery_v() * 100));
    info.inverter_current_raw = static_cast<std::uint32_t>(battery_a < 0 ? -battery_a * 10 : 0);
    info.charger_current_raw = static_cast<std::uint32_t>(charging_a * 10);
    info.period = around.frequency_hz == 50 ? 195 : 163;
    return info;
}

double Unit::variable(std::uint16_t number) const {
    const double period = 10.0 / around.frequency_hz; // told in seconds / 10 [V]
    switch (number) {
    case 0:
        return situation.mains ? mains_v : 0;
    case 2:
        return now_in == UnitState::off ? 0 : mains_v;
    case 4:
        return battery_v();
    case 5:
        return battery_a;
    case 7:
        return now_in == UnitState::off ? 0 : period;
    case 8:
        return situation.mains ? period : 0;
    case 13:
        return around.battery == "full" ? 100 : around.battery == "charging" ? 60 : 5;
    case 14: // above 0: charging
    case 17:
        return battery_a * battery_v();
    case 16:
    case 19:
        return now_in == UnitState::inverting ? -battery_a * battery_v() : 0;
    case 21:
        return 25;
    default:
        return 0;
    }
}

Message Unit::read_ram(const ReadRam& read) const {
    RamValues reply{.id = read.id};
    for (const std::uint8_t number : read.variables) {
        auto value = memory.assistant_variable(number);
        if (!value) {
            value = memory.raw_variable(number, variable(number));
        }
        if (!value || read.variables.size() > 6) {
            return WinmonVerdict{.id = read.id, .verdict = Verdict::ram_not_supported};
        }
        reply.values.push_back(*value);
    }
    return reply;
}

/// The long form is the whole number and, on the raw bus, more bytes: their number is as seen, their content
/// is not known and 0 here [1].
Message Unit::version(const AskVersion& ask) const {
    const auto number = static_cast<std::uint32_t>(firmware());
    if (ask.part == 1) {
        return VersionPart{.id = ask.id, .part = 1, .number = number >> 16};
    }
    if (around.version_form == "short") {
        return VersionPart{.id = ask.id, .number = number & 0xFFFF};
    }
    return VersionPart{.id = ask.id, .whole = true, .number = number, .extra = Bytes(6, 0)};
}

std::optional<Message> Unit::answer(const Message& message, Instant now) {
    if (const auto* read = std::get_if<ReadSetting>(&message)) {
        return memory.answer(*read);
    }
    if (const auto* ask = std::get_if<AskSettingInfo>(&message)) {
        return memory.answer(*ask);
    }
    if (const auto* ask = std::get_if<AskRamInfo>(&message)) {
        return memory.answer(*ask);
    }
    if (const auto* write = std::get_if<WriteById>(&message)) {
        return memory.write(*write, now);
    }
    if (const auto* read = std::get_if<ReadRam>(&message)) {
        return read_ram(*read);
    }
    if (const auto* ask = std::get_if<AskVersion>(&message)) {
        return version(*ask);
    }
    if (const auto* ask = std::get_if<AskLeds>(&message)) {
        return LedReport{.id = ask->id, .leds_on = leds, .leds_blink = blinking};
    }
    if (const auto* ask = std::get_if<AskDeviceState>(&message)) {
        if (ask->request != AskDeviceState::Request::inquire) {
            constexpr std::uint8_t substates[] = {1, 7, 2, 3};
            substate = substates[static_cast<std::size_t>(ask->request)];
        }
        const std::uint8_t sub = device_state() == 9 ? substate : std::uint8_t{0};
        return DeviceStateReport{.id = ask->id, .state = device_state(), .substate = sub};
    }
    const auto* other = std::get_if<Unknown>(&message);
    if (other != nullptr && other->payload.size() >= 3 && other->payload[0] == 0) {
        return WinmonVerdict{.id = other->payload[1], .verdict = Verdict::unknown_command};
    }
    return std::nullopt;
}

} // namespace bms::sim
