// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/venus/item_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace bms::venus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Instant start{1000s};

TEST(ItemTree, BeginsWithEverythingInvalid) {
    const ItemTree tree;
    for (const Row& row : paths) {
        EXPECT_FALSE(is_valid(tree.value(row.id)));
        EXPECT_EQ(tree.text(row.id), "---");
    }
}

TEST(ItemTree, TellsAllThatChangedTogetherAndOnlyOnce) {
    ItemTree tree;
    tree.set(Path::allow_to_charge, 0);
    tree.set(Path::bms_error, 1);
    EXPECT_THAT(tree.take_changes(start), ElementsAre(Path::allow_to_charge, Path::bms_error));
    EXPECT_THAT(tree.take_changes(start), IsEmpty());
}

TEST(ItemTree, TheLargestNumberHasAllItsDigitsAsText) {
    ItemTree tree;
    tree.set(Path::dc_voltage, std::numeric_limits<double>::lowest());
    const std::string text = tree.text(Path::dc_voltage);
    EXPECT_EQ(text.size(), 1U + 309 + 3 + 1); // sign, digits, ".00", "V"
    EXPECT_TRUE(text.ends_with(".00V")) << text;
}

TEST(ItemTree, AnEqualValueIsNoChange) {
    ItemTree tree;
    tree.set(Path::allow_to_charge, 1);
    tree.take_changes(start);
    tree.set(Path::allow_to_charge, 1);
    EXPECT_THAT(tree.take_changes(start + 1s), IsEmpty());
}

TEST(ItemTree, AValueThatWentThereAndBackIsNoChange) {
    ItemTree tree;
    tree.set(Path::allow_to_charge, 1);
    tree.take_changes(start);
    tree.set(Path::allow_to_charge, 0);
    tree.set(Path::allow_to_charge, 1);
    EXPECT_THAT(tree.take_changes(start), IsEmpty());
}

TEST(ItemTree, BecomingInvalidIsAChange) {
    ItemTree tree;
    tree.set(Path::state, 9U);
    tree.take_changes(start);
    tree.set(Path::state, Value{});
    EXPECT_THAT(tree.take_changes(start), ElementsAre(Path::state));
}

TEST(ItemTree, TelemetryIsToldAtMostOnceASecondAndFlagsAtOnce) {
    ItemTree tree;
    tree.set(Path::dc_voltage, 26.0);
    EXPECT_THAT(tree.take_changes(start), ElementsAre(Path::dc_voltage));
    tree.set(Path::dc_voltage, 26.1);
    tree.set(Path::allow_to_charge, 0);
    EXPECT_THAT(tree.take_changes(start + 10ms), ElementsAre(Path::allow_to_charge));
    tree.set(Path::dc_current, 4.0);
    EXPECT_THAT(tree.take_changes(start + 999ms), IsEmpty());
    EXPECT_THAT(tree.take_changes(start + 1s), ElementsAre(Path::dc_voltage, Path::dc_current));
}

TEST(ItemTree, StatisticsAreToldAtMostEveryTenSeconds) {
    ItemTree tree;
    tree.set(Path::frames_sent, 1U);
    EXPECT_THAT(tree.take_changes(start), ElementsAre(Path::frames_sent));
    tree.set(Path::frames_sent, 2U);
    tree.set(Path::dc_voltage, 26.0);
    EXPECT_THAT(tree.take_changes(start + 1s), ElementsAre(Path::dc_voltage));
    EXPECT_THAT(tree.take_changes(start + 9999ms), IsEmpty());
    tree.set(Path::syncs, 500U);
    EXPECT_THAT(tree.take_changes(start + 10s), ElementsAre(Path::frames_sent, Path::syncs));
}

TEST(ItemTree, TelemetryAndStatisticsThatNeverRestMakeNoMoreThanOneSignalASecond) {
    ItemTree tree;
    int signals = 0;
    for (Duration passed{}; passed < 60s; passed += 20ms) {
        const auto turn = static_cast<std::uint32_t>(passed / 20ms);
        tree.set(Path::dc_voltage, 26.0 + turn / 7);
        if (passed > 350ms) {
            tree.set(Path::frames_sent, turn);
        }
        signals += tree.take_changes(start + passed).empty() ? 0 : 1;
    }
    EXPECT_LE(signals, 60);
    EXPECT_GE(signals, 50);
}

TEST(ItemTree, ANumberThatIsNotFiniteIsInvalidAndNoEndlessChange) {
    ItemTree tree;
    tree.set(Path::dc_voltage, std::nan(""));
    EXPECT_FALSE(is_valid(tree.value(Path::dc_voltage)));
    EXPECT_THAT(tree.take_changes(start), IsEmpty());
}

TEST(ItemTreeDeathTest, AStringWhereANumberBelongsEndsTheProcess) {
    ItemTree tree;
    EXPECT_DEATH(tree.set(Path::firmware_version, "489"), "");
    EXPECT_DEATH(tree.set(Path::allow_to_charge, 1U), "");
}

struct Offer {
    Path path;
    Value offered;
    int answer;
    std::optional<Value> ask;
};

TEST(ItemTree, AWriteIsCheckedBeforeAnybodyIsAsked) {
    ItemTree tree;
    tree.set(Path::mode, 3U);
    tree.set(Path::custom_name, "Boat");
    tree.set(Path::restart, 0);
    tree.set(Path::allow_to_charge, 0);
    const Offer offers[] = {{Path::mode, 1, 0, Value{1U}},
                            {Path::mode, 1U, 0, Value{1U}},
                            {Path::mode, 4.0, 0, Value{4U}},
                            {Path::mode, 3, 0, Value{3U}}, // said again: it may overrule
                            {Path::mode, 0, 2, {}},
                            {Path::mode, 5, 2, {}},
                            {Path::mode, -1, 1, {}},
                            {Path::mode, 3.5, 1, {}},
                            {Path::mode, std::string("on"), 1, {}},
                            {Path::mode, Value{}, 1, {}},
                            {Path::mode, std::nan(""), 1, {}},
                            {Path::mode, 5e9, 1, {}},
                            {Path::mode, -5e9, 1, {}},
                            {Path::restart, 5e9, 1, {}},
                            {Path::restart, -5e9, 1, {}},
                            {Path::restart, -1, 2, {}},
                            {Path::restart, 0.5, 1, {}},
                            {Path::custom_name, std::string("Yacht"), 0, Value{"Yacht"}},
                            {Path::custom_name, std::string("Boat"), 0, {}},
                            {Path::custom_name, 7, 1, {}},
                            {Path::custom_name, std::string(max_text_bytes + 1, 'x'), 2, {}},
                            {Path::restart, 1, 0, Value{1}},
                            {Path::restart, 0, 0, {}},
                            {Path::restart, 2, 2, {}},
                            {Path::restart, -1, 2, {}},
                            {Path::restart, 3e9, 1, {}},
                            {Path::restart, -3e9, 1, {}},
                            {Path::mode, 5e9, 1, {}},
                            {Path::allow_to_charge, 1, 1, {}},
                            {Path::allow_to_charge, 0, 1, {}}};
    for (const auto& [path, offered, answer, ask] : offers) {
        const auto check = check_write(tree, path, offered);
        EXPECT_EQ(check.answer, answer) << row_of(path).path;
        EXPECT_EQ(check.ask, ask) << row_of(path).path;
    }
}

} // namespace
} // namespace bms::venus
