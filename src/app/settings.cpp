// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/settings.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace bms::app {

core::Settings core_settings(const config::Config& c) {
    core::Settings s;
    s.loop = {.to_inactive = c.btv.debounce_open, .to_active = c.btv.debounce_closed};
    s.remote = {.to_inactive = c.remote.debounce, .to_active = c.remote.debounce};
    s.cable_fault_window = c.btv.cable_fault_window;
    s.pre_alarm_lead = c.protection.pre_alarm_lead;
    s.pre_alarm_release = c.protection.pre_alarm_release;
    s.reconnect_delay = c.protection.reconnect_delay;
    s.charge_reconnect_delay = c.protection.charge_reconnect_delay;
    s.reduce_max = c.protection.reduce_max;
    s.pre_alarm_fitted = c.btv.pre_alarm.has_value();
    s.remote_fitted = c.remote.kind != config::Remote::Kind::always_on;
    s.restart_manual = c.protection.restart == config::Restart::manual;
    s.reduce_on_high_cell = c.protection.on_high_cell == config::OnHighCell::reduce;
    s.reduced_charge_current_a = c.protection.reduced_charge_current_a;
    return s;
}

std::string service_name(const config::DBus& dbus, const std::string& kernel_name) {
    return dbus.name.empty() ? "com.victronenergy.vebus." + (kernel_name.empty() ? "vebusbms" : kernel_name)
                             : dbus.name;
}

std::string kernel_name_of(const std::string& port) {
    std::error_code error;
    const auto target = std::filesystem::canonical(port, error);
    const std::string name = error ? "" : target.filename().string();
    // A part of a bus name is letters, digits, _ and - and does not begin with a digit ("/dev/pts/3").
    const bool fits = !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
                      std::all_of(name.begin(), name.end(), [](unsigned char c) {
                          return std::isalnum(c) != 0 || c == '_' || c == '-';
                      });
    return fits ? name : "";
}

} // namespace bms::app
