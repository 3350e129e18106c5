// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_changes.hpp"

#include "bms/venus/paths.hpp"

#include <algorithm>

namespace bms::tool {

namespace {

constexpr const char* reason = "/Bms/Reason";
constexpr const char* link_reason = "/Diagnostics/LinkReason";

/// Words for the paths a person asks about first; every other one is told by its path and text.
struct Known {
    std::string_view path, name, one, zero;
    const char* why; ///< the path that says; nullptr: the change says it
};

// Causes first: changes are told in this order.
constexpr Known known[] = {
    {"/Bms/ErrorText", "error", "", "", nullptr},
    {"/Bms/RemoteOn", "remote on/off", "on", "OFF", nullptr},
    {"/Bms/Lines/CellHigh", "charge loop", "open", "closed", nullptr},
    {"/Bms/Lines/CellLow", "discharge loop", "open", "closed", nullptr},
    {"/Bms/Lines/PreAlarm", "pre-alarm loop", "open", "closed", nullptr},
    {"/Mode", "asked for", "", "", nullptr},
    {"/Bms/AllowToDischarge", "loads", "allowed", "NOT ALLOWED", reason},
    {"/Bms/AllowToCharge", "charging", "allowed", "NOT ALLOWED", reason},
    {"/Bms/State", "state", "", "", reason},
    {"/Bms/NextChange", "next", "", "", nullptr},
    {"/Bms/Outputs/LoadDisconnect", "load disconnect", "high (connected)", "floating (disconnected)", reason},
    {"/Bms/Outputs/ChargeDisconnect", "charge disconnect", "high (connected)", "floating (disconnected)",
     reason},
    {"/Bms/Outputs/PreAlarm", "pre-alarm output", "high", "floating", reason},
    {"/Connected", "Multi", "heard", "not heard", link_reason},
    {"/Diagnostics/ControlsInverter", "Multi", "obeys", "NOT CONTROLLED", link_reason},
    {"/Diagnostics/MultiMode", "Multi", "", "", link_reason},
    {"/State", "Multi", "", "", nullptr},
    {link_reason, "link", "", "", nullptr},
    {"/Diagnostics/LinkAdvice", "advice", "", "", nullptr},
};

/// Copies of what another path says, and what moves by itself.
constexpr std::string_view quiet[] = {"/Bms/Since",
                                      "/Bms/SecondsToNextChange",
                                      "/Bms/AllowToChargeRate",
                                      "/Bms/PreAlarm",
                                      "/Bms/Error",
                                      "/Leds/",
                                      "/Info/",
                                      "/Alarms/L1/",
                                      "/Diagnostics/CellHighCount",
                                      "/Ac/ActiveIn/ActiveInput",
                                      "/Diagnostics/CellLowCount"};

bool is_quiet(const std::string& path, const Item& item) {
    const auto* row = venus::find_row(path);
    const bool moves =
        row != nullptr ? row->pace != venus::Pace::flag : std::holds_alternative<double>(item.value);
    return moves || std::ranges::any_of(quiet, [&](std::string_view it) {
               return it.ends_with('/') ? path.starts_with(it) : path == it;
           });
}

const Known* find_known(const std::string& path) {
    const auto* found = std::ranges::find(known, path, &Known::path);
    return found == std::end(known) ? nullptr : found;
}

std::string told(const Items& items, const std::string& path, const Known* words) {
    const auto value = number(items, path);
    if (words != nullptr && !words->one.empty() && value) {
        return std::string(*value == 1 ? words->one : words->zero);
    }
    const auto text = text_of(items, path);
    const auto found = items.find(path);
    const bool valid = found != items.end() && venus::is_valid(found->second.value);
    return !text.empty() ? text : valid ? "nothing" : "not known";
}

std::string move_text(const std::string& from, const std::string& to) { return from + " -> " + to; }

std::string name_of(const std::string& path, const Known* words) {
    if (path.starts_with(alarm_folder)) {
        return "alarm " + alarm_words(path.substr(alarm_folder.size()));
    }
    return words != nullptr ? std::string(words->name) : path;
}

/// A sentence stands alone; beside the one before it would be hard to read.
bool is_sentence(const Items& items, const std::string& path) {
    const auto found = items.find(path);
    return found != items.end() && std::holds_alternative<std::string>(found->second.value);
}

/// Its row in the table; after all of them when it has none.
std::ptrdiff_t rank(const Change& change) {
    return std::ranges::find(known, change.path, &Known::path) - std::begin(known);
}

} // namespace

std::vector<Change> changes(const std::string& service, const Items& before, const Items& now) {
    std::vector<Change> found;
    for (const auto& [path, item] : now) {
        const Known* words = find_known(path);
        const auto was = told(before, path, words), is_now = told(now, path, words);
        // The reason alone is news; beside others it is their reason.
        if (was == is_now || path == reason || is_quiet(path, item)) {
            continue;
        }
        const auto what = is_sentence(now, path) ? is_now : move_text(was, is_now);
        const auto why = words != nullptr && words->why != nullptr ? text_of(now, words->why) : "";
        found.push_back({service, path, name_of(path, words).append(": ").append(what), why});
    }
    std::ranges::stable_sort(found, {}, rank);
    const auto first = std::ranges::find_if(found, [](const Change& c) { return !c.why.empty(); });
    if (first == found.end() && text_of(before, reason) != text_of(now, reason)) {
        found.push_back({service, reason, "reason: " + text_of(now, reason), ""});
    }
    return found;
}

Change first_sight(const Service& service) {
    const auto word = [&](const char* path) {
        return is(service.items, path, 1) ? std::string("allowed") : std::string("NOT ALLOWED");
    };
    return {service.name, "",
            "found on the " + service.bus + ": loads " + word("/Bms/AllowToDischarge") + ", charging " +
                word("/Bms/AllowToCharge") + ", state: " + text_of(service.items, "/Bms/State"),
            text_of(service.items, reason)};
}

std::string words_of(const Change& change) {
    return change.what + (change.why.empty() ? "" : " (" + change.why + ")");
}

} // namespace bms::tool
