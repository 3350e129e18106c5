// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// vebus-bmsctl: the operator's command line.
#include "tool/ctl_bus.hpp"
#include "tool/ctl_bus_command.hpp"
#include "tool/ctl_doctor_look.hpp"
#include "tool/ctl_explain.hpp"
#include "tool/ctl_json.hpp"
#include "tool/ctl_terminal.hpp"
#include "tool/ctl_watch.hpp"

#include "bms/venus/paths.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

namespace {

using namespace bms;
using tool::Exit;
using tool::Options;

// How long a wish may take until the daemon's items show it.
constexpr int looks = 20;
constexpr std::chrono::milliseconds between_looks{50};

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }
void complain(const std::string& text) { std::fprintf(stderr, "vebus-bmsctl: %s\n", text.c_str()); }

Exit fail(Exit code, const std::string& error, bool json) {
    json ? print(tool::error_json(code, error)) : complain(error);
    return code;
}

std::string no_daemon_text(const tool::Found& found, io::BusChoice bus) {
    const std::string bus_word = io::bus_word(bus);
    if (!found.error.empty()) {
        return "the " + bus_word + " cannot be asked: " + found.error + ". Is dbus-daemon running?";
    }
    return "no vebus-bmsd on the " + bus_word +
           ". Is it running (systemctl status vebus-bmsd, on Venus OS svstat /service/vebus-bmsd)? Is it on "
           "the other bus (--system, --session)? Is its D-Bus role \"none\" in the configuration? The "
           "outputs "
           "protect without D-Bus.";
}

Exit status(const std::vector<tool::Service>& services, bool json) {
    if (json) {
        print(tool::status_json(services, tool::uptime_s()));
        return tool::exit_of_all(services);
    }
    const auto look = tool::look_of_stdout();
    for (const auto& service : services) {
        print(&service == &services.front() ? "" : "\n");
        print(text_of(tool::status_page(service, {.uptime_s = tool::uptime_s()}), look));
    }
    return tool::exit_of_all(services);
}

/// The services once the wish is to be seen in them.
std::vector<tool::Service> services_after(const tool::Order& order, io::BusChoice bus) {
    auto services = fronts(tool::find_services(bus).services);
    const auto seen = [&](const tool::Service& service) {
        return order.mode == nullptr || tool::is(service.items, order.path, order.value);
    };
    for (int i = 0; i < looks && !std::ranges::all_of(services, seen); ++i) {
        std::this_thread::sleep_for(between_looks);
        services = fronts(tool::find_services(bus).services);
    }
    return services;
}

const tool::Service& named(const std::vector<tool::Service>& services, const tool::Service& wanted) {
    const auto found = std::ranges::find(services, wanted.name, &tool::Service::name);
    return found == services.end() ? wanted : *found;
}

Exit give(const tool::Order& order, const std::vector<tool::Service>& services, io::BusChoice bus,
          bool json) {
    std::vector<std::pair<tool::Service, tool::WriteResult>> asked;
    bool all_accepted = true;
    for (const auto& service : services) {
        asked.emplace_back(service, tool::write_item(bus, service.name, order.path, order.value));
        all_accepted = all_accepted && asked.back().second.accepted;
    }
    const auto after = all_accepted ? services_after(order, bus) : services;
    std::vector<tool::Answer> answers;
    answers.reserve(asked.size());
    for (const auto& [service, result] : asked) {
        answers.push_back(tool::answer_to(order, result, named(after, service)));
    }
    const bool done =
        std::ranges::all_of(answers, [](const auto& a) { return a.outcome == tool::Outcome::done; });
    const Exit code = done ? tool::exit_ok : tool::exit_not_allowed;
    if (json) {
        print(tool::orders_json(answers, code));
        return code;
    }
    for (const auto& answer : answers) {
        answer.outcome == tool::Outcome::refused ? complain(text_of(answer)) : print(text_of(answer) + "\n");
    }
    return code;
}

