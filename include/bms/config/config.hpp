// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The daemon's configuration as a value, and the strict parser that makes it.
#pragma once

#include "bms/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bms::config {

enum class Level { low, high };
enum class Bias { as_is, disabled, pull_up, pull_down };

/// One GPIO line: by name (looked for on all chips) or by chip and offset.
struct Line {
    std::string name;
    std::string chip;
    unsigned offset = 0;
    /// Inputs: the level that means closed, on or present. Outputs: the one that means high (permission, LED
    /// lit).
    Level active_level = Level::high;
    Bias bias = Bias::as_is;
    bool operator==(const Line&) const = default;
};

/// The battery loops (M6, M7). A loop that is not there (old batteries have no pre-alarm loop) is nullopt.
struct Btv {
    Line allow_to_charge;
    Line allow_to_discharge;
    std::optional<Line> pre_alarm;
    Millis debounce_open{20};
    Millis debounce_closed{500};
    Millis cable_fault_window{100};
    bool operator==(const Btv&) const = default;
};

/// Remote on/off (M92-M94, M96): H and L comparators, one line, or always on.
struct Remote {
    enum class Kind { always_on, one_line, h_and_l };
    Kind kind = Kind::always_on;
    std::optional<Line> on;
    std::optional<Line> h, l;
    Millis debounce{100};
    bool operator==(const Remote&) const = default;
};

struct Outputs {
    std::optional<Line> load_disconnect, charge_disconnect, pre_alarm;
    std::optional<Line> two_signal_discharge, two_signal_charge;
    std::optional<Line> led_status, led_cell_low, led_cell_high;
    std::optional<Line> heartbeat, vebus_standby, vebus_panel_detect;
    std::optional<Line> led_multi_on;
    bool operator==(const Outputs&) const = default;
};

struct Detectors {
    std::optional<Line> mains_1, mains_2, aux_in;
    bool operator==(const Detectors&) const = default;
};

enum class Restart { automatic, manual };
enum class OnHighCell { reduce, stop };

struct Protection {
    Seconds pre_alarm_lead{30};
    Seconds pre_alarm_release{10};
    Seconds reconnect_delay{5};
    Seconds charge_reconnect_delay{5};
    Restart restart = Restart::automatic;
    OnHighCell on_high_cell = OnHighCell::reduce;
    int reduced_charge_current_a = 5;
    std::chrono::minutes reduce_max{60};
    bool operator==(const Protection&) const = default;
};

enum class LinkKind { rs485, mk3, venus, none };
enum class Transmit { control, listen };
enum class OnStop { emergency, release };
enum class MultiUnit { refuse, experimental };
enum class Rs485Direction { adapter, kernel };

struct Vebus {
    LinkKind link = LinkKind::none;
    std::string port;
    Transmit transmit = Transmit::control;
    OnStop on_stop = OnStop::emergency;
    Millis frame_interval{1000};       ///< a command under a veto is repeated this often
    Millis frame_interval_quiet{2000}; ///< and this often while the Multi is off (M25)
    Seconds link_timeout{10};
    Millis send_window{10};
    MultiUnit multi_unit = MultiUnit::refuse; ///< rs485 only
    bool assistant_installed = false;         ///< the user's word (M55)
    std::string frame_profile;                ///< rs485 only; empty: none
    Rs485Direction rs485_direction = Rs485Direction::adapter;
    std::string service; ///< venus only; empty: the only one on the bus
    bool operator==(const Vebus&) const = default;
};

/// vebus: unless another VE.Bus driver is on the bus, then status.
enum class BusRole { vebus, status, none };
enum class BusChoice { automatic, system, session };

/// The managed battery, beside the role or alone.
struct BatteryService {
    std::optional<double> charge_voltage_v; ///< none: no such service
    int device_instance = 40;
    bool operator==(const BatteryService&) const = default;
};

struct DBus {
    BusRole role = BusRole::vebus;
    Seconds role_settle{5};        ///< without another VE.Bus driver before we are one
    Seconds role_settle_again{60}; ///< the same, after one has vanished
    BusChoice bus = BusChoice::automatic;
    std::string name; ///< full service name; empty: from the port
    int device_instance = 40;
    std::string custom_name;
    bool notify_pre_alarm = true;
    BatteryService battery;
    bool operator==(const DBus&) const = default;
};

