// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario.hpp"

#include "io/sim_wire.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace bms::sim {

namespace {

constexpr Duration look_again = 5ms;

const char* const accepted =
    "accepted: at TIME set NAME=VALUE ..., or at TIME expect NAME VALUE within TIME, "
    "with a TIME as 2s or 500ms, or # and a comment";

/// Tried out at once; what is wrong, or nullopt.
std::optional<std::string> take_set(const std::vector<std::string>& words, ScenarioStep& step, World& trial) {
    for (std::size_t i = 3; i < words.size(); ++i) {
        const auto equals = words[i].find('=');
        if (equals == std::string::npos || equals == 0) {
            return "\"" + words[i] + "\" is not NAME=VALUE";
        }
        step.set.push_back({words[i].substr(0, equals), words[i].substr(equals + 1)});
        if (const auto refused = trial.set(step.set.back().name, step.set.back().value)) {
            return "\"" + words[i] + "\": " + *refused;
        }
    }
    return step.set.empty() ? std::optional<std::string>(accepted) : std::nullopt;
}

std::optional<std::string> take_expect(const std::vector<std::string>& words, ScenarioStep& step,
                                       const World& trial) {
    const auto within = words.size() == 7 && words[5] == "within" ? duration_of(words[6]) : std::nullopt;
    if (!within) {
        return accepted;
    }
    step.expected = {words[3], words[4]};
    step.within = *within;
    if (value_of(trial, words[3])) {
        return std::nullopt;
    }
    std::string names;
    for (const Named& named : trial.get()) {
        names += (names.empty() ? "" : ", ") + named.name;
    }
    return "nothing is named " + words[3] + "; accepted: " + names;
}

std::optional<std::string> take(const std::vector<std::string>& words, ScenarioStep& step, World& trial) {
    const auto at = words.size() > 2 && words[0] == "at" ? duration_of(words[1]) : std::nullopt;
    if (!at) {
        return accepted;
    }
    step.at = *at;
    if (words[2] == "set") {
        return take_set(words, step, trial);
    }
    return words[2] == "expect" ? take_expect(words, step, trial) : std::optional<std::string>(accepted);
}

} // namespace

Scenario read_scenario(const std::string& file, const std::string& text, World& trial) {
    Scenario scenario{.file = file, .steps = {}, .errors = {}};
    std::istringstream in(text);
    std::string line;
    Duration latest{};
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        const auto words = sim_wire::words_of(std::string_view(line).substr(0, line.find('#')));
        if (words.empty()) {
            continue;
        }
        ScenarioStep step{.line = number, .at = latest};
        for (const std::string& word : words) {
            step.text += (step.text.empty() ? "" : " ") + word;
        }
        auto wrong = take(words, step, trial);
        if (!wrong && step.at < latest) {
            wrong = "comes before the line above; accepted: lines in the order of time";
        }
        if (wrong) {
            scenario.errors.push_back(file + ":" + std::to_string(number) + ": " + *wrong);
        }
        latest = std::max(latest, step.at);
        scenario.steps.push_back(std::move(step));
    }
    if (scenario.steps.empty()) {
        scenario.errors.push_back(file + ":1: nothing in it; " + accepted);
    }
    return scenario;
}

ScenarioRun::ScenarioRun(Scenario read, World& its_world, Instant start)
    : scenario(std::move(read)), world(its_world), started(start), last_poll(start) {}

void ScenarioRun::fail(const ScenarioStep& step, const std::string& why) {
    failed.push_back(scenario.file + ":" + std::to_string(step.line) + ": " + step.text + ": " + why);
}

void ScenarioRun::begin(const ScenarioStep& step) {
    if (step.set.empty()) {
        watched.push_back(&step);
    }
    for (const Named& named : step.set) {
        if (const auto refused = world.set(named.name, named.value)) {
            fail(step, *refused);
        }
    }
}

void ScenarioRun::poll(Instant now) {
    last_poll = now;
    while (next < scenario.steps.size() && started + scenario.steps[next].at <= now) {
        begin(scenario.steps[next++]);
    }
    std::erase_if(watched, [&](const ScenarioStep* step) {
        const std::string value = value_of(world, step->expected.name).value_or("not there");
        const bool late = now >= started + step->at + step->within;
        if (value != step->expected.value && late) {
            fail(*step, "it is " + value);
        }
        return late || value == step->expected.value;
    });
}

Instant ScenarioRun::next_deadline() const {
    const Instant due = next < scenario.steps.size() ? started + scenario.steps[next].at : never;
    return watched.empty() ? due : std::min(due, last_poll + look_again);
}

void ScenarioRun::stop() {
    for (const ScenarioStep* step : std::exchange(watched, {})) {
        fail(*step, "ended before it came true");
    }
    for (; next < scenario.steps.size(); ++next) {
        fail(scenario.steps[next], "ended before its time");
    }
}

} // namespace bms::sim
