// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "config/json.hpp"
#include "config/keys.hpp"
#include "config/values.hpp"
#include "support/places.hpp"

#include "bms/config/config.hpp"
#include "bms/config/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

namespace bms::config {
namespace {

using ::testing::Contains;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace fs = std::filesystem;

const fs::path source_dir{bms::test::in_source("")};
const fs::path data_dir = source_dir / "tests/data/config";
const std::vector<fs::path> examples{source_dir / "config/vebus-bmsd.json",
                                     source_dir / "config/sim.json",
                                     source_dir / "config/venus-gx.json",
                                     source_dir / "config/boards/raspberry-pi-full.json",
                                     source_dir / "config/boards/raspberry-pi-venus.json",
                                     source_dir / "config/boards/gx-built-in.json",
                                     data_dir / "minimal.json",
                                     data_dir / "everything.json"};

std::string read_file(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    EXPECT_TRUE(file) << path << " cannot be read";
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// As the daemon prints them: "POINTER: text".
std::vector<std::string> error_lines(const ParseResult& result) {
    std::vector<std::string> lines;
    for (const auto& error : result.errors)
        lines.push_back(error.pointer + ": " + error.text);
    return lines;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

Config must_parse(const std::string& text) {
    auto result = parse(text);
    EXPECT_THAT(error_lines(result), IsEmpty());
    return result.config.value_or(Config{});
}

/// The simulator's configuration with one value changed: it gives a value to every kind of key. Limits of the
/// SoC rule that are far apart leave room for each alone.
ParseResult parse_with(std::string_view pointer, Node value) {
    Errors none;
    auto root =
        read_json(print(must_parse(read_file(source_dir / "config/sim.json"))), none).value_or(Node{});
    insert(root, "/power/wake_hardware", {"wired"}); // without it one of the numbers is refused
    insert(root, "/shunt/service", {std::string{"auto"}});
    insert(root, "/soc_rule/below_percent", {std::int64_t{1}});
    insert(root, "/soc_rule/back_percent", {std::int64_t{100}});
    insert(root, pointer, std::move(value));
    return parse(write_json(root));
}

TEST(Config, EveryExampleLoads) {
    for (const auto& path : examples) {
        SCOPED_TRACE(path);
        must_parse(read_file(path));
    }
}

TEST(Config, EveryBadFileGivesItsErrors) {
    auto files = 0;
    for (const auto& entry : fs::directory_iterator{data_dir / "bad"}) {
        if (entry.path().extension() != ".json")
            continue;
        SCOPED_TRACE(entry.path());
        const auto result = parse(read_file(entry.path()));
        auto expected = entry.path();
        EXPECT_THAT(error_lines(result),
                    ElementsAreArray(lines_of(read_file(expected.replace_extension("expected")))));
        EXPECT_FALSE(result.config);
        ++files;
    }
    EXPECT_GT(files, 30);
}

TEST(Config, WhatIsLeftOutTakesItsDefault) {
    Config expected;
    expected.btv.allow_to_charge = {.name = "GPIO22", .chip = "", .active_level = Level::low};
    expected.btv.allow_to_discharge = {.name = "GPIO23", .chip = "", .active_level = Level::low};
    expected.outputs.load_disconnect = {.name = "GPIO16", .chip = "", .active_level = Level::high};
    EXPECT_EQ(must_parse(read_file(data_dir / "minimal.json")), expected);
}

TEST(Config, DefaultTimesAreThoseOfTheManual) {
    const auto config = must_parse(read_file(data_dir / "minimal.json"));
    EXPECT_EQ(config.protection.pre_alarm_lead, 30s);         // M15
    EXPECT_EQ(config.protection.reduced_charge_current_a, 5); // M129
    EXPECT_TRUE(config.dbus.notify_pre_alarm);                // Venus OS since 3.00; M16 is older
}

// Each value differs from its default and from its neighbours, so that a mix-up of two keys shows.
TEST(Config, EveryValueLandsInItsField) {
    const auto line = [](unsigned offset, Level level, Bias bias) {
        return Line{
            .name = "", .chip = "/dev/gpiochip1", .offset = offset, .active_level = level, .bias = bias};
    };
    const Config expected{
        .gpio = {GpioBackend::sim, "/run/board.sock"},
        .btv = {line(0, Level::low, Bias::pull_up), line(1, Level::high, Bias::pull_down),
                line(2, Level::low, Bias::disabled), 21ms, 501ms, 101ms},
        .remote = {Remote::Kind::h_and_l,
                   {},
                   line(3, Level::low, Bias::as_is),
                   line(4, Level::high, Bias::as_is),
                   102ms},
        .outputs = {line(5, Level::high, Bias::as_is), line(6, Level::low, Bias::as_is),
                    line(7, Level::high, Bias::as_is), line(8, Level::high, Bias::as_is),
                    line(9, Level::high, Bias::as_is), line(10, Level::high, Bias::as_is),
                    line(11, Level::high, Bias::as_is), line(12, Level::high, Bias::as_is),
                    line(13, Level::high, Bias::as_is), line(14, Level::high, Bias::as_is),
                    line(18, Level::high, Bias::as_is), line(19, Level::high, Bias::as_is)},
        .detectors = {line(15, Level::low, Bias::as_is), line(16, Level::high, Bias::as_is),
                      line(17, Level::low, Bias::as_is)},
        .protection = {31s, 11s, 6s, 7s, Restart::manual, OnHighCell::stop, 4, std::chrono::minutes{61}},
        .vebus = {LinkKind::rs485, "/dev/serial/by-id/usb-x", Transmit::listen, OnStop::release, 700ms,
                  3000ms, 12s, 9ms, MultiUnit::experimental, true, "/etc/vebus-bms/frames.json",
                  Rs485Direction::kernel, "com.victronenergy.vebus.ttyY"},
        .dbus = {BusRole::none,
                 Seconds{1},
                 Seconds{2},
                 BusChoice::session,
                 "com.victronenergy.vebus.ttyX",
                 41,
                 "Boat",
                 false,
                 {28.4, 42}},
        .bank = {50.5, 60, BatteryType::v25, 2, 3, 200.5},
        .system = {InverterCharger::quattro, MainsDetectorUnit::follower, Alternator::solid_switch_104, 55.5,
                   7.5},
        .drains = {4.5, 10, 2.5, 9, 1, 0.5},
        .power = {FedFrom::gx_pow, WakeHardware::wired, 30},
        .shunt = {"com.victronenergy.battery.ttyO2"},
        .soc_rule = {14, 21, 61s, SocAction::loads_off},
        .state_directory = "/data/state",
        .log_level = LogLevel::debug,
    };
    EXPECT_EQ(must_parse(read_file(data_dir / "everything.json")), expected);
}

TEST(Config, PrintReadsBackEqual) {
    for (const auto& path : examples) {
        SCOPED_TRACE(path);
        const auto config = must_parse(read_file(path));
        const auto printed = print(config);
        EXPECT_EQ(must_parse(printed), config);
        EXPECT_EQ(print(must_parse(printed)), printed);
    }
}

TEST(Config, PrintShowsEveryKey) {
    const auto printed = print(must_parse(read_file(source_dir / "config/sim.json")));
    for (const auto& key : config_keys()) {
        const auto name = key.pointer.substr(key.pointer.rfind('/') + 1);
        EXPECT_THAT(printed, HasSubstr("\"" + std::string{name} + "\":"));
    }
}

TEST(Config, EveryNumberIsAcceptedUpToItsLimitsAndNotBeyond) {
    for (const auto& key : config_keys()) {
        if (key.kind != Kind::whole && key.kind != Kind::number)
            continue;
        SCOPED_TRACE(key.pointer);
        EXPECT_THAT(error_lines(parse_with(key.pointer, {key.min})), IsEmpty());
        EXPECT_THAT(error_lines(parse_with(key.pointer, {key.max})), IsEmpty());
        EXPECT_THAT(error_lines(parse_with(key.pointer, {key.min - 1})), SizeIs(1));
        EXPECT_THAT(error_lines(parse_with(key.pointer, {key.max + 1})), SizeIs(1));
    }
}

TEST(Config, EveryWordIsAcceptedAndPrintedAgain) {
    for (const auto& key : config_keys()) {
        if (key.kind != Kind::word)
            continue;
        for (auto word : words_of(key)) {
            SCOPED_TRACE(std::string{key.pointer} + " " + std::string{word});
            const auto result = parse_with(key.pointer, {std::string{word}});
            ASSERT_THAT(error_lines(result), IsEmpty());
            const auto name = key.pointer.substr(key.pointer.rfind('/') + 1);
            const auto member = "\"" + std::string{name} + "\": \"" + std::string{word} + "\"";
            EXPECT_THAT(print(*result.config), HasSubstr(member));
        }
    }
}

TEST(Config, EveryKeyHasAReason) {
    for (const auto& key : config_keys())
        EXPECT_GT(key.why.size(), 15U) << key.pointer;
}

TEST(Config, AWholeNumberMayBeWrittenWithAZeroFraction) {
    const auto result = parse_with("/protection/pre_alarm_lead_s", {45.0});
    ASSERT_TRUE(result.config);
    EXPECT_EQ(result.config->protection.pre_alarm_lead, 45s);
}

TEST(Config, AForeignFileGivesAtMostAHundredErrors) {
    Node root{Node::Object{}};
    for (auto i = 0; i < 500; ++i)
        insert(root, "/setting" + std::to_string(i), {std::int64_t{i}});
    const auto result = parse(write_json(root));
    ASSERT_THAT(result.errors, SizeIs(100));
    EXPECT_THAT(result.errors.back().text, HasSubstr("more wrong than is listed"));
}

// Bytes are changed, dropped, doubled and swapped for ones that mean something in JSON.
void mutate(std::string& text, std::mt19937& random) {
    constexpr std::string_view telling = "{}[]\",:/*0-9.e\n\\ntfu\x01\xFF";
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

TEST(Config, ALongTextIsShownShortenedBetweenItsCharacters) {
    std::string sailors;
    while (sailors.size() < 39)
        sailors += "Z";
    const auto result = parse(R"({"gpio": {"backend": ")" + sailors + "\u00e9t\u00e9\"}}");
    EXPECT_THAT(error_lines(result), testing::Contains(HasSubstr("found \"" + sailors + "...\"")));
}

TEST(Config, DamagedFilesNeverCrashAndNeverGiveAConfigurationWithErrors) {
    constexpr auto damaged_files = 400U; // each 30 times; the fuzz target config takes many more
    for (const auto& path : examples) {
        for (auto seed = 0U; seed < damaged_files / examples.size(); ++seed) {
            std::mt19937 random{seed};
            auto text = read_file(path);
            for (auto i = 0; i < 30; ++i) {
                mutate(text, random);
                const auto result = parse(text);
                ASSERT_EQ(result.config.has_value(), result.errors.empty()) << path << " seed " << seed;
                if (result.config) {
                    ASSERT_EQ(parse(print(*result.config)).config, result.config) << path << " seed " << seed;
                }
            }
        }
    }
}

TEST(ConfigDocuments, TheSchemaInTheTreeIsFresh) {
    EXPECT_TRUE(read_file(source_dir / "config/schema.json") == schema_json()) << "run ./dev docs";
}

TEST(ConfigDocuments, TheListOfKeysInTheTreeIsFresh) {
    EXPECT_TRUE(read_file(source_dir / "config/keys.md") == keys_markdown()) << "run ./dev docs";
}

TEST(ConfigDocuments, TheSchemaIsJsonAndKnowsEverySection) {
    Errors errors;
    const auto schema = read_json(schema_json(), errors);
    EXPECT_TRUE(schema && errors.empty());
    for (auto section : names_in(config_keys(), ""))
        EXPECT_THAT(schema_json(), HasSubstr("    \"" + std::string{section} + "\": {"));
}

TEST(Config, ALongTextIsShownCutBetweenItsCharacters) {
    const std::string letters(39, 'a');
    EXPECT_EQ(describe({letters + "\xC3\xA9" + "tendue"}), "\"" + letters + "...\"");
    EXPECT_EQ(describe({letters + "abc"}), "\"" + letters + "a...\"");
    EXPECT_EQ(describe({std::string(50, '\x80')}), "\"...\"") << "no character begins anywhere";
}

TEST(Config, EveryTextIsAcceptedUpToItsLengthWithoutControlCharacters) {
    for (const auto& key : config_keys()) {
        if (key.kind != Kind::text && key.kind != Kind::path)
            continue;
        SCOPED_TRACE(key.pointer);
        const auto too_long = std::string(static_cast<std::size_t>(key.max) + 1, '/');
        EXPECT_THAT(error_lines(parse_with(key.pointer, {too_long})), Contains(HasSubstr("accepted: a ")));
        EXPECT_THAT(error_lines(parse_with(key.pointer, {std::string("/a\x7F")})),
                    Contains(HasSubstr("accepted: a ")));
    }
    const auto longest = parse_with("/dbus/custom_name", {std::string(32, 'x')});
    ASSERT_TRUE(longest.config);
    EXPECT_EQ(longest.config->dbus.custom_name, std::string(32, 'x'));
}

TEST(Config, ALineIsGivenByANameOrByChipAndOffsetAndNotByAMixture) {
    const std::string line = "/btv/allow_to_charge";
    EXPECT_THAT(error_lines(parse_with(line + "/line", {std::string{}})),
                Contains(HasSubstr("a text of 1 to 31 characters")));
    EXPECT_THAT(error_lines(parse_with(line + "/offset", {std::int64_t{3}})),
                Contains(HasSubstr("which line?")));
    EXPECT_THAT(error_lines(parse_with(line + "/chip", {std::string("/dev/gpiochip0")})),
                Contains(HasSubstr("which line?")));
    EXPECT_THAT(names_in(line_keys("/closed_level"), ""), Contains("closed_level"));
    EXPECT_THAT(names_in(line_keys("/closed_level"), "/closed_level"), IsEmpty()) << "no key lies beneath";
}

TEST(Config, TheRemoteIsOneLineOrTwoComparatorsAndNotAMixture) {
    const auto both =
        parse_with("/remote/on",
                   {Node::Object{{"line", {std::string("remote_on")}}, {"on_level", {std::string("high")}}}});
    EXPECT_THAT(error_lines(both), Contains(HasSubstr("or one with both \"h\" and \"l\"")));
    const auto one_of_two = parse_with(
        "/remote",
        {Node::Object{
            {"on", {Node::Object{{"line", {std::string("remote_on")}}, {"on_level", {std::string("high")}}}}},
            {"l",
             {Node::Object{{"line", {std::string("remote_l")}}, {"on_level", {std::string("high")}}}}}}});
    EXPECT_THAT(error_lines(one_of_two), Contains(HasSubstr("or one with both \"h\" and \"l\"")));
}

TEST(Config, AServiceNameNeedsAWordAfterItsClass) {
    EXPECT_THAT(error_lines(parse_with("/dbus/name", {std::string("com.victronenergy.vebus.")})),
                Contains(HasSubstr("accepted: com.victronenergy.vebus.WORD")));
}

} // namespace
} // namespace bms::config
