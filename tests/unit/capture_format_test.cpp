// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "capture_samples.hpp"

#include <gmock/gmock.h>

namespace bms::capture {
namespace {

using test::bytes;
using test::header;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string header_line = "vebus-bms-capture 1 wire=vebus baud=256000 started=2026-11-24T00:18:12Z "
                                "program=0.1.0 port=/dev/ttyTest\n";

struct Parsed {
    std::vector<Entry> entries;
    std::optional<std::string> end, error;
};

Parsed parse(std::string_view text, std::size_t piece = 7) {
    Parser parser;
    Parsed parsed;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        for (auto& entry : parser.push(text.substr(at, piece))) {
            parsed.entries.push_back(std::move(entry));
        }
    }
    parsed.end = parser.finish();
    parsed.error = parser.error();
    return parsed;
}

TEST(CaptureFormat, is_written_as_the_header_file_shows_it) {
    EXPECT_EQ(line_of(header), header_line);
    EXPECT_EQ(line_of(Chunk{20011us, bytes("83 83 FD 02")}), "20011 83 83 FD 02\n");
    EXPECT_EQ(line_of(Mark{31s, "pre-alarm loop open"}), "31000000 mark pre-alarm loop open\n");
    EXPECT_EQ(note_line("ended:\nlost"), "# ended: lost\n");
}

TEST(CaptureFormat, what_is_written_is_read_again_in_pieces_of_any_size) {
    Header spaced = header;
    spaced.wire = Wire::mk3;
    spaced.port = "/dev/serial/by id/x=y";
    const Chunk full{1us, Bytes(max_chunk, 0xFF)};
    const Mark longest{2us, std::string(max_mark, 'm')};
    const std::string text = line_of(spaced) + note_line("a note") + "\n" + line_of(full) + line_of(longest);
    for (const std::size_t piece : {1U, 2U, 100U, 4096U, 1000000U}) {
        const auto parsed = parse(text, piece);
        EXPECT_THAT(parsed.entries, ElementsAre(Entry(spaced), Entry(full), Entry(longest))) << piece;
        EXPECT_EQ(parsed.end, std::nullopt);
        EXPECT_EQ(parsed.error, std::nullopt);
    }
}

TEST(CaptureFormat, each_wire_has_its_usual_speed_and_a_line_for_what_was_heard_and_marked) {
    EXPECT_EQ(default_baud(Wire::vebus), 256000U);
    EXPECT_EQ(default_baud(Wire::mk3), 2400U);
    EXPECT_EQ(line_of(Chunk{.at = 5us, .bytes = {0x83, 0xFF}}), "5 83 FF\n");
    EXPECT_THAT(line_of(Mark{.at = 7us, .text = "loop open"}), testing::EndsWith("loop open\n"));
}

TEST(CaptureFormat, an_editor_on_another_system_does_no_harm) {
    EXPECT_THAT(parse("vebus-bms-capture 1 wire=vebus baud=9 started=x program=y port=z\r\n5 FF\r\n").entries,
                ElementsAre(Entry(Header{Wire::vebus, 9, "x", "y", "z"}), Entry(Chunk{5us, bytes("FF")})));
    EXPECT_THAT(parse("vebus-bms-capture 1 wire=vebus baud=9 started=x program=y port=z\r\r\n").entries,
                ElementsAre(Entry(Header{Wire::vebus, 9, "x", "y", "z"})))
        << "and through another one";
}

TEST(CaptureFormat, a_torn_last_line_is_told_and_the_rest_is_used) {
    const auto parsed = parse(header_line + "1 83\n2 83 8");
    EXPECT_THAT(parsed.entries, ElementsAre(Entry(header), Entry(Chunk{1us, bytes("83")})));
    EXPECT_EQ(parsed.end,
              "line 3: the file was cut off here, in the middle of a line. What stands before it is "
              "used.");
    EXPECT_EQ(parsed.error, std::nullopt);
}

TEST(CaptureFormat, every_wrong_line_is_told_with_its_number_and_what_to_do) {
    const std::vector<std::pair<std::string, std::string>> wrong{
        {"", "line 1: the header is missing. Is this a file of vebus-bmsctl bus record?"},
        {"{\n", "line 1: it does not begin with \"vebus-bms-capture\""},
        {"vebus-bms-captured 1\n", "line 1: it does not begin with"},
        {"vebus-bms-capture 2 wire=vebus\n", "line 1: format version \"2\" is not known, only 1"},
        {"vebus-bms-capture 1 wire=can baud=1 started= program= port=\n",
         "line 1: the header wants wire=vebus"},
        {"vebus-bms-capture 1 wire=vebus baud=0 started= program= port=\n", "line 1: the header wants"},
        {"vebus-bms-capture 1 wire=vebus baud=-1 started= program= port=\n", "line 1: the header wants"},
        {"vebus-bms-capture 1 wire=vebus baud=1\n", "line 1: the header wants"},
        {"vebus-bms-capture 1 wire=vebus baud=1x started=x program=y port=z\n", "line 1: the header wants"},
        {"vebus-bms-capture 1 wire=vebus baud=1 program=y port=z\n", "line 1: the header wants"},
        {"vebus-bms-capture 1 wire=vebus baud=1 started=x port=z\n", "line 1: the header wants"},
        {"vebus-bms-capture 1 wire=vebus baud=1 started=x program=y\n", "line 1: the header wants"},
        {header_line + "12x 83\n", "line 2: it does not begin with microseconds"},
        {header_line + "1 GG\n", "line 2: after the time stand neither bytes"},
        {header_line + "83 83\n84\n", "line 3: after the time stand neither bytes"},
        {header_line + "x 83\n", "line 2: it does not begin with microseconds"},
        {header_line + "-1 83\n", "line 2: it does not begin with microseconds"},
        {header_line + "99999999999999999999 83\n", "line 2: it does not begin with microseconds"},
        {header_line + "# fine\n1 8\n", "line 3: after the time stand neither bytes"},
        {header_line + "1 8G\n", "line 2: after the time stand neither bytes"},
        {header_line + "1 83-83\n", "line 2: after the time stand neither bytes"},
        {header_line + "1 mark  \n", "line 2: the mark has no text"},
        {header_line + "2 83\n1 83\n", "line 3: its time is before that of the line above"},
        {header_line + std::string(max_line + 1, '1'), "line 2: it has more than 3092 characters"}};
    for (const auto& [text, problem] : wrong) {
        const auto parsed = parse(text);
        EXPECT_THAT(parsed.error.value_or("no error"), HasSubstr(problem));
        EXPECT_EQ(parsed.end, std::nullopt);
    }
}

TEST(CaptureFormat, nothing_is_read_after_an_error) {
    Parser parser;
    EXPECT_THAT(parser.push("nonsense\n" + header_line), IsEmpty());
    EXPECT_THAT(parser.push(header_line), IsEmpty());
}

TEST(CaptureFormat, a_mark_is_one_printable_line) {
    EXPECT_EQ(mark_text("  low\tcell \x1b[A open \r"), "low cell  [A open");
    EXPECT_EQ(mark_text(" \n "), "");
    EXPECT_EQ(mark_text("loop\x7Fopen"), "loop open");
    EXPECT_EQ(mark_text(std::string(300, 'x')).size(), max_mark);
}

} // namespace
} // namespace bms::capture
