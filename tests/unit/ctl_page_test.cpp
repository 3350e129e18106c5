// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::tool {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Page sample() {
    Page page;
    page.text("Skua");
    page.gap();
    page.line("Loads", "NOT ALLOWED", Tone::bad);
    page.line("Why", "a cell is low and the battery asks to stop the loads");
    page.line("Next", "");
    return page;
}

TEST(CtlPage, WordsThatDoNotFitGoOnUnderThoseBefore) {
    EXPECT_THAT(rows_of(sample(), {.width = 40}),
                ElementsAre("Skua", "", "Loads       NOT ALLOWED", "Why         a cell is low and the",
                            "            battery asks to stop the", "            loads"));
}

TEST(CtlPage, NoRowIsWiderThanTheWindow) {
    auto page = sample();
    page.line("Link", std::string(200, 'x'));
    page.text("com.victronenergy.vebus.a_port_with_a_very_long_name_indeed_and_more");
    for (const std::size_t width : {30U, 31U, 47U, 80U}) {
        for (const auto& row : rows_of(page, {.width = width})) {
            EXPECT_LE(columns_of(row), width) << row;
        }
    }
}

TEST(CtlPage, AWindowOfNoWidthIsTakenForANarrowOne) {
    EXPECT_EQ(rows_of(sample(), {.width = 0}), rows_of(sample(), {.width = least_width}));
}

TEST(CtlPage, ALetterOfSeveralBytesIsOneColumnAndStaysWhole) {
    EXPECT_EQ(columns_of("Mövenpick"), 9U);
    EXPECT_THAT(wrapped("ööööö", 2), ElementsAre("öö", "öö", "ö"));
}

TEST(CtlPage, OnlyWordsHaveColour) {
    const auto rows = rows_of(sample(), {.width = 80, .colour = true});
    EXPECT_EQ(rows[2], "Loads       \033[1;31mNOT ALLOWED\033[0m");
    EXPECT_THAT(rows_of(sample(), {}), Each(Not(HasSubstr("\033"))));
}

TEST(CtlPage, ALowWindowLosesTheEmptyRowsFirst) {
    const std::vector<std::string> rows{"a", "", "b", "", "c"};
    EXPECT_EQ(fitted(rows, 5), rows);
    EXPECT_THAT(fitted(rows, 4), ElementsAre("a", "b", "", "c"));
    EXPECT_THAT(fitted(rows, 3), ElementsAre("a", "b", "c"));
    EXPECT_THAT(fitted(rows, 2), ElementsAre("a", "... 2 more rows"));
}

} // namespace
} // namespace bms::tool
