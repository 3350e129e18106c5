// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/places.hpp"
#include "tool/machine_markdown.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace {

TEST(Documents, StateMachinePageIsFresh) {
    std::ifstream file(bms::test::in_source("/src/core/state-machine.md"));
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), bms::tool::machine_markdown()) << "run ./dev docs";
}

} // namespace
