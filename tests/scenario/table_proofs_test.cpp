// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The compiler proves the tables; here its proofs are shown broken tables, which they must refuse, and the
// real ones once more while the program runs.
#include "bms/core/command.hpp"
#include "bms/core/machine.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bms::core {

enum class Lamp : unsigned char { dark, lit };
enum class LampSignal : unsigned char { pressed, time_over };
template<>
inline constexpr std::size_t count_of<Lamp> = 2;
template<>
inline constexpr std::size_t count_of<LampSignal> = 2;

namespace {

using enum LampSignal;
using LampRow = Row<Lamp, LampSignal>;
using Lamps = std::vector<LampRow>;

/// Dark until pressed; lit until the time is over and nobody presses.
Lamps lamp() {
    return {{Lamp::dark, no(pressed), Lamp::dark, "waits"},
            {Lamp::dark, is(pressed), Lamp::lit, "pressed"},
            {Lamp::lit, is(time_over) & no(pressed), Lamp::dark, "time is over"},
            {Lamp::lit, no(time_over), Lamp::lit, "shines"},
            {Lamp::lit, is(time_over) & is(pressed), Lamp::lit, "held"}};
}

TEST(TableProof, AWholeTableHasOneRowForEverything) { EXPECT_TRUE(exactly_one_row(lamp())); }

TEST(TableProof, AGapIsSeenWhereverItIs) {
    for (std::size_t i = 0; i < lamp().size(); ++i) {
        Lamps table = lamp();
        table.erase(table.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(exactly_one_row(table)) << "without row " << i;
    }
}

TEST(TableProof, TwoRowsForTheSameAreSeen) {
    Lamps table = lamp();
    table.push_back({Lamp::lit, is(pressed) & no(time_over), Lamp::dark, "pressed again"});
    EXPECT_FALSE(exactly_one_row(table));
}

TEST(TableProof, AMoveThatIsFollowedByAnotherAtOnceIsSeen) {
    EXPECT_TRUE(settles_in_one_step(lamp(), no(time_over))) << "the time has just begun";
    Lamps nervous = lamp();
    nervous[3].when = no(time_over) & no(pressed);
    nervous.push_back({Lamp::lit, no(time_over) & is(pressed), Lamp::dark, "dark again"});
    EXPECT_TRUE(exactly_one_row(nervous));
    EXPECT_FALSE(settles_in_one_step(nervous, no(time_over)));
}

TEST(TableProof, TheRealTablesPassWhenTheyAreRunToo) {
    EXPECT_TRUE(exactly_one_row(power_table));
    EXPECT_TRUE(exactly_one_row(discharge_table));
    EXPECT_TRUE(exactly_one_row(charge_table));
    EXPECT_TRUE(exactly_one_row(multi_charge_table));
    EXPECT_TRUE(exactly_one_row(command_table));
    EXPECT_TRUE(command_is_within_wish_and_veto());
}

} // namespace
} // namespace bms::core
