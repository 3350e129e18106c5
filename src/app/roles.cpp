// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/roles.hpp"

namespace bms::app {
namespace {

using enum io::Direction;

constexpr std::array<RoleInfo, role_count> table{{
    {"btv_allow_to_charge", input, true},
    {"btv_allow_to_discharge", input, true},
    {"btv_pre_alarm", input, true},
    {"remote_h", input, true},
    {"remote_l", input, true},
    {"mains_1", input, false},
    {"mains_2", input, false},
    {"aux_in", input, false},
    {"pre_alarm", output, true},
    {"load_disconnect", output, true},
    {"two_signal_discharge", output, true},
    {"charge_disconnect", output, true},
    {"two_signal_charge", output, true},
    {"vebus_standby", output, false},
    {"vebus_panel_detect", output, false},
    {"heartbeat", output, false},
    {"led_status", output, false},
    {"led_cell_low", output, false},
    {"led_cell_high", output, false},
    {"led_multi_on", output, false},
}};

io::Bias to_io(config::Bias bias) {
    switch (bias) {
    case config::Bias::disabled:
        return io::Bias::disabled;
    case config::Bias::pull_up:
        return io::Bias::pull_up;
    case config::Bias::pull_down:
        return io::Bias::pull_down;
    default:
        return io::Bias::as_is;
    }
}

} // namespace

const RoleInfo& info(Role role) { return table.at(static_cast<std::size_t>(role)); }

ConfiguredLines configured_lines(const config::Config& c) {
    ConfiguredLines lines;
    const auto put = [&](Role role, const std::optional<config::Line>& line) {
        if (line) {
            lines.at(static_cast<std::size_t>(role)) =
                io::LineRequest{.name = line->name,
                                .chip = line->chip,
                                .offset = line->offset,
                                .direction = info(role).direction,
                                .active_low = line->active_level == config::Level::low,
                                .bias = to_io(line->bias)};
        }
    };
    using enum Role;
    put(btv_allow_to_charge, c.btv.allow_to_charge);
    put(btv_allow_to_discharge, c.btv.allow_to_discharge);
    put(btv_pre_alarm, c.btv.pre_alarm);
    put(remote_h, c.remote.kind == config::Remote::Kind::one_line ? c.remote.on : c.remote.h);
    put(remote_l, c.remote.l);
    put(mains_1, c.detectors.mains_1);
    put(mains_2, c.detectors.mains_2);
    put(aux_in, c.detectors.aux_in);
    put(pre_alarm, c.outputs.pre_alarm);
    put(load_disconnect, c.outputs.load_disconnect);
    put(two_signal_discharge, c.outputs.two_signal_discharge);
    put(charge_disconnect, c.outputs.charge_disconnect);
    put(two_signal_charge, c.outputs.two_signal_charge);
    put(vebus_standby, c.outputs.vebus_standby);
    put(vebus_panel_detect, c.outputs.vebus_panel_detect);
    put(heartbeat, c.outputs.heartbeat);
    put(led_status, c.outputs.led_status);
    put(led_cell_low, c.outputs.led_cell_low);
    put(led_cell_high, c.outputs.led_cell_high);
    put(led_multi_on, c.outputs.led_multi_on);
    return lines;
}

} // namespace bms::app
