// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// vebus-bmsctl: the operator's command line.
#include "tool/ctl_bus.hpp"
#include "tool/ctl_bus_command.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <span>
#include <string_view>

namespace {

using namespace bms;

// What scripts rely on; --help says the same.
constexpr int done = 0, not_allowed = 1, no_daemon = 2, usage = 64;

constexpr const char* help = R"(Usage: vebus-bmsctl COMMAND [--system|--session]

  status [--json]   what is allowed, why, and what happens next
  restart-loads     reconnect loads that wait for a person after a low battery
  bus VERB ...      record and read what is said on a VE.Bus; without the daemon (bus --help)
  --help, --version

The bus is the session bus when DBUS_SESSION_BUS_ADDRESS is set, else the system bus.
Exit code: 0 all allowed, or done; 1 something is not allowed, or refused; 2 no daemon found; 64 wrong usage.
)";

struct Options {
    std::string_view command;
    io::BusChoice bus = io::BusChoice::automatic;
    bool json = false;
    std::string_view wrong;
};

Options parse(std::span<char*> arguments) {
    Options options;
    for (const std::string_view argument : arguments) {
        if (argument == "--system" || argument == "--session")
            options.bus = argument == "--system" ? io::BusChoice::system : io::BusChoice::session;
        else if (argument == "--json")
            options.json = true;
        else if (options.command.empty())
            options.command = argument;
        else
            options.wrong = argument;
    }
    return options;
}

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }
void complain(const std::string& text) { std::fprintf(stderr, "vebus-bmsctl: %s\n", text.c_str()); }

int complain_no_daemon(const tool::Found& found, io::BusChoice bus) {
    const std::string bus_word = io::bus_word(bus);
    if (!found.error.empty())
        complain("the " + bus_word + " cannot be asked: " + found.error + ". Is dbus-daemon running?");
    else
        complain(
            "no vebus-bmsd on the " + bus_word +
            ". Is it running (systemctl status vebus-bmsd, on Venus OS " +
            "svstat /service/vebus-bmsd)? Is it on the other bus (--system, --session)? Is its D-Bus role " +
            "\"none\" in the configuration? The outputs protect without D-Bus.");
    return no_daemon;
}

int status(const tool::Found& found, bool json) {
    std::timespec uptime{};
    ::clock_gettime(CLOCK_MONOTONIC, &uptime);
    for (const auto& service : found.services)
        print(json ? tool::status_json(service) : tool::status_text(service, uptime.tv_sec));
    const auto allowed = [](const tool::Service& service) { return tool::all_allowed(service.items); };
    return std::ranges::all_of(found.services, allowed) ? done : not_allowed;
}

int restart_loads(const tool::Found& found, io::BusChoice bus) {
    int result = done;
    for (const auto& service : found.services) {
        const auto answer = tool::write_item(bus, service.name, "/Bms/Restart", 1);
        if (answer.accepted) {
            print(service.name + ": asked to reconnect the loads; vebus-bmsctl status shows the effect\n");
            continue;
        }
        complain(service.name + ": loads were not restarted: " + answer.why_not);
        result = not_allowed;
    }
    return result;
}

int run(const Options& options) {
    const auto bus = io::resolved(options.bus);
    const auto found = tool::find_services(bus);
    if (found.services.empty())
        return complain_no_daemon(found, bus);
    return options.command == "status" ? status(found, options.json) : restart_loads(found, bus);
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "bus") {
        return tool::bus_command({argv + 2, argv + argc});
    }
    const auto options = parse({argv + 1, argv + argc});
    const auto command = options.command;
    if (command == "--help" || command == "--version") {
        print(command == "--help" ? help : "vebus-bmsctl " BMS_VERSION "\n");
        return done;
    }
    if ((command != "status" && command != "restart-loads") || !options.wrong.empty()) {
        complain("what is \"" + std::string(options.wrong.empty() ? command : options.wrong) +
                 "\"? Try --help.");
        return usage;
    }
    return run(options);
}
