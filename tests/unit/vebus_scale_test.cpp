// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/firmware.hpp"
#include "bms/vebus/scale.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bms::vebus {
namespace {

RamInfo info(std::uint16_t scale, std::uint16_t offset = 0) {
    return {.scale = RamInfo::Scale{.scale = scale, .offset = offset}};
}

double value(std::uint16_t scale, std::uint16_t raw, std::uint16_t offset = 0) {
    return scale_of(info(scale, offset))->value_of(raw);
}

TEST(VebusScale, PublishedScaleWordsGiveTheirFactors) {
    EXPECT_NEAR(value(0x7F9C, 22881), 228.81, 1e-9) << "0.01";
    EXPECT_NEAR(value(0x7F38, 200), 1.0, 1e-9) << "0.005: state of charge";
    EXPECT_NEAR(value(0x8064, 0xFF5F), -1.61, 1e-9) << "0.01, signed";
    EXPECT_NEAR(value(0x8064, 161), 1.61, 1e-9);
    EXPECT_NEAR(10 / value(0x7857, 136, 256), 50.0, 0.1) << "inverter period with its offset, in Hz";
    EXPECT_NEAR(10 / value(0x7C2F, 195), 50.1, 0.1) << "mains period";
}

TEST(VebusScale, SmallWordsAreWholeFactorsAndTheSignIsTheWordsOwn) {
    EXPECT_EQ(value(1, 65535), 65535.0);
    EXPECT_EQ(value(0xFFFF, 65535), -1.0) << "word -1: signed, factor 1";
    EXPECT_EQ(value(0x3FFF, 2), 2.0 * 0x3FFF) << "the largest whole factor";
    EXPECT_NEAR(value(0x4000, 0x4000), 1.0, 1e-9) << "the smallest fraction";
    EXPECT_EQ(value(0x7FFF, 7), 7.0);
    EXPECT_EQ(value(1, 10, 0xFFFE), 8.0) << "an offset may be negative";
}

TEST(VebusScale, AnOffsetOf8000NamesABit) {
    const auto fourth = scale_of(info(4, 0x8000));
    ASSERT_TRUE(fourth);
    EXPECT_TRUE(fourth->is_bit);
    EXPECT_EQ(fourth->bit, 3);
    EXPECT_EQ(fourth->value_of(0x0008), 1.0);
    EXPECT_EQ(fourth->value_of(0xFFF7), 0.0);
}

TEST(VebusScale, NoScaleAndScaleZeroAreNotSupported) {
    EXPECT_EQ(scale_of(RamInfo{}), std::nullopt);
    EXPECT_EQ(scale_of(info(0)), std::nullopt);
    EXPECT_EQ(scale_of(info(0, 0x8000)), std::nullopt);
}

TEST(VebusScale, NoWordGivesAnInfiniteValue) {
    EXPECT_EQ(scale_of(info(0x8000)), std::nullopt) << "one part of nothing";
    for (int word = 0; word <= 0xFFFF; ++word) {
        const auto scale = scale_of(info(static_cast<std::uint16_t>(word), 0x8001));
        ASSERT_TRUE(!scale || std::isfinite(scale->value_of(0xFFFF))) << word;
    }
}

TEST(VebusFirmware, TheReleaseIsTheLastThreeDigits) {
    EXPECT_EQ(Firmware{2629492}.release(), 492);
    EXPECT_EQ(Firmware{2648304}.release(), 304);
    EXPECT_EQ(Firmware{2629492}.text(), "2629492 (firmware 492)");
}

TEST(VebusFirmware, ASubVersionInTheTopByteChangesNothing) {
    for (const std::uint32_t sub : {0x01U, 0x7FU, 0xFFU}) {
        const Firmware firmware{sub << 24 | 2629489};
        EXPECT_EQ(firmware.release(), 489);
        EXPECT_EQ(firmware.text(), "2629489 (firmware 489)");
        EXPECT_EQ(band_of(firmware), FirmwareBand::good);
    }
}

TEST(VebusFirmware, TheBandsChangeAt415AndAt489) {
    EXPECT_EQ(band_of({2629000}), FirmwareBand::refused);
    EXPECT_EQ(band_of({2629414}), FirmwareBand::refused);         // M56
    EXPECT_EQ(band_of({2629415}), FirmwareBand::needs_assistant); // M55
    EXPECT_EQ(band_of({2629488}), FirmwareBand::needs_assistant); // M55
    EXPECT_EQ(band_of({2629489}), FirmwareBand::good);            // M54
    EXPECT_EQ(band_of({2629999}), FirmwareBand::good);
    EXPECT_EQ(band_of({}), FirmwareBand::refused) << "no version is no permission";
}

} // namespace
} // namespace bms::vebus
