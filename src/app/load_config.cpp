// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/load_config.hpp"

#include "io/serial_adapter.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace bms::app {
namespace {

/// Empty, and an error, when the file cannot be read.
std::optional<std::string> read(const std::string& path, const std::string& place,
                                std::vector<std::string>& errors) {
    std::ifstream file(path);
    if (!file) {
        errors.push_back(place + "cannot be read: " + std::strerror(errno));
        return std::nullopt;
    }
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string in_words(const config::ConfigError& error, const std::filesystem::path& dev) {
    const std::string text = (error.pointer.empty() ? "/" : error.pointer) + ": " + error.text;
    return error.pointer == "/vebus/port" ? text + "; " + io::ports_here(dev) : text;
}

void load_profile(const std::string& place, LoadedConfig& loaded) {
    const std::string& path = loaded.config->vebus.frame_profile;
    const auto text = read(path, place + path + ": ", loaded.errors);
    if (!text) {
        return;
    }
    auto parsed = profile::parse(*text);
    if (auto* frames = std::get_if<profile::Profile>(&parsed)) {
        loaded.frames = std::move(*frames);
        return;
    }
    for (const profile::Error& error : std::get<std::vector<profile::Error>>(parsed)) {
        loaded.errors.push_back(place + path + ": " + (error.pointer.empty() ? "/" : error.pointer) + ": " +
                                error.text);
    }
}

} // namespace

LoadedConfig load_config(const std::string& path, const std::filesystem::path& dev) {
    LoadedConfig loaded;
    const auto text = read(path, path + ": ", loaded.errors);
    if (!text) {
        return loaded;
    }
    auto parsed = config::parse(*text);
    for (const config::ConfigError& error : parsed.errors) {
        loaded.errors.push_back(path + ": " + in_words(error, dev));
    }
    for (const config::ConfigError& doubt : parsed.warnings) {
        loaded.warnings.push_back(path + ": " + doubt.pointer + ": warning: " + doubt.text);
    }
    loaded.config = std::move(parsed.config);
    if (loaded.config && !loaded.config->vebus.frame_profile.empty()) {
        load_profile(path + ": /vebus/frame_profile: ", loaded);
    }
    if (!loaded.errors.empty()) {
        loaded.config.reset();
    }
    return loaded;
}

} // namespace bms::app
