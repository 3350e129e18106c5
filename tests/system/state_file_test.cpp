// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/storage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace bms::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct StateFileTest : testing::Test {
    fs::path folder = fs::temp_directory_path() / ("bms-state-" + std::to_string(::getpid()));
    std::string path = folder / "memory.json";
    std::vector<std::string> warnings;

    StateFileTest() { fs::create_directories(folder); }
    ~StateFileTest() override { fs::remove_all(folder); }

    app::Storage storage(bool restart_manual = false) {
        return app::Storage(folder, restart_manual,
                            [this](const std::string& text) { warnings.push_back(text); });
    }
    /// The child that writes is a real process: its end is waited for with a deadline.
    static std::string outcome_of(io::StateFile& file) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (std::chrono::steady_clock::now() < deadline) {
            if (const auto outcome = file.outcome()) {
                return *outcome;
            }
            std::this_thread::yield();
        }
        return "no outcome within 10 s";
    }
};

TEST_F(StateFileTest, WhatIsWrittenIsReadBack) {
    io::StateFile file(path);
    EXPECT_EQ(file.read(), std::nullopt);
    ASSERT_TRUE(file.write("first"));
    EXPECT_EQ(outcome_of(file), "");
    EXPECT_EQ(file.read(), "first");
    ASSERT_TRUE(file.write("second"));
    EXPECT_EQ(outcome_of(file), "");
    EXPECT_EQ(file.read(), "second");
    EXPECT_FALSE(fs::exists(path + ".new"));
}

TEST_F(StateFileTest, AFolderThatIsGoneIsToldInWords) {
    fs::remove_all(folder);
    io::StateFile file(path);
    ASSERT_TRUE(file.write("x"));
    EXPECT_EQ(outcome_of(file), "cannot write " + path + ": No such file or directory");
    EXPECT_THAT(file.write_now("x").value_or(""), HasSubstr("cannot write"));
}

TEST_F(StateFileTest, AHalfWrittenNewFileIsNotTheState) {
    io::StateFile file(path);
    EXPECT_EQ(file.write_now("whole"), std::nullopt);
    std::ofstream(path + ".new") << "ha"; // the power went here
    EXPECT_EQ(file.read(), "whole");
    EXPECT_EQ(file.write_now("next"), std::nullopt);
    EXPECT_EQ(file.read(), "next");
}

TEST_F(StateFileTest, StorageWritesOnChangeAndAtMostOnceAMinute) {
    auto kept = storage();
    const Instant begin{1000s};
    kept.keep({}, begin);
    EXPECT_EQ(kept.next_deadline(), never) << "nothing to remember: no file";
    EXPECT_FALSE(fs::exists(path));
    kept.keep({.memory = {.wish = core::Mode::on}}, begin);
    EXPECT_EQ(kept.next_deadline(), never);
    kept.keep({}, begin + 1s);
    EXPECT_EQ(kept.next_deadline(), begin + 60s);
    kept.keep_now({.memory = {.restart_latched = true}, .originals = {{.flags0 = 0x8114}}});
    const auto again = storage();
    EXPECT_TRUE(again.loaded().memory.restart_latched);
    EXPECT_EQ(again.loaded().originals.front().flags0, 0x8114);
    EXPECT_TRUE(warnings.empty());
}

TEST_F(StateFileTest, ABrokenFileIsNothingStoredAndSaidOnce) {
    std::ofstream(path) << R"({"format": 1, "mem)";
    const auto kept = storage();
    EXPECT_EQ(kept.loaded().memory, core::Memory{});
    EXPECT_THAT(warnings,
                testing::ElementsAre(HasSubstr("cannot be read: starting as if nothing was stored")));
}

// The word of a person is asked for once too often rather than once too seldom.
TEST_F(StateFileTest, ABrokenFileHoldsLoadsThatOnlyAPersonMayRestart) {
    EXPECT_FALSE(storage(true).loaded().memory.restart_latched) << "a first start";
    std::ofstream(path) << "";
    EXPECT_TRUE(storage(true).loaded().memory.restart_latched);
    EXPECT_THAT(warnings, testing::ElementsAre(HasSubstr("loads wait for your word")));
    EXPECT_FALSE(storage(false).loaded().memory.restart_latched);
}

TEST_F(StateFileTest, WhatAFailedWriteDidNotStoreIsWrittenAtTheEnd) {
    auto kept = storage();
    fs::remove_all(folder);
    kept.keep({.memory = {.restart_latched = true}},
              Instant{1000s}); // its child fails, and nobody has asked it yet
    fs::create_directories(folder);
    kept.keep_now({.memory = {.restart_latched = true}});
    EXPECT_TRUE(storage().loaded().memory.restart_latched);
}

} // namespace
} // namespace bms::test
