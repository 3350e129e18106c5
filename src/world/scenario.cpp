// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "world/scenario.hpp"

#include "world/words.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>

namespace bms::world {
namespace {

constexpr double day_s = 24 * 3600.0;
constexpr double after_last_line_s = 3600;
constexpr double never_s = std::numeric_limits<double>::infinity();

/// Where the reader is in the file.
struct Reading {
    Scenario scenario;
    double latest_s = 0; ///< of the lines of this story
};

/// "06:30", "day 3", "day 3 06:30", after "at"; nullopt: none of these.
std::optional<double> read_time(Words& words, double latest_s) {
    if (!words.take("day")) {
        const auto clock = words.clock_s();
        return clock ? std::optional(*clock + static_cast<int>(latest_s / day_s) * day_s) : std::nullopt;
    }
    const auto day = words.whole();
    if (!day || *day < 1 || *day > 36500) {
        return std::nullopt;
    }
    return (*day - 1) * day_s + words.clock_s().value_or(0);
}

std::string begin_story(Words& words, Reading& reading) {
    if (!reading.scenario.system.has_bank) {
        return "there is no bank yet; accepted: bank S in series P in parallel of 12.8 V CAPACITY Ah, before "
               "a story";
    }
    Story story{.name = words.word(), .lines = {}};
    while (!words.empty()) {
        story.name += " " + words.word();
    }
    if (story.name.empty()) {
        return "accepted: story NAME";
    }
    reading.scenario.stories.push_back(story);
    reading.latest_s = 0;
    return {};
}

std::string read_daily(Words& words, Reading& reading, StoryLine line) {
    Story& story = reading.scenario.stories.back();
    const auto clock = words.take("at") ? words.clock_s() : std::nullopt;
    if (!clock) {
        return "accepted: every day at HH:MM, and what happens then";
    }
    line.at_s = *clock;
    line.daily = true;
    const Read read = read_event(words, reading.scenario.system, line);
    story.lines.push_back(line);
    return line.expect ? "accepted after every day: what happens, no expectation" : read.error;
}

std::string read_at(Words& words, Reading& reading, StoryLine line) {
    Story& story = reading.scenario.stories.back();
    const auto at_s = read_time(words, reading.latest_s);
    if (!at_s) {
        return "accepted: at HH:MM, at HH:MM:SS, at day N, or at day N HH:MM";
    }
    if (*at_s < reading.latest_s) {
        return "comes before the line above; accepted: lines in the order of time, \"day N\" where a day has "
               "passed";
    }
    reading.latest_s = line.at_s = *at_s;
    if (words.take("end")) {
        story.end_s = *at_s;
        return words.empty() ? "" : "accepted: nothing more in this line";
    }
    const Read read = read_event(words, reading.scenario.system, line);
    story.end_s = *at_s + after_last_line_s;
    story.lines.push_back(line);
    return read.error;
}

std::string read_line(Words& words, Reading& reading, int number) {
    if (words.take("story")) {
        return begin_story(words, reading);
    }
    if (reading.scenario.stories.empty()) {
        return read_system_line(words, reading.scenario.system).error;
    }
    const StoryLine line{.number = number, .text = words.text()};
    if (words.take("every day")) {
        return read_daily(words, reading, line);
    }
    return words.take("at") ? read_at(words, reading, line)
                            : "accepted: at TIME ..., every day at HH:MM ..., or story NAME";
}

std::string error_in(const std::string& file, int number, const std::string& line, const std::string& wrong) {
    return file + ":" + std::to_string(number) + ": \"" + line + "\": " + wrong;
}

} // namespace

std::string clock_words(double time_s) {
    const int day = static_cast<int>(time_s / day_s);
    const int second = static_cast<int>(time_s - day * day_s);
    char text[40];
    std::snprintf(text, sizeof text, "day %d %02d:%02d:%02d", day + 1, second / 3600, second / 60 % 60,
                  second % 60);
    return text;
}

World make_world(const SystemPlan& plan) {
    World world = plan.world;
    world.bank = make_bank(plan.bank, plan.seed);
    for (Battery& b : world.bank.battery) {
        b.temperature_c = world.temperature_c;
    }
    return world;
}

Scenario read_scenario(const std::string& file, std::string_view text) {
    Reading reading;
    for (int number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        Words words(line.substr(0, line.find('#')));
        if (words.empty()) {
            continue;
        }
        if (const std::string wrong = read_line(words, reading, number); !wrong.empty()) {
            reading.scenario.errors.push_back(error_in(file, number, words.text(), wrong));
        }
    }
    if (reading.scenario.stories.empty() && reading.scenario.errors.empty()) {
        reading.scenario.errors.push_back(file +
                                          ":1: no story in it; accepted: story NAME, and what happens in it");
    }
    return reading.scenario;
}

StoryRun::StoryRun(const Story& story, std::string file) : story_(&story), file_(std::move(file)) {
    due_.reserve(story.lines.size());
    for (const StoryLine& line : story.lines) {
        due_.push_back(line.at_s);
    }
}

void StoryRun::begin(const StoryLine& line, World& world) {
    if (line.change) {
        line.change(world);
    } else if (line.expect) {
        const bool open = line.expect->when == Expectation::When::to_the_end;
        watched_.push_back({&line, open ? never_s : world.time_s + line.expect->for_s});
    }
}

void StoryRun::poll(World& world, const BmsSide& box) {
    std::erase_if(watched_, [&](const Watched& watched) { return settled(watched, world, box); });
    if (world.time_s < next_s_) {
        return;
    }
    next_s_ = story_->end_s;
    for (std::size_t i = 0; i < due_.size(); ++i) {
        const StoryLine& line = story_->lines[i];
        if (due_[i] <= world.time_s) {
            begin(line, world);
            due_[i] = line.daily ? due_[i] + day_s : never_s;
        }
        next_s_ = std::min(next_s_, due_[i]);
    }
    for (const Watched& watched : watched_) {
        next_s_ = std::min(next_s_, watched.until_s);
    }
}

bool StoryRun::settled(const Watched& watched, const World& world, const BmsSide& box) {
    const Expectation& expect = *watched.line->expect;
    const bool holds = expect.holds(world, box), over = world.time_s >= watched.until_s;
    const bool awaits = expect.when == Expectation::When::within;
    if (!holds && (!awaits || over)) {
        fail(*watched.line, world, box);
        return true;
    }
    return awaits ? holds : over;
}

void StoryRun::finish(const World& world, const BmsSide& box) {
    for (const Watched& watched : watched_) {
        if (!watched.line->expect->holds(world, box)) {
            fail(*watched.line, world, box);
        }
    }
    watched_.clear();
}

void StoryRun::fail(const StoryLine& line, const World& world, const BmsSide& box) {
    failures_.push_back(file_ + ":" + std::to_string(line.number) + ": " + line.text + ": " +
                        line.expect->found(world, box) + " on " + clock_words(world.time_s));
}

} // namespace bms::world
