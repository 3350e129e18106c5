// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "world/words.hpp"

#include <algorithm>
#include <charconv>

namespace bms::world {
namespace {

std::vector<std::string> split(std::string_view line) {
    constexpr std::string_view blanks = " \t\r";
    std::vector<std::string> words;
    for (auto at = line.find_first_not_of(blanks); at != line.npos;) {
        const auto end = std::min(line.find_first_of(blanks, at), line.size());
        words.emplace_back(line.substr(at, end - at));
        at = line.find_first_not_of(blanks, end);
    }
    return words;
}

template<typename Number>
std::optional<Number> parse(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

template<typename Named>
std::string names_of(const std::vector<Named>& all) {
    std::string names;
    for (const Named& one : all) {
        names += names.empty() ? "" : ", ";
        names += one.name;
    }
    return names.empty() ? "none" : names;
}

template<typename Named>
bool has(const std::vector<Named>& all, const std::string& name) {
    return std::any_of(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
}

} // namespace

Words::Words(std::string_view line) : words_(split(line)) {}

bool Words::take(std::string_view words) {
    const std::vector<std::string> wanted = split(words);
    const bool here =
        at_ + wanted.size() <= words_.size() &&
        std::equal(wanted.begin(), wanted.end(), words_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ += here ? wanted.size() : 0;
    return here;
}

std::string Words::word() { return empty() ? "" : words_[at_++]; }

std::optional<double> Words::number(std::string_view unit) {
    const auto value = empty() ? std::nullopt : parse<double>(words_[at_]);
    const bool fits = value && (unit.empty() || (at_ + 1 < words_.size() && words_[at_ + 1] == unit));
    if (!fits) {
        return std::nullopt;
    }
    at_ += unit.empty() ? 1 : 2;
    return value;
}

std::optional<int> Words::whole() {
    const auto value = empty() ? std::nullopt : parse<int>(words_[at_]);
    at_ += value ? 1 : 0;
    return value;
}

std::optional<double> Words::length_s() {
    struct Unit {
        std::string_view name;
        double seconds;
    };
    constexpr Unit units[] = {{"s", 1}, {"min", 60}, {"h", 3600}, {"days", 24 * 3600}};
    for (const Unit& unit : units) {
        if (const auto value = number(unit.name)) {
            return *value * unit.seconds;
        }
    }
    return std::nullopt;
}

std::optional<double> Words::clock_s() {
    const std::string text = empty() ? "" : words_[at_];
    const bool shaped =
        (text.size() == 5 || text.size() == 8) && text[2] == ':' && (text.size() == 5 || text[5] == ':');
    if (!shaped) {
        return std::nullopt;
    }
    const std::string_view view = text;
    const auto hour = parse<int>(view.substr(0, 2)), minute = parse<int>(view.substr(3, 2));
    const auto second = text.size() == 8 ? parse<int>(view.substr(6, 2)) : std::optional(0);
    const auto in = [](std::optional<int> value, int most) { return value && *value >= 0 && *value <= most; };
    if (!in(hour, 23) || !in(minute, 59) || !in(second, 59)) {
        return std::nullopt;
    }
    ++at_;
    return *hour * 3600.0 + *minute * 60.0 + *second;
}

std::optional<bool> Words::on_or_off() {
    if (take("on")) {
        return true;
    }
    return take("off") ? std::optional(false) : std::nullopt;
}

std::optional<Switch> Words::switch_position() {
    struct Position {
        std::string_view word;
        Switch position;
    };
    constexpr Position positions[] = {{"on", Switch::on},
                                      {"off", Switch::off},
                                      {"charger-only", Switch::charger_only},
                                      {"inverter-only", Switch::inverter_only}};
    for (const Position& p : positions) {
        if (take(p.word)) {
            return p.position;
        }
    }
    return std::nullopt;
}

std::string Words::text() const {
    std::string text;
    for (const std::string& word : words_) {
        text += text.empty() ? "" : " ";
        text += word;
    }
    return text;
}

bool has_load(const SystemPlan& plan, const std::string& name) { return has(plan.world.loads, name); }
bool has_charger(const SystemPlan& plan, const std::string& name) { return has(plan.world.chargers, name); }
std::string known_loads(const SystemPlan& plan) { return names_of(plan.world.loads); }
std::string known_chargers(const SystemPlan& plan) { return names_of(plan.world.chargers); }

} // namespace bms::world
