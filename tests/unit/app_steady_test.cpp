// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Time alone is no news: what is told of a time is an instant, never a duration that goes on.
#include "app/mapping.hpp"
#include "support/core_fixture.hpp"

#include <gmock/gmock.h>

namespace bms::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Steady : CoreBench, testing::Test {
    std::vector<venus::Path> told() {
        app::fill_facts(facts, result, {.inputs = inputs, .link = nullptr, .last_move = moved}, now);
        venus::publish(facts, tree);
        return tree.take_changes(now);
    }

    venus::Facts facts;
    venus::ItemTree tree;
    Instant moved{5s};
};

TEST_F(Steady, ADayInWhichNothingHappensTellsNothing) {
    start();
    run(1min);
    told();
    for (int hour = 0; hour < 24; ++hour) {
        run(1h);
        EXPECT_THAT(told(), IsEmpty()) << "in hour " << hour;
    }
}

TEST_F(Steady, TheStateIsToldWithTheInstantOfItsStart) {
    start();
    run(1min);
    told();
    EXPECT_EQ(tree.value(venus::Path::bms_since), venus::Value{5});
    moved = Instant{90s};
    EXPECT_THAT(told(), ElementsAre(venus::Path::bms_since));
    EXPECT_EQ(tree.value(venus::Path::bms_since), venus::Value{90});
}

} // namespace
} // namespace bms::test
