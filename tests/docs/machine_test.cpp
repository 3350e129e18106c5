// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/machine_markdown.hpp"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace {

TEST(Documents, StateMachinePageIsFresh) {
    std::ifstream file(BMS_SOURCE_DIR "/src/core/state-machine.md");
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), bms::tool::machine_markdown()) << "run ./dev docs";
}

} // namespace
