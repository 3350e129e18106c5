// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Every command of the guide is run as it stands there, on simulators; those that cannot be say why, and are
// counted.
#include "support/markdown.hpp"
#include "support/places.hpp"
#include "system/daemon_fixture.hpp"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

namespace bms::test {
namespace {

using testing::HasSubstr;

const std::string guide = in_source("/config/guide/");

Markdown page(const std::string& name) {
    std::ifstream file(guide + name);
    EXPECT_TRUE(file) << name;
    return read_markdown(std::string{std::istreambuf_iterator<char>{file}, {}});
}

/// "by-hand: WHY" keeps a block from being run.
std::string why_by_hand(const Fence& fence) {
    constexpr std::string_view mark = "by-hand: ";
    return fence.rest.starts_with(mark) ? fence.rest.substr(mark.size()) : std::string{};
}

std::vector<std::string> pages_with_commands() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(guide)) {
        const std::string name = entry.path().filename();
        if (entry.path().extension() == ".md" && !page(name).fences.empty()) {
            names.push_back(name);
        }
    }
    return names;
}

class Guide : public DaemonTest, public testing::WithParamInterface<std::string> {
  protected:
    /// The folder of the project, as far as commands use it, with room to write.
    Guide() {
        std::filesystem::create_directory_symlink(in_source("/config"), folder / "config");
        ::setenv("board", board_socket().c_str(), 1);
        ::setenv("multi", multi_socket().c_str(), 1);
        const char* path = std::getenv("PATH");
        const std::string programs = in_build("/src/app:") + in_build("/src/tool:") + in_build("/src/sim:");
        ::setenv("PATH", (programs + (path == nullptr ? "/usr/bin:/bin" : path)).c_str(), 1);
    }

    void run_command(const Command& command) {
        const std::filesystem::path script = folder / "command.sh", output = folder / "command.log";
        std::ofstream(script) << "cd " << folder << " || exit\n" << command.text << '\n';
        std::filesystem::remove(output);
        const Outcome outcome = run({"/bin/bash", "-euo", "pipefail", script}, output);
        EXPECT_EQ(outcome.code, 0) << GetParam() << ':' << command.line << ": " << command.text << '\n'
                                   << outcome.output;
        for (const std::string& line : command.shows) {
            EXPECT_THAT(outcome.output, HasSubstr(line)) << GetParam() << ':' << command.line;
        }
    }
};

TEST_P(Guide, DoesWhatItSays) { // M178
    start_all();
    int ran = 0, by_hand = 0;
    for (const Fence& fence : page(GetParam()).fences) {
        ASSERT_TRUE(fence.language == "sh" || fence.language == "console")
            << GetParam() << ':' << fence.line << ": what language is that?";
        if (const std::string why = why_by_hand(fence); !why.empty()) {
            std::cout << "by hand: " << fence.lines.front() << " (" << why << ")\n";
            ++by_hand;
            continue;
        }
        ASSERT_EQ(fence.rest, "") << GetParam() << ':' << fence.line;
        for (const Command& command : commands_in(fence)) {
            run_command(command);
            ++ran;
        }
    }
    std::cout << GetParam() << ": " << ran << " commands run, " << by_hand << " blocks by hand\n";
    EXPECT_GT(ran + by_hand, 0);
}

std::string test_name(const testing::TestParamInfo<std::string>& of) {
    std::string name = of.param;
    std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
    return name;
}

INSTANTIATE_TEST_SUITE_P(Pages, Guide, testing::ValuesIn(pages_with_commands()), test_name);

} // namespace
} // namespace bms::test
