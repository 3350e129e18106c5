// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_doctor_look.hpp"

#include "app/load_config.hpp"
#include "app/options.hpp"
#include "app/roles.hpp"
#include "io/serial_adapter.hpp"
#include "tool/ctl_status.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace bms::tool {

namespace {

namespace fs = std::filesystem;

constexpr const char* daemon_user = "vebus-bms";
constexpr long tmpfs_magic = 0x01021994;

std::string first_word_of(const fs::path& path) {
    std::ifstream file(path);
    std::string word;
    file >> word;
    return word;
}

SeenLine see_line(app::Role role, const io::LineRequest& request) {
    SeenLine seen{
        .role = std::string(app::info(role).name), .label = request.label(), .holder = "", .error = ""};
    auto holder = io::holder_of_gpiod_line(request);
    if (holder) {
        seen.holder = *std::move(holder.value);
    } else {
        seen.error = std::move(holder.error.text);
    }
    return seen;
}

void see_lines(const config::Config& config, Checkup& seen) {
    seen.simulated = config.gpio.backend == config::GpioBackend::sim;
    const app::ConfiguredLines lines = app::configured_lines(config);
    for (std::size_t i = 0; i < lines.size() && !seen.simulated; ++i) {
        if (const auto& line = lines.at(i)) {
            seen.lines.push_back(see_line(static_cast<app::Role>(i), *line));
        }
    }
    seen.heartbeat = config.outputs.heartbeat.has_value();
    seen.two_signal = config.outputs.two_signal_charge && config.outputs.two_signal_discharge;
}

void see_port(const config::Config& config, const fs::path& root, Checkup& seen) {
    const auto link = config.vebus.link;
    seen.multi = link != config::LinkKind::none;
    if (link != config::LinkKind::rs485 && link != config::LinkKind::mk3) {
        return;
    }
    seen.port = config.vebus.port;
    const fs::path path = root / fs::path(seen.port).relative_path();
    if (::access(path.c_str(), R_OK | W_OK) != 0) {
        seen.port_error = std::string(std::strerror(errno)) + "; " + io::ports_here(root / "dev");
        return;
    }
    std::error_code error;
    const auto tty = fs::canonical(path, error).filename();
    seen.port_wanted_by_serial_starter = !error && fs::exists(root / "dev/serial-starter" / tty, error);
    seen.port_latency = io::latency_remark(path, root / "sys");
}

void see_storage(const config::Config& config, const fs::path& root, Checkup& seen) {
    seen.state_directory = config.state_directory;
    const fs::path place = root / fs::path(config.state_directory).relative_path();
    if (::access(place.c_str(), W_OK | X_OK) != 0) {
        seen.state_error = std::strerror(errno);
        return;
    }
    struct statfs about {};
    if (::statfs(place.c_str(), &about) == 0) {
        seen.state_is_volatile = about.f_type == tmpfs_magic;
        seen.state_free_kb = std::uint64_t{about.f_bavail} * static_cast<std::uint64_t>(about.f_bsize) / 1024;
    }
}

/// The members of a group, as /etc/group has them; nullopt: there is no such group.
std::optional<std::vector<std::string>> members_of(const std::string& group, const fs::path& root) {
    std::ifstream file(root / "etc/group");
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(group + ":")) {
            continue;
        }
        std::vector<std::string> members;
        std::istringstream names(line.substr(line.rfind(':') + 1));
        for (std::string name; std::getline(names, name, ',');) {
            members.push_back(name);
        }
        return members;
    }
    return std::nullopt;
}

/// Venus OS has no such user: everything runs as root there.
void see_user(const fs::path& root, Checkup& seen) {
    std::ifstream file(root / "etc/passwd");
    bool there = false;
    for (std::string line; std::getline(file, line);) {
        there = there || line.starts_with(std::string(daemon_user) + ":");
    }
    if (!there) {
        return;
    }
    seen.user = daemon_user;
    for (const char* group : {"gpio", "dialout"}) {
        const auto members = members_of(group, root);
        if (members && std::find(members->begin(), members->end(), daemon_user) == members->end()) {
            seen.missing_groups.emplace_back(group);
        }
    }
}

std::optional<bool> clock_is_set() {
    struct timex state {};
    const int answer = ::adjtimex(&state);
    return answer < 0 ? std::nullopt
                      : std::optional(answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0);
}

} // namespace

Checkup look_around(const std::string& config_path, const fs::path& root) {
    Checkup seen;
    seen.config_path = config_path.empty() ? app::Options{}.config : config_path;
    const auto loaded = app::load_config(seen.config_path, root / "dev");
    seen.config_errors = loaded.errors;
    if (loaded.config) {
        see_lines(*loaded.config, seen);
        see_port(*loaded.config, root, seen);
        see_storage(*loaded.config, root, seen);
    }
    seen.keeps_outputs =
        first_word_of(root / "sys/module/pinctrl_bcm2835/parameters/persist_gpio_outputs") == "Y";
    see_user(root, seen);
    seen.clock_set = clock_is_set();
    return seen;
}

void look_at_daemon(const std::vector<Service>& services, Checkup& seen) {
    for (const Service& service : fronts(services)) {
        seen.service += (seen.service.empty() ? "" : ", ") + service.name;
        const auto found = problems(service.items);
        seen.daemon_problems.insert(seen.daemon_problems.end(), found.begin(), found.end());
        seen.link_advice = text_of(service.items, "/Diagnostics/LinkAdvice");
        seen.dvcc_advice = text_of(service.items, "/Diagnostics/DvccAdvice");
        seen.not_obeying = text_of(service.items, "/Diagnostics/NotObeying");
        if (const auto dvcc = number(service.items, "/Diagnostics/Dvcc")) {
            seen.dvcc = static_cast<int>(*dvcc);
        }
    }
}

} // namespace bms::tool
