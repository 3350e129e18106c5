// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "unit/profile_file.hpp"

#include <gmock/gmock.h>

#include <random>

namespace bms::profile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using vebus::Bytes;

TEST(ProfileParse, TheInventedProfileIsReadAndSaysThatItIsInvented) {
    const Profile expected{
        .name = "invented for tests, not a real BMS",
        .source = "made up for the tests of this project; nothing was captured",
        .address = {0x42, 0x4D},
        .frames = {{.payload = {0x6B, 0xA5, 0x00, 0x00, 0xFA},
                    .holes = {{.index = 2, .kind = FlagsHole{0x80, {0x01, 0x02, 0x04, 0x08, 0x10}}},
                              {.index = 3, .kind = LevelHole{{0x10, 0x70, 0xF0}}}},
                    .interval = 500ms,
                    .interval_quiet = 800ms}},
        .presence_reply = Bytes{0x20, 0x00, 0x00, 0x00, 0x00, 0x83, 0xF4, 0x7C, 0x11, 0x00}};
    EXPECT_EQ(invented(), expected);
}

TEST(ProfileParse, ThePresenceReplyMayBeLeftOut) {
    const auto text = invented_with(",\n  \"presence_reply\": \"20 00 00 00 00 83 F4 7C 11 00\"", "");
    EXPECT_EQ(must_parse(text).presence_reply, std::nullopt);
}

struct Mistake {
    std::string_view from, to, error;
};

