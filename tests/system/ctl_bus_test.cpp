// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// `vebus-bmsctl bus` on a pty where a simulated Multi talks, and on files.
#include "support/places.hpp"
#include "support/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace bms::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

const std::string ctl_program = in_build("/src/tool/vebus-bmsctl");
const std::string simulator = in_build("/src/sim/vebus-bms-sim");

const std::string header = "vebus-bms-capture 1 wire=vebus baud=256000 started=2026-11-24T00:18:12Z "
                           "program=0.1.0 port=/dev/ttyTest\n";

std::string text_of(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

class CtlBusTest : public testing::Test {
  protected:
    CtlBusTest() : folder(make_folder()) {}
    ~CtlBusTest() override {
        multi.reset();
        fs::remove_all(folder);
    }

    static fs::path make_folder() {
        std::string name = (fs::temp_directory_path() / "ctl-bus-XXXXXX").string();
        return ::mkdtemp(name.data());
    }

    Outcome bus(std::vector<std::string> words) {
        words.insert(words.begin(), {ctl_program, "bus"});
        return run(words, folder / ("output" + std::to_string(++runs)));
    }

    std::string file(const std::string& name, const std::string& content) {
        std::ofstream(folder / name) << content;
        return folder / name;
    }

    void start_multi() {
        multi = std::make_unique<Process>(
            std::vector<std::string>{simulator, "multiplus", "--port", port, "--control", folder / "m"},
            folder / "multi.log");
        ASSERT_TRUE(soon([this] { return fs::exists(port); })) << multi->output();
    }

    /// A recording whose terminal is a fifo that we type into.
    std::unique_ptr<Process> record(const std::string& to) {
        const std::string keys = folder / "keys";
        EXPECT_EQ(::mkfifo(keys.c_str(), 0600), 0);
        auto process = std::make_unique<Process>(
            std::vector<std::string>{"/bin/sh", "-c", "exec \"$0\" bus record \"$1\" \"$2\" < \"$3\"",
                                     ctl_program, port, to, keys},
            folder / "record.log");
        typing.open(keys);
        return process;
    }

    const fs::path folder;
    const std::string port = folder / "tty";
    std::unique_ptr<Process> multi;
    std::ofstream typing;
    int runs = 0;
};

TEST_F(CtlBusTest, WhatAMultiSaysIsRecordedWithTheMarksAndCanBeReadAgain) { // M51
    start_multi();
    const std::string capture = folder / "capture";
    const auto recording = record(capture);
    const auto holds = [&](const std::string& text) {
        return soon([&] { return text_of(capture).find(text) != std::string::npos; });
    };
    ASSERT_TRUE(holds(" FD ")) << recording->output();
    typing << "all closed\n   \npre-alarm loop open\n" << std::flush;
    ASSERT_TRUE(holds("mark pre-alarm loop open")) << recording->output();
    ASSERT_TRUE(soon([&] { return text_of(capture).size() > 20000; }));
    recording->signal(SIGINT);
    EXPECT_EQ(recording->ended(), 0) << recording->output();
    EXPECT_THAT(recording->output(), HasSubstr("Type what you do and press Enter"));

    EXPECT_THAT(text_of(capture),
                MatchesRegex("vebus-bms-capture 1 wire=vebus baud=256000 started=2[^\n]*\n(.|\n)*\n"));
    EXPECT_THAT(bus({"decode", capture, "--marks"}).output,
                AllOf(HasSubstr("mark: all closed ----\n"), HasSubstr("mark: pre-alarm loop open ----\n"),
                      Not(HasSubstr("sync"))));
    EXPECT_THAT(bus({"decode", capture, "--kind", "sync"}).output, HasSubstr("  83 83  "));
    const auto stats = bus({"stats", capture});
    EXPECT_EQ(stats.code, 0);
    EXPECT_THAT(stats.output,
                AllOf(HasSubstr(", 0 rejected"), HasSubstr("2 marks"), HasSubstr("83 83  sync ")));
    EXPECT_EQ(bus({"diff", "--marks", capture, "--settle", "0"}).code, 0);
    EXPECT_THAT(bus({"diff", capture, capture}).output, HasSubstr("  no difference\n"));
}

TEST_F(CtlBusTest, ARecordingNeverSends) {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    ASSERT_EQ(::grantpt(master), 0);
    ASSERT_EQ(::unlockpt(master), 0);
    EXPECT_EQ(bus({"record", ::ptsname(master), folder / "c", "--seconds", "1"}).code, 0);
    char byte{};
    EXPECT_LE(::read(master, &byte, 1), 0);
    ::close(master);
}

TEST_F(CtlBusTest, APortThatIsLostEndsTheRecordingAndKeepsIt) {
    start_multi();
    const std::string capture = folder / "capture";
    const auto recording = record(capture);
    ASSERT_TRUE(soon([&] { return text_of(capture).find(" FD ") != std::string::npos; }));
    multi->kill();
    EXPECT_EQ(recording->ended(), 1);
    EXPECT_THAT(recording->output(), HasSubstr("is lost: it was unplugged. What was heard before is in"));
    EXPECT_THAT(text_of(capture), HasSubstr("\n# ended: "));
    EXPECT_EQ(bus({"stats", capture}).code, 0);
}

TEST_F(CtlBusTest, APortIsDecodedAsItTalks) {
    start_multi();
    const auto live = bus({"decode", port, "--seconds", "1", "--kind", "sync"});
    EXPECT_EQ(live.code, 0);
    EXPECT_THAT(live.output, HasSubstr("sync                status 0x"));
}

TEST_F(CtlBusTest, AFileIsNotWrittenOverUnlessForced) {
    start_multi();
    const auto there = file("there", "precious");
    const auto refused = bus({"record", port, there, "--seconds", "1"});
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.output, HasSubstr("File exists. Take another name, or --force to write over it"));
    EXPECT_EQ(text_of(there), "precious");
    EXPECT_EQ(bus({"record", port, there, "--seconds", "1", "--force"}).code, 0);
    EXPECT_THAT(text_of(there), testing::StartsWith("vebus-bms-capture 1 "));
}