Exit dbus(const std::vector<tool::Service>& services, const Options& options) {
    std::vector<tool::PathLines> all;
    for (const std::string& path :
         options.arguments.empty() ? std::vector<std::string>{"/"} : options.arguments) {
        const auto before = all.size();
        for (const auto& service : services) {
            const auto lines = tool::dbus_lines(service, path);
            all.insert(all.end(), lines.begin(), lines.end());
        }
        if (all.size() == before) {
            return fail(tool::exit_usage, "there is no path \"" + path + "\"; without a PATH all are listed",
                        options.json);
        }
    }
    if (options.json) {
        print(tool::dbus_json(all));
        return tool::exit_ok;
    }
    for (const auto& service : options.arguments.empty() ? services : std::vector<tool::Service>{}) {
        print("# everything at once\n" + tool::everything_line(service) + "\n\n");
    }
    print(tool::dbus_text(all));
    return tool::exit_ok;
}

/// Works without a daemon: why there is none is what it is asked for.
Exit doctor(const Options& options) {
    const auto bus = io::resolved(options.bus);
    tool::Checkup seen = tool::look_around(options.arguments.empty() ? "" : options.arguments.front());
    const auto found = tool::find_services(bus);
    seen.bus = io::bus_word(bus);
    seen.bus_error = found.error;
    tool::look_at_daemon(found.services, seen);
    const auto findings = tool::diagnose(seen);
    print(options.json ? tool::doctor_json(findings)
                       : text_of(tool::doctor_page(findings), tool::look_of_stdout()));
    return exit_of(findings);
}

Exit explain(const Options& options) {
    const auto found = tool::find_rows(options.arguments);
    if (const auto* wrong = std::get_if<std::string>(&found)) {
        return fail(tool::exit_usage, *wrong, options.json);
    }
    const auto& rows = std::get<0>(found);
    print(options.json ? tool::explain_json(rows)
                       : text_of(tool::explain_page(rows), tool::look_of_stdout()));
    return tool::exit_ok;
}

/// What `dbus` knows: the paths of the running daemons, else those of this version.
std::vector<std::string> known_paths(const Options& options) {
    std::vector<std::string> paths;
    for (const auto& service : tool::find_services(io::resolved(options.bus)).services) {
        for (const auto& [path, unused] : service.items) {
            paths.push_back(path);
        }
    }
    if (paths.empty()) {
        std::ranges::transform(venus::paths, std::back_inserter(paths),
                               [](const auto& row) { return std::string(row.path); });
    }
    return paths;
}

Exit complete(const Options& options) {
    const bool of_dbus = std::ranges::find(options.arguments, "dbus") != options.arguments.end();
    const auto paths = of_dbus ? known_paths(options) : std::vector<std::string>{};
    for (const auto& word : tool::completions(options.arguments, paths)) {
        print(word + "\n");
    }
    return tool::exit_ok;
}

Exit run(const Options& options) {
    const auto bus = io::resolved(options.bus);
    if (options.what == tool::Do::watch) {
        return tool::watch(bus, options.json);
    }
    const auto found = tool::find_services(bus);
    if (found.services.empty()) {
        return fail(tool::exit_no_daemon, no_daemon_text(found, bus), options.json);
    }
    switch (options.what) {
    case tool::Do::status:
        return status(fronts(found.services), options.json);
    case tool::Do::dbus:
        return dbus(found.services, options);
    default:
        return give(tool::order_of(options), fronts(found.services), bus, options.json);
    }
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const auto parsed = tool::parse_options(words);
    if (const auto* wrong = std::get_if<std::string>(&parsed)) {
        return fail(tool::exit_usage, *wrong + (wrong->ends_with('?') ? " " : ". ") + "Try --help.",
                    std::ranges::find(words, "--json") != words.end());
    }
    const auto& options = std::get<Options>(parsed);
    switch (options.what) {
    case tool::Do::help:
        print(tool::help_text());
        return tool::exit_ok;
    case tool::Do::version:
        print("vebus-bmsctl " BMS_VERSION "\n");
        return tool::exit_ok;
    case tool::Do::bus:
        return tool::bus_command({argv + argc - options.arguments.size(), argv + argc});
    case tool::Do::doctor:
        return doctor(options);
    case tool::Do::explain:
        return explain(options);
    case tool::Do::complete:
        return complete(options);
    default:
        return run(options);
    }
}
