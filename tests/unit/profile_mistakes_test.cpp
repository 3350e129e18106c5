// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Mistakes in a profile that are seldom made; each is named with its place.
#include "unit/profile_file.hpp"

#include "bms/profile/emitter.hpp"

#include <gmock/gmock.h>

namespace bms::profile {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

void expect_error(std::string_view from, std::string_view to, const std::string& error) {
    EXPECT_THAT(errors_in(invented_with(from, to)), Contains(StartsWith(error))) << to;
}

constexpr std::string_view level =
    "{\"level\": {\"allowed\": \"10\", \"reduced\": \"70\", \"stopped\": \"F0\"}}";
constexpr std::string_view status = "\"status\":";
constexpr std::string_view name = "\"invented for tests, not a real BMS\"";
constexpr std::string_view reply = "20 00 00 00 00 83";

TEST(ProfileMistakes, AHoleIsAnObjectWithAGoodName) {
    expect_error(level, "5", "/frames/0/holes/charge: found 5; accepted:");
    expect_error(status, "\"\":", "/frames/0/holes/: accepted as a hole's name");
    expect_error(status, "\"a_name_of_21_character\":",
                 "/frames/0/holes/a_name_of_21_character: accepted as a hole's name");
    expect_error(
        "{\"cell_low\": 0, \"cell_high\": 1, \"cell_low_imminent\": 2, \"error\": 3, \"remote_off\": 4}",
        "true", "/frames/0/holes/status/bits: found true; accepted:");
}

TEST(ProfileMistakes, HolesAreAnObjectAndFramesAList) {
    const std::string text = invented_text();
    const auto holes = text.find("\"holes\":");
    const auto frames_end = text.find("}\n  ],", holes);
    ASSERT_NE(frames_end, std::string::npos);
    const std::string without = text.substr(0, holes) + "\"holes\": []\n    " + text.substr(frames_end);
    EXPECT_THAT(errors_in(without),
                Contains(StartsWith("/frames/0/holes: found a list; accepted: an object")));
    const auto frames = text.find("\"frames\": [") + 10;
    const auto after = text.find("],", holes) + 1;
    for (const std::string wrong : {"5", "[]", "[1, 2, 3, 4, 5]"}) {
        const std::string changed = text.substr(0, frames) + wrong + text.substr(after);
        EXPECT_THAT(errors_in(changed), Contains(HasSubstr("/frames: found "))) << wrong;
    }
}

TEST(ProfileMistakes, APayloadWithoutAByteIsNoFrame) {
    expect_error("6B A5 {status} {charge} FA", " ", "/frames/0/payload: found 0 bytes");
    expect_error("6B A5", "G4 A5", "/frames/0/payload: \"G4\" is no byte");
    expect_error("6B A5", "4G A5", "/frames/0/payload: \"4G\" is no byte");
}

TEST(ProfileMistakes, AReplyThatVenusWouldNotTakeForABmsIsRefused) {
    expect_error(reply, "20 00 00 00 00 80", "/presence_reply: found 20 first and 80 at index 5");
    expect_error(reply, "21 00 00 00 00 83", "/presence_reply: found 21 first and 83 at index 5");
}

TEST(ProfileMistakes, AWrongTypeIsShownAsItStands) {
    expect_error("\"vebus\"", "7", "/wire: found 7; accepted:");
    expect_error("\"vebus\"", "false", "/wire: found false; accepted:");
    expect_error(name, "null", "/name: found null; accepted: text in one line");
    expect_error(name, "\"a\x7F\"", "/name: found ");
    expect_error("\"format\": 1", "\"format\": 9223372036854775808", "/format: found 9.22");
}

TEST(ProfileMistakes, ALongTextIsCutBetweenTwoCharacters) {
    std::string umlauts;
    for (int i = 0; i < 60; ++i) {
        umlauts += "\u00E4";
    }
    expect_error("\"vebus\"", "\"x" + umlauts + "\"",
                 "/wire: found \"x" + umlauts.substr(0, std::size_t{19} * 2) + "...\"; accepted:");
}

TEST(ProfileMistakes, ASlashAndATildeInAKeyAreWrittenAsAPointerWritesThem) {
    expect_error("\"wire\"", "\"a/b~c\": 1, \"wire\"", "/a~1b~0c: unknown key");
}

TEST(ProfileMistakes, AProfileWithoutFramesSaysNothing) {
    Emitter emitter{Profile{}};
    emitter.say(Signals{});
    EXPECT_EQ(emitter.due(Instant(1h)), std::nullopt);
    EXPECT_EQ(emitter.next_due(), never);
}

} // namespace
} // namespace bms::profile
