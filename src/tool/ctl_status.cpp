// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_status.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace bms::tool {

namespace {

using venus::is_valid;

/// Text from the bus may have been written by anybody who can write /CustomName: no control character reaches
/// the terminal.
std::string clean(std::string text) {
    std::erase_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    return text;
}

std::string text_of(const Items& items, const char* path) {
    const auto found = items.find(path);
    return found == items.end() || !is_valid(found->second.value) ? "" : clean(found->second.text);
}

/// The whole number at a path; nothing when it is missing, invalid or of another type.
std::optional<std::int64_t> number(const Items& items, const char* path) {
    const auto found = items.find(path);
    if (found == items.end())
        return std::nullopt;
    if (const auto* i = std::get_if<std::int32_t>(&found->second.value))
        return *i;
    if (const auto* u = std::get_if<std::uint32_t>(&found->second.value))
        return *u;
    return std::nullopt;
}

bool is(const Items& items, const char* path, std::int64_t wanted) { return number(items, path) == wanted; }

/// Lines of a label and words; without a label the words go on under those before. Without words there is no
/// line.
class Page {
  public:
    void line(std::string_view label, const std::string& words) {
        if (words.empty())
            return;
        constexpr std::size_t column = 12;
        text_.append(label)
            .append(column - std::min(label.size(), column - 1), ' ')
            .append(words)
            .append("\n");
    }
    void text(const std::string& words) { text_ += words + "\n"; }
    void gap() { text_ += "\n"; }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

std::string with_reading(const Items& items, const char* path, const char* one, const char* zero,
                         const char* unknown) {
    const auto value = number(items, path);
    if (!value)
        return unknown;
    return *value == 1 ? one : zero;
}

std::string in_brackets(const std::string& words) { return words.empty() ? "" : " (" + words + ")"; }

void head(const Service& service, Page& page) {
    const auto custom = text_of(service.items, "/CustomName");
    const auto name = custom.empty() ? text_of(service.items, "/ProductName") : custom;
    const auto program =
        text_of(service.items, "/Mgmt/ProcessName") + " " + text_of(service.items, "/Mgmt/ProcessVersion");
    page.text(name + ": " + program + " on the " + service.bus + " as " + clean(service.name));
    page.gap();
}

void permissions(const Items& items, std::int64_t uptime_s, Page& page) {
    const bool loads = is(items, "/Bms/AllowToDischarge", 1);
    const bool charging = is(items, "/Bms/AllowToCharge", 1);
    page.line("Loads", loads ? "allowed" : "NOT ALLOWED");
    page.line("Charging", charging ? "allowed" : "NOT ALLOWED");
    page.line("State", text_of(items, "/Bms/State"));
    page.line("Why", text_of(items, "/Bms/Reason"));
    const auto since = number(items, "/Bms/Since");
    if (since && *since > 0 && *since <= uptime_s)
        page.line("For", duration_text(uptime_s - *since));
    const auto left = number(items, "/Bms/SecondsToNextChange");
    const auto when = left ? "within " + duration_text(*left) : "";
    const auto next = text_of(items, "/Bms/NextChange");
    page.line("Next", next.empty() ? "" : next + in_brackets(when));
}

void battery(const Items& items, Page& page) {
    const char* unknown = "cannot be read";
    page.line("Battery", "charge loop " +
                             with_reading(items, "/Bms/Lines/CellHigh",
                                          "open: the battery says stop (a cell is full, or the temperature)",
                                          "closed: ok", unknown));
    page.line("", "discharge loop " + with_reading(items, "/Bms/Lines/CellLow",
                                                   "open: the battery says stop (a cell is low)",
                                                   "closed: ok", unknown));
    page.line("", "pre-alarm loop " + with_reading(items, "/Bms/Lines/PreAlarm",
                                                   "open: the battery warns (a cell is nearly low)",
                                                   "closed: ok, or not fitted", unknown));
    page.line("Switch", "remote on/off: " + with_reading(items, "/Bms/RemoteOn", "on", "OFF", unknown));
    page.line("Outputs",
              "load disconnect " + with_reading(items, "/Bms/Outputs/LoadDisconnect", "high (connected)",
                                                "floating (disconnected)", "not known"));
    page.line("",
              "charge disconnect " + with_reading(items, "/Bms/Outputs/ChargeDisconnect", "high (connected)",
                                                  "floating (disconnected)", "not known"));
    page.line("", "pre-alarm " + with_reading(items, "/Bms/Outputs/PreAlarm", "HIGH (warning)",
                                              "floating (no warning)", "not known"));
}

std::string readings(const Items& items) {
    std::string words;
    for (const char* path : {"/Dc/0/Voltage", "/Dc/0/Current", "/Dc/0/Power"})
        if (const auto text = text_of(items, path); !text.empty())
            words += (words.empty() ? "" : ", ") + text;
    return words;
}

/// "firmware 492, 3 units".
std::string units_text(const Items& items) {
    const auto firmware = text_of(items, "/FirmwareVersion");
    const auto units = number(items, "/Devices/NumberOfMultis").value_or(0);
    std::string words = firmware.empty() ? "" : "firmware " + firmware;
    if (units > 1)
        words += (words.empty() ? "" : ", ") + std::to_string(units) + " units";
    return words;
}

/// "4710 frames sent, 12 received damaged, 3 slots missed, 2 tried again, 1 without answer, answers
/// after 31.5ms".
std::string quality(const Items& items) {
    const auto sent = number(items, "/Diagnostics/FramesSent").value_or(0);
    if (sent == 0)
        return "";
    std::string words = std::to_string(sent) + " frames sent";
    const std::pair<const char*, const char*> counts[] = {{"/Diagnostics/FramesBad", " received damaged"},
                                                          {"/Diagnostics/MissedSlots", " slots missed"},
                                                          {"/Diagnostics/Retries", " tried again"},
                                                          {"/Diagnostics/Unanswered", " without answer"}};
    for (const auto& [path, what] : counts)
        if (const auto count = number(items, path).value_or(0); count > 0)
            words += ", " + std::to_string(count) + what;
    const auto round_trip = text_of(items, "/Diagnostics/RoundTrip");
    return round_trip.empty() ? words : words + ", answers after " + round_trip;
}

void multi(const Items& items, Page& page) {
    const bool heard = is(items, "/Connected", 1);
    const auto state = text_of(items, "/State");
    page.line("Multi", heard ? "heard on VE.Bus" + in_brackets(units_text(items)) : "not heard on VE.Bus");
    page.line("", state.empty() ? "" : "state: " + state);
    page.line("", "you asked for: " + text_of(items, "/Mode"));
    page.line("", readings(items));
    page.line("", is(items, "/Diagnostics/ControlsInverter", 1) ? "obeys this BMS"
                                                                : "NOT CONTROLLED by this BMS");
    page.line("Link", text_of(items, "/Diagnostics/LinkReason"));
    page.line("", quality(items));
}

/// What is wrong, and what to do.
std::vector<std::string> problems(const Items& items) {
    std::vector<std::string> found;
    const auto at_least = [&](const char* path, std::int64_t least) {
        return number(items, path).value_or(0) >= least;
    };
    if (auto error = text_of(items, "/Bms/ErrorText"); !error.empty())
        found.push_back(std::move(error));
    else if (at_least("/Bms/Error", 1))
        found.emplace_back("The battery's lines cannot be read or trusted: check the cable to the battery.");
    if (at_least("/Alarms/LowBattery", 2))
        found.emplace_back("Low battery: switch loads off and charge.");
    else if (at_least("/Alarms/LowBattery", 1))
        found.emplace_back(
            "The battery is nearly empty: charge, or switch loads off before they are disconnected.");
    if (at_least("/Alarms/BmsConnectionLost", 1))
        found.emplace_back(
            is(items, "/Connected", 1)
                ? "The Multi is not controlled: see Link above. The outputs go on protecting."
                : "The Multi is silent: check its power and the VE.Bus cable. The outputs go on "
                  "protecting.");
    if (at_least("/VebusError", 1)) {
        const auto words = text_of(items, "/Diagnostics/VebusErrorText");
        found.push_back(words.empty() ? "VE.Bus error " + text_of(items, "/VebusError") +
                                            ": look it up in the Multi's manual."
                                      : words);
    }
    if (auto advice = text_of(items, "/Diagnostics/LinkAdvice"); !advice.empty())
        found.push_back(std::move(advice));
    return found;
}

} // namespace

bool all_allowed(const Items& items) {
    return is(items, "/Bms/AllowToDischarge", 1) && is(items, "/Bms/AllowToCharge", 1);
}

std::string status_text(const Service& service, std::int64_t uptime_s) {
    Page page;
    head(service, page);
    permissions(service.items, uptime_s, page);
    page.gap();
    battery(service.items, page);
    page.gap();
    multi(service.items, page);
    page.gap();
    const auto found = problems(service.items);
    page.line("Problems", found.empty() ? "none" : found.front());
    for (std::size_t i = 1; i < found.size(); ++i)
        page.line("", found[i]);
    return page.take();
}

std::string duration_text(std::int64_t seconds) {
    const auto two = [](std::int64_t big, const char* big_unit, std::int64_t small, const char* small_unit) {
        const auto first = std::to_string(big) + big_unit;
        return small == 0 ? first : first + " " + std::to_string(small) + small_unit;
    };
    seconds = std::max<std::int64_t>(seconds, 0);
    if (seconds < 60)
        return std::to_string(seconds) + " s";
    if (seconds < 3600)
        return two(seconds / 60, " min", seconds % 60, " s");
    if (seconds < 86400)
        return two(seconds / 3600, " h", seconds / 60 % 60, " min");
    return two(seconds / 86400, seconds < 172800 ? " day" : " days", seconds / 3600 % 24, " h");
}

} // namespace bms::tool
