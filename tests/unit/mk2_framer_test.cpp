// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/mk2/framer.hpp"

#include <gmock/gmock.h>

#include <random>

namespace bms::mk2 {
namespace {

class Mk2Framer : public testing::Test {
  protected:
    std::vector<Message> messages(const std::vector<Framer::Item>& items) {
        std::vector<Message> all;
        for (const auto& item : items) {
            all.push_back(item.frame.message);
        }
        return all;
    }

    Framer framer;
    const Bytes version = encode(InterfaceVersion{.version = 1170216});
};

TEST_F(Mk2Framer, ChunksOfAnySizeGiveTheSameFrames) {
    Bytes stream;
    const std::vector<Message> said{InterfaceVersion{.version = 1170216},
                                    StateTaken{},
                                    PassThrough{vebus::SwitchCommand{vebus::SwitchState::on}},
                                    LedReport{.leds = leds_not_known, .extra = {0x14}},
                                    PassThrough{vebus::DcInfo{.voltage_10mv = 2650}},
                                    Winmon{.message = vebus::RamValues{.values = {0x02FF, 0xFF06}}}};
    for (const Message& message : said) {
        const Bytes wire = encode(Frame{.message = message, .leds = Leds{1, 4}});
        stream.insert(stream.end(), wire.begin(), wire.end());
    }
    ASSERT_EQ(messages(framer.push(stream)), said);
    for (std::size_t chunk = 1; chunk < 40; chunk += 3) {
        Framer other;
        std::vector<Message> pieces;
        for (std::size_t at = 0; at < stream.size(); at += chunk) {
            const auto part = ByteView(stream).subspan(at, std::min(chunk, stream.size() - at));
            for (auto& message : messages(other.push(part))) {
                pieces.push_back(std::move(message));
            }
        }
        ASSERT_EQ(pieces, said);
        ASSERT_EQ(other.counters().garbage_bytes, 0U);
    }
}

TEST_F(Mk2Framer, AFrameBehindGarbageIsNotLostUnlessTheGarbageHappensToBeAFrame) {
    std::mt19937 random(20260103);
    int by_chance = 0; // one in 256 checksums of what looks like a frame is right
    for (int round = 0; round < 2000; ++round) {
        Framer fresh;
        Bytes stream(random() % 40);
        for (auto& byte : stream) {
            byte = static_cast<std::uint8_t>(random() % 2 == 0   ? random() % 24
                                             : random() % 4 == 0 ? 0xFF
                                                                 : random());
        }
        stream.insert(stream.end(), version.begin(), version.end());
        auto heard = messages(fresh.push(stream));
        for (auto& message : messages(fresh.silence())) {
            heard.push_back(std::move(message));
        }
        if (std::find(heard.begin(), heard.end(), Message(InterfaceVersion{.version = 1170216})) ==
            heard.end()) {
            ASSERT_GE(fresh.counters().frames, 1U);
            ++by_chance;
        }
        ASSERT_FALSE(fresh.waiting());
    }
    EXPECT_LT(by_chance, 20);
}

TEST_F(Mk2Framer, AFrameCutShortCostsOnlyItself) {
    const Bytes cut{0x0F, 0x20, 0xF3, 0x00, 0xC8};
    EXPECT_TRUE(framer.push(cut).empty());
    EXPECT_TRUE(framer.push(version).empty()) << "could still be the rest of it";
    EXPECT_EQ(framer.silence().size(), 1U);
    EXPECT_EQ(framer.counters().rejected_as(Reject::cut_short), 1U);
    EXPECT_EQ(framer.counters().garbage_bytes, cut.size());
    EXPECT_EQ(framer.push(version).size(), 1U);
}

TEST_F(Mk2Framer, CountsWhyBytesAreNoFrame) {
    framer.push(Bytes{0x00});
    framer.push(version);
    framer.push(Bytes{0x05, 0x99});
    framer.push(version);
    Bytes broken = version;
    broken.back() ^= 1;
    framer.push(broken);
    framer.silence();
    framer.push(version);
    EXPECT_EQ(framer.counters().rejected_as(Reject::bad_length), 1U);
    EXPECT_EQ(framer.counters().rejected_as(Reject::bad_head), 1U);
    EXPECT_EQ(framer.counters().rejected_as(Reject::bad_checksum), 1U);
    EXPECT_EQ(framer.counters().frames, 3U);
    EXPECT_EQ(framer.counters().garbage_bytes, 1U + 2U + broken.size());
}

} // namespace
} // namespace bms::mk2
