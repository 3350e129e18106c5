// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/places.hpp"
#include "tool/manual_markdown.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace bms::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Names = std::set<std::string>;

Names every_test() {
    Names names;
    for (const TextFile& file : read_manual_sources(bms::test::in_source("")).tests) {
        const auto tests = tests_in(file.text);
        names.insert(tests.begin(), tests.end());
        if (file.path.starts_with("tests/hil/scenarios/")) {
            const auto begin = file.path.rfind('/') + 1;
            names.insert("hil " + file.path.substr(begin, file.path.rfind('.') - begin));
        }
    }
    return names;
}

/// What stands between backticks in a cell.
std::vector<std::string> quoted(const std::string& cell) {
    std::vector<std::string> found;
    std::istringstream in(cell);
    bool inside = false;
    for (std::string part; std::getline(in, part, '`'); inside = !inside) {
        if (inside) {
            found.push_back(part);
        }
    }
    return found;
}

/// Each line of a table that names no test and gives no reason, or one that is not there.
std::vector<std::string> problems_in(std::istream& page, const Names& tests) {
    std::vector<std::string> problems;
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with("| ") || line.starts_with("| fault ") || line.starts_with("| ---")) {
            continue;
        }
        const std::string last = line.substr(line.rfind("| ", line.size() - 2) + 2);
        const auto named = quoted(last);
        if (named.empty() && !last.starts_with("none: ")) {
            problems.push_back("names no test: " + line);
        }
        for (const std::string& name : named) {
            if (!last.starts_with("none: ") && !tests.contains(name)) {
                problems.push_back("there is no test " + name);
            }
        }
    }
    return problems;
}

TEST(FailureModes, EveryFaultNamesATestThatExistsOrSaysWhyThereIsNone) {
    std::ifstream page(bms::test::in_source("/src/core/failure-modes.md"));
    ASSERT_TRUE(page);
    EXPECT_THAT(problems_in(page, every_test()), IsEmpty());
}

TEST(FailureModes, ATestThatIsNotThereIsFound) {
    std::istringstream page(
        "| fault | seen by | test |\n| --- | --- | --- |\n| a | b | `A.B`, `A.C` |\n| c | d | |\n"
        "| e | f | none: `hardware` |\n");
    EXPECT_THAT(problems_in(page, {"A.B"}),
                ElementsAre(HasSubstr("no test A.C"), HasSubstr("names no test: | c")));
}

TEST(FailureModes, TestsAreFoundInTheirSources) {
    EXPECT_THAT(tests_in("TEST(A, B) {\n}\nTEST_F(C,\n       D) {\n}\nTEST_P(E, F) {}\nTESTING(G, H)\n"),
                ElementsAre("A.B", "C.D", "E.F"));
}

} // namespace
} // namespace bms::tool
