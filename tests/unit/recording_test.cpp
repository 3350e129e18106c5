// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/core_fixture.hpp"

#include "bms/record/recording.hpp"

#include <gtest/gtest.h>

#include <random>

namespace bms::test {
namespace {

using namespace record;

TEST(Recording, ReplayedGivesTheSameMovesForAnySequenceOfInputs) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        std::mt19937 random(seed);
        CoreBench bench({.start_grace = 1s,
                         .wake_hold = 10s,
                         .wake_pause = 30s,
                         .wake_pause_max = 2min,
                         .restart_manual = seed % 2 == 0});
        Writer writer;
        std::vector<std::string> lines{writer.header({"test", bench.settings, {}})};
        std::size_t skipped = 0;
        for (int i = 0; i < 500; ++i) {
            bench.now += Millis(random() % 20'000);
            auto& in = bench.inputs;
            auto* line = std::array{&in.allow_to_charge, &in.allow_to_discharge, &in.pre_alarm,
                                    &in.remote_h}[random() % 4];
            if (random() % 3 == 0) {
                *line = {random() % 2 == 0 ? core::Level::active : core::Level::inactive, bench.now};
            }
            in.restart_loads = random() % 50 == 0;
            in.soc_rule = random() % 10 == 0 ? static_cast<core::SocRule>(random() % 3) : in.soc_rule;
            in.panel_wish = random() % 20 == 0 ? std::optional(core::Mode::on) : std::nullopt;
            in.mode_wish = random() % 20 == 0 ? std::optional(core::Mode::charger_only) : std::nullopt;
            if (random() % 3 == 0) {
                in.mains = random() % 2 == 0 ? std::nullopt : std::optional(random() % 2 == 0);
                in.multi = {.configured = true,
                            .heard = random() % 2 == 0,
                            .active = core::Mode::on,
                            .ac_present = random() % 2 == 0,
                            .charge_current_da = random() % 30,
                            .dmc = random() % 8 == 0,
                            .mode_refused = random() % 4 == 0};
            }
            const core::State before = bench.state;
            bench.take_step();
            if (auto text = writer.step(in, bench.now, before, bench.result)) {
                lines.push_back(*text);
            } else {
                ++skipped;
            }
        }
        EXPECT_GT(skipped, 0u);

        Reader reader;
        const auto header = reader.header(lines.front());
        ASSERT_TRUE(header) << reader.error();
        core::State state = core::initial_state(header->memory);
        for (std::size_t i = 1; i < lines.size(); ++i) {
            const auto entry = reader.entry(lines[i]);
            ASSERT_TRUE(entry) << reader.error();
            const auto result = core::step(state, entry->inputs, header->settings, entry->at);
            ASSERT_EQ(words_of(result.moves), entry->moves) << "seed " << seed << " line " << i;
            state = result.state;
        }
        EXPECT_EQ(state, bench.state);
    }
}

TEST(Recording, ATornLastLineIsSaidSo) {
    Reader reader;
    ASSERT_TRUE(reader.header(Writer().header({"test", {}, {}})));
    EXPECT_FALSE(reader.entry(R"({"t":12,"in":{"lines_h)"));
    EXPECT_EQ(reader.error(), "line 2: not a step (cut off, perhaps by a power loss)");
}

TEST(Recording, AStepWithWrongValuesIsRefusedWithItsLine) {
    const std::pair<const char*, const char*> wrong[] = {
        {R"({"t":12,"in":{"allow_to_charge":7}})", "line 2: allow_to_charge does not fit"},
        {R"({"t":12,"in":{"allow_to_charge":["sideways",3]}})", "line 2: allow_to_charge does not fit"},
        {R"({"t":12,"in":{"allow_to_charge":["active"]}})", "line 2: allow_to_charge does not fit"},
        {R"({"t":12,"in":{"allow_to_charge":[3,3]}})", "line 2: allow_to_charge does not fit"},
        {R"({"t":12,"in":{"allow_to_charge":["active","3"]}})", "line 2: allow_to_charge does not fit"},
        {R"({"t":12,"in":{"lines_held":1}})", "line 2: lines_held does not fit"},
        {R"({"t":12,"in":{"mains":"yes"}})", "line 2: mains does not fit"},
        {R"({"t":12,"in":{"mode_wish":"warp"}})", "line 2: mode_wish does not fit"},
        {R"({"t":12,"in":{"mode_wish":3}})", "line 2: mode_wish does not fit"},
        {R"({"t":12,"in":{"multi_charge_current_da":1.5}})", "line 2: multi_charge_current_da does not fit"},
        {R"({"t":12,"in":{"soc_rule":"half"}})", "line 2: soc_rule does not fit"},
        {R"({"t":12,"in":{"soc_rule":null}})", "line 2: soc_rule does not fit"},
        {R"({"t":12,"in":{"remote_l":null}})", "line 2: remote_l does not fit"},
        {R"({"t":12,"moves":["power"]})", "line 2: a move is three words"},
        {R"({"t":12,"moves":[[1,"on","off"]]})", "line 2: a move is three words"},
        {R"({"t":12,"moves":[["power",1,"off"]]})", "line 2: a move is three words"},
        {R"({"t":12,"moves":[["power","on"]]})", "line 2: a move is three words"},
        {R"({"t":12,"moves":[["power","on",3]]})", "line 2: a move is three words"},
        {R"({"t":"12"})", "line 2: not a step (cut off, perhaps by a power loss)"}};
    for (const auto& [line, words] : wrong) {
        Reader reader;
        ASSERT_TRUE(reader.header(Writer().header({"test", {}, {}})));
        EXPECT_FALSE(reader.entry(line)) << line;
        EXPECT_EQ(reader.error(), words);
    }
}

TEST(Recording, WhatIsNoLongerKnownReadsAsUnknown) {
    Reader reader;
    ASSERT_TRUE(reader.header(Writer().header({"test", {}, {}})));
    const auto known = reader.entry(
        R"({"t":1,"in":{"mains":true,"multi_active":"on","multi_charge_current_da":25,"multi_ac_present":true}})");
    ASSERT_TRUE(known) << reader.error();
    EXPECT_EQ(known->inputs.mains, true);
    EXPECT_EQ(known->inputs.multi.active, core::Mode::on);
    EXPECT_EQ(known->inputs.multi.charge_current_da, 25);
    const auto lost =
        reader.entry(R"({"t":2,"in":{"mains":null,"multi_active":null,"multi_charge_current_da":null}})");
    ASSERT_TRUE(lost) << reader.error();
    EXPECT_EQ(lost->inputs.mains, std::nullopt);
    EXPECT_EQ(lost->inputs.multi.active, std::nullopt);
    EXPECT_EQ(lost->inputs.multi.charge_current_da, std::nullopt);
    EXPECT_EQ(lost->inputs.multi.ac_present, true) << "what is not named stays";
}

TEST(Recording, AnythingElseIsRefusedInWords) {
    for (const char* text :
         {"", "{}", "[1]", "7", R"({"vebus_bms_recording":"1"})", R"({"vebus_bms_recording":2})",
          R"({"vebus_bms_recording":1})", R"({"vebus_bms_recording":1,"settings":[]})"}) {
        Reader reader;
        EXPECT_FALSE(reader.header(text)) << text;
        EXPECT_NE(reader.error(), "") << text;
    }
}

TEST(Recording, AnOldOneHasNoSocRule) {
    Reader reader;
    ASSERT_TRUE(reader.header(Writer().header({"test", {}, {}})));
    const auto old = reader.entry(R"({"t":1,"in":{"lines_held":true}})");
    ASSERT_TRUE(old) << reader.error();
    EXPECT_EQ(old->inputs.soc_rule, core::SocRule::none);
    EXPECT_EQ(reader.entry(R"({"t":2,"in":{"soc_rule":"loads off"}})")->inputs.soc_rule,
              core::SocRule::loads_off);
}

TEST(Memory, ReadsBackWhatWasStored) {
    const core::Memory memory{.wish = core::Mode::on, .restart_latched = true};
    const auto back = memory_from(memory_text({memory, {{.unit = 2, .flags0 = 0x8114}}}));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->memory, memory);
    EXPECT_EQ(back->originals, (vebus::Originals{{.unit = 2, .flags0 = 0x8114}}));
}

TEST(Memory, OfTheSocRuleItKeepsThatItHasTrippedAndWasOverruled) { // M95
    for (const auto& [tripped, overruled] : {std::pair{true, false}, {true, true}, {false, false}}) {
        const auto back =
            memory_from(memory_text({.soc_rule_tripped = tripped, .soc_rule_overruled = overruled}));
        ASSERT_TRUE(back);
        EXPECT_EQ(back->soc_rule_tripped, tripped);
        EXPECT_EQ(back->soc_rule_overruled, overruled);
    }
    for (const char* rule :
         {"", R"(,"soc_rule":7)", R"(,"soc_rule":{"tripped":1})", R"(,"soc_rule":{"overruled":true})"}) {
        const auto back = memory_from(
            std::string(R"({"format":1,"memory":{"wish":null,"restart_latched":true})") + rule + "}");
        ASSERT_TRUE(back) << "a file of an older version is read";
        EXPECT_TRUE(back->memory.restart_latched);
        EXPECT_FALSE(back->soc_rule_tripped || back->soc_rule_overruled) << rule;
    }
}

TEST(Memory, ABrokenFileReadsAsNothingStored) {
    const std::string good = memory_text({{.wish = core::Mode::on}, {{.flags0 = 1, .bulk_current_a = 2}}});
    for (std::size_t length = 0; length + 3 < good.size(); ++length) {
        EXPECT_FALSE(memory_from(good.substr(0, length))) << length;
    }
    EXPECT_FALSE(memory_from(R"({"format":"1"})"));
    EXPECT_FALSE(memory_from(R"({"format":1,"memory":{"wish":"warp","restart_latched":false}})"));
    EXPECT_FALSE(memory_from(R"({"format":1,"memory":{"wish":3,"restart_latched":0}})"));
}

TEST(Memory, WithoutOneOfItsTwoPartsIsNoMemory) {
    for (const char* memory : {R"([])", R"({})", R"({"restart_latched":true})", R"({"wish":"on"})",
                               R"({"wish":"on","restart_latched":"yes"})"}) {
        EXPECT_FALSE(memory_from(std::string(R"({"format":1,"memory":)") + memory + "}")) << memory;
    }
    EXPECT_TRUE(memory_from(R"({"format":1,"memory":{"wish":null,"restart_latched":true}})"));
}

TEST(Memory, OriginalsThatBelongToNoUnitAreLeftOutAndValuesThatCannotBeAreUnknown) {
    const auto stored = memory_from(
        R"({"format":1,"memory":{"wish":"on","restart_latched":false},"multi_originals":[
            7, {"flags0":1}, {"unit":-1,"flags0":1}, {"unit":256,"flags0":1}, {"unit":"1","flags0":1},
            {"unit":255,"flags0":65536,"bulk_current_a":-1}, {"unit":0,"flags0":65535,"bulk_current_a":1.5}]})");
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->originals, (vebus::Originals{{.unit = 255}, {.unit = 0, .flags0 = 65535}}));
}

} // namespace
} // namespace bms::test