TEST_F(CtlBusTest, FramesComeAsJsonForPrograms) {
    const auto capture =
        file("c", header + "5 83 83 FE 05 38 01 C0 C0 45 FF 98 F7 FE 60 3F 07 00 00 00 5D FF\n"
                           "6 mark a \"b\"\n7 83 FF\n");
    EXPECT_EQ(
        bus({"decode", capture, "--json"}).output,
        R"({"at_us":5,"from":"83 83","number":5,"kind":"unknown 38","wire":"83 83 FE 05 38 01 C0 C0 45 FF","known":false,"payload":"38 01 C0 C0"}
{"at_us":5,"from":"98 F7","number":96,"kind":"switch_command","wire":"98 F7 FE 60 3F 07 00 00 00 5D FF","known":true,"payload":"3F 07 00 00 00","fields":[{"name":"mode","value":"on","unit":""}]}
{"at_us":6,"mark":"a \"b\""}
{"at_us":7,"kind":"rejected","wire":"83 FF","rejected":"too short for a frame"}
)");
    EXPECT_EQ(
        bus({"decode", capture, "--unknown", "--from", "8383"}).output,
        "# wire vebus, 256000 baud, port /dev/ttyTest, started 2026-11-24T00:18:12Z, recorded by vebus-bms "
        "0.1.0\n    0.000005  83 83    5  unknown 38          38 01 C0 C0\n---- 0.000006 mark: a \"b\" "
        "----\n");
}

TEST_F(CtlBusTest, ABadFileIsToldWithItsLineAndATornOneIsUsed) {
    const auto bad = bus({"stats", file("bad", header + "1 83\n1 8X\n")});
    EXPECT_EQ(bad.code, 1);
    EXPECT_THAT(bad.output, HasSubstr("bad, line 3: after the time stand neither bytes"));
    const auto torn = bus({"stats", file("torn", header + "1 83\n1 8")});
    EXPECT_EQ(torn.code, 0);
    EXPECT_THAT(torn.output,
                AllOf(HasSubstr("torn, line 3: the file was cut off here"), HasSubstr("1 bytes in 1 reads")));
    const auto none = bus({"decode", folder / "none"});
    EXPECT_EQ(none.code, 1);
    EXPECT_THAT(none.output, HasSubstr("none: No such file"));
}

TEST_F(CtlBusTest, WrongWordsAreAnsweredWithWhatIsWantedAndTheWayToHelp) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
        {{}, "bus wants a verb: record, decode, stats or diff"},
        {{"listen"}, "what is \"bus listen\"?"},
        {{"record"}, "bus record wants a PORT and a FILE to write"},
        {{"record", "file"}, "dev/serial/by-id"},
        {{"record", "a", "b", "--json"}, "--json is not for bus record"},
        {{"record", "a", "b", "--seconds", "0"}, "--seconds wants a number from 1 to 10000000"},
        {{"record", "a", "b", "--baud"}, "--baud wants a number"},
        {{"stats", "a", "b"}, "bus stats wants one FILE"},
        {{"diff", "a"}, "bus diff wants two FILEs, or --marks and one"},
        {{"diff", "a", "b", "--marks"}, "bus diff wants one FILE"},
        {{"decode", "a", "--from", "9"}, "--from wants an address like \"98 F7\""},
        {{"decode", "a", "--colour"}, "what is \"--colour\"?"}};
    for (const auto& [words, answer] : wrong) {
        const auto outcome = bus(words);
        EXPECT_EQ(outcome.code, 64) << answer;
        EXPECT_THAT(outcome.output, AllOf(HasSubstr(answer), HasSubstr("bus --help")));
    }
    EXPECT_EQ(bus({"--help"}).code, 0);
    EXPECT_THAT(bus({"record", "--help"}).output, HasSubstr("and never sends"));
}

TEST_F(CtlBusTest, APortThatCannotBeHadIsToldAndNoFileIsMade) {
    const auto outcome = bus({"record", "/dev/ttyNOTHERE", folder / "c"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.output, HasSubstr("is the adapter plugged in"));
    EXPECT_FALSE(fs::exists(folder / "c"));
}

} // namespace
} // namespace bms::test
