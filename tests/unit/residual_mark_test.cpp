// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/record/residual_mark.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::record {
namespace {

const guard::ResidualKept counted{123.5, 244, 2, true, "boot-1", Instant(3600s), 1'790'000'000};

TEST(ResidualMark, IsReadAsItWasWritten) {
    const auto nothing = residual_from(residual_text(std::nullopt));
    EXPECT_TRUE(nothing.readable);
    EXPECT_EQ(nothing.kept, std::nullopt);
    const auto read = residual_from(residual_text(counted));
    EXPECT_TRUE(read.readable);
    EXPECT_EQ(read.kept, counted);
}

TEST(ResidualMark, HalfATextIsNone) {
    const std::string whole = residual_text(counted);
    for (std::size_t bytes = 0; bytes + 1 < whole.size(); ++bytes) {
        EXPECT_FALSE(residual_from(whole.substr(0, bytes)).readable) << bytes;
    }
    for (const char* text : {"null", "[]", "{}", R"({"format": 2, "counting": false})", R"({"format": 1})",
                             R"({"format": 1, "counting": 1})", R"({"format": 1, "counting": true})"}) {
        EXPECT_FALSE(residual_from(text).readable) << text;
    }
}

TEST(ResidualMark, WithoutOneOfItsPartsOrWithAStrangeOneItIsNone) {
    const std::string whole = residual_text(counted);
    const auto changed = [&](const std::string& part, const std::string& other) {
        std::string text = whole;
        const auto at = text.find(part);
        EXPECT_NE(at, text.npos) << part << " in " << text;
        return residual_from(text.replace(at, part.size(), other)).readable;
    };
    ASSERT_TRUE(changed("boot-1", "boot-1"));
    for (const char* key : {"used_mah", "drain_ma", "told", "at_least", "boot", "at_us", "utc_s"}) {
        EXPECT_FALSE(changed(std::string("\"") + key + "\"", "\"x\"")) << key << " is missing";
    }
    EXPECT_FALSE(changed("123.5", "-1"));
    EXPECT_FALSE(changed("123.5", "1e99"));
    EXPECT_FALSE(changed("123.5", "\"much\""));
    EXPECT_FALSE(changed("\"told\":2", "\"told\":5"));
    EXPECT_FALSE(changed("\"told\":2", "\"told\":-1"));
    EXPECT_FALSE(changed("\"told\":2", "\"told\":1.5"));
    EXPECT_FALSE(changed("\"at_least\":true", "\"at_least\":1"));
    EXPECT_FALSE(changed("\"boot-1\"", "7"));
    EXPECT_FALSE(changed("1790000000", "-5"));
}

} // namespace
} // namespace bms::record
