// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// One line of a scenario, word by word.
#pragma once

#include "world/scenario.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bms::world {

class Words {
  public:
    explicit Words(std::string_view line);

    bool empty() const { return at_ >= words_.size(); }
    /// Steps over the words when they stand here, all of them.
    bool take(std::string_view words);
    /// Any word; empty at the end of the line.
    std::string word();
    /// A number; at once followed by `unit` where one is given: "60 W".
    std::optional<double> number(std::string_view unit = "");
    std::optional<int> whole();
    /// "5 s", "10 min", "2 h", "3 days", in seconds.
    std::optional<double> length_s();
    /// "06:30" or "06:30:05", in seconds since midnight.
    std::optional<double> clock_s();
    /// on: true, off: false.
    std::optional<bool> on_or_off();
    std::optional<Switch> switch_position();
    /// All words from the start, one blank between.
    std::string text() const;

  private:
    std::vector<std::string> words_;
    std::size_t at_ = 0;
};

/// What a line became; error says what is accepted, and is empty when all is well.
struct Read {
    std::string error;
};

Read read_system_line(Words& words, SystemPlan& plan);
/// After "at TIME": either a change or an expectation.
Read read_event(Words& words, const SystemPlan& plan, StoryLine& line);
Read read_expectation(Words& words, const SystemPlan& plan, StoryLine& line);

bool has_load(const SystemPlan& plan, const std::string& name);
bool has_charger(const SystemPlan& plan, const std::string& name);
std::string known_loads(const SystemPlan& plan);
std::string known_chargers(const SystemPlan& plan);

} // namespace bms::world