constexpr Mistake mistakes[] = {
    {"\"format\": 1", "\"format\": 2", "/format: found 2; accepted: a whole number, 1 to 1"},
    {"\"format\": 1,", "", "/format: missing; accepted: 1"},
    {"\"invented for tests, not a real BMS\"", "\"\"",
     "/name: found \"\"; accepted: text in one line, 1 to 80 bytes"},
    {"\"name\": \"invented for tests, not a real BMS\",", "", "/name: missing; accepted: a name for the log"},
    {"\"made up for the tests of this project; nothing was captured\"", "7",
     "/source: found 7; accepted: text in one line, 1 to 400 bytes"},
    {"made up for", "made\\u0007up for",
     "/source: found \"made\\u0007up for the tests of this project; n...\"; accepted: text in one line, 1 to "
     "400 "
     "bytes"},
    {"\"source\": \"made up for the tests of this project; nothing was captured\",", "",
     "/source: missing; accepted: where the bytes come from: device, firmware, date, who captured them"},
    {"\"vebus\"", "\"mk3\"",
     "/wire: found \"mk3\"; accepted: \"vebus\", the raw bus: how an MK3 would send such frames is not "
     "known"},
    {"\"wire\": \"vebus\",", "", "/wire: missing; accepted: \"vebus\""},
    {"\"42 4D\"", "\"42\"",
     "/address: found \"42\"; accepted: 2 bytes in hex with blanks between them, such as \"42 4D\""},
    {"\"42 4D\"", "\"42 FF\"", "/address: FF ends every frame and cannot stand in an address"},
    {"\"42 4D\"", "\"83 83\"",
     "/address: 83 83 is the Multi itself; give the address the BMS's frames begin with"},
    {"\"address\": \"42 4D\",", "", "/address: missing; accepted: two bytes in hex, such as \"42 4D\""},
    {"\"wire\"", "\"note\": 1, \"wire\"",
     "/note: unknown key; known here: format, name, source, wire, address, frames, presence_reply"},
    {"\"wire\"", "\"name\": \"again\", \"wire\"", "/name: given twice; keep the one that is meant"},
    {"\"payload\": \"6B A5 {status} {charge} FA\"", "\"payload\": 5",
     "/frames/0/payload: found 5; accepted: bytes in hex and names of holes, such as \"38 {status} 00\""},
    {"6B A5", "6B 0xA5",
     "/frames/0/payload: \"0xA5\" is no byte; accepted: bytes in hex and names of holes, such as \"38 "
     "{status} "
     "00\""},
    {"6B A5", "6B +5",
     "/frames/0/payload: \"+5\" is no byte; accepted: bytes in hex and names of holes, such as \"38 {status} "
     "00\""},
    {"6B A5", "6B {state}",
     "/frames/0/payload: \"{state}\" is no hole of this frame; describe it under \"holes\""},
    {"6B A5 ", "",
     "/frames/0/payload: begins with a hole; the first byte says what the frame is: give it in hex"},
    {"6B A5", "3F 04",
     "/frames/0/payload: begins with 3F, which commands the Multi; an info frame only informs, and what "
     "commands "
     "is the daemon's to decide"},
    {"6B A5", "00 E6",
     "/frames/0/payload: begins with 00, which commands the Multi; an info frame only informs, and what "
     "commands "
     "is the daemon's to decide"},
    {"6B A5", "40 08",
     "/frames/0/payload: begins with 40, which commands the Multi; an info frame only informs, and what "
     "commands "
     "is the daemon's to decide"},
    {"6B A5", "6B 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15 16 17 18 A5",
     "/frames/0/payload: found 29 bytes; accepted: 1 to 28, so that the frame fits the wire when every byte "
     "is "
     "escaped"},
    {"\"interval_ms\": 500", "\"interval_ms\": 99",
     "/frames/0/interval_ms: found 99; accepted: a whole number, 100 to 10000"},
    {"\"interval_ms\": 500", "\"interval_ms\": 500.5",
     "/frames/0/interval_ms: found 500.5; accepted: a whole number, 100 to 10000"},
    {"\"interval_ms\": 500,", "", "/frames/0/interval_ms: missing; accepted: a whole number, 100 to 10000"},
    {"\"interval_quiet_ms\": 800", "\"interval_quiet_ms\": 499",
     "/frames/0/interval_quiet_ms: found 499; accepted: a whole number, 500 to 60000"},
    {"\"interval_quiet_ms\": 800,", "",
     "/frames/0/interval_quiet_ms: missing; accepted: a whole number, 500 to 60000"},
    {"\"interval_ms\"", "\"interval\": 5, \"interval_ms\"",
     "/frames/0/interval: unknown key; known here: payload, interval_ms, interval_quiet_ms, holes"},
    {"{charge} ", "", "/frames/0/holes/charge: not in the payload; write {charge} where its byte is"},
    {"\"base\": \"80\"", "\"base\": \"180\"",
     "/frames/0/holes/status/base: found \"180\"; accepted: one byte in hex, such as \"4D\""},
    {"\"base\": \"80\",", "",
     "/frames/0/holes/status/base: missing; accepted: the byte while no signal is active, such as \"40\""},
    {"\"cell_high\": 1", "\"cell_high\": 8",
     "/frames/0/holes/status/bits/cell_high: found 8; accepted: a whole number, 0 to 7"},
    {"\"cell_high\": 1", "\"cell_hihg\": 1",
     "/frames/0/holes/status/bits/cell_hihg: unknown key; known here: cell_low, cell_high, "
     "cell_low_imminent, "
     "error, remote_off"},
    {"{\"level\": {\"allowed\": \"10\", \"reduced\": \"70\", \"stopped\": \"F0\"}}",
     "{\"base\": \"00\", \"bits\": {}}",
     "/frames/0/holes/charge/bits: no signal; write a byte that never changes into the payload itself"},
    {"{\"level\": {\"allowed\": \"10\", \"reduced\": \"70\", \"stopped\": \"F0\"}}", "{}",
     "/frames/0/holes/charge: flags or a level? Accepted: {\"base\": a byte, \"bits\": {...}} or {\"level\": "
     "{\"allowed\", \"reduced\", \"stopped\"}}"},
    {"{\"level\":", "{\"base\": \"00\", \"level\":",
     "/frames/0/holes/charge: flags or a level? Accepted: {\"base\": a byte, \"bits\": {...}} or {\"level\": "
     "{\"allowed\", \"reduced\", \"stopped\"}}"},
    {"\"reduced\": \"70\", ", "",
     "/frames/0/holes/charge/level/reduced: missing; accepted: one byte in hex, such as \"4D\""},
    {"\"reduced\": \"70\"", "\"reduced\": \"10\"",
     "/frames/0/holes/charge/level: allowed and reduced are the same byte, so the Multi could not tell them "
     "apart"},
    {"\"stopped\": \"F0\"", "\"stopped\": \"10\"",
     "/frames/0/holes/charge/level: allowed and stopped are the same byte, so the Multi could not tell them "
     "apart"},
    {"\"charge\": {", "\"Charge/2\": 5, \"charge\": {",
     "/frames/0/holes/Charge~12: accepted as a hole's name: a to z, 0 to 9 and _, 1 to 20 of them"},
    {"\"cell_low\": 0, ", "",
     "/frames: no frame has a bit for cell_low: the Multi would discharge an empty battery"},
    {"20 00 00", "00 00",
     "/presence_reply: found \"00 00 00 00 83 F4 7C 11 00\"; accepted: 10 to 28 bytes in hex with blanks "
     "between "
     "them, such as \"42 4D\""},
    {"00 83 F4", "00 80 F4",
     "/presence_reply: found 20 first and 80 at index 5; accepted: 20 first and 83 at index 5, the version "
     "as "
     "four bytes from index 6, or Venus OS does not see a BMS"},
};

