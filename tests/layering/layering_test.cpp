// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "rules.hpp"
#include "support/places.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace bms::layering {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string head = "// SPDX-FileCopyrightText: the vebus-bms authors\n";

std::vector<fs::path> sources() {
    std::vector<fs::path> found;
    for (const char* top : {"include", "src", "tests"}) {
        for (const auto& entry : fs::recursive_directory_iterator{fs::path{bms::test::in_source("")} / top}) {
            const auto kind = entry.path().extension();
            if (kind == ".cpp" || kind == ".hpp") {
                found.push_back(entry.path());
            }
        }
    }
    return found;
}

TEST(Layering, every_file_keeps_to_its_layer) {
    const auto files = sources();
    ASSERT_GE(files.size(), 6U) << "looked in the wrong place: " << bms::test::in_source("");
    for (const auto& file : files) {
        std::ifstream in{file};
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        for (const auto& problem : problems_in(fs::relative(file, bms::test::in_source("")).string(), text)) {
            ADD_FAILURE() << problem;
        }
    }
}

struct Case {
    std::string path, line, problem;
};

TEST(Layering, a_broken_rule_is_reported_with_its_line) {
    const std::vector<Case> broken{
        {"include/bms/core/step.hpp", "#include \"bms/vebus/link.hpp\"",
         "may not include bms/vebus/link.hpp"},
        {"src/core/step.cpp", "#include \"io/line_port.hpp\"", "may not include io/"},
        {"src/vebus/link.cpp", "#include \"bms/core/step.hpp\"", "may not include bms/core/"},
        {"src/venus/paths.cpp", "#include \"bms/core/machine.hpp\"", "may not include bms/core/machine.hpp"},
        {"src/io/serial_port.cpp", "#include \"bms/core/machine.hpp\"", "may not include bms/core/"},
        {"src/io/dbus_pump.cpp", "#include \"app/daemon.hpp\"", "may not include app/"},
        {"src/sim/board.cpp", "#include \"bms/core/step.hpp\"", "may not include bms/core/"},
        {"src/world/world.cpp", "#include \"bms/core/step.hpp\"", "may not include bms/core/"},
        {"src/world/world.cpp", "auto t = std::chrono::steady_clock::now();", "reads a clock"},
        {"src/sim/board.cpp", "  #  include \"app/daemon.hpp\"", "may not include app/"},
        {"src/tool/replay_main.cpp", "#include \"io/log.hpp\"", "may not include io/"},
        {"src/config/parse.hpp", "#include <nlohmann/json.hpp>", "nlohmann/json.hpp does not belong"},
        {"src/app/daemon.cpp", "#include <gpiod.hpp>", "gpiod.hpp does not belong"},
        {"src/io/sim_lines.cpp", "#include <gpiod.h>", "gpiod.h does not belong"},
        {"src/app/daemon.cpp", "#include <sdbus-c++/sdbus-c++.h>", "does not belong"},
        {"src/io/serial_port.cpp", "#include <spdlog/spdlog.h>", "does not belong"},
        {"src/core/step.cpp", "#include <boost/asio.hpp>", "does not belong"},
        {"src/vebus/link.cpp", "#include <termios.h>", "may not include <termios.h>"},
        {"src/vebus/link.cpp", "#include <sys/socket.h>", "may not include <sys/socket.h>"},
        {"include/bms/time.hpp", "#include <thread>", "may not include <thread>"},
        {"src/core/step.cpp", "auto t = std::chrono::steady_clock::now();", "reads a clock"},
        {"src/core/step.cpp", "std::cout << 1;", "prints"},
        {"src/venus/paths.cpp", "spdlog::info(1);", "logs"},
        {"src/config/parse.cpp", "if (bad) throw 1;", "throws"},
        {"src/config/parse.cpp", "f(1'000, \"a\"); throw 1; // 'why'", "throws"}};
    for (const auto& [path, line, problem] : broken) {
        EXPECT_THAT(problems_in(path, head + line + "\n"),
                    ElementsAre(AllOf(HasSubstr(path + ":2: "), HasSubstr(problem))))
            << line;
    }
}

TEST(Layering, what_breaks_no_rule_is_left_alone) {
    const std::vector<std::pair<std::string, std::string>> sound{
        {"src/core/step.cpp", "#include \"bms/core/step.hpp\"\n#include <vector>"},
        {"src/venus/limits.cpp", "#include \"bms/core/outputs.hpp\""},
        {"src/config/parse.cpp", "#include <nlohmann/json.hpp>"},
        {"src/io/gpiod_lines_v1.cpp", "#include <gpiod.hpp>\nthrow 1;"},
        {"src/sim/multiplus.cpp", "#include \"bms/vebus/codec.hpp\""},
        {"src/tool/ctl_main.cpp", "#include \"io/dbus_pump.hpp\""},
        {"src/core/step.cpp", "// it may throw, or read Clock::now()"},
        {"src/core/step.cpp", "/* spdlog\nstd::cout */ int a = '\"';"},
        {"src/core/step.cpp", "auto why = \"throw // \\\" away\"; auto raw = R\"(throw \")\";"},
        {"src/core/step.cpp", "auto why = \"a\"\"throw\"/**//*spdlog*/;"},
        {"src/core/step.cpp", "int throwing = 0; // no such word"},
        {"src/venus/text.cpp", "std::snprintf(text, size, \"%d\", 1);"},
        {"tests/unit/step_test.cpp", "#include <sdbus-c++/sdbus-c++.h>\nthrow 1;"}};
    for (const auto& [path, line] : sound) {
        EXPECT_THAT(problems_in(path, head + line + "\n"), IsEmpty()) << line;
    }
}

TEST(Layering, a_folder_without_a_row_is_reported) {
    EXPECT_THAT(problems_in("src/misc/a.cpp", head), ElementsAre(HasSubstr("has no row")));
}

TEST(Layering, a_file_of_more_than_400_lines_is_reported) {
    std::string text = head;
    for (int line = 2; line <= 400; ++line) {
        text += "\n";
    }
    EXPECT_THAT(problems_in("tests/unit/long_test.cpp", text), IsEmpty());
    EXPECT_THAT(problems_in("tests/unit/long_test.cpp", text + "\n"),
                ElementsAre(HasSubstr("longer than 400")));
}

TEST(Layering, a_file_without_its_head_is_reported) {
    EXPECT_THAT(problems_in("tests/unit/a_test.cpp", "int a;\n"), ElementsAre(HasSubstr("SPDX head")));
}

} // namespace
} // namespace bms::layering
