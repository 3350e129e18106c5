// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What an inverter/charger says it is doing, in words [V] (velib), and its AC inputs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bms::vebus {

inline constexpr std::uint8_t state_charging = 9;

/// AcInfo::device_state, DeviceStateReport::state: 0..9. nullopt: no such state is known.
std::optional<std::string_view> device_state_name(std::uint8_t state);
/// DeviceStateReport::substate while charging: 0..8.
std::optional<std::string_view> charge_state_name(std::uint8_t substate);
/// "charging: bulk", "bypass", "state 11, not known to us".
std::string text_of_state(std::uint8_t state, std::optional<std::uint8_t> substate = std::nullopt);

/// MasterLed::ac_input_config, every bit of it [V].
struct AcInputConfig {
    std::uint8_t active_input = 0;      ///< bits 0..1: 0 or 1
    bool limit_settable = false;        ///< bit 2: a remote panel may set the limit
    bool digital_multi_control = false; ///< bit 3: one is dedicated
    std::uint8_t inputs = 0;            ///< bits 4..6: how many the unit has
    bool remote_panel_seen = false;     ///< bit 7
    bool operator==(const AcInputConfig&) const = default;
};
AcInputConfig decode_ac_input_config(std::uint8_t);
std::uint8_t encode_ac_input_config(const AcInputConfig&);

} // namespace bms::vebus
