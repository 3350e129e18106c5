// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/states.hpp"

#include <array>

namespace bms::vebus {

namespace {

constexpr std::array<std::string_view, 10> device_states{
    "down",           "starting up",  "off",    "slave",   "inverting, full", "inverting, half",
    "inverting, AES", "power assist", "bypass", "charging"};
constexpr std::array<std::string_view, 9> charge_states{
    "initialising",      "bulk",     "absorption",  "float", "storage", "repeated absorption",
    "forced absorption", "equalise", "bulk stopped"};

template<std::size_t size>
std::optional<std::string_view> name_in(const std::array<std::string_view, size>& names,
                                        std::uint8_t number) {
    return number < size ? std::optional(names[number]) : std::nullopt;
}

} // namespace

std::optional<std::string_view> device_state_name(std::uint8_t state) {
    return name_in(device_states, state);
}

std::optional<std::string_view> charge_state_name(std::uint8_t substate) {
    return name_in(charge_states, substate);
}

std::string text_of_state(std::uint8_t state, std::optional<std::uint8_t> substate) {
    const auto name = device_state_name(state);
    if (!name) {
        return "state " + std::to_string(state) + ", not known to us";
    }
    std::string words(*name);
    if (state != state_charging || !substate) {
        return words;
    }
    if (const auto detail = charge_state_name(*substate)) {
        return words.append(": ").append(*detail);
    }
    return words + ": sub-state " + std::to_string(*substate) + ", not known to us";
}

AcInputConfig decode_ac_input_config(std::uint8_t bits) {
    return {.active_input = static_cast<std::uint8_t>(bits & 0x03),
            .limit_settable = (bits & 0x04) != 0,
            .digital_multi_control = (bits & 0x08) != 0,
            .inputs = static_cast<std::uint8_t>(bits >> 4 & 0x07),
            .remote_panel_seen = (bits & 0x80) != 0};
}

std::uint8_t encode_ac_input_config(const AcInputConfig& config) {
    const int bits = (config.active_input & 0x03) | (config.limit_settable ? 0x04 : 0) |
                     (config.digital_multi_control ? 0x08 : 0) | (config.inputs & 0x07) << 4 |
                     (config.remote_panel_seen ? 0x80 : 0);
    return static_cast<std::uint8_t>(bits);
}

} // namespace bms::vebus
