// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_doctor.hpp"

#include "tool/ctl_items.hpp"

#include <algorithm>

namespace bms::tool {

namespace {

/// A state file has some hundred bytes, and is written beside the old one.
constexpr std::uint64_t least_free_kb = 1024;

class Findings {
  public:
    void ok(std::string check, std::string words) {
        add(Verdict::ok, std::move(check), std::move(words), "");
    }
    void add(Verdict verdict, std::string check, std::string words, std::string cure) {
        list.push_back({verdict, std::move(check), std::move(words), std::move(cure)});
    }
    std::vector<Finding> list;
};

void config(const Checkup& seen, Findings& found) {
    for (const std::string& error : seen.config_errors) {
        found.add(Verdict::problem, "configuration", error,
                  "write or mend it, then: vebus-bmsd --check-config --config " + seen.config_path);
    }
    if (seen.config_errors.empty()) {
        found.ok("configuration", seen.config_path + " has no errors");
    }
}

std::string held_by_another(const SeenLine& line) {
    if (line.holder == "sysfs") {
        return "Venus OS, or a script, has exported it: write its number to /sys/class/gpio/unexport and "
               "disable that "
               "digital input or relay, or use another line";
    }
    return "end that program, or use another line";
}

void lines(const Checkup& seen, Findings& found) {
    if (seen.simulated) {
        found.add(Verdict::advice, "lines", "the board is simulated: nothing real is protected",
                  "set gpio.backend to \"gpiod\" on a real board");
        return;
    }
    const auto missing =
        std::ranges::count_if(seen.lines, [](const auto& line) { return !line.error.empty(); });
    if (missing > 1 && static_cast<std::size_t>(missing) == seen.lines.size()) {
        found.add(Verdict::problem, "lines",
                  "none of the " + std::to_string(missing) + " lines is there. " + seen.lines.front().role +
                      ": " + seen.lines.front().error,
                  "is this the board that the configuration is for, and may you look at its GPIO chips?");
        return;
    }
    std::size_t held = 0;
    for (const SeenLine& line : seen.lines) {
        if (!line.error.empty()) {
            found.add(Verdict::problem, "lines", line.role + ": " + line.error,
                      "wire it, or correct the configuration");
        } else if (!line.holder.empty() && line.holder != daemon_program) {
            found.add(Verdict::problem, "lines",
                      line.role + ": " + line.label + " is used by \"" + line.holder + "\"",
                      held_by_another(line));
        } else {
            held += line.holder.empty() ? 0U : 1U;
        }
    }
    if (found.list.empty() || found.list.back().check != "lines") {
        const std::string all = std::to_string(seen.lines.size());
        found.ok("lines", held == seen.lines.size()
                              ? "all " + all + " are held by " + std::string(daemon_program)
                              : "all " + all + " are there; " + std::to_string(held) + " held by " +
                                    std::string(daemon_program));
    }
}

/// What a dead daemon leaves behind.
void death(const Checkup& seen, Findings& found) {
    if (seen.simulated) {
        return;
    }
    if (seen.keeps_outputs) {
        found.add(Verdict::problem, "outputs",
                  "this kernel keeps an output high after a crash of the program that drove it",
                  "put dtparam=strict_gpiod into config.txt (or pinctrl_bcm2835.persist_gpio_outputs=n on "
                  "the kernel's "
                  "command line) and start again");
    }
    if (!seen.heartbeat) {
        found.add(Verdict::advice, "outputs",
                  "no heartbeat output: a daemon that hangs keeps its outputs until it is ended",
                  "wire a watchdog relay (config/README.md, the one principle)");
    }
    if (seen.multi && !seen.two_signal) {
        found.add(Verdict::advice, "outputs",
                  "no two-signal outputs: a dead daemon leaves the inverter/charger as it is",
                  "wire two_signal_discharge and two_signal_charge (config/README.md, the inverter/charger)");
    }
}

void port(const Checkup& seen, Findings& found) {
    if (seen.port.empty()) {
        return;
    }
    const auto before = found.list.size();
    if (!seen.port_error.empty()) {
        found.add(Verdict::problem, "port", seen.port + ": " + seen.port_error,
                  "plug the adapter in, or name it as it is");
    }
    if (seen.port_wanted_by_serial_starter) {
        found.add(Verdict::problem, "port",
                  "serial-starter of Venus OS tries its own drivers on " + seen.port,
                  "give the adapter VE_SERVICE=ignore by a udev rule (packaging/README.md)");
    }
    if (!seen.port_latency.empty()) {
        found.add(Verdict::problem, "port", seen.port_latency,
                  "install the udev rule and plug the adapter in again");
    }
    if (found.list.size() == before) {
        found.ok("port", seen.port + " is there, and may be used");
    }
}

void daemon(const Checkup& seen, Findings& found) {
    if (!seen.bus_error.empty()) {
        found.add(Verdict::problem, "daemon", "the " + seen.bus + " cannot be asked: " + seen.bus_error,
                  "start dbus-daemon; lines and outputs work without");
        return;
    }
    if (seen.service.empty()) {
        found.add(Verdict::problem, "daemon", "no vebus-bmsd on the " + seen.bus,
                  "start it: systemctl start vebus-bmsd, on Venus OS svc -u /service/vebus-bmsd");
        return;
    }
    found.ok("daemon", "runs, on the " + seen.bus + " as " + seen.service);
    for (const std::string& problem : seen.daemon_problems) {
        found.add(Verdict::problem, "daemon", problem, "vebus-bmsctl status has the rest");
    }
    if (!seen.link_advice.empty()) {
        found.add(Verdict::advice, "inverter", seen.link_advice, "");
    }
}

void dvcc(const Checkup& seen, Findings& found) {
    if (seen.service.empty()) {
        return;
    }
    if (!seen.dvcc_advice.empty()) {
        found.add(Verdict::problem, "DVCC", seen.dvcc_advice,
                  "until then wire every charger to ChargeDisconnect");
    } else if (!seen.dvcc) {
        found.add(Verdict::advice, "DVCC", "no Venus OS on this bus: nothing stops chargers over the bus",
                  "wire every charger to ChargeDisconnect");
    } else {
        found.ok("DVCC", "on, and Venus OS is new enough");
    }
    if (!seen.not_obeying.empty()) {
        found.add(Verdict::problem, "chargers", seen.not_obeying, "switch it off by hand until it obeys");
    }
}

void user(const Checkup& seen, Findings& found) {
    if (seen.user.empty()) {
        return;
    }
    for (const std::string& group : seen.missing_groups) {
        found.add(Verdict::problem, "user", seen.user + " is not in the group " + group,
                  "usermod -a -G " + group + " " + seen.user + ", then start the daemon again");
    }
    if (seen.missing_groups.empty()) {
        found.ok("user", seen.user + " is in the groups of the lines and of the port");
    }
}

void storage(const Checkup& seen, Findings& found) {
    const std::string& place = seen.state_directory;
    if (!seen.state_error.empty()) {
        found.add(Verdict::problem, "storage", place + ": " + seen.state_error,
                  "after a restart the inverter/charger may stay as the BMS had left it: make it writable");
    } else if (seen.state_free_kb && *seen.state_free_kb < least_free_kb) {
        found.add(Verdict::problem, "storage",
                  place + " has " + std::to_string(*seen.state_free_kb) + " kB left",
                  "make room: what the inverter/charger is owed cannot be kept");
    } else if (seen.state_is_volatile) {
        found.add(Verdict::advice, "storage", place + " is in memory and forgotten when the power goes",
                  "set state_directory to a folder on the disk");
    } else {
        found.ok("storage", place + " keeps what must survive a restart");
    }
}

void clock(const Checkup& seen, Findings& found) {
    if (seen.clock_set == false) {
        found.add(Verdict::advice, "clock",
                  "the time of day is not set by anybody: times in the log may be wrong",
                  "switch on time synchronisation; protection does not need it");
    } else if (seen.clock_set) {
        found.ok("clock", "the time of day is kept right");
    }
}

Tone tone_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::problem:
        return Tone::bad;
    case Verdict::advice:
        return Tone::warning;
    case Verdict::ok:
        break;
    }
    return Tone::good;
}