enum class BatteryType { v12, v25 };

/// The battery bank. What it is made of is only described, to be checked (bank.hpp).
struct Bank {
    std::optional<double> max_charge_current_a, max_discharge_current_a;
    std::optional<BatteryType> battery;
    std::optional<int> series, parallel;
    std::optional<double> capacity_ah; ///< of each battery
    bool operator==(const Bank&) const = default;
};

enum class InverterCharger { other, multiplus, quattro };
enum class MainsDetectorUnit { leader, follower };
enum class Alternator { none, orion_tr_smart, solid_switch_104, direct };

/// How the boat is wired, as far as it is told: only to find contradictions.
struct System {
    InverterCharger inverter_charger = InverterCharger::other;
    MainsDetectorUnit mains_detector_unit = MainsDetectorUnit::leader;
    Alternator alternator = Alternator::none;
    std::optional<double> aux_in_adapter_v;
    std::optional<double> charge_disconnect_load_ma; ///< all inputs together
    bool operator==(const System&) const = default;
};

/// What goes on drawing from the battery once the loads are off (M69, M118): to say how long the rest lasts.
struct Drains {
    std::optional<double> board_w = 3; ///< this board, while the battery feeds it
    std::optional<double> alarm_system_ma, standby_ma, dongle_ma, charger_backdraw_ma, other_ma;
    bool operator==(const Drains&) const = default;
};

enum class FedFrom { battery, gx_pow };
enum class WakeHardware { none, wired };

/// The supply of this board (M31, M103).
struct Power {
    FedFrom fed_from = FedFrom::battery;
    WakeHardware wake_hardware = WakeHardware::none;
    std::optional<double> off_after_min; ///< never without wake_hardware
    bool operator==(const Power&) const = default;
};

/// A shunt in the minus of the bank (M117).
struct Shunt {
    std::optional<std::string>
        service; ///< full name, or "auto": the only battery service; none: nothing is asked
    bool operator==(const Shunt&) const = default;
};

enum class SocAction { charger_only, loads_off };

/// Shut down earlier by the state of charge (M95, M121). Without its two limits there is none.
struct SocRule {
    std::optional<int> below_percent, back_percent;
    Seconds lasts{60};
    SocAction action = SocAction::charger_only;
    bool operator==(const SocRule&) const = default;
};

enum class GpioBackend { gpiod, sim };

struct Gpio {
    GpioBackend backend = GpioBackend::gpiod;
    std::string sim_socket;
    bool operator==(const Gpio&) const = default;
};

enum class LogLevel { error, warn, info, debug };

struct Config {
    Gpio gpio;
    Btv btv;
    Remote remote;
    Outputs outputs;
    Detectors detectors;
    Protection protection;
    Vebus vebus;
    DBus dbus;
    Bank bank;
    System system;
    Drains drains;
    Power power;
    Shunt shunt;
    SocRule soc_rule;
    std::string state_directory = "/var/lib/vebus-bms";
    LogLevel log_level = LogLevel::info;
    bool operator==(const Config&) const = default;
};

/// One thing wrong with a configuration, in words an installer can act on.
struct ConfigError {
    std::string pointer; ///< JSON pointer, "/protection/pre_alarm_lead_s"; empty for the whole file
    std::string text;    ///< what is wrong and what is accepted
};

struct ParseResult {
    std::optional<Config> config; ///< filled when errors is empty
    std::vector<ConfigError> errors;
    std::vector<ConfigError> warnings{}; ///< contradictions that stop nothing; only beside a config
};

/// Parses JSON (with // comments). Strict: unknown keys, keys given twice, wrong types, values out of range
/// and two uses of one line are errors. All are reported at once, up to 100.
ParseResult parse(std::string_view json_text);

/// The configuration in force with every default filled in, as JSON. parse() reads it back to an equal value.
std::string print(const Config&);

} // namespace bms::config
