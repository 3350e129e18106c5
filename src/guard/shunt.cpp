// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/guard/shunt.hpp"

#include <algorithm>
#include <utility>

namespace bms::guard {
namespace {

constexpr std::string_view automatic = "auto";
constexpr auto soc_path = "/Soc";
constexpr auto current_path = "/Dc/0/Current";
constexpr auto voltage_path = "/Dc/0/Voltage";

// No bank of the manual comes near (M3, M5).
constexpr double most_amperes = 10'000;
constexpr double most_volts = 100;

std::optional<double> within(double least, double most, const venus::Value& value) {
    const auto number = number_of(value); // of NaN there is none
    return number && *number >= least && *number <= most ? number : std::nullopt;
}

} // namespace

Shunt::Shunt(std::string service) : wanted_(std::move(service)) { choose(Instant{}); }

void Shunt::appeared(const std::string& service, Instant now) {
    if (class_of(service) == "battery" && (service == wanted_ || services_.size() < most_services)) {
        services_.insert(service);
        choose(now);
    }
}

void Shunt::vanished(const std::string& service, Instant now) {
    services_.erase(service);
    choose(now);
}

void Shunt::choose(Instant now) {
    std::string chosen;
    problem_.clear();
    if (wanted_.empty()) {
        return;
    }
    if (wanted_ != automatic) {
        if (services_.contains(wanted_)) {
            chosen = wanted_;
        } else {
            problem_ = wanted_ + " (/shunt/service) is not on the bus: is the shunt's cable plugged in?";
        }
    } else if (services_.size() == 1) {
        chosen = *services_.begin();
    } else if (services_.empty()) {
        problem_ = "no com.victronenergy.battery service is on the bus: is the shunt's cable plugged in?";
    } else {
        problem_ =
            "several batteries are on the bus, and which of them is the shunt is not guessed: name it as "
            "/shunt/service, for example " +
            *services_.begin();
    }
    if (std::exchange(target_, chosen) != chosen) {
        soc_ = current_ = voltage_ = {};
        ask_at_ = target_.empty() ? never : now;
    }
}

std::vector<Request> Shunt::due(Instant now) {
    for (Told* told : {&soc_, &current_, &voltage_}) {
        told->value = told->at_most_old(now);
    }
    if (now < ask_at_) {
        return {};
    }
    ask_at_ = now + shunt_asked_every;
    return {{target_, soc_path}, {target_, current_path}, {target_, voltage_path}};
}

Instant Shunt::next_deadline() const {
    Instant next = ask_at_;
    for (const Told* told : {&soc_, &current_, &voltage_}) {
        next = told->value ? std::min(next, told->at + shunt_reading_lasts) : next;
    }
    return next;
}

void Shunt::answered(const Request& request, const std::optional<venus::Value>& value, Instant now) {
    if (request.service != target_ || !value) {
        return;
    }
    if (request.path == soc_path) {
        soc_ = {within(0, 100, *value), now};
    } else if (request.path == current_path) {
        current_ = {within(-most_amperes, most_amperes, *value), now};
    } else {
        voltage_ = {within(0, most_volts, *value), now};
    }
}

std::optional<double> Shunt::Told::at_most_old(Instant now) const {
    return now - at < shunt_reading_lasts ? value : std::nullopt;
}

ShuntReading Shunt::reading(Instant now) const {
    return {soc_.at_most_old(now), current_.at_most_old(now), voltage_.at_most_old(now)};
}

} // namespace bms::guard
