// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The documents as a whole: they lead to each other, the guide has a place for each chapter of the manual,
// and its drawings can be read and show what the configurations beside them say.
#include "docs/xml_problem.hpp"
#include "support/markdown.hpp"
#include "support/places.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>

namespace bms::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const fs::path root = in_source("");

std::string text_of(const fs::path& path) {
    std::ifstream file(path);
    EXPECT_TRUE(file) << path << " cannot be read";
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// All of the repository with this ending, but what a build or a tool has left there.
std::vector<fs::path> files_with(const std::string& ending) {
    std::vector<fs::path> found;
    for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator(); ++at) {
        const std::string name = at->path().filename();
        if (at->is_directory() && (name == "build" || name.starts_with('.'))) {
            at.disable_recursion_pending();
        } else if (at->path().extension() == ending) {
            found.push_back(at->path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

bool has_anchor(const fs::path& file, const std::string& anchor) {
    const auto anchors = read_markdown(text_of(file)).anchors;
    return std::find(anchors.begin(), anchors.end(), anchor) != anchors.end();
}

/// What is wrong with a target that stands in a document, or nothing. Addresses on the web are not asked.
std::string problem_of(const fs::path& document, const std::string& target) {
    if (target.find("://") != target.npos) {
        return {};
    }
    const auto hash = std::min(target.find('#'), target.size());
    const fs::path file = hash == 0 ? document : document.parent_path() / target.substr(0, hash);
    if (!fs::exists(file)) {
        return target + " is not there";
    }
    const bool found = hash == target.size() || has_anchor(file, target.substr(hash + 1));
    return found ? std::string{} : target + " is no heading of it";
}

TEST(Documents, EachLinkAndEachAnchorLeadsSomewhere) {
    std::size_t links = 0;
    for (const fs::path& file : files_with(".md")) {
        for (const Link& link : read_markdown(text_of(file)).links) {
            EXPECT_THAT(problem_of(file, link.target), IsEmpty()) << file << ':' << link.line;
            ++links;
        }
    }
    EXPECT_GT(links, 50U) << "the documents are not read";
}

TEST(Documents, ALinkThatLeadsNowhereIsFound) {
    const fs::path file = root / "README.md";
    EXPECT_THAT(problem_of(file, "config/none.md"), HasSubstr("is not there"));
    EXPECT_THAT(problem_of(file, "config/README.md#none"), HasSubstr("is no heading"));
    EXPECT_THAT(problem_of(file, "#what-it-guarantees"), IsEmpty());
}

TEST(Documents, AnchorsAreMadeAsGitHubMakesThem) {
    EXPECT_EQ(anchor_of("3.4 Remote on/off (`remote`)"), "34-remote-onoff-remote");
    const Markdown m = read_markdown("# A b\n```sh\n# no\n```\n## A b\n[x](y.md) `[n](o.md)`\n");
    EXPECT_THAT(m.anchors, ElementsAre("a-b", "a-b-1"));
    ASSERT_EQ(m.links.size(), 1U);
    EXPECT_EQ(m.links[0].target, "y.md");
}

struct Chapter {
    std::string number, title, target;
};

std::vector<Chapter> chapters() {
    std::vector<Chapter> all;
    std::ifstream file(root / "tests/data/manual-chapters.txt");
    for (std::string line; std::getline(file, line);) {
        std::smatch found;
        if (std::regex_match(line, found, std::regex(R"(([0-9.]+)\|([^|]+)\|([^|]+))"))) {
            all.push_back({found[1], found[2], found[3]});
        } else {
            EXPECT_TRUE(line.empty() || line.starts_with('#')) << line;
        }
    }
    return all;
}

TEST(Guide, EachChapterOfTheManualHasItsPlace) { // M178
    std::string numbers;
    for (const Chapter& c : chapters()) {
        EXPECT_THAT(problem_of(root / "README.md", c.target), IsEmpty()) << c.number << ' ' << c.title;
        numbers.append(c.number).append(" ");
    }
    EXPECT_EQ(numbers,
              "1 2 3 3.1 3.2 3.2.1 3.2.2 3.2.3 3.3 3.3.1 3.3.2 3.3.3 3.3.4 3.3.5 3.3.6 3.4 3.5 3.6 4 "
              "4.1 4.2 4.3 4.4 4.5 5 5.1 5.2 6 7 8 8.1 8.2 ")
        << "the chapters of Rev 02, 12/2022";
}

TEST(Guide, FollowsTheOrderOfTheManual) { // M178
    std::map<fs::path, std::size_t> reached;
    for (const Chapter& c : chapters()) {
        const auto hash = c.target.find('#');
        const fs::path file = root / c.target.substr(0, hash);
        const auto anchors = read_markdown(text_of(file)).anchors;
        const auto found = std::find(anchors.begin(), anchors.end(), c.target.substr(hash + 1));
        const auto place = static_cast<std::size_t>(found - anchors.begin());
        EXPECT_GE(place, reached[file]) << c.number << " stands before the chapter that precedes it";
        reached[file] = place;
    }
}

TEST(Guide, EachDrawingIsSoundLegibleInTheDarkAndNeedsNothingFromOutside) {
    const auto drawings = files_with(".svg");
    EXPECT_GE(drawings.size(), 13U);
    for (const fs::path& file : drawings) {
        const std::string svg = text_of(file);
        EXPECT_THAT(xml_problem(svg), IsEmpty()) << file;
        EXPECT_THAT(svg, HasSubstr("<title id=\"title\">")) << file;
        EXPECT_THAT(svg, HasSubstr("prefers-color-scheme: dark")) << file;
        EXPECT_EQ(svg.find("http", svg.find("2000/svg")), svg.npos)
            << file << " asks for something from outside";
    }
}

TEST(Guide, ADrawingThatIsNotSoundIsFound) {
    EXPECT_THAT(xml_problem("<svg><g></svg>"), HasSubstr("</svg> ends <g>"));
    EXPECT_THAT(xml_problem("<svg><text>a & b</text></svg>"), HasSubstr("& stands alone"));
    EXPECT_THAT(xml_problem("<svg width=3></svg>"), HasSubstr("width"));
    EXPECT_THAT(xml_problem("<svg/>\n<svg/>"), HasSubstr("after the end"));
    EXPECT_THAT(xml_problem("<svg a='1'><g/></svg>\n"), IsEmpty());
}

std::vector<std::string> matches(const std::string& text, const std::regex& what) {
    std::vector<std::string> found;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), what); at != std::sregex_iterator(); ++at) {
        found.push_back((*at)[1]);
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// The lines of a configuration are the terminals of its drawing, no more and no less.
TEST(Guide, TheDrawingOfAnExampleHasTheTerminalsOfItsConfiguration) { // M109 to M113
    int seen = 0;
    for (const fs::path& file : files_with(".json")) {
        if (file.parent_path().filename() != "examples") {
            continue;
        }
        const std::string number = file.filename().string().substr(0, 3);
        const auto lines =
            matches(text_of(file), std::regex(R"re("(\w+)": \{(?:"on": \{)?"(?:line|chip)")re"));
        const auto drawn = matches(text_of(root / ("config/guide/example-" + number + ".svg")),
                                   std::regex(R"(class="pin"[^>]*>([a-z_]+))"));
        EXPECT_EQ(drawn, lines) << file;
        ++seen;
    }
    EXPECT_EQ(seen, 5);
}

} // namespace
} // namespace bms::test
