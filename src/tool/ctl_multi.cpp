// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_status.hpp"

#include <utility>

namespace bms::tool {

namespace {

constexpr std::string_view family = "com.victronenergy.";

// A boat's bus has a dozen services; a broken one may have any number.
constexpr std::size_t most_others = 20;

void append(std::string& words, const std::string& more) {
    if (!more.empty()) {
        words += (words.empty() ? "" : ", ") + more;
    }
}

std::string in_brackets(const std::string& words) { return words.empty() ? "" : " (" + words + ")"; }

std::string readings(const Items& items) {
    std::string words;
    for (const char* path : {"/Dc/0/Voltage", "/Dc/0/Current", "/Dc/0/Power"}) {
        append(words, text_of(items, path));
    }
    return words.empty() ? "" : "at its battery: " + words;
}

/// "firmware 492, 3 units".
std::string units_text(const Items& items) {
    const auto firmware = text_of(items, "/FirmwareVersion");
    const auto units = number(items, "/Devices/NumberOfMultis").value_or(0);
    std::string words;
    append(words, firmware.empty() ? "" : "firmware " + firmware);
    append(words, units > 1 ? std::to_string(units) + " units" : "");
    return words;
}

/// "4710 frames sent, 12 received damaged, 3 slots missed, 2 tried again, 1 without answer, answers after
/// 31.5ms".
std::string quality(const Items& items) {
    const auto sent = number(items, "/Diagnostics/FramesSent").value_or(0);
    if (sent == 0) {
        return "";
    }
    std::string words = std::to_string(sent) + " frames sent";
    const std::pair<const char*, const char*> counts[] = {{"/Diagnostics/FramesBad", " received damaged"},
                                                          {"/Diagnostics/MissedSlots", " slots missed"},
                                                          {"/Diagnostics/Retries", " tried again"},
                                                          {"/Diagnostics/Unanswered", " without answer"}};
    for (const auto& [path, what] : counts) {
        if (const auto count = number(items, path).value_or(0); count > 0) {
            append(words, std::to_string(count) + what);
        }
    }
    const auto round_trip = text_of(items, "/Diagnostics/RoundTrip");
    append(words, round_trip.empty() ? "" : "answers after " + round_trip);
    return words;
}

/// The switch as it was asked for, and as the Multi reports it where that is another.
std::string switch_text(const Items& items) {
    const auto wish = text_of(items, "/Mode"), reported = text_of(items, "/Diagnostics/MultiMode");
    const auto asked = wish.empty() ? "" : "you asked for: " + wish;
    return reported.empty() || reported == wish ? asked : asked + ", it is switched to: " + reported;
}

std::string ac_text(const Items& items) {
    const auto there = number(items, "/Ac/ActiveIn/Connected");
    return !there ? "" : *there == 1 ? "AC input: there" : "AC input: none";
}

/// Names without the part that all have.
std::string others_text(const Service& service) {
    std::string words;
    std::size_t told = 0;
    for (const std::string& name : service.others) {
        if (told++ == most_others) {
            return words + ", and " + std::to_string(service.others.size() - most_others) + " more";
        }
        append(words, clean(name.starts_with(family) ? name.substr(family.size()) : name));
    }
    return words;
}

void company(const Service& service, Page& page) {
    const char* label = "Also there";
    if (number(service.items, "/Devices/Dmc/Version") || is(service.items, "/ModeIsAdjustable", 0)) {
        page.line(std::exchange(label, ""), "VE.Bus: a Digital Multi Control, which has the switch");
    }
    const auto others = others_text(service);
    page.line(label, others.empty() ? "" : "D-Bus: " + others, Tone::faint);
}

std::string since_the_start(const Items& items) {
    const auto high = number(items, "/Diagnostics/CellHighCount").value_or(0);
    const auto low = number(items, "/Diagnostics/CellLowCount").value_or(0);
    std::string words;
    append(words, high > 0 ? "charging stopped " + std::to_string(high) + "x by a high cell" : "");
    append(words, low > 0 ? "loads disconnected " + std::to_string(low) + "x by a low cell" : "");
    return words;
}

std::string limits(const Items& items) {
    const auto charge = text_of(items, "/Info/MaxChargeCurrent");
    const auto discharge = text_of(items, "/Info/MaxDischargeCurrent");
    std::string words;
    append(words, charge.empty() ? "" : "charge " + charge);
    append(words, discharge.empty() ? "" : "discharge " + discharge);
    return words;
}

} // namespace

void multi_lines(const Service& service, Page& page) {
    const Items& items = service.items;
    const bool heard = is(items, "/Connected", 1), obeys = is(items, "/Diagnostics/ControlsInverter", 1);
    const auto state = text_of(items, "/State");
    page.line("Multi", heard ? "heard on VE.Bus" + in_brackets(units_text(items)) : "not heard on VE.Bus");
    page.line("", state.empty() ? "" : "state: " + state);
    page.line("", switch_text(items));
    std::string measured = ac_text(items);
    append(measured, readings(items));
    page.line("", measured);
    page.line("", obeys ? "obeys this BMS" : "NOT CONTROLLED by this BMS", obeys ? Tone::good : Tone::bad);
    page.line("Link", text_of(items, "/Diagnostics/LinkReason"));
    page.line("", quality(items));
    page.gap();
    page.line("Limits", limits(items));
    page.line("So far", since_the_start(items));
    company(service, page);
}

} // namespace bms::tool
