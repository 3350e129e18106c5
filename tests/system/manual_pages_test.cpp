// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The manual pages and the shell's completion say what the programs say of themselves.
#include "support/places.hpp"
#include "support/process.hpp"
#include "tool/ctl_commands.hpp"
#include "tool/ctl_exit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <unistd.h>

namespace bms::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;
using Words = std::vector<std::string>;

const std::string packaging = in_source("/packaging/");

/// stdout and stderr.
std::string said_by(const Words& command) {
    static int runs = 0;
    const auto file = std::filesystem::temp_directory_path() /
                      ("bms-said-" + std::to_string(::getpid()) + "-" + std::to_string(++runs));
    const auto outcome = run(command, file);
    std::filesystem::remove(file);
    return outcome.output;
}

/// As it is read: "\-" is a hyphen that can be copied.
std::string page(const std::string& name) {
    std::ifstream stream(packaging + "man/" + name);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    return std::regex_replace(text, std::regex(R"(\\-)"), "-");
}

std::set<std::string> options_in(const std::string& text) {
    const std::regex option("--[a-z][a-z0-9-]*");
    return {std::sregex_token_iterator(text.begin(), text.end(), option), {}};
}

struct Page {
    const char* name;
    std::vector<Words> helps;
};

const Page pages[] = {
    {"vebus-bmsd.8", {{in_build("/src/app/vebus-bmsd"), "--help"}}},
    {"vebus-bmsctl.1",
     {{in_build("/src/tool/vebus-bmsctl"), "--help"}, {in_build("/src/tool/vebus-bmsctl"), "bus", "--help"}}},
    {"vebus-bms-replay.1", {{in_build("/src/tool/vebus-bms-replay"), "--help"}}},
    {"vebus-bms-sim.1",
     {{in_build("/src/sim/vebus-bms-sim"), "--help"},
      {in_build("/src/sim/vebus-bms-sim"), "multiplus", "--help"}}},
};

TEST(Manual, EveryPageHasTheOptionsOfTheHelpAndNoOther) {
    for (const Page& it : pages) {
        std::set<std::string> helped{"--help"};
        for (const Words& command : it.helps) {
            helped.merge(options_in(said_by(command)));
        }
        auto told = options_in(page(it.name));
        if (std::string(it.name) == "vebus-bms-replay.1") {
            told.insert("--record"); // of vebus-bmsd
        }
        EXPECT_EQ(told, helped) << it.name;
    }
}

TEST(Manual, ThePageOfCtlHasEveryCommandModeAndExitCode) {
    const auto text = page("vebus-bmsctl.1");
    for (const tool::Command& command : tool::commands) {
        const std::regex entry(R"(\n\.TP\n\.B[IR]? )" + std::string(command.name) + "[ \\n]");
        EXPECT_TRUE(std::regex_search(text, entry)) << command.name;
    }
    for (const tool::ModeWord& mode : tool::modes) {
        const std::regex word(R"(\n\.BR? )" + std::string(mode.word) + "( ,|\\n| \\.)");
        EXPECT_TRUE(std::regex_search(text, word)) << mode.word;
    }
    for (const tool::ExitRow& row : tool::exits) {
        EXPECT_THAT(
            text, HasSubstr(".TP\n.B " + std::to_string(row.code) + "\n" + std::string(row.meaning) + "\n"));
    }
}

TEST(Manual, ThePagesFormatWithoutAWarning) {
    if (said_by({"/bin/sh", "-c", "command -v man"}).empty()) {
        GTEST_SKIP() << "man is not installed";
    }
    for (const Page& it : pages) {
        EXPECT_THAT(
            said_by({"/bin/sh", "-c",
                     "man --warnings -E UTF-8 -l " + packaging + "man/" + it.name + " 2>&1 >/dev/null"}),
            IsEmpty())
            << it.name;
    }
}

/// What bash offers for a line whose last word is being typed.
Words offered(const std::string& file, const std::string& function, const Words& words) {
    std::string script = "source " + packaging + "completion/" + file + "; COMP_WORDS=(";
    for (const std::string& word : words) {
        script += "'" + word + "' ";
    }
    script += "); COMP_CWORD=" + std::to_string(words.size() - 1) + "; " + function + " '" + words[0] +
              "'; printf '%s\\n' \"${COMPREPLY[@]}\"";
    std::istringstream stream(said_by({"/bin/bash", "-c", script}));
    Words found;
    for (std::string line; std::getline(stream, line);) {
        if (!line.empty()) {
            found.push_back(line);
        }
    }
    return found;
}

Words offered_by_ctl(Words words) {
    words.insert(words.begin(), in_build("/src/tool/vebus-bmsctl"));
    return offered("vebus-bmsctl", "_vebus_bmsctl", words);
}

TEST(Completion, OffersTheCommandsOfTheTable) {
    Words names;
    for (const tool::Command& command : tool::commands) {
        names.emplace_back(command.name);
    }
    EXPECT_THAT(offered_by_ctl({""}), UnorderedElementsAreArray(names));
    EXPECT_EQ(offered_by_ctl({"wa"}), Words{"watch"});
}

TEST(Completion, OffersModesOptionsAndVerbs) {
    Words modes, options;
    for (const tool::ModeWord& mode : tool::modes) {
        modes.emplace_back(mode.word);
    }
    for (const tool::Switch& option : tool::switches) {
        options.emplace_back(option.word);
    }
    EXPECT_THAT(offered_by_ctl({"mode", ""}), UnorderedElementsAreArray(modes));
    EXPECT_THAT(offered_by_ctl({"status", "--"}), UnorderedElementsAreArray(options));
    EXPECT_EQ(offered_by_ctl({"bus", "st"}), Words{"stats"});
    EXPECT_THAT(offered_by_ctl({"bus", "decode", ""}), IsEmpty()); // a file
}

TEST(Completion, OffersPathsAlsoWithoutADaemon) {
    EXPECT_THAT(offered_by_ctl({"dbus", "/Bms/AllowTo"}), Contains("/Bms/AllowToCharge"));
}

TEST(Completion, OffersTheOptionsOfTheOtherPrograms) {
    const auto of = [](const Words& words) { return offered("vebus-bmsd", "_vebus_bms_options", words); };
    EXPECT_THAT(of({in_build("/src/app/vebus-bmsd"), "--ch"}), Words{"--check-config"});
    EXPECT_THAT(of({in_build("/src/sim/vebus-bms-sim"), "mul"}), Words{"multiplus"});
    EXPECT_THAT(of({in_build("/src/sim/vebus-bms-sim"), "multiplus", "--mk"}), Words{"--mk3"});
}

} // namespace
} // namespace bms::test
