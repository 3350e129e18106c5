// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Every line the daemon may have, by the word the manual has for it.
#pragma once

#include "io/line_port.hpp"

#include "bms/config/config.hpp"

#include <array>
#include <string_view>

namespace bms::app {

enum class Role : std::size_t {
    btv_allow_to_charge,
    btv_allow_to_discharge,
    btv_pre_alarm,
    remote_h, ///< also the one line of a remote terminal with a single line
    remote_l,
    mains_1,
    mains_2,
    aux_in,
    // Outputs in the order they are released: first the loads' warning, then loads, then chargers.
    pre_alarm,
    load_disconnect,
    two_signal_discharge,
    charge_disconnect,
    two_signal_charge,
    vebus_standby,
    vebus_panel_detect,
    heartbeat,
    led_status,
    led_cell_low,
    led_cell_high,
    led_multi_on,
};
inline constexpr std::size_t role_count = 20;

struct RoleInfo {
    std::string_view name;
    io::Direction direction;
    bool protective; ///< without this line nothing is permitted; the others are only missed
};

const RoleInfo& info(Role role);

/// The configured lines; nullopt: not fitted.
using ConfiguredLines = std::array<std::optional<io::LineRequest>, role_count>;
ConfiguredLines configured_lines(const config::Config& config);

} // namespace bms::app
