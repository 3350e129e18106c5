// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/serial_adapter.hpp"

#include <algorithm>
#include <fstream>

namespace bms::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_ports = 16;
constexpr int good_latency_ms = 1;

template<typename Fits>
void add_entries(const fs::path& folder, std::vector<std::string>& names, Fits fits) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        if (fits(entry->path().filename().string())) {
            names.push_back(entry->path());
        }
    }
}

} // namespace

std::vector<std::string> lasting_ports(const fs::path& dev) {
    std::vector<std::string> names;
    add_entries(dev / "serial/by-id", names, [](const std::string&) { return true; });
    add_entries(dev, names, [](const std::string& name) { return name.starts_with("ttyAMA"); });
    std::sort(names.begin(), names.end());
    names.resize(std::min(names.size(), most_ports));
    return names;
}

std::string ports_here(const fs::path& dev) {
    std::string text;
    for (const std::string& name : lasting_ports(dev)) {
        text += (text.empty() ? "there is: " : ", ") + name;
    }
    return text.empty() ? "there is none now: plug the adapter in and look again" : text;
}

std::string latency_remark(const std::string& port, const fs::path& sys) {
    std::error_code error;
    const auto tty = fs::canonical(port, error).filename();
    if (error) {
        return {};
    }
    std::ifstream file(sys / "class/tty" / tty / "device/latency_timer");
    int latency_ms = 0;
    if (!(file >> latency_ms) || latency_ms <= good_latency_ms) {
        return {};
    }
    return port + " keeps what it has received for up to " + std::to_string(latency_ms) +
           " ms, and most slots of VE.Bus will be missed; install the udev rule " + adapter_rule +
           " and plug the adapter in again. Its line is: ACTION==\"add\", SUBSYSTEM==\"usb-serial\", "
           "DRIVER==\"ftdi_sio\", ATTR{latency_timer}=\"1\"";
}

} // namespace bms::io
