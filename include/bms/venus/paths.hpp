// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Every D-Bus item of every role, once. The service, the texts, the tests and dbus/paths.md come from
// this table.
//
// Types matter: systemcalc ends with a traceback on a string in /FirmwareVersion or /Devices/Bms/Version, and
// reads the string "0" in /Bms/AllowToCharge as "allowed". Left out on purpose: /Interfaces/Mk2/Connection (a
// ttyUSB there makes systemcalc ignore us, and it invites firmware tools onto our port), /Soc and
// /ExtraBatteryCurrent (would make us the battery monitor), /Dc/0/MaxChargeCurrent, /Hub4 and
// /BatteryOperationalLimits (would announce a control we do not do).
#pragma once

#include "bms/venus/value.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace bms::venus {

enum class Path : std::size_t {
    mgmt_process_name,
    mgmt_process_version,
    mgmt_connection,
    device_instance,
    product_id,
    product_name,
    custom_name,
    firmware_version,
    hardware_version,
    serial,
    connected,
    bms_type,
    bms_expected,
    allow_to_charge,
    allow_to_discharge,
    allow_to_charge_rate,
    bms_error,
    bms_pre_alarm,
    bms_version,
    bms_state,
    bms_reason,
    bms_error_text,
    bms_since,
    next_change,
    seconds_to_next_change,
    restart,
    soc_rule_active,
    soc_rule_reason,
    soc_rule_soc,
    remote_on,
    line_cell_high,
    line_cell_low,
    line_pre_alarm,
    line_cable_fault,
    line_mains,
    line_aux_in,
    output_load_disconnect,
    output_charge_disconnect,
    output_pre_alarm,
    residual_hours_left,
    residual_percent_left,
    residual_reason,
    power_source,
    power_at_low_cell,
    alarm_bms_pre_alarm,
    alarm_bms_connection_lost,
    alarm_low_battery,
    alarm_l1_low_battery,
    alarm_charge_not_obeyed,
    alarm_loads_not_obeyed,
    alarm_residual_drain,
    vebus_error,
    vebus_error_text,
    mode,
    mode_is_adjustable,
    redetect_system,
    state,
    number_of_phases,
    number_of_ac_inputs,
    active_input,
    active_input_connected,
    dc_voltage,
    dc_current,
    dc_power,
    number_of_multis,
    dmc_version,
    mk2_product_name,
    max_charge_voltage,
    max_charge_current,
    max_discharge_current,
    modules_online,
    modules_offline,
    modules_blocking_charge,
    modules_blocking_discharge,
    battery_allow_to_charge,
    battery_allow_to_discharge,
    led_status,
    led_cell_low,
    led_cell_high,
    controls_inverter,
    link_reason,
    link_advice,
    multi_mode,
    interface_version,
    frames_sent,
    frames_bad,
    syncs,
    missed_slots,
    retries,
    unanswered,
    round_trip,
    longest_round_trip,
    dvcc,
    dvcc_advice,
    not_obeying,
    charge_not_obeyed_count,
    loads_not_obeyed_count,
    cell_high_count,
    cell_low_count,
};
inline constexpr std::size_t path_count = static_cast<std::size_t>(Path::cell_low_count) + 1;

/// How a value is written as text, the way Victron's own clients show it.
enum class Style {
    plain,       ///< "1", "Skipper's Multi"
    hex,         ///< product ids: "0x0"
    hex_version, ///< firmware: 0x489 is "489"
    alarm,       ///< ok, warning, alarm
    mode,        ///< charger only, inverter only, on, off
    state,       ///< off, low power, fault, bulk, ...
    led,         ///< off, on, blink
    yes_no,
    seconds,      ///< "30s"
    volts,        ///< "26.40V"
    amperes,      ///< "-5.0A"
    watts,        ///< "-132W"
    milliseconds, ///< "31.5ms"
    hours,        ///< "8.5h"
    percent,      ///< "50%", "81.5%"
};

enum class Access { read, write };

/// flag: told at once. telemetry: batched, at most one signal a second. statistics: one in ten seconds.
enum class Pace { flag, telemetry, statistics };
inline constexpr std::size_t pace_count = 3;

/// What we are to Venus OS (decisions 7). vebus: the VE.Bus BMS that systemcalc obeys. status: beside another
/// VE.Bus driver, for people only; no device instance, or the GUI would look for a page it does not have.
/// battery: a managed battery, by the owner's wish.
enum class Role : unsigned { vebus, status, battery };
inline constexpr std::size_t role_count = 3;
using RoleSet = unsigned;
constexpr RoleSet in(Role role) { return 1U << static_cast<unsigned>(role); }

struct Range {
    std::int32_t min, max;
    std::int32_t initial; ///< what GetDefault tells
};

struct Row {
    Path id;
    std::string_view path;
    Type type;
    Style style;
    Access access;
    Pace pace;
    RoleSet roles;
    std::optional<Range> range; ///< of numbers that can be written
    std::string_view meaning;
    std::string_view
        source; ///< Mn: row of the manual; mb n: Modbus-TCP register of Venus OS; own: not Victron's
};

/// In the order of Path.
extern const std::array<Row, path_count> paths;

const Row& row_of(Path);

/// The row of "/Bms/AllowToCharge"; nullptr when there is none.
const Row* find_row(std::string_view path);

constexpr bool belongs(const Row& row, Role role) { return (row.roles & in(role)) != 0; }

/// How many items a service of that role has.
std::size_t count(Role);

} // namespace bms::venus
