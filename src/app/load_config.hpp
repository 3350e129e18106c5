// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/config/config.hpp"
#include "bms/profile/profile.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bms::app {

struct LoadedConfig {
    std::optional<config::Config> config;   ///< filled when errors is empty
    std::optional<profile::Profile> frames; ///< filled when the configuration names a frame profile
    std::vector<std::string> errors;        ///< each with its file and place, and what to do
    std::vector<std::string> warnings{};    ///< contradictions that stop nothing, in the same form
};

/// The configuration and the files it names. An error about the serial port also lists the ports that are
/// there. dev: where devices are.
LoadedConfig load_config(const std::string& path, const std::filesystem::path& dev = "/dev");

} // namespace bms::app
