// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/ram_setting.hpp"

#include <gmock/gmock.h>

namespace bms::vebus {
namespace {

using testing::HasSubstr;
using Change = RamSetting::Change;
using Known = Capability::Known;

constexpr Instant start = Instant(1h);
constexpr Change bit_6{.set_bits = 0x40};

struct VebusRamSetting : testing::Test {
    /// The request that is due, taken as sent.
    std::optional<Message> next() {
        const auto message = setting.due(0xA0, now);
        if (message) {
            setting.sent(*message);
        }
        return message;
    }
    std::optional<std::uint16_t> next_write() {
        const auto message = next();
        const auto* write = message ? std::get_if<WriteById>(&*message) : nullptr;
        return write ? std::optional(write->value) : std::nullopt;
    }
    void reads(std::uint16_t value) {
        ASSERT_TRUE(std::holds_alternative<ReadSetting>(next().value()));
        setting.answered(SettingValue{.value = value}, now);
    }
    void says(Verdict verdict, Bytes detail = {}) {
        setting.answered(WinmonVerdict{.verdict = verdict, .detail = std::move(detail)}, now);
    }

    RamSetting setting{0, 10s, 3};
    Instant now = start;
};

TEST_F(VebusRamSetting, NothingIsDueWhileNothingIsWanted) { EXPECT_EQ(next(), std::nullopt); }

TEST_F(VebusRamSetting, AnOriginalCountsOnlyWhenTwoAnswersInARowAgree) {
    setting.want(bit_6);
    reads(0x8114);
    reads(0x0114); // one of them came broken through the checksum
    EXPECT_EQ(setting.original(), std::nullopt);
    reads(0x8114);
    EXPECT_EQ(setting.original(), std::nullopt);
    reads(0x8114);
    EXPECT_EQ(setting.original(), 0x8114);
    EXPECT_EQ(next_write(), 0x8154);
}

TEST_F(VebusRamSetting, OtherBitsAreNeverTouched) {
    for (const int original : {0x0000, 0xFFFF, 0x8114, 0x00BF, 0xFF40}) {
        RamSetting fresh(0, 10s, 3);
        fresh.restore(static_cast<std::uint16_t>(original));
        fresh.want(bit_6);
        EXPECT_EQ(std::get<WriteById>(fresh.due(0xA0, now).value()).value, original | 0x40);
        fresh.want(std::nullopt);
        EXPECT_EQ(std::get<WriteById>(fresh.due(0xA0, now).value()).value, original);
    }
}

TEST_F(VebusRamSetting, AWishWithdrawnBeforeTheFirstWriteLeavesNoTrace) {
    setting.want(bit_6);
    reads(0x8114);
    reads(0x8114);
    setting.want(std::nullopt);
    EXPECT_EQ(next(), std::nullopt);
    EXPECT_EQ(setting.original(), std::nullopt);
}

TEST_F(VebusRamSetting, AWriteWithoutAnswerMustStillBeGivenBack) {
    setting.want(bit_6);
    reads(0x8114);
    reads(0x8114);
    EXPECT_EQ(next_write(), 0x8154);
    setting.unanswered(now);
    setting.want(std::nullopt);
    EXPECT_TRUE(setting.changed());
    EXPECT_EQ(next_write(), 0x8114);
    says(Verdict::setting_written);
    EXPECT_FALSE(setting.changed());
    EXPECT_EQ(next(), std::nullopt);
}

TEST_F(VebusRamSetting, RestsAfterTheLastTryAndGoesOnLater) {
    setting.want(bit_6);
    EXPECT_FALSE(setting.unanswered(now));
    EXPECT_FALSE(setting.unanswered(now));
    EXPECT_TRUE(setting.unanswered(now));
    EXPECT_EQ(next(), std::nullopt);
    EXPECT_THAT(setting.capability().why, HasSubstr("does not answer"));
    now += RamSetting::shortest_rest;
    EXPECT_NE(next(), std::nullopt);
}

TEST_F(VebusRamSetting, EachRestIsTwiceTheOneBeforeUpToTheRepetition) {
    setting.want(bit_6);
    std::vector<Duration> rests;
    for (int i = 0; i < 8; ++i) {
        EXPECT_NE(next(), std::nullopt);
        while (!setting.unanswered(now)) {
        }
        rests.push_back(setting.due_at() - now);
        now = setting.due_at();
    }
    EXPECT_THAT(rests, testing::ElementsAre(250ms, 500ms, 1s, 2s, 4s, 8s, 10s, 10s));
}

TEST_F(VebusRamSetting, AnAnswerAndANewWishMakeTheNextRestShortAgain) {
    setting.want(bit_6);
    const auto rest_of = [this] {
        while (!setting.unanswered(now)) {
        }
        return setting.due_at() - now;
    };
    rest_of();
    EXPECT_EQ(rest_of(), 500ms);
    now += 1s;
    reads(0x8114);
    EXPECT_EQ(rest_of(), 250ms);
    rest_of();
    setting.want(Change{.at_most = 5});
    EXPECT_EQ(rest_of(), 250ms);
}

TEST_F(VebusRamSetting, EveryRefusalIsSaidInItsOwnWords) {
    for (const auto& [verdict, word] : {std::pair{Verdict::access_level_needed, "password"},
                                        std::pair{Verdict::setting_not_supported, "has no setting 0"},
                                        std::pair{Verdict::unknown_command, "does not know the command"}}) {
        setting.forget();
        setting.want(bit_6);
        says(verdict);
        EXPECT_EQ(setting.capability().known, Known::no);
        EXPECT_THAT(setting.capability().why, HasSubstr(word));
        EXPECT_EQ(next(), std::nullopt);
    }
}

TEST_F(VebusRamSetting, AChangeThatWorksOnlyAfterAResetIsNone) {
    setting.restore(0x8114);
    setting.want(bit_6);
    EXPECT_EQ(next_write(), 0x8154);
    says(Verdict::setting_written, {0x01});
    EXPECT_FALSE(setting.in_force());
    EXPECT_THAT(setting.capability().why, HasSubstr("reset"));
}

} // namespace
} // namespace bms::vebus
