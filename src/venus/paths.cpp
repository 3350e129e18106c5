// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/venus/paths.hpp"

#include <algorithm>

namespace bms::venus {

namespace {

using enum Style;
using enum Pace;
constexpr auto i32 = Type::int32;
constexpr auto u32 = Type::uint32;
constexpr auto real = Type::real;
constexpr auto txt = Type::text;
constexpr auto r = Access::read;
constexpr auto w = Access::write;
constexpr std::nullopt_t any = std::nullopt;
constexpr RoleSet bms = in(Role::vebus) | in(Role::status);
constexpr RoleSet vebus_battery = in(Role::vebus) | in(Role::battery);
constexpr RoleSet battery = in(Role::battery);
constexpr RoleSet all = bms | battery;

} // namespace

// clang-format off
constexpr std::array<Row, path_count> paths = {{
    {Path::mgmt_process_name,    "/Mgmt/ProcessName",    txt, plain, r, flag, all, any, "Name of the program", "velib"},
    {Path::mgmt_process_version, "/Mgmt/ProcessVersion", txt, plain, r, flag, all, any, "Version of the program", "velib"},
    {Path::mgmt_connection,      "/Mgmt/Connection",     txt, plain, r, flag, all, any, "How the Multi is connected; systemcalc drops a service where this is empty", "systemcalc"},
    {Path::device_instance,      "/DeviceInstance",      i32, plain, r, flag, vebus_battery, any, "VRM instance; clients skip a service without it", "velib"},
    {Path::product_id,           "/ProductId",           i32, hex,   r, flag, all, any, "0: not one of Victron's products", "velib"},
    {Path::product_name,         "/ProductName",         txt, plain, r, flag, all, any, "What this is", "velib"},
    {Path::custom_name,          "/CustomName",          txt, plain, w, flag, all, any, "The owner's name for it", "mb 140"},
    {Path::firmware_version,     "/FirmwareVersion",     u32, hex_version, r, flag, bms, any, "VE.Bus firmware of the Multi, not ours; the oldest unit counts", "M54-M57"},
    {Path::hardware_version,     "/HardwareVersion",     txt, plain, r, flag, all, any, "The board the daemon runs on", "velib"},
    {Path::serial,               "/Serial",              txt, plain, r, flag, all, any, "Serial number of the board, or as configured", "velib"},
    {Path::connected,            "/Connected",           i32, plain, r, flag, all, any, "1: the Multi is heard on VE.Bus. 0 takes no permission away and gives none", "systemcalc"},

    {Path::bms_type,             "/Bms/BmsType",          i32, plain, r, flag, bms, any, "2: a VE.Bus BMS; makes systemcalc obey AllowToCharge", "systemcalc"},
    {Path::bms_expected,         "/Bms/BmsExpected",      i32, plain, r, flag, bms, any, "1: the GUI shows the page \"VE.Bus BMS\"", "mb 59"},
    {Path::allow_to_charge,      "/Bms/AllowToCharge",    i32, plain, r, flag, bms, any, "1: chargers may charge; 0: DVCC stops them all. Never invalid: systemcalc reads invalid as allowed", "M79, mb 57"},
    {Path::allow_to_discharge,   "/Bms/AllowToDischarge", i32, plain, r, flag, bms, any, "1: loads may draw; 0: loads are disconnected. Never invalid", "mb 58"},
    {Path::allow_to_charge_rate, "/Bms/AllowToChargeRate", u32, plain, r, flag, bms, any, "Level of the high-cell signal: 0 none, 255 high cell or not known", "mk2-dbus"},
    {Path::bms_error,            "/Bms/Error",            i32, plain, r, flag, bms, any, "1: the battery's lines cannot be read or cannot be trusted; see /Bms/ErrorText", "mb 60"},
    {Path::bms_pre_alarm,        "/Bms/PreAlarm",         i32, plain, r, flag, bms, any, "1: the loads will soon be disconnected", "M14, M15"},
    {Path::bms_version,          "/Devices/Bms/Version",  u32, plain, r, flag, bms, any, "1146100 and above is a VE.Bus BMS V2: chargers stop with error 67 when the daemon dies", "systemcalc"},
    {Path::bms_state,            "/Bms/State",            txt, plain, r, flag, bms, any, "State of the protection, in a few words", "own"},
    {Path::bms_reason,           "/Bms/Reason",           txt, plain, r, flag, bms, any, "Why it is so", "own"},
    {Path::bms_error_text,       "/Bms/ErrorText",        txt, plain, r, flag, bms, any, "What is wrong and what to do; empty when nothing is", "own"},
    {Path::bms_since,            "/Bms/Since",            i32, seconds, r, flag, bms, any, "The board's uptime clock (CLOCK_MONOTONIC) when the state last changed", "own"},
    {Path::next_change,          "/Bms/NextChange",       txt, plain, r, flag, bms, any, "What happens next if nothing else does; empty: nothing is timed", "own"},
    {Path::seconds_to_next_change, "/Bms/SecondsToNextChange", i32, seconds, r, telemetry, bms, any, "Until then, rounded up to 10 s, above a minute to minutes: few signals", "own"},
    {Path::restart,              "/Bms/Restart",          i32, plain, w, flag, bms, Range{0, 1, 0}, "Write 1 to reconnect loads that wait for a person; reads 0", "own"},
    {Path::soc_rule_active,      "/Bms/SocRule/Active",   i32, plain, r, flag, bms, any, "1: a low state of charge has tripped /soc_rule, and nobody has overruled it", "M95, M121"},
    {Path::soc_rule_reason,      "/Bms/SocRule/Reason",   txt, plain, r, flag, bms, any, "Why it is in force or not; empty without /soc_rule", "own"},
    {Path::soc_rule_soc,         "/Bms/SocRule/Soc",      real, percent, r, telemetry, bms, any, "State of charge that /shunt/service tells; invalid when it is not known", "M117"},
    {Path::remote_on,            "/Bms/RemoteOn",         i32, plain, r, flag, bms, any, "Remote on/off: 1 on, 0 off", "M92-M94"},
    {Path::line_cell_high,       "/Bms/Lines/CellHigh",   i32, plain, r, flag, bms, any, "1: the battery's allow-to-charge loop is open; invalid when it cannot be read", "own"},
    {Path::line_cell_low,        "/Bms/Lines/CellLow",    i32, plain, r, flag, bms, any, "1: the battery's allow-to-discharge loop is open", "own"},
    {Path::line_pre_alarm,       "/Bms/Lines/PreAlarm",   i32, plain, r, flag, bms, any, "1: the battery's pre-alarm loop is open", "own"},
    {Path::line_cable_fault,     "/Bms/Lines/CableFault", i32, plain, r, flag, bms, any, "1: both allow loops opened together: a cable or the battery's electronics", "own"},
    {Path::line_mains,           "/Bms/Lines/Mains",      i32, plain, r, flag, bms, any, "1: a mains detector sees AC; invalid without a detector", "M62"},
    {Path::line_aux_in,          "/Bms/Lines/AuxIn",      i32, plain, r, flag, bms, any, "1: Aux-In is powered, the board stays on at a low cell; invalid when not fitted", "M32, M104"},
    {Path::output_load_disconnect,   "/Bms/Outputs/LoadDisconnect",   i32, plain, r, flag, bms, any, "1: high, loads connected; 0: floating", "own"},
    {Path::output_charge_disconnect, "/Bms/Outputs/ChargeDisconnect", i32, plain, r, flag, bms, any, "1: high, chargers connected; 0: floating", "own"},
    {Path::output_pre_alarm,         "/Bms/Outputs/PreAlarm",         i32, plain, r, flag, bms, any, "1: high, lamp or buzzer on; 0: floating", "own"},
    {Path::residual_hours_left,   "/Bms/Residual/HoursLeft",   real, hours, r, statistics, bms, any, "Hours until what a low cell left in the battery is used up; invalid when it is not counted, or not known", "M69, M120"},
    {Path::residual_percent_left, "/Bms/Residual/PercentLeft", i32, percent, r, statistics, bms, any, "How much of it is left; invalid when it is not counted", "M69"},
    {Path::residual_reason,       "/Bms/Residual/Reason",      txt, plain, r, statistics, bms, any, "What draws it and what to do; before a low cell: how long it would last", "M119"},
    {Path::power_source,          "/Power/Source",             txt, plain, r, statistics, bms, any, "What feeds this board: battery, aux-in, or what is known of it", "M31"},
    {Path::power_at_low_cell,     "/Power/AtLowCell",          txt, plain, r, statistics, bms, any, "What becomes of this board at a low cell, said before it happens", "M32, M103, M104"},

    {Path::alarm_bms_pre_alarm,       "/Alarms/BmsPreAlarm",       u32, alarm, r, flag, bms, any, "1 during the pre-alarm, unless notify_pre_alarm is false", "M16, mb 94"},
    {Path::alarm_bms_connection_lost, "/Alarms/BmsConnectionLost", u32, alarm, r, flag, bms, any, "2: the Multi should be heard on VE.Bus and is not, does not obey, or must not be told; see /Diagnostics/LinkReason", "mk2-dbus"},
    {Path::alarm_low_battery,         "/Alarms/LowBattery",        u32, alarm, r, flag, bms, any, "1 during the pre-alarm, 2 while a cell is low", "mb 35"},
    {Path::alarm_l1_low_battery,      "/Alarms/L1/LowBattery",     u32, alarm, r, flag, bms, any, "The same, for the first phase", "mk2-dbus"},
    {Path::alarm_charge_not_obeyed,   "/Alarms/ChargeNotObeyed",   u32, alarm, r, flag, bms, any, "2: a charger goes on 10 s after the stop; /Diagnostics/NotObeying names it, and so does a notification of Venus OS", "own"},
    {Path::alarm_loads_not_obeyed,    "/Alarms/LoadsNotObeyed",    u32, alarm, r, flag, bms, any, "2: an inverter still draws from the battery 10 s after loads off", "own"},
    {Path::alarm_residual_drain,      "/Alarms/ResidualDrain",     u32, alarm, r, flag, bms, any, "1: half of what a low cell left in the battery is used up, 2: nine tenths; each step is also a notification of Venus OS", "M69"},
    {Path::vebus_error,               "/VebusError",               i32, plain, r, flag, bms, any, "VE.Bus error of the Multi, 0 none; 15 also where its firmware is too old for a VE.Bus BMS", "M56, mb 32"},
    {Path::vebus_error_text,          "/Diagnostics/VebusErrorText", txt, plain, r, flag, bms, any, "What that error means and what to do; empty without one", "M136"},

    {Path::mode,               "/Mode",             u32, Style::mode, w, flag, bms, Range{1, 4, 3}, "What the user wishes: 1 charger only, 2 inverter only, 3 on, 4 off. What the BMS forbids stays forbidden", "M29, mb 33"},
    {Path::mode_is_adjustable, "/ModeIsAdjustable", i32, plain, r, flag, bms, any, "0 while a Digital Multi Control has the switch", "M106"},
    {Path::redetect_system,    "/RedetectSystem",   i32, plain, w, flag, bms, Range{0, 1, 0}, "Write 1 after a change on the VE.Bus: the link sends again and makes its checks again; reads 0", "M102, mb 105"},
    {Path::state,              "/State",            u32, Style::state, r, flag, bms, any, "State of the Multi; 1 low power while remote off", "mb 31"},
    {Path::number_of_phases,   "/Ac/NumberOfPhases",   i32, plain, r, flag, bms, any, "Without it Venus OS raises no notification for this service", "venus-platform"},
    {Path::number_of_ac_inputs, "/Ac/NumberOfAcInputs", i32, plain, r, flag, bms, any, "0 would say: an inverter, no charger-only", "gui"},
    {Path::active_input,       "/Ac/ActiveIn/ActiveInput", i32, plain, r, flag, bms, any, "AC input in use: 0, 1, 240 none", "mk2-dbus"},
    {Path::active_input_connected, "/Ac/ActiveIn/Connected", i32, yes_no, r, flag, bms, any, "1: AC is there", "mk2-dbus"},
    {Path::dc_voltage,         "/Dc/0/Voltage",     real, volts,   r, telemetry, all, any, "At the Multi's DC terminals", "mk2-dbus"},
    {Path::dc_current,         "/Dc/0/Current",     real, amperes, r, telemetry, all, any, "Of the Multi; positive into the battery", "mk2-dbus"},
    {Path::dc_power,           "/Dc/0/Power",       i32,  watts,   r, telemetry, all, any, "Of the Multi; positive into the battery", "mk2-dbus"},
    {Path::number_of_multis,   "/Devices/NumberOfMultis", i32, plain, r, flag, bms, any, "Multis heard on VE.Bus", "mk2-dbus"},
    {Path::dmc_version,        "/Devices/Dmc/Version",    i32, plain, r, flag, bms, any, "Digital Multi Control, when one is seen", "M106"},
    {Path::mk2_product_name,   "/Interfaces/Mk2/ProductName", txt, plain, r, flag, bms, any, "MK3: systemcalc asks for it before it takes a BMS for a V2", "systemcalc"},

    {Path::max_charge_voltage,    "/Info/MaxChargeVoltage",    real, volts,   r, flag, battery, any, "Configured: systemcalc then controls the charge voltage of all chargers", "systemcalc"},
    {Path::max_charge_current,    "/Info/MaxChargeCurrent",    real, amperes, r, flag, all, any, "0 in a stop, else the bank's configured limit, else invalid", "own"},
    {Path::max_discharge_current, "/Info/MaxDischargeCurrent", real, amperes, r, flag, all, any, "0 in a stop, else the bank's configured limit, else invalid", "own"},
    {Path::modules_online,        "/System/NrOfModulesOnline",  i32, plain, r, flag, battery, any, "1: the battery's lines can be read and trusted", "gui"},
    {Path::modules_offline,       "/System/NrOfModulesOffline", i32, plain, r, flag, battery, any, "1: they cannot", "gui"},
    {Path::modules_blocking_charge, "/System/NrOfModulesBlockingCharge", i32, plain, r, flag, battery, any, "1: charging is stopped", "gui"},
    {Path::modules_blocking_discharge, "/System/NrOfModulesBlockingDischarge", i32, plain, r, flag, battery, any, "1: loads are disconnected", "gui"},
    {Path::battery_allow_to_charge, "/Io/AllowToCharge", i32, plain, r, flag, battery, any, "As /Bms/AllowToCharge; only for people: no program of Venus OS acts on it", "gui"},
    {Path::battery_allow_to_discharge, "/Io/AllowToDischarge", i32, plain, r, flag, battery, any, "As /Bms/AllowToDischarge; only for people", "gui"},

    {Path::led_status,    "/Leds/Bms/Status",   i32, led, r, flag, bms, any, "Status LED: 0 off, 1 on, 2 blink", "own"},
    {Path::led_cell_low,  "/Leds/Bms/CellLow",  i32, led, r, flag, bms, any, "LED \"cell > 2.8 V\": on while loads are connected", "own"},
    {Path::led_cell_high, "/Leds/Bms/CellHigh", i32, led, r, flag, bms, any, "LED \"cell > 4 V\": on while a high cell stops the chargers", "own"},

    {Path::controls_inverter, "/Diagnostics/ControlsInverter", i32, plain, r, flag, bms, any, "1: the Multi obeys us over VE.Bus; 0: only the outputs and DVCC protect", "own"},
    {Path::link_reason,       "/Diagnostics/LinkReason",       txt, plain, r, flag, bms, any, "How the VE.Bus link is, or why the Multi is not controlled and what protects instead", "own"},
    {Path::link_advice,       "/Diagnostics/LinkAdvice",       txt, plain, r, flag, bms, any, "What to know or do about the inverter/charger and its bus; empty: nothing", "own"},
    {Path::multi_mode,        "/Diagnostics/MultiMode",        u32, Style::mode, r, flag, bms, any, "Switch state the Multi itself reports", "own"},
    {Path::interface_version, "/Diagnostics/InterfaceVersion", u32, plain, r, flag, bms, any, "Version of the MK3 interface", "own"},
    {Path::frames_sent,       "/Diagnostics/FramesSent",       u32, plain, r, statistics, bms, any, "VE.Bus frames sent since the start", "own"},
    {Path::frames_bad,        "/Diagnostics/FramesBad",        u32, plain, r, statistics, bms, any, "Frames received and dropped: bad checksums and other damage", "own"},
    {Path::syncs,             "/Diagnostics/Syncs",            u32, plain, r, statistics, bms, any, "Sync frames heard: 50 a second on 50 Hz; none through an MK3", "own"},
    {Path::missed_slots,      "/Diagnostics/MissedSlots",      u32, plain, r, statistics, bms, any, "Slots that had closed before a frame could be sent: many mean a slow adapter", "own"},
    {Path::retries,           "/Diagnostics/Retries",          u32, plain, r, statistics, bms, any, "Requests sent again because no reply came", "own"},
    {Path::unanswered,        "/Diagnostics/Unanswered",       u32, plain, r, statistics, bms, any, "Requests given up after all tries", "own"},
    {Path::round_trip,        "/Diagnostics/RoundTrip",        real, milliseconds, r, statistics, bms, any, "From a request to its reply, mean since the start", "own"},
    {Path::longest_round_trip, "/Diagnostics/RoundTripLongest", real, milliseconds, r, statistics, bms, any, "The longest of them", "own"},
    {Path::dvcc,              "/Diagnostics/Dvcc",             i32, plain, r, flag, bms, any, "DVCC as /Control/Dvcc of Venus OS has it, asked once a minute, every 5 s while off: 0 off, 1 on, 3 forced on; invalid without Venus OS", "own"},
    {Path::dvcc_advice,       "/Diagnostics/DvccAdvice",       txt, plain, r, flag, bms, any, "What to know or do about DVCC and the version of Venus OS; empty: nothing", "own"},
    {Path::not_obeying,       "/Diagnostics/NotObeying",       txt, plain, r, flag, bms, any, "Who goes on charging or drawing after a stop, with the service's name, and what helps; empty: nobody", "own"},
    {Path::charge_not_obeyed_count, "/Diagnostics/ChargeNotObeyedCount", u32, plain, r, flag, bms, any, "Times a charger went on after a stop since the start", "own"},
    {Path::loads_not_obeyed_count,  "/Diagnostics/LoadsNotObeyedCount",  u32, plain, r, flag, bms, any, "Times an inverter went on drawing after loads off since the start", "own"},
    {Path::cell_high_count,   "/Diagnostics/CellHighCount",    u32, plain, r, flag, bms, any, "Times a high cell stopped the chargers since the start", "own"},
    {Path::cell_low_count,    "/Diagnostics/CellLowCount",     u32, plain, r, flag, bms, any, "Times a low cell disconnected the loads since the start", "own"},
}};
// clang-format on

namespace {

consteval bool in_order(const std::array<Row, path_count>& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].id != static_cast<Path>(i))
            return false;
    return true;
}

static_assert(in_order(paths), "the rows stand in the order of Path");

} // namespace

const Row& row_of(Path path) { return paths[static_cast<std::size_t>(path)]; }

const Row* find_row(std::string_view path) {
    const auto* row = std::ranges::find(paths, path, &Row::path);
    return row == paths.end() ? nullptr : row;
}

std::size_t count(Role role) {
    return static_cast<std::size_t>(
        std::ranges::count_if(paths, [role](const Row& row) { return belongs(row, role); }));
}

} // namespace bms::venus
