// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/record/run_mark.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::record {
namespace {

using testing::HasSubstr;

const Instant then{1000s};
const RunMark restarted{RunEnd::restart, "boot-1", then, true, true, "0.1.0"};

RunMark ended(RunEnd end, bool loads = true, bool chargers = true) {
    return {end, "boot-1", then, loads, chargers, "0.1.0"};
}

TEST(RunMark, IsReadAsItWasWritten) {
    for (const RunEnd end : {RunEnd::none, RunEnd::stop, RunEnd::restart}) {
        for (const bool loads : {false, true}) {
            const RunMark mark = ended(end, loads, !loads);
            EXPECT_EQ(run_mark_from(run_mark_text(mark)), mark);
        }
    }
}

TEST(RunMark, WhatIsNoneIsNone) {
    const std::string whole = run_mark_text(restarted);
    for (std::size_t bytes = 0; bytes + 1 < whole.size(); ++bytes) {
        EXPECT_EQ(run_mark_from(whole.substr(0, bytes)), std::nullopt) << bytes;
    }
    for (const char* text :
         {"null", "[]", "{}", R"({"format": 2})", R"({"format": 1, "at_us": 1, "end": "bang"})",
          R"({"format":1,"at_us":1,"end":"none","boot":1,"loads":true,"chargers":true,"version":""})"}) {
        EXPECT_EQ(run_mark_from(text), std::nullopt) << text;
    }
}

TEST(RunMark, WithoutOneOfItsPartsOrWithAStrangeOneIsNone) {
    const std::string whole = run_mark_text(restarted);
    const auto changed = [&](const std::string& part, const std::string& other) {
        std::string text = whole;
        const auto at = text.find(part);
        EXPECT_NE(at, text.npos) << part << " in " << text;
        return run_mark_from(text.replace(at, part.size(), other));
    };
    ASSERT_EQ(changed("0.1.0", "0.1.0"), restarted);
    for (const char* key : {"end", "boot", "at_us", "loads", "chargers", "version"}) {
        EXPECT_EQ(changed(std::string("\"") + key + "\"", "\"x\""), std::nullopt) << key << " is missing";
    }
    EXPECT_EQ(changed("\"loads\":true", "\"loads\":1"), std::nullopt);
    EXPECT_EQ(changed("\"chargers\":true", "\"chargers\":\"yes\""), std::nullopt);
    EXPECT_EQ(changed("\"restart\"", "\"bang\""), std::nullopt);
    EXPECT_EQ(changed("\"boot-1\"", "7"), std::nullopt);
    EXPECT_EQ(changed("\"at_us\":1", "\"at_us\":\"1\",\"x\":1"), std::nullopt);
}

TEST(RunMark, NothingPermittedIsSaidToo) {
    EXPECT_THAT(last_run_words(ended(RunEnd::stop, false, false), "boot-1", then + 1s),
                HasSubstr(" ago, nothing permitted until then"));
    EXPECT_THAT(last_run_words(restarted, "boot-1", then - 1s), HasSubstr("ended before the board did"))
        << "a clock that stands before the mark is another boot's";
}

TEST(RunMark, ARestartSaysHowLongAgoAndWhatWasPermitted) {
    EXPECT_EQ(last_run_words(restarted, "boot-1", then + 12ms),
              "planned restart: the last run (version 0.1.0) released its outputs 0.012 s ago, loads and "
              "chargers permitted until then");
    EXPECT_THAT(last_run_words(ended(RunEnd::stop, true, false), "boot-1", then + 1s),
                HasSubstr("after a planned stop: the last run (version 0.1.0) released its outputs 1.000 s "
                          "ago, loads permitted, chargers not"));
    EXPECT_THAT(last_run_words(ended(RunEnd::stop, false, true), "boot-2", Instant{2s}),
                HasSubstr("ended before the board did, chargers permitted, loads not"));
}

TEST(RunMark, ACrashIsToldFromALossOfSupply) {
    const RunMark running = ended(RunEnd::none);
    EXPECT_THAT(last_run_words(running, "boot-1", then + 5s),
                HasSubstr("after a crash: the last run (version 0.1.0), started at most 5.000 s ago"));
    EXPECT_THAT(last_run_words(running, "boot-2", Instant{5s}),
                HasSubstr("after a loss of supply or a reset of the board"));
    EXPECT_TRUE(ended_by_crash(running));
    EXPECT_FALSE(ended_by_crash(restarted));
    EXPECT_FALSE(ended_by_crash(std::nullopt));
    EXPECT_EQ(last_run_words(std::nullopt, "boot-1", then), "nothing is known of a run before this one");
}

TEST(OutputsGap, IsToldOnceWhenAllThatWasHighIsHighAgain) {
    OutputsGap gap(restarted, "boot-1");
    EXPECT_EQ(gap.follow(false, false, then + 20ms), std::nullopt);
    EXPECT_EQ(gap.follow(true, false, then + 520ms), std::nullopt);
    EXPECT_EQ(gap.follow(true, true, then + 1530ms),
              "outputs are back: loads were off for 0.520 s, chargers for 1.530 s");
    EXPECT_EQ(gap.follow(true, true, then + 2s), std::nullopt);
}

TEST(OutputsGap, TheOrderInWhichTheyComeBackIsAsItIs) {
    OutputsGap chargers_first(restarted, "boot-1");
    EXPECT_EQ(chargers_first.follow(false, true, then + 500ms), std::nullopt);
    EXPECT_EQ(chargers_first.follow(true, true, then + 900ms),
              "outputs are back: loads were off for 0.900 s, chargers for 0.500 s");
    OutputsGap loads_only(ended(RunEnd::restart, true, false), "boot-1");
    EXPECT_EQ(loads_only.follow(true, false, then + 510ms), "outputs are back: loads were off for 0.510 s");
    OutputsGap never_known(std::nullopt, "boot-1");
    EXPECT_EQ(never_known.follow(true, true, then + 1s), std::nullopt);
}

TEST(OutputsGap, OnlyWhatWasHighIsWaitedFor) {
    OutputsGap one(ended(RunEnd::stop, false, true), "boot-1");
    EXPECT_EQ(one.follow(false, true, then + 700ms), "outputs are back: chargers were off for 0.700 s");
    OutputsGap none(ended(RunEnd::stop, false, false), "boot-1");
    EXPECT_EQ(none.follow(true, true, then + 1s), std::nullopt);
    OutputsGap crashed(ended(RunEnd::none), "boot-1");
    EXPECT_EQ(crashed.follow(true, true, then + 1s), std::nullopt) << "when it crashed is not known";
    OutputsGap other_boot(restarted, "boot-2");
    EXPECT_EQ(other_boot.follow(true, true, then + 1s), std::nullopt);
}

} // namespace
} // namespace bms::record
