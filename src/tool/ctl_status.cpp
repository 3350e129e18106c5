// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_status.hpp"

#include <algorithm>
#include <utility>

namespace bms::tool {

namespace {

std::string reading(const Items& items, const char* path, const char* one, const char* zero,
                    const char* unknown) {
    const auto value = number(items, path);
    return !value ? unknown : *value == 1 ? one : zero;
}

Tone tone_of(const Items& items, const char* path, std::int64_t good, Tone otherwise) {
    return is(items, path, good) ? Tone::plain : otherwise;
}

std::string in_brackets(const std::string& words) { return words.empty() ? "" : " (" + words + ")"; }

void head(const Service& service, Page& page) {
    const auto custom = text_of(service.items, "/CustomName");
    page.text(custom.empty() ? text_of(service.items, "/ProductName") : custom);
    const auto version = text_of(service.items, "/Mgmt/ProcessVersion");
    page.text(text_of(service.items, "/Mgmt/ProcessName") + (version.empty() ? "" : " " + version) +
                  " on the " + service.bus + " as " + clean(service.name),
              Tone::faint);
    for (const std::string& name : service.also) {
        page.text("and as " + clean(name), Tone::faint);
    }
    page.gap();
}

void permission(const Items& items, const char* label, const char* path, Page& page) {
    const bool allowed = is(items, path, 1);
    page.line(label, allowed ? "allowed" : "NOT ALLOWED", allowed ? Tone::good : Tone::bad);
}

/// Nothing where the line above says it already.
std::string soc_rule_words(const Items& items) {
    const auto words = text_of(items, "/Bms/SocRule/Reason");
    return text_of(items, "/Bms/Reason").find(words) == std::string::npos ? words : "";
}

void permissions(const Items& items, const Moment& now, Page& page) {
    permission(items, "Loads", "/Bms/AllowToDischarge", page);
    permission(items, "Charging", "/Bms/AllowToCharge", page);
    page.line("State", text_of(items, "/Bms/State"));
    page.line("Why", text_of(items, "/Bms/Reason"));
    if (const auto since = since_s(items, now.uptime_s)) {
        page.line("For", duration_text(*since));
    }
    const auto next = text_of(items, "/Bms/NextChange");
    page.line("SoC rule", soc_rule_words(items), tone_of(items, "/Bms/SocRule/Active", 0, Tone::warning));
    page.line("Next", next.empty() ? "" : next + in_brackets(countdown_text(items, now)), Tone::warning);
}

void trouble(const Items& items, Page& page) {
    const char* label = "Alarms";
    for (const Alarm& alarm : alarms(items)) {
        page.line(std::exchange(label, ""),
                  alarm_words(alarm.name) + (alarm.level >= 2 ? ": alarm" : ": warning"),
                  alarm.level >= 2 ? Tone::bad : Tone::warning);
    }
    const auto found = problems(items);
    page.line("Problems", found.empty() ? "none" : found.front(), found.empty() ? Tone::good : Tone::bad);
    for (std::size_t i = 1; i < found.size(); ++i) {
        page.line("", found[i], Tone::bad);
    }
    page.line("Advice", text_of(items, "/Diagnostics/LinkAdvice"), Tone::warning);
}

/// While it is counted: what a low cell has left.
void reserve(const Items& items, Page& page) {
    const auto percent = text_of(items, "/Bms/Residual/PercentLeft");
    const auto hours = text_of(items, "/Bms/Residual/HoursLeft");
    if (!percent.empty()) {
        page.line("Reserve", percent + " left" + (hours.empty() ? "" : ", for " + hours), Tone::bad);
        page.line("", text_of(items, "/Bms/Residual/Reason"), Tone::bad);
    }
}

void loops(const Items& items, Page& page) {
    const char* unknown = "cannot be read";
    const auto loop = [&](const char* label, const std::string& name, const char* path, const char* open,
                          const char* closed) {
        page.line(label, name + reading(items, path, open, closed, unknown),
                  tone_of(items, path, 0, Tone::warning));
    };
    loop("Battery", "charge loop ", "/Bms/Lines/CellHigh",
         "open: the battery says stop (a cell is full, or the temperature)", "closed: ok");
    loop("", "discharge loop ", "/Bms/Lines/CellLow", "open: the battery says stop (a cell is low)",
         "closed: ok");
    loop("", "pre-alarm loop ", "/Bms/Lines/PreAlarm", "open: the battery warns (a cell is nearly low)",
         "closed: ok, or not fitted");
    if (is(items, "/Bms/Lines/CableFault", 1)) {
        page.line("", "both allow loops opened together: a cable, or the battery's electronics", Tone::bad);
    }
}

void lines(const Items& items, Page& page) {
    page.line("Switch", "remote on/off: " + reading(items, "/Bms/RemoteOn", "on", "OFF", "cannot be read"),
              tone_of(items, "/Bms/RemoteOn", 1, Tone::warning));
    const auto mains = reading(items, "/Bms/Lines/Mains", "AC is there", "no AC", "");
    const auto aux = reading(items, "/Bms/Lines/AuxIn", "Aux-In is powered", "Aux-In has no power", "");
    page.line("Detectors", mains + (mains.empty() || aux.empty() ? "" : ", ") + aux);
    const auto source = text_of(items, "/Power/Source");
    page.line("Supply", source.empty() ? "" : "this board: " + source);
    const auto at_low_cell = text_of(items, "/Power/AtLowCell");
    page.line("", at_low_cell.empty() ? "" : "at a low cell: " + at_low_cell);
    page.line("Outputs",
              "load disconnect " + reading(items, "/Bms/Outputs/LoadDisconnect", "high (connected)",
                                           "floating (disconnected)", "not known"),
              tone_of(items, "/Bms/Outputs/LoadDisconnect", 1, Tone::bad));
    page.line("",
              "charge disconnect " + reading(items, "/Bms/Outputs/ChargeDisconnect", "high (connected)",
                                             "floating (disconnected)", "not known"),
              tone_of(items, "/Bms/Outputs/ChargeDisconnect", 1, Tone::bad));
    page.line("",
              "pre-alarm " + reading(items, "/Bms/Outputs/PreAlarm", "HIGH (warning)",
                                     "floating (no warning)", "not known"),
              tone_of(items, "/Bms/Outputs/PreAlarm", 0, Tone::warning));
}

} // namespace

std::optional<std::int64_t> since_s(const Items& items, std::int64_t uptime_s) {
    const auto since = number(items, "/Bms/Since");
    const bool fits = since && *since > 0 && *since <= uptime_s;
    return fits ? std::optional(uptime_s - *since) : std::nullopt;
}

std::string countdown_text(const Items& items, const Moment& now) {
    const auto left = number(items, "/Bms/SecondsToNextChange");
    if (!left) {
        return "";
    }
    return (now.countdown_exact ? "in " : "within ") + duration_text(*left - now.countdown_age_s);
}

std::vector<Alarm> alarms(const Items& items) {
    std::vector<Alarm> found;
    for (const auto& [path, item] : items) {
        const auto level = path.starts_with(alarm_folder) ? number(items, path).value_or(0) : 0;
        if (level < 1) {
            continue;
        }
        const auto name = path.substr(alarm_folder.size());
        const auto of_all = std::string(alarm_folder) + name.substr(name.rfind('/') + 1);
        if (of_all == path || number(items, of_all).value_or(0) < level) {
            found.push_back({clean(name), level});
        }
    }
    std::ranges::stable_sort(found, std::ranges::greater{}, &Alarm::level);
    return found;
}

std::vector<std::string> problems(const Items& items) {
    std::vector<std::string> found;
    const auto at_least = [&](const char* path, std::int64_t least) {
        return number(items, path).value_or(0) >= least;
    };
    if (auto error = text_of(items, "/Bms/ErrorText"); !error.empty()) {
        found.push_back(std::move(error));
    } else if (at_least("/Bms/Error", 1)) {
        found.emplace_back("The battery's lines cannot be read or trusted: check the cable to the battery.");
    }
    if (at_least("/Alarms/LowBattery", 2)) {
        found.emplace_back("Low battery: switch loads off and charge.");
    } else if (at_least("/Alarms/LowBattery", 1)) {
        found.emplace_back(
            "The battery is nearly empty: charge, or switch loads off before they are disconnected.");
    }
    if (at_least("/Alarms/BmsConnectionLost", 1)) {
        found.emplace_back(
            is(items, "/Connected", 1)
                ? "The Multi is not controlled: see Link below. The outputs go on protecting."
                : "The Multi is silent: check its power and the VE.Bus cable. The outputs go on "
                  "protecting.");
    }
    if (at_least("/VebusError", 1)) {
        const auto words = text_of(items, "/Diagnostics/VebusErrorText");
        found.push_back(words.empty() ? "VE.Bus error " + text_of(items, "/VebusError") +
                                            ": look it up in the Multi's manual."
                                      : words);
    }
    return found;
}

Exit exit_of(const Items& items) {
    if (!all_allowed(items)) {
        return exit_not_allowed;
    }
    return problems(items).empty() && alarms(items).empty() ? exit_ok : exit_problem;
}

Exit exit_of_all(const std::vector<Service>& services) {
    const auto any = [&](Exit wanted) {
        return std::ranges::any_of(services, [&](const Service& s) { return exit_of(s.items) == wanted; });
    };
    return any(exit_not_allowed) ? exit_not_allowed : any(exit_problem) ? exit_problem : exit_ok;
}

Page status_page(const Service& service, const Moment& now) {
    Page page;
    head(service, page);
    permissions(service.items, now, page);
    page.gap();
    trouble(service.items, page);
    reserve(service.items, page);
    page.gap();
    loops(service.items, page);
    lines(service.items, page);
    page.gap();
    multi_lines(service, page);
    return page;
}

} // namespace bms::tool
