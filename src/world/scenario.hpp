// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A world and what happens in it, in words (src/world/README.md has all of them):
//
//   bank 1 in series 2 in parallel of 12.8 V 200 Ah
//   load fridge 60 W on load_disconnect
//   story dark week
//   at day 2 06:30 mains off
//   every day at 18:00 load fridge 90 W
//   at day 5 12:00 expect pre_alarm high within 5 s
#pragma once

#include "world/world.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bms::world {

/// What is there before anything happens.
struct SystemPlan {
    World world; ///< everything but the bank
    BankPlan bank;
    unsigned seed = 1;
    bool has_bank = false;
};

World make_world(const SystemPlan& plan);

/// "day 3 06:30:00": as a scenario has it.
std::string clock_words(double time_s);

using Change = std::function<void(World&)>;
using Condition = std::function<bool(const World&, const BmsSide&)>;

struct Expectation {
    Condition holds;
    std::function<std::string(const World&, const BmsSide&)> found; ///< what is there instead
    enum class When : unsigned char {
        within,  ///< it comes true in this time
        through, ///< it is true for all of this time
        to_the_end,
    };
    When when = When::within;
    double for_s = 2;
};

struct StoryLine {
    int number = 0; ///< in the file, from 1
    std::string text;
    double at_s = 0; ///< since midnight of day 1
    bool daily = false;
    Change change; ///< empty: it is an expectation, or the end
    std::optional<Expectation> expect;
};

struct Story {
    std::string name;
    std::vector<StoryLine> lines; ///< in the order of time
    double end_s = 0;
};

struct Scenario {
    SystemPlan system;
    std::vector<Story> stories;
    /// Everything that is wrong: "FILE:LINE: what, and what is accepted". It may not be run.
    std::vector<std::string> errors;
};

/// Reads and checks all of a file; the system's lines first, then stories, each of which begins anew.
Scenario read_scenario(const std::string& file, std::string_view text);

/// Makes a story happen: changes when they are due, expectations watched.
class StoryRun {
  public:
    explicit StoryRun(const Story& story, std::string file);
    /// Whatever is due at world.time_s; the world as it is and the box as it is are looked at.
    void poll(World& world, const BmsSide& box);
    /// When the next line is due; never later than the end.
    double next_due_s() const { return next_s_; }
    bool done(const World& world) const { return world.time_s >= story_->end_s; }
    /// At the end: what was expected and never came.
    void finish(const World& world, const BmsSide& box);
    const std::vector<std::string>& failures() const { return failures_; }

  private:
    struct Watched {
        const StoryLine* line;
        double until_s;
    };
    void begin(const StoryLine& line, World& world);
    bool settled(const Watched& watched, const World& world, const BmsSide& box);
    void fail(const StoryLine& line, const World& world, const BmsSide& box);

    const Story* story_;
    std::string file_;
    std::vector<double> due_; ///< of each line
    std::vector<Watched> watched_;
    double next_s_ = 0;
    std::vector<std::string> failures_;
};

} // namespace bms::world
