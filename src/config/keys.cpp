// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"

#include "config/access.hpp"
#include "config/key_rows.hpp"

#include <array>

namespace bms::config {

namespace {

using namespace rows;

template<auto Field>
constexpr At btv = at<&Config::btv, Field>;
template<auto Field>
constexpr At remote = at<&Config::remote, Field>;
template<auto Field>
constexpr At output = at<&Config::outputs, Field>;
template<auto Field>
constexpr At detector = at<&Config::detectors, Field>;
template<auto Field>
constexpr At protection = at<&Config::protection, Field>;
template<auto Field>
constexpr At vebus = at<&Config::vebus, Field>;
template<auto Field>
constexpr At bank = at<&Config::bank, Field>;
template<auto Field>
constexpr At system = at<&Config::system, Field>;
template<auto Field>
constexpr At drains = at<&Config::drains, Field>;
template<auto Field>
constexpr At power = at<&Config::power, Field>;
template<auto... Field>
constexpr At dbus = at<&Config::dbus, Field...>;

// clang-format off
constexpr std::array table{
    required(word("/gpio/backend", "gpiod sim", at<&Config::gpio, &Gpio::backend>,
        "Real lines through libgpiod, or the simulated board.")),
    needed("/gpio/backend", "sim", path("/gpio/sim_socket", {0, 107}, at<&Config::gpio, &Gpio::sim_socket>,
        "Unix socket of the simulated board. Linux allows such a path 107 characters.")),

    required(line("/btv/allow_to_charge", "/closed_level", btv<&Btv::allow_to_charge>,
        "Loop that opens when a cell is too high, too hot or too cold to charge (M6, M12, M73).")),
    required(line("/btv/allow_to_discharge", "/closed_level", btv<&Btv::allow_to_discharge>,
        "Loop that opens when a cell is too low (M6, M9).")),
    required(or_none(line("/btv/pre_alarm", "/closed_level", btv<&Btv::pre_alarm>,
        "Loop that opens when a cell is about to be too low (M8, M14). Old batteries have none."))),
    whole("/btv/debounce_open_ms", {1, 500}, "ms", btv<&Btv::debounce_open>,
        "How long a loop must be open to count. Short, since every millisecond delays a stop; not 0, since one spike "
        "would switch the system off."),
    whole("/btv/debounce_closed_ms", {50, 10000}, "ms", btv<&Btv::debounce_closed>,
        "How long a loop must be closed again to count. At least debounce_open_ms: quick to stop, slow to allow."),
    whole("/btv/cable_fault_window_ms", {10, 1000}, "ms", btv<&Btv::cable_fault_window>,
        "Both allow loops opening within this time is told as a cable or electronics fault: cells do not "
          "run low and high at the same instant."),

    required(or_object(word("/remote", "always_on", at<&Config::remote, &Remote::kind>,
        "Remote on/off (M91, M96): this word, or an object with one line \"on\", or with the comparators \"h\" and "
        "\"l\". Never assumed, because without the terminal nobody can switch the system off."))),
    or_none(line("/remote/on", "/on_level", remote<&Remote::on>,
        "One line that says on. With it neither h nor l.")),
    or_none(line("/remote/h", "/on_level", remote<&Remote::h>,
        "Comparator of terminal H: on from 2.9 V to battery voltage (M93, M146).")),
    or_none(line("/remote/l", "/on_level", remote<&Remote::l>,
        "Comparator of terminal L: on below 3.5 V (M94, M146).")),
    whole("/remote/debounce_ms", {10, 2000}, "ms", remote<&Remote::debounce>,
        "A switch bounces for some ten milliseconds; more than two seconds feels like a broken switch."),

    or_none(line("/detectors/mains_1", "/present_level", detector<&Detectors::mains_1>,
        "Mains detector on AC input 1: AC returning after a low cell wakes the inverter/charger (M62).")),
    or_none(line("/detectors/mains_2", "/present_level", detector<&Detectors::mains_2>,
        "The same for AC input 2 of a Quattro (M64).")),
    or_none(line("/detectors/aux_in", "/present_level", detector<&Detectors::aux_in>,
        "Supply on Aux-In (M31, M32).")),

    required(or_none(line("/outputs/load_disconnect", "/active_level", output<&Outputs::load_disconnect>,
        "High while loads may draw (M17). \"none\" only when nothing but the inverter can empty the battery."))),
    required(or_none(line("/outputs/charge_disconnect", "/active_level", output<&Outputs::charge_disconnect>,
        "High while chargers may charge (M20). \"none\" only when every charger is stopped another way."))),
    or_none(line("/outputs/pre_alarm", "/active_level", output<&Outputs::pre_alarm>,
        "High from the warning until loads are off (M13, M15): buzzer or lamp.")),
    or_none(line("/outputs/two_signal_discharge", "/active_level", output<&Outputs::two_signal_discharge>,
        "Copy of the discharge permission for the inverter/charger's two-signal BMS input.")),
    or_none(line("/outputs/two_signal_charge", "/active_level", output<&Outputs::two_signal_charge>,
        "Copy of the charge permission for the inverter/charger's two-signal BMS input.")),
    or_none(line("/outputs/led_status", "/active_level", output<&Outputs::led_status>,
        "Status LED (M24, M124).")),
    or_none(line("/outputs/led_cell_low", "/active_level", output<&Outputs::led_cell_low>,
        "LED \"Cell > 2.8 V\" (M28).")),
    or_none(line("/outputs/led_cell_high", "/active_level", output<&Outputs::led_cell_high>,
        "LED \"Cell > 4 V\" (M27).")),
    or_none(line("/outputs/led_multi_on", "/active_level", output<&Outputs::led_multi_on>,
        "LED \"MultiPlus/Quattro enabled\", as the V1 has it: lit while the unit is heard and not told off (M174).")),
    or_none(line("/outputs/heartbeat", "/active_level", output<&Outputs::heartbeat>,
        "Toggles after every full healthy round, for a watchdog relay that drops the outputs when it stops.")),
    or_none(line("/outputs/vebus_standby", "/active_level", output<&Outputs::vebus_standby>,
        "VE.Bus standby line: the only way to wake an inverter/charger that has gone to sleep without AC (M62).")),
    or_none(line("/outputs/vebus_panel_detect", "/active_level", output<&Outputs::vebus_panel_detect>,
        "VE.Bus panel-detect line: pulled to ground it tells the inverter/charger that a remote panel decides together "
        "with its front switch. An MK3 pulls it by itself.")),

    whole("/protection/pre_alarm_lead_s", {30, 300}, "s", protection<&Protection::pre_alarm_lead>,
        "PreAlarm is high at least this long before loads go off. 30 s is the manual's minimum (M15); more than "
        "five minutes under load would eat the reserve left below the low level (M69)."),
    whole("/protection/pre_alarm_release_s", {1, 300}, "s", protection<&Protection::pre_alarm_release>,
        "PreAlarm goes back once its loops have been closed this long, so that a flickering line cannot restart the "
        "lead."),
    whole("/protection/reconnect_delay_s", {1, 300}, "s", protection<&Protection::reconnect_delay>,
        "Loads come back once the loop has been closed this long; doubled by each disconnect of the last hour, up to "
        "300 s."),
    whole("/protection/charge_reconnect_delay_s", {1, 300}, "s", protection<&Protection::charge_reconnect_delay>,
        "The same for chargers."),
    word("/protection/restart", "automatic manual", protection<&Protection::restart>,
        "After a low cell loads come back by themselves (M125), or on the user's word."),
    word("/protection/on_high_cell", "reduce stop", protection<&Protection::on_high_cell>,
        "What the inverter/charger does on a high cell alone: charge with less current so that cells balance (M11, "
        "M135), or stop at once. Other chargers always stop."),
    whole("/protection/reduced_charge_current_a", {1, 10}, "A", protection<&Protection::reduced_charge_current_a>,
        "Current of each unit while reduced. A unit without a BMS gives itself 5 A (M129); above 10 A it is no longer "
        "balancing but charging."),
    whole("/protection/reduce_max_min", {1, 240}, "min", protection<&Protection::reduce_max>,
        "After this long with the loop open charging stops. Four hours is more than balancing ends in; something is "
        "broken by then."),

    required(word("/vebus/link", "rs485 mk3 venus none", vebus<&Vebus::link>,
        "How the inverter/charger is reached: an RS-485 adapter on the VE.Bus, Victron's MK3-USB interface, the /Mode that "
        "Victron's own driver offers on a GX device (\"venus\": it switches, but cannot limit or stop charging alone), or "
        "\"none\": by outputs and D-Bus only (M53).")),
    needed("/vebus/link", "rs485 mk3", path("/vebus/port", {0, 255}, vebus<&Vebus::port>,
        "Serial port of the adapter or interface, /dev/serial/by-id/... The numbers of /dev/ttyUSB* change.")),
    text("/vebus/service", {0, 255}, vebus<&Vebus::service>,
        "Only with \"venus\": the service to command, com.victronenergy.vebus.WORD; empty: the only one on the bus that is "
        "not ours. Of several none is guessed. D-Bus allows 255 characters."),
    word("/vebus/transmit", "control listen", vebus<&Vebus::transmit>,
        "\"listen\" never sends: to watch a system that another BMS controls."),
    word("/vebus/on_stop", "emergency release", vebus<&Vebus::on_stop>,
        "How a clean stop leaves the inverter/charger: charger-only with 5 A, as without a BMS (M129), or "
        "as its user had it."),
    whole("/vebus/frame_interval_ms", {500, 5000}, "ms", vebus<&Vebus::frame_interval>,
        "How often a command is repeated under a veto. Commands are acknowledged; the repetition is for a Multi that was "
        "restarted meanwhile."),
    whole("/vebus/frame_interval_quiet_ms", {1000, 10000}, "ms", vebus<&Vebus::frame_interval_quiet>,
        "The same while the Multi is off for whatever reason: a slightly longer interval (M25). The original's figure is "
        "not published."),
    whole("/vebus/link_timeout_s", {3, 60}, "s", vebus<&Vebus::link_timeout>,
        "Silence of the bus that counts as connection lost. There are 50 frames a second (M51); under 3 s a restart "
        "of the adapter would be an alarm, over a minute nobody would hear of a cut cable."),
    whole("/vebus/send_window_ms", {1, 15}, "ms", vebus<&Vebus::send_window>,
        "A frame is only sent this soon after a sync frame. The next one comes after 20 ms, and a frame needs time "
        "to pass the adapter."),
    word("/vebus/multi_unit", "refuse experimental", vebus<&Vebus::multi_unit>,
        "Several inverter/chargers on one VE.Bus: nobody has controlled them over RS-485 in public, so it is refused. "
        "\"mk3\" supports them and does not look at this."),
    boolean("/vebus/assistant_installed", vebus<&Vebus::assistant_installed>,
        "Your word that the VE.Bus BMS or the ESS assistant is loaded, which firmware 415 to 488 needs (M55). It ends "
        "the warning, nothing else."),
    path("/vebus/frame_profile", {0, 255}, vebus<&Vebus::frame_profile>,
        "File with captured BMS info frames that are sent too; empty: none. Only with \"rs485\". The original's frames "
        "are not published, and none are guessed."),
    word("/vebus/rs485_direction", "adapter kernel", vebus<&Vebus::rs485_direction>,
        "Who switches between sending and receiving: the adapter by itself (TXDEN, auto-direction), or the kernel's "
        "driver of an on-board UART through RTS. USB adapters do not know the second."),

    word("/dbus/role", "vebus status none", dbus<&DBus::role>,
        "Service published for Venus OS: \"vebus\" is a VE.Bus BMS (M76, M163), while no other VE.Bus driver is on the "
        "bus, and else only shows its status; \"status\" never more than that; \"none\" nothing."),
    whole("/dbus/role_settle_s", {0, 600}, "s", dbus<&DBus::role_settle>,
        "No other VE.Bus driver for so long after the start, before we are the VE.Bus BMS."),
    whole("/dbus/role_settle_again_s", {0, 3600}, "s", dbus<&DBus::role_settle_again>,
        "The same after another one has vanished: it may only be restarting."),
    word("/dbus/bus", "automatic system session", dbus<&DBus::bus>,
        "Which bus; \"automatic\" chooses, and the log says which and why."),
    text("/dbus/name", {0, 255}, dbus<&DBus::name>,
        "Full service name, com.victronenergy.vebus.WORD; empty: made from the port. D-Bus allows 255 characters."),
    whole("/dbus/device_instance", {0, 65535}, "", dbus<&DBus::device_instance>,
        "VRM instance asked for. Up to 247 it is also the Modbus-TCP unit id."),
    text("/dbus/custom_name", {0, 32}, dbus<&DBus::custom_name>,
        "Name shown in Venus OS until the user gives another there. Modbus-TCP carries 32 characters."),
    boolean("/dbus/notify_pre_alarm", dbus<&DBus::notify_pre_alarm>,
        "Pre-alarm as a notification on the GX device and VRM; false is what the manual describes (M16)."),
    amount("/dbus/battery/charge_voltage_v", {8, 70}, "V", dbus<&DBus::battery, &BatteryService::charge_voltage_v>,
        "Adds a managed battery with this charge voltage, beside the role or alone. Venus OS then controls the voltage "
        "of all chargers and makes it the battery monitor; read dbus/README.md first."),
    whole("/dbus/battery/device_instance", {0, 65535}, "", dbus<&DBus::battery, &BatteryService::device_instance>,
        "VRM instance asked for that battery."),

    amount("/bank/max_charge_current_a", {1, 9999}, "A", bank<&Bank::max_charge_current_a>,
        "Charge current of the whole bank, told to Venus OS (M79). There 10000 means \"no limit\"."),
    amount("/bank/max_discharge_current_a", {1, 9999}, "A", bank<&Bank::max_discharge_current_a>,
        "The same for discharging."),
    or_none(word("/bank/battery", "12.8V 25.6V", bank<&Bank::battery>,
        "What the bank is made of. With the three keys below the manual's limits are checked (M3 to M5).")),
    or_none(whole("/bank/series", {1, 20}, "", bank<&Bank::series>,
        "Batteries in series: at most 4 of 12.8 V or 2 of 25.6 V (M3).")),
    or_none(whole("/bank/parallel", {1, 20}, "", bank<&Bank::parallel>,
        "Strings in parallel: at most 20 batteries in all (M4).")),
    amount("/bank/capacity_ah", {1, 1000}, "Ah", bank<&Bank::capacity_ah>,
        "Capacity of each battery. The whole bank: up to 84 kWh at 12 V, 102 kWh at 24 and 48 V (M5)."),

    word("/system/inverter_charger", "other multiplus quattro", system<&System::inverter_charger>,
        "Described only, so that contradictions are found: a MultiPlus has one AC input (M64)."),
    word("/system/mains_detector_unit", "leader follower", system<&System::mains_detector_unit>,
        "On which of several units the mains detector is wired; it belongs on the leader (M63)."),
    word("/system/alternator", "none orion_tr_smart solid_switch_104 direct", system<&System::alternator>,
        "What is between an alternator and the bank (M88, M89, M112)."),
    amount("/system/aux_in_adapter_v", {5, 70}, "V", system<&System::aux_in_adapter_v>,
        "Voltage of the adapter on Aux-In. It takes over only while that is above the battery's (M158)."),
    amount("/system/charge_disconnect_load_ma", {0, 1000}, "mA", system<&System::charge_disconnect_load_ma>,
        "What all inputs on ChargeDisconnect draw together. The original gives 10 mA (M145)."),

    amount("/drains/board_w", {0, 100}, "W", drains<&Drains::board_w>,
        "This board at the battery: 3 W are 230 mA at 12.8 V (M69, M138). Not counted while Aux-In feeds it."),
    amount("/drains/alarm_system_ma", {0, 10000}, "mA", drains<&Drains::alarm_system_ma>,
        "Drawn by an alarm system when the loads are off: measured, or 10 mA (M118, M120)."),
    amount("/drains/standby_ma", {0, 10000}, "mA", drains<&Drains::standby_ma>,
        "Relays, and what loads draw that are switched off (M69, M118)."),
    amount("/drains/dongle_ma", {0, 100}, "mA", drains<&Drains::dongle_ma>,
        "A VE.Bus Smart dongle: 9, where there is one (M108)."),
    amount("/drains/charger_backdraw_ma", {0, 10000}, "mA", drains<&Drains::charger_backdraw_ma>,
        "What chargers and regulators take back while they do not charge (M118)."),
    amount("/drains/other_ma", {0, 10000}, "mA", drains<&Drains::other_ma>,
        "Whatever else stays connected."),

    word("/power/fed_from", "battery gx_pow", power<&Power::fed_from>,
        "This board's supply: the battery's plus, or a terminal that a low cell cuts off, as the original's GX-Pow (M100, M103)."),
    word("/power/wake_hardware", "none wired", power<&Power::wake_hardware>,
        "Your word that hardware switches the board on again when AC or a charger comes."),
    amount("/power/off_after_min", {0, 1440}, "min", power<&Power::off_after_min>,
        "Only with \"wired\": the board asks to be switched off after a low cell of so long without Aux-In, AC or charge current (M139)."),

    or_none(text("/shunt/service", {1, 255}, at<&Config::shunt, &Shunt::service>,
        "Service of a shunt in the minus of the bank (M117), com.victronenergy.battery.WORD, or \"auto\": the only one on "
        "the bus that is not ours; of several none is guessed. Its state of charge, current and voltage are asked for "
        "every 10 s. D-Bus allows 255 characters.")),

    or_none(whole("/soc_rule/below_percent", {1, 90}, "%", at<&Config::soc_rule, &SocRule::below_percent>,
        "Below this state of charge, measured by the shunt, the rule trips; a low cell is the last resort (M95, M121 to "
        "M123). A state of charge that is not known changes nothing. Without it there is no such rule.")),
    or_none(whole("/soc_rule/back_percent", {3, 100}, "%", at<&Config::soc_rule, &SocRule::back_percent>,
        "From here on it lets go: at least 2 above below_percent. Before that only a person does, by switching the "
        "inverter/charger on, and then until the state of charge has been back here once.")),
    whole("/soc_rule/for_s", {10, 3600}, "s", at<&Config::soc_rule, &SocRule::lasts>,
        "So long below, or back, without a break: a heavy load pulls a shunt's figure down for less than that."),
    word("/soc_rule/action", "charger_only loads_off", at<&Config::soc_rule, &SocRule::action>,
        "The inverter/charger may only charge, or besides that the loads are disconnected, after PreAlarm and its lead."),

    path("/state_directory", {1, 255}, at<&Config::state_directory>,
        "Folder for what must outlive a restart."),
    word("/log_level", "error warn info debug", at<&Config::log_level>,
        "Least important message that is written."),
};
// clang-format on

// A line is named, or given by chip and offset; what does not apply is none and so not printed.
constexpr Access<Line> name_access{[](const Line& l) { return l.name.empty() ? Value{} : Value{l.name}; },
                                   [](Line& l, const Value& v) { from_value(v, l.name); }};
constexpr Access<Line> chip_access{[](const Line& l) { return l.chip.empty() ? Value{} : Value{l.chip}; },
                                   [](Line& l, const Value& v) { from_value(v, l.chip); }};
constexpr Access<Line> offset_access{
    [](const Line& l) { return l.chip.empty() ? Value{} : Value{std::int64_t{l.offset}}; },
    [](Line& l, const Value& v) { l.offset = static_cast<unsigned>(std::get<std::int64_t>(v)); }};
constexpr Access<Line> bias_access{[](const Line& l) { return to_value(l.bias); },
                                   [](Line& l, const Value& v) { from_value(v, l.bias); }};
constexpr Access<Line> level_access{[](const Line& l) { return to_value(l.active_level); },
                                    [](Line& l, const Value& v) { from_value(v, l.active_level); }};

} // namespace

std::span<const Key<Config>> config_keys() { return table; }

std::vector<Key<Line>> line_keys(std::string_view level_pointer) {
    return {
        {{.pointer = "/line",
          .kind = Kind::text,
          .min = 1,
          .max = 31,
          .why = "Name of the line, looked for on all chips (gpioinfo lists them). The kernel keeps 31 "
                 "characters."},
         name_access},
        {{.pointer = "/chip",
          .kind = Kind::path,
          .min = 1,
          .max = 255,
          .why = "Chip, when the line has no name."},
         chip_access},
        {{.pointer = "/offset",
          .kind = Kind::whole,
          .min = 0,
          .max = 1023,
          .why = "Number of the line on that chip. The largest chips have some hundreds."},
         offset_access},
        {{.pointer = level_pointer,
          .kind = Kind::word,
          .words = "low high",
          .required = true,
          .why = "GPIO level that means closed, on, present, or (outputs) high: measured, never assumed."},
         level_access},
        {{.pointer = "/bias",
          .kind = Kind::word,
          .words = "as_is disabled pull_up pull_down",
          .why = "Pull resistor inside the chip; \"as_is\" leaves it alone."},
         bias_access},
    };
}

} // namespace bms::config
