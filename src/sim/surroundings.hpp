// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Everything of the simulated VE.Bus world that can be set, with its value at start. What each means, and
// what it accepts: names.cpp.
#pragma once

#include <optional>
#include <string>

namespace bms::sim {

struct Surroundings {
    // Mains, switches and battery
    bool mains_1 = true;
    bool mains_2 = false;
    int ac_inputs = 1;
    int frequency_hz = 50;
    std::string front = "on";
    std::string battery = "charging";
    int load_a = 10;
    bool standby = false;

    /// What the battery and the two-signal inputs give each unit where a world stands behind it
    /// (world_multi.hpp); without one the words above do.
    struct DcSide {
        double voltage_v = 0;
        double current_a = 0; ///< above 0 while the unit charges
        bool may_charge = true, may_invert = true;
    };
    std::optional<DcSide> dc;

    // The system and its units
    std::string system = "single";
    int firmware = 2629492;
    std::string version_form = "long";
    std::string assistants = "none";
    int ess_timeout_s = 15;
    std::string battery_current_scale = "0.1";
    int error_code = 0;
    std::string disobeys = "none";
    bool settings_supported = true;
    int bulk_current_min_a = 0;
    int bulk_current_max_a = 35;
    std::string out_of_range = "refused";

    // The BMS, as the Multi sees it
    bool configured_for_bms = false;
    std::string bms_info = "none"; ///< an invented profile: no real info frame is public
    int bms_timeout_s = 5;         ///< chosen: the real one is not public
    bool foreign_bms = false;
    int foreign_bms_version = 1146100;

    // Remote actors
    std::string gx = "absent";
    std::string dongle = "none";
    std::string dmc = "absent";
    bool dmc_locks = false;
    int remotes_repeat_ms = 1000;
    std::string devices_answer_from = "own";

    // What the bus does
    int condition_ms = 200;
    int master_led_ms = 500;
    int ac_phase_ms = 20;
    int info_ms = 0;
    int ah_counter_ms = 0;
    int reply_after_cycles = 1;
    int slot_ms = 12;
    bool mute = false;

    // The MK3
    bool s_ignored = false;
    int mk3_latency_ms = 60; ///< chosen: a reply comes within 500 ms [V]

    // Faults of the wire and of the adapter
    int garble_percent = 0;
    int garble_to_multi_percent = 0;
    int garble_from_multi_percent = 0;
    int loss_to_multi_percent = 0;
    int loss_from_multi_percent = 0;
    int byte_loss_to_multi_percent = 0;
    int byte_loss_from_multi_percent = 0;
    int latency_ms = 0;
    int jitter_ms = 0;
};

} // namespace bms::sim