TEST(ProfileParse, EachMistakeIsToldWithItsPlaceAndWhatToDo) {
    for (const auto& [from, to, error] : mistakes) {
        EXPECT_THAT(errors_in(invented_with(from, to)), ElementsAre(std::string{error}));
    }
}

TEST(ProfileParse, AProfileThatCannotTellAHighCellIsRefused) {
    std::string text = invented_with("\"cell_high\": 1, ", "");
    EXPECT_THAT(errors_in(text), IsEmpty()) << "the level tells it";
    text.replace(
        text.find("{\"level\": {"),
        std::string_view{"{\"level\": {\"allowed\": \"10\", \"reduced\": \"70\", \"stopped\": \"F0\"}}"}
            .size(),
        R"({"base": "00", "bits": {"error": 0}})");
    EXPECT_THAT(errors_in(text),
                ElementsAre("/frames: no frame has a bit for cell_high or a level: the Multi would "
                            "charge a full battery"));
}

TEST(ProfileParse, WhatWasFoundInsteadIsShownWhateverItIs) {
    const std::pair<const char*, const char*> found[] = {{"null", "found null;"},
                                                         {"true", "found true;"},
                                                         {"{\"a\": 1}", "found an object;"},
                                                         {"[1]", "found a list;"}};
    for (const auto& [instead, words] : found) {
        EXPECT_THAT(errors_in(invented_with("\"42 4D\"", instead)), ElementsAre(HasSubstr(words))) << instead;
    }
}

TEST(ProfileParse, EveryMistakeIsToldAtOnce) {
    EXPECT_THAT(errors_in(R"({"format": 1, "nmae": "x", "wire": "can", "address": "FF 00", "frames": [{}]})"),
                ElementsAre(HasSubstr("/nmae"), HasSubstr("/name"), HasSubstr("/source"), HasSubstr("/wire"),
                            HasSubstr("/address"), HasSubstr("/frames/0/payload"),
                            HasSubstr("/frames/0/interval_ms"), HasSubstr("/frames/0/interval_quiet_ms")));
}

TEST(ProfileParse, WhatIsNoJsonIsOneErrorWithItsPlace) {
    EXPECT_THAT(
        errors_in(invented_with("\"format\": 1,", "\"format\": 1")),
        ElementsAre(": line 4, column 8: not JSON; look there for a comma, quote or bracket too many or too "
                    "few"));
    EXPECT_THAT(
        errors_in("{\"format\": 1"),
        ElementsAre(": line 1, column 12: the file ends too early; is a bracket or a quote missing?"));
    EXPECT_THAT(errors_in(""),
                ElementsAre(": line 1, column 1: the file ends too early; is a bracket or a quote missing?"));
    EXPECT_THAT(errors_in("[1, 2]"), ElementsAre(": found a list; accepted: an object, {...}"));
}

TEST(ProfileParse, FilesOfAnotherKindAreRefusedInFewWords) {
    EXPECT_THAT(
        errors_in(std::string(max_file_bytes + 1, ' ')),
        ElementsAre(": found 65537 bytes; accepted: at most 65536; is this a capture instead of a profile?"));
    EXPECT_THAT(
        errors_in(std::string(30000, '[')),
        ElementsAre(HasSubstr("nested too deeply; no part of a profile lies deeper than six levels")));
    std::string many = "{";
    for (int i = 0; i < 500; ++i) {
        many += "\"key" + std::to_string(i) + "\": 1,";
    }
    many.back() = '}';
    EXPECT_THAT(errors_in(many), SizeIs(max_errors));
    EXPECT_THAT(errors_in(many).back(), HasSubstr("more wrong than is listed"));
}

