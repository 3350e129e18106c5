// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario.hpp"

#include <gmock/gmock.h>

namespace bms::sim {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Instant start = Instant(1h);

/// One lamp, which can get stuck.
class Lamp : public World {
  public:
    std::vector<Named> get() const override { return {{"lamp", lamp}, {"stuck", stuck}}; }
    std::optional<std::string> set(const std::string& name, const std::string& value) override {
        if ((name != "lamp" && name != "stuck") || (value != "on" && value != "off")) {
            return "accepted: lamp or stuck, on or off";
        }
        if (name == "stuck") {
            stuck = value;
        } else if (stuck == "off") {
            lamp = value;
        }
        return std::nullopt;
    }
    std::string lamp = "off", stuck = "off";
};

Scenario read(const std::string& text) {
    Lamp trial;
    return read_scenario("story", text, trial);
}

struct Played {
    explicit Played(const std::string& text) : run(read(text), lamp, start) {
        EXPECT_TRUE(read(text).errors.empty());
    }
    void until(Duration end) {
        for (; now < start + end; now += 1ms) {
            if (now >= run.next_deadline()) {
                run.poll(now);
            }
        }
    }
    Lamp lamp;
    ScenarioRun run;
    Instant now = start;
};

TEST(Scenario, StepsAreDoneAtTheirTime) {
    Played story("# a comment\n\nat 500ms set lamp=on stuck=on # both\nat 2s set stuck=off lamp=off\n");
    story.until(499ms);
    EXPECT_EQ(story.lamp.lamp, "off");
    story.until(502ms);
    EXPECT_EQ(story.lamp.lamp, "on");
    EXPECT_EQ(story.lamp.stuck, "on");
    EXPECT_FALSE(story.run.done());
    story.until(3s);
    EXPECT_EQ(story.lamp.lamp, "off");
    EXPECT_TRUE(story.run.done());
    EXPECT_THAT(story.run.failures(), IsEmpty());
}

TEST(Scenario, AnExpectationWaitsAndHoldsUpNothing) {
    Played story("at 1s expect lamp on within 5s\nat 2s set lamp=on\n");
    story.until(1500ms);
    EXPECT_FALSE(story.run.done());
    story.until(2100ms);
    EXPECT_TRUE(story.run.done());
    EXPECT_THAT(story.run.failures(), IsEmpty());
}

TEST(Scenario, AnExpectationThatDoesNotComeTrueIsNamed) {
    Played story("at 0s set stuck=on\nat 1s set lamp=on\nat 1s expect lamp on within 200ms\n");
    story.until(1190ms);
    EXPECT_THAT(story.run.failures(), IsEmpty());
    story.until(1210ms);
    EXPECT_TRUE(story.run.done());
    EXPECT_THAT(story.run.failures(), ElementsAre("story:3: at 1s expect lamp on within 200ms: it is off"));
}

TEST(Scenario, EndedEarlyIsAFailureOfWhatWasLeft) {
    Played story("at 1s expect lamp on within 20s\nat 9s expect lamp off within 1s\n");
    story.until(2s);
    story.run.stop();
    EXPECT_THAT(story.run.failures(), ElementsAre(HasSubstr("story:1:"), HasSubstr("story:2:")));
}

TEST(Scenario, EveryWrongLineIsToldBeforeTheStart) {
    const auto errors = read("at 2s set lamp=on\n"
                             "at 3s set lamp=green\n"
                             "at 3s set lamp\n"
                             "at 3s set\n"
                             "at 3 set lamp=on\n"
                             "set lamp=on\n"
                             "at 4s expect bulb on within 2s\n"
                             "at 4s expect lamp on\n"
                             "at 4s look lamp\n"
                             "at 1s set lamp=on\n")
                            .errors;
    EXPECT_THAT(
        errors,
        ElementsAre(AllOf(HasSubstr("story:2: \"lamp=green\""), HasSubstr("on or off")),
                    HasSubstr("story:3: \"lamp\" is not NAME=VALUE"),
                    AllOf(HasSubstr("story:4:"), HasSubstr("accepted: at TIME set")),
                    AllOf(HasSubstr("story:5:"), HasSubstr("2s or 500ms")), HasSubstr("story:6:"),
                    AllOf(HasSubstr("story:7:"), HasSubstr("bulb"), HasSubstr("accepted: lamp, stuck")),
                    AllOf(HasSubstr("story:8:"), HasSubstr("within TIME")), HasSubstr("story:9:"),
                    AllOf(HasSubstr("story:10:"), HasSubstr("order of time"))));
}

TEST(Scenario, AFileWithoutAStepIsWrong) {
    EXPECT_THAT(read("# nothing\n").errors, ElementsAre(HasSubstr("story:1: nothing in it")));
}

} // namespace
} // namespace bms::sim
