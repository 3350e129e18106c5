// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The units behind a link, as a script plays them: what they say to a request, and which requests are ours.
#pragma once

#include "bms/vebus/codec.hpp"

#include <iterator>
#include <optional>

namespace bms::fuzz {

/// Asks something, or writes DisableCharge or the bulk current into RAM.
inline bool harmless(const vebus::Message& request) {
    if (const auto* write = std::get_if<vebus::WriteById>(&request)) {
        return write->ram_only && write->is_setting && (write->number == 0 || write->number == 4);
    }
    if (const auto* state = std::get_if<vebus::AskDeviceState>(&request)) {
        return state->request == vebus::AskDeviceState::Request::inquire;
    }
    return std::holds_alternative<vebus::ReadRam>(request) ||
           std::holds_alternative<vebus::ReadSetting>(request) ||
           std::holds_alternative<vebus::AskSettingInfo>(request) ||
           std::holds_alternative<vebus::AskLeds>(request) ||
           std::holds_alternative<vebus::AskVersion>(request) ||
           std::holds_alternative<vebus::AskRamInfo>(request) ||
           std::holds_alternative<vebus::DevicePoll>(request);
}

/// What a Multi says to a request of ours; extra decides where it has a choice. nullopt: it says nothing.
inline std::optional<vebus::Message> reply_to(const vebus::Message& request, std::uint16_t extra) {
    if (const auto* read = std::get_if<vebus::ReadSetting>(&request)) {
        return vebus::SettingValue{.id = read->id, .value = extra};
    }
    if (const auto* write = std::get_if<vebus::WriteById>(&request)) {
        constexpr vebus::Verdict verdicts[] = {
            vebus::Verdict::setting_written, vebus::Verdict::unknown_command,
            vebus::Verdict::setting_not_supported, vebus::Verdict::access_level_needed};
        return vebus::WinmonVerdict{.id = write->id, .verdict = verdicts[extra % std::size(verdicts)]};
    }
    if (const auto* ask = std::get_if<vebus::AskVersion>(&request)) {
        const bool whole = ask->part == 0;
        return vebus::VersionPart{.id = ask->id,
                                  .part = ask->part,
                                  .whole = whole,
                                  .number = whole ? 2629000U + extra % 1000U : extra};
    }
    if (const auto* read = std::get_if<vebus::ReadRam>(&request)) {
        return vebus::RamValues{.id = read->id,
                                .values = std::vector<std::uint16_t>(read->variables.size(), extra)};
    }
    if (const auto* ask = std::get_if<vebus::AskRamInfo>(&request)) {
        return vebus::RamInfo{.id = ask->id, .scale = vebus::RamInfo::Scale{.scale = extra, .offset = 0}};
    }
    if (const auto* ask = std::get_if<vebus::AskDeviceState>(&request)) {
        return vebus::DeviceStateReport{
            .id = ask->id, .state = 9, .substate = static_cast<std::uint8_t>(extra % 9)};
    }
    if (const auto* poll = std::get_if<vebus::DevicePoll>(&request)) {
        return extra % 4 == 0
                   ? std::optional<vebus::Message>(vebus::DeviceInfo{.type = poll->type, .version = extra})
                   : std::nullopt;
    }
    return std::nullopt;
}

} // namespace bms::fuzz