TEST(ProfileParse, FramesTogetherLeaveSlotsForCommands) {
    const std::string text = invented_text();
    const auto begin = text.find("    {\n      \"payload\"");
    const auto end = text.find("\n  ],");
    const std::string frame = text.substr(begin, end - begin);
    const auto with = [&](int count, int interval_ms) {
        std::string frames;
        for (int i = 0; i < count; ++i) {
            frames += (i == 0 ? "" : ",") + frame;
        }
        std::string all = text;
        all.replace(begin, frame.size(), frames);
        for (auto at = all.find("s\": 500"); at != std::string::npos; at = all.find("s\": 500")) {
            all.replace(at + 4, 3, std::to_string(interval_ms));
        }
        return all;
    };
    EXPECT_THAT(errors_in(with(1, 100)), IsEmpty());
    EXPECT_THAT(errors_in(with(4, 400)), IsEmpty());
    EXPECT_THAT(
        errors_in(with(4, 390)),
        ElementsAre(
            "/frames: together more than 10 frames a second, which leaves too few slots for commands; "
            "give longer interval_ms"));
    EXPECT_THAT(errors_in(with(5, 600)),
                ElementsAre("/frames: found a list; accepted: a list of 1 to 4 frames"));
}

/// Any payload the parser accepts, filled with any signals, is one frame on the wire.
void expect_sendable(const Profile& profile) {
    for (const FrameTemplate& frame : profile.frames) {
        for (unsigned bits = 0; bits < 32; ++bits) {
            Signals signals;
            for (std::size_t i = 0; i < signals.active.size(); ++i) {
                signals.active[i] = (bits >> i & 1U) != 0;
            }
            const Bytes payload = fill(profile, frame, signals);
            const Bytes wire =
                vebus::encode({.from = profile.address, .number = 5, .message = vebus::Unknown{payload}});
            ASSERT_LE(wire.size(), vebus::max_frame_bytes);
            const auto decoded = vebus::decode(wire);
            ASSERT_TRUE(std::holds_alternative<vebus::Frame>(decoded));
            ASSERT_EQ(std::get<vebus::Frame>(decoded).from, profile.address);
            ASSERT_EQ(vebus::encode_payload(std::get<vebus::Frame>(decoded).message), payload);
        }
    }
}

TEST(ProfileParse, TheLongestPayloadFitsTheWireWhenEveryByteIsEscaped) {
    std::string text =
        invented_with("6B A5", "FB FB FB FB FB FB FB FB FB FB FB FB FB FB FB FB FB FB FB FB FB FB "
                               "FB FB FB");
    text.replace(text.find("\"80\""), 4, "\"E0\""); // with all its bits turned over: FF
    const Profile profile = must_parse(text);
    ASSERT_EQ(profile.frames.front().payload.size(), max_payload_bytes);
    expect_sendable(profile);
}

void damage(std::string& text, std::mt19937& random) {
    constexpr std::string_view telling = "{}[]\",: 0123456789ABCDEF-.e\n\\ntfu/\x01\xFF";
    const auto below = [&](std::size_t n) { return random() % std::max<std::size_t>(n, 1); };
    const auto at = below(text.size());
    switch (random() % 4) {
    case 0:
        text.erase(at, 1 + below(4));
        break;
    case 1:
        text.insert(at, 1, telling[below(telling.size())]);
        break;
    case 2:
        text.insert(below(text.size()), text.substr(at, below(60)));
        break;
    default:
        text.replace(at, 1, 1, telling[below(telling.size())]);
    }
}

TEST(ProfileParse, DamagedFilesGiveErrorsOrAProfileThatCanBeSent) {
    int accepted = 0;
    for (std::uint32_t seed = 1; seed <= 400; ++seed) {
        std::mt19937 random{seed};
        std::string text = invented_text();
        for (int i = 0; i < 12; ++i) {
            damage(text, random);
            SCOPED_TRACE("seed " + std::to_string(seed) + ", damage " + std::to_string(i));
            const auto result = parse(text);
            if (const auto* profile = std::get_if<Profile>(&result)) {
                ++accepted;
                ASSERT_NO_FATAL_FAILURE(expect_sendable(*profile));
            } else {
                const auto& errors = std::get<std::vector<Error>>(result);
                ASSERT_FALSE(errors.empty());
                ASSERT_LE(errors.size(), max_errors);
            }
        }
    }
    EXPECT_GT(accepted, 50) << "damage that always breaks the file tests nothing";
}

} // namespace
} // namespace bms::profile
