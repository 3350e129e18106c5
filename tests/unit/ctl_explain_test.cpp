// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_explain.hpp"
#include "tool/ctl_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::tool {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<int> rows(const std::vector<std::string>& words) {
    std::vector<int> numbers;
    const auto found = find_rows(words);
    if (const auto* wrong = std::get_if<std::string>(&found)) {
        ADD_FAILURE() << *wrong;
        return numbers;
    }
    for (const ManualEntry& row : std::get<0>(found)) {
        numbers.push_back(row.number);
    }
    return numbers;
}

std::string wrong(const std::vector<std::string>& words) {
    const auto found = find_rows(words);
    const auto* text = std::get_if<std::string>(&found);
    return text == nullptr ? "" : *text;
}

std::string page(const std::vector<std::string>& words) {
    return text_of(explain_page(std::get<0>(find_rows(words))), {.width = 100});
}

TEST(CtlExplain, ARowIsFoundByItsNumberAndByARange) {
    EXPECT_THAT(rows({"M15"}), ElementsAre(15));
    EXPECT_THAT(rows({"m15", "92"}), ElementsAre(15, 92));
    EXPECT_THAT(rows({"M92-M94"}), ElementsAre(92, 93, 94));
    EXPECT_EQ(manual_table().size(), 178U);
    EXPECT_THAT(rows({"1-178"}).size(), 178U);
}

TEST(CtlExplain, ARowIsFoundByAllWordsOfItOrByTheKeyThatFollowsFromIt) {
    EXPECT_THAT(rows({"Residual", "current"}), Contains(69));
    EXPECT_THAT(rows({"pre_alarm_lead_s"}), ElementsAre(15, 69));
    EXPECT_THAT(rows({"/bms/prealarm"}), Contains(14));
}

TEST(CtlExplain, WhatIsNotThereIsSaid) {
    EXPECT_EQ(wrong({"M179"}), "there is no row M179; they go from M1 to M178");
    EXPECT_EQ(wrong({"0"}), "there is no row 0; they go from M1 to M178");
    EXPECT_EQ(wrong({"M94-M92"}), "no row of the manual says \"M94-M92\"; try one word of it");
    EXPECT_EQ(wrong({"99999999999999999999"}),
              "no row of the manual says \"99999999999999999999\"; try one word of it");
    EXPECT_EQ(wrong({"flux", "capacitor"}),
              "no row of the manual says \"flux capacitor\"; try one word of it");
    EXPECT_THAT(wrong({}), StartsWith("explain what? A row of the manual (M69)"));
}

TEST(CtlExplain, APageHasTheRuleWhatBecameOfItAndWhereToRead) {
    EXPECT_THAT(
        page({"M15"}),
        AllOf(
            StartsWith(
                "M15         manual, section 1\nRule        at least 30 s from pre-alarm to load disconnect\n"
                "Here        in, and tested\nKeys        /outputs/pre_alarm, /protection/pre_alarm_lead_s\n"
                "D-Bus       /Bms/PreAlarm\n"),
            HasSubstr("\nPages       "), HasSubstr("config/guide/1-introduction.md"),
            HasSubstr("\nSources     "), HasSubstr("include/bms/core/machine.hpp"),
            HasSubstr("\nTests       "), Not(HasSubstr("`"))));
    EXPECT_THAT(page({"M38"}),
                HasSubstr("Here        nothing that software can do: the pages say what to do instead\n"));
    EXPECT_THAT(page({"M18"}), HasSubstr("Here        for a person to do; what comes of it is tested\n"));
    EXPECT_THAT(page({"M18", "M19"}), HasSubstr("\n\nM19 "));
}

TEST(CtlExplain, WhatIsMissingIsSaid) {
    const ManualEntry row{.number = 7, .section = "1", .outside = false, .text = "x", .planned = "all of it"};
    const Page said = explain_page({row});
    EXPECT_EQ(said.lines()[2].words, "not in, or not in full: all of it");
    EXPECT_EQ(said.lines()[2].tone, Tone::warning);
}

TEST(CtlExplain, ForPrograms) {
    EXPECT_THAT(explain_json(std::get<0>(find_rows({"M15"}))),
                AllOf(HasSubstr("\"exit_code\": 0"), HasSubstr("\"row\": 15"),
                      HasSubstr("\"section\": \"1\""), HasSubstr("\"here\": \"in, and tested\""),
                      HasSubstr("\"keys\": \"/outputs/pre_alarm, /protection/pre_alarm_lead_s\"")));
}

} // namespace
} // namespace bms::tool
