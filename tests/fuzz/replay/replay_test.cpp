// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The fuzz targets without a fuzzer: every file of their corpora, once. fuzz_targets.inc is written by CMake.
#include "support/places.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <vector>

using Target = int (*)(const std::uint8_t*, std::size_t);

#define FUZZ_TARGET(name) extern "C" int fuzz_##name(const std::uint8_t*, std::size_t);
#include "fuzz_targets.inc"
#undef FUZZ_TARGET

namespace {

struct Named {
    std::string name;
    Target run;
};

const std::vector<Named>& targets() {
    static const std::vector<Named> all{
#define FUZZ_TARGET(name) {#name, fuzz_##name},
#include "fuzz_targets.inc"
#undef FUZZ_TARGET
    };
    return all;
}

std::ostream& operator<<(std::ostream& out, const Named& named) { return out << named.name; }

class FuzzCorpus : public testing::TestWithParam<Named> {};

TEST_P(FuzzCorpus, HoldsWhatTheTargetPromises) {
    const auto folder = std::filesystem::path(bms::test::in_source("/tests/fuzz/corpus")) / GetParam().name;
    ASSERT_TRUE(std::filesystem::is_directory(folder)) << "each target has seeds in " << folder;
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::vector<char> text{std::istreambuf_iterator<char>(in), {}};
        const std::vector<std::uint8_t> bytes(text.begin(), text.end());
        ++files;
        EXPECT_NO_THROW(GetParam().run(bytes.data(), bytes.size())) << entry.path();
    }
    EXPECT_GT(files, 0) << "an empty corpus proves nothing: " << folder;
}

TEST_P(FuzzCorpus, TheEmptyInputIsOneToo) { EXPECT_NO_THROW(GetParam().run(nullptr, 0)); }

INSTANTIATE_TEST_SUITE_P(Fuzz, FuzzCorpus, testing::ValuesIn(targets()),
                         [](const auto& target) { return target.param.name; });

} // namespace