const char* label_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::problem:
        return "PROBLEM";
    case Verdict::advice:
        return "advice";
    case Verdict::ok:
        break;
    }
    return "ok";
}

std::string count_of(const std::vector<Finding>& findings, Verdict verdict, const std::string& word) {
    const auto count = std::ranges::count(findings, verdict, &Finding::verdict);
    return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

} // namespace

std::vector<Finding> diagnose(const Checkup& seen) {
    Findings found;
    config(seen, found);
    if (seen.config_errors.empty()) {
        lines(seen, found);
        death(seen, found);
        port(seen, found);
        storage(seen, found);
    }
    user(seen, found);
    daemon(seen, found);
    dvcc(seen, found);
    clock(seen, found);
    return std::move(found.list);
}

Page doctor_page(const std::vector<Finding>& findings) {
    Page page;
    for (const Finding& finding : findings) {
        page.line(label_of(finding.verdict), finding.check + ": " + finding.words, tone_of(finding.verdict));
        page.line("", finding.cure.empty() ? "" : "do: " + finding.cure);
    }
    page.gap();
    page.text(count_of(findings, Verdict::problem, "problem") + ", " +
              std::to_string(std::ranges::count(findings, Verdict::advice, &Finding::verdict)) + " advice");
    return page;
}

Exit exit_of(const std::vector<Finding>& findings) {
    const bool wrong =
        std::ranges::any_of(findings, [](const Finding& f) { return f.verdict == Verdict::problem; });
    return wrong ? exit_problem : exit_ok;
}

} // namespace bms::tool
