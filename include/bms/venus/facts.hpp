// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Everything the daemon knows that the D-Bus should say, in plain types.
#pragma once

#include "bms/venus/item_tree.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace bms::venus {

/// The numbers are those of /Mode.
enum class Mode : std::uint32_t { charger_only = 1, inverter_only = 2, on = 3, off = 4 };

enum class Led { off, on, blink };

struct Identity {
    std::string process_version;
    std::string product_name =
        "VE.Bus BMS V2 (software)"; ///< must not be empty: lists and alarms wait for it
    std::string custom_name;
    std::string serial;
    std::optional<std::string> hardware; ///< the board's model
    std::int32_t device_instance = 40;   ///< in the role that is published
};

/// The battery and what we do about it. The defaults allow nothing.
struct Protection {
    bool inputs_valid = false; ///< the three loops and the remote switch have been read and can be read
    bool cable_fault = false;
    bool remote_on = false;
    bool cell_high = false; ///< loops that are open; meaningless while the inputs are not valid
    bool cell_low = false;
    bool cell_low_imminent = false;
    std::optional<bool> mains, aux_in; ///< empty: not fitted, or lost
    bool allow_to_charge = false;
    bool allow_to_discharge = false;
    bool pre_alarm = false;
    bool load_disconnect_high = false;
    bool charge_disconnect_high = false;
    bool pre_alarm_high = false;
    std::string state, reason;
    std::string error_text; ///< empty: nothing is wrong
    std::int64_t since_uptime_s = 0;
    std::string next_change; ///< empty: nothing is timed
    std::optional<std::int64_t> seconds_to_next_change;
    std::uint32_t cell_high_count = 0;
    std::uint32_t cell_low_count = 0;
    Led led_status = Led::off;
    Led led_cell_low = Led::off;
    Led led_cell_high = Led::off;
};

/// The VE.Bus side. Empty optionals: not decoded, or not heard.
struct Multi {
    bool link_configured = false;
    bool expected = false; ///< should be heard now; not so while the bus has no power (M62)
    bool heard = false;
    Mode wish = Mode::on;
    bool controlled = false;
    bool out_of_control = false;           ///< it should obey and does not, or must not be told: an alarm
    std::string link_advice;               ///< what a person should know or do; empty: nothing
    std::string link_reason;               ///< how the link is; why the Multi is not controlled
    std::optional<std::uint32_t> firmware; ///< its hexadecimal digits are the number: 0x489 is 489
    std::optional<std::uint32_t> state;    ///< as /State
    std::optional<Mode> mode;              ///< what it reports
    std::optional<std::int32_t> error;
    std::string error_text; ///< meaning and cure; empty: no error
    std::optional<std::int32_t> units;
    bool dmc = false; ///< a Digital Multi Control is seen: it has the switch (M106)
    std::optional<std::int32_t> dmc_version;
    std::optional<std::uint32_t> interface_version; ///< of the MK2/MK3
    std::optional<std::int32_t> phases, ac_inputs;
    std::optional<std::int32_t> active_input; ///< 0, 1, 240 none
    std::optional<bool> ac_present;
    std::optional<double> dc_volts, dc_amperes; ///< positive into the battery
    std::uint32_t frames_sent = 0;
    std::uint32_t frames_bad = 0;
    std::uint32_t syncs = 0;
    std::uint32_t missed_slots = 0;
    std::uint32_t retries = 0;
    std::uint32_t unanswered = 0;
    std::optional<double> round_trip_ms,
        longest_round_trip_ms; ///< from a request to its reply; mean, longest
};

/// Configured limits of the battery bank.
struct Bank {
    std::optional<double> max_charge_amperes, max_discharge_amperes;
    std::optional<double> charge_volts; ///< of the battery role
};

/// What the other services on the bus do about it (DVCC guard).
struct Neighbours {
    std::optional<std::int32_t> dvcc; ///< /Control/Dvcc: 0 off, 1 on, 3 forced on; empty: nobody says
    std::string dvcc_advice;          ///< what to know or do about DVCC and Venus OS; empty: nothing
    std::string not_obeying;          ///< who goes on after a stop, and what helps; empty: nobody
    bool charging = false;            ///< a charger goes on 10 s after the stop
    bool drawing = false;             ///< an inverter still draws 10 s after loads off
    std::uint32_t charging_count = 0;
    std::uint32_t drawing_count = 0;
};

/// What a low cell leaves in the battery, and what becomes of this board.
struct Reserve {
    std::optional<double> hours_left; ///< empty: not counted, or not known
    std::optional<std::int32_t> percent_left;
    std::string reason;
    std::uint32_t alarm = 0; ///< as /Alarms has it
    std::string power_source;
    std::string at_low_cell;
};

/// Shut down earlier by the state of charge (M95, M121).
struct SocRule {
    bool active = false;               ///< it takes away what it is there for
    std::string reason;                ///< empty: no such rule
    std::optional<double> soc_percent; ///< of the shunt, 0 to 100
};

struct Facts {
    Identity identity;
    Protection protection;
    Multi multi;
    Neighbours neighbours;
    Reserve reserve;
    SocRule soc_rule;
    Bank bank;
    bool notify_pre_alarm = true; ///< M16
    std::string role_note;        ///< what our place beside other services means; empty: nothing
};

/// The only translation from facts to items. Sets every item of the tree's role.
void publish(const Facts&, ItemTree&);

} // namespace bms::venus
