// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/places.hpp"
#include "tool/manual_markdown.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <iterator>

namespace bms::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string three_rows = "# a comment\nM1|1|software|warns\nM2|2|split|cuts\nM3|3|outside|a fuse\n";

std::vector<std::string> problems(const std::string& test, const std::string& page,
                                  const std::string& planned = "") {
    return manual_coverage(
               {three_rows, planned, {{"tests/unit/a_test.cpp", test}}, {{"config/README.md", page}}})
        .problems;
}

std::vector<int> rows_in(std::string_view text) {
    std::vector<int> rows;
    for (const Citation& c : citations_in(text)) {
        rows.push_back(c.row);
    }
    return rows;
}

TEST(ManualCoverage, EveryRowHasItsPlaceAndThePageIsFresh) {
    const ManualCoverage coverage = manual_coverage(read_manual_sources(bms::test::in_source("")));
    EXPECT_THAT(coverage.problems, IsEmpty());
    std::ifstream file(bms::test::in_source("/tests/manual-coverage.md"));
    const std::string stored{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(stored, coverage.markdown) << "run ./dev docs";
    const auto counts = coverage.markdown.find("\n178 rows: ");
    ASSERT_NE(counts, std::string::npos);
    std::cout << coverage.markdown.substr(counts + 1, coverage.markdown.find('\n', counts + 1) - counts);
}

TEST(ManualCoverage, TheTableThatIsExplainedFromIsFresh) {
    const ManualCoverage coverage = manual_coverage(read_manual_sources(bms::test::in_source("")));
    std::ifstream file(bms::test::in_source("/src/tool/manual_table.cpp"));
    const std::string stored{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(stored, manual_table_source(coverage.rows)) << "run ./dev docs";
}

TEST(ManualCoverage, KeysPathsAndSourcesThatNameARowAreListed) {
    const ManualCoverage coverage =
        manual_coverage({three_rows,
                         "",
                         {},
                         {{"config/keys.md",
                           "# M1\n\n## Top level\n\n| `remote` | M1 |\n\n## `btv`\n\n| `loop` | M2, M2 |\n"},
                          {"dbus/paths.md", "| `/Bms/Error` | int32 | M2 |\n"}},
                         {{"src/core/a.cpp", "x(); // M3"}}});
    EXPECT_THAT(coverage.rows[0].keys, ElementsAre("/remote"));
    EXPECT_THAT(coverage.rows[1].keys, ElementsAre("/btv/loop"));
    EXPECT_THAT(coverage.rows[1].paths, ElementsAre("/Bms/Error"));
    EXPECT_THAT(coverage.rows[2].programs, ElementsAre("src/core/a.cpp"));
    EXPECT_THAT(
        manual_table_source(coverage.rows),
        HasSubstr(
            "    {2, \"2\", false, \"cuts\", \"\",\n     \"/btv/loop\", \"/Bms/Error\", \"config/keys.md, "
            "dbus/paths.md\", \"\", \"\"},\n"));
}

TEST(ManualCoverage, RowsAreFoundAloneAndInRanges) {
    EXPECT_THAT(rows_in("M15"), ElementsAre(15));
    EXPECT_THAT(rows_in("// M92-M94, M146"), ElementsAre(92, 93, 94, 146));
    EXPECT_THAT(rows_in("(M92 to M94)"), ElementsAre(92, 93, 94));
    EXPECT_THAT(rows_in("AM15 M15x M M1234 xM15 M-5 _M3"), IsEmpty());
    EXPECT_THAT(rows_in("loosen one M8 plug; M8"), ElementsAre(8));
}

TEST(ManualCoverage, ARowOfSoftwareNeedsATest) {
    EXPECT_THAT(problems("TEST(A, B) { // M1, M2\n}\n", "M3"), IsEmpty());
    EXPECT_THAT(problems("TEST(A, B) { // M1\n}\n", "M2 M3"),
                ElementsAre(HasSubstr("M2 (cuts) has no test")));
}

TEST(ManualCoverage, ARowOutsideSoftwareNeedsAPage) {
    EXPECT_THAT(problems("// M1, M2\n", ""), ElementsAre(HasSubstr("M3 (a fuse) has no page")));
}

TEST(ManualCoverage, APlannedRowIsNoProblemUntilATestNamesIt) {
    EXPECT_THAT(problems("// M1\n", "M3", "M2|later\n"), IsEmpty());
    EXPECT_THAT(problems("// M1\nTEST(A, B) { // M2\n}\n", "M3", "M2|later\n"),
                ElementsAre(HasSubstr("M2 is done (A.B): take it out")));
    EXPECT_THAT(problems("// M1\n", "M3", "M2|\n"),
                ElementsAre(HasSubstr("is not M1|"), HasSubstr("M2 (cuts)")));
}

TEST(ManualCoverage, ARowTheManualDoesNotHaveIsAProblem) {
    EXPECT_THAT(problems("// M1, M2, M4\n", "M3"), ElementsAre(HasSubstr("a_test.cpp names M4")));
}

TEST(ManualCoverage, RowsThatDoNotCountUpAreAProblem) {
    EXPECT_THAT(manual_coverage({"M1|1|outside|a\nM3|1|outside|b\n", "", {}, {{"a.md", "M1"}}}).problems,
                ElementsAre(HasSubstr("M3|1|outside|b\" is not the next row")));
}

TEST(ManualCoverage, ACitationBelongsToItsTestOrToTheOneBelow) {
    const std::string text =
        "// M1\nTEST(Suite,\n     First) {\n}\n\nTEST_F(Suite, Second) { // M2\n    x(); // M1\n}\n";
    const std::string page =
        manual_coverage({three_rows, "", {{"tests/unit/a_test.cpp", text}}, {{"b.md", "M3"}}}).markdown;
    EXPECT_THAT(page, HasSubstr("| M1 | 1 | warns | Suite.First, Suite.Second |  |"));
    EXPECT_THAT(page, HasSubstr("| M2 | 2 | cuts | Suite.Second |  |"));
    EXPECT_THAT(page, HasSubstr("| M3 | 3 | a fuse | outside software | `b.md` |"));
    EXPECT_THAT(page, HasSubstr("3 rows: 2 tested, 1 outside software, 0 planned."));
}

} // namespace
} // namespace bms::tool
