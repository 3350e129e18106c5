// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/board.hpp"

#include <gmock/gmock.h>

namespace bms::sim {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

class SimBoard : public testing::Test {
  protected:
    SimBoard() {
        board.tell = [this](Peer peer, const std::string& line) {
            told.push_back(std::to_string(peer) + " " + line);
        };
    }

    std::string value(const std::string& name) {
        for (const Named& named : board.get()) {
            if (named.name == name) {
                return named.value;
            }
        }
        return "nothing";
    }

    std::optional<std::string> say(Peer peer, const std::vector<std::string>& words) {
        return board.hear(peer, words);
    }

    Instant now{1'000'000us};
    Board board{[this] { return now; }};
    std::vector<std::string> told;
};

TEST_F(SimBoard, StartsWithAHealthyWorldAndNothingDriven) {
    EXPECT_EQ(value("btv_allow_to_charge"), "closed");
    EXPECT_EQ(value("remote_on"), "on");
    EXPECT_EQ(value("mains_1"), "absent");
    EXPECT_EQ(value("load_disconnect"), "floating");
    EXPECT_THAT(board.history(), IsEmpty());
}

TEST_F(SimBoard, TakesTheWordsOfTheFieldAndThoseOfTheLine) {
    for (const char* word : {"open", "low", "inactive"}) {
        EXPECT_EQ(board.set("btv_pre_alarm", "closed"), std::nullopt);
        EXPECT_EQ(board.set("btv_pre_alarm", word), std::nullopt);
        EXPECT_EQ(value("btv_pre_alarm"), "open") << word;
    }
    EXPECT_EQ(board.set("aux_in", "present"), std::nullopt);
    EXPECT_EQ(value("aux_in"), "present");
}

TEST_F(SimBoard, RefusesAWordWithWhatItTakesInstead) {
    EXPECT_THAT(board.set("remote_h", "closed"), Optional(HasSubstr("remote_h takes on|off")));
    EXPECT_THAT(board.set("btv_alow", "open"), Optional(HasSubstr("btv_allow_to_charge")));
    EXPECT_THAT(board.set("unplug", "nothing"), Optional(HasSubstr("no line named nothing")));
    EXPECT_THAT(board.set("load_disconnect", "high"), Optional(HasSubstr("is an output")));
}

TEST_F(SimBoard, TellsTheHolderOfAnInputEachChangeWithItsTime) {
    EXPECT_THAT(say(7, {"request", "btv_pre_alarm", "in", "daemon"}),
                Optional(std::string("granted btv_pre_alarm high")));
    now += 5ms;
    board.set("btv_pre_alarm", "open");
    board.set("btv_pre_alarm", "open");
    board.set("btv_allow_to_charge", "open");
    EXPECT_THAT(told, ElementsAre("7 edge btv_pre_alarm low 1005000000"));
}

TEST_F(SimBoard, AnOutputFollowsItsHolderAndFloatsWhenLetGo) {
    EXPECT_THAT(say(1, {"request", "load_disconnect", "high", "daemon"}),
                Optional(std::string("granted load_disconnect high")));
    EXPECT_EQ(value("load_disconnect"), "high");
    say(1, {"write", "load_disconnect", "low"});
    EXPECT_EQ(value("load_disconnect"), "floating");
    say(2, {"write", "load_disconnect", "high"});
    EXPECT_EQ(value("load_disconnect"), "floating") << "peer 2 does not hold it";
    say(1, {"write", "load_disconnect", "high"});
    board.gone(1);
    EXPECT_EQ(value("load_disconnect"), "floating") << "a dead daemon drives nothing";
}

TEST_F(SimBoard, RefusesALineThatIsHeldBusyUnpluggedOrUnknown) {
    say(1, {"request", "remote_on", "in", "daemon"});
    EXPECT_THAT(say(2, {"request", "remote_on", "in", "other"}), Optional(HasSubstr("used by \"daemon\"")));
    board.set("busy.mains_1", "sysfs");
    EXPECT_EQ(value("busy.mains_1"), "sysfs");
    EXPECT_THAT(say(2, {"request", "mains_1", "in", "other"}), Optional(HasSubstr("used by \"sysfs\"")));
    board.set("unplug", "mains_2");
    EXPECT_THAT(say(2, {"request", "mains_2", "in", "other"}), Optional(HasSubstr("unplugged")));
    EXPECT_THAT(say(2, {"request", "GPIO17", "in", "other"}), Optional(HasSubstr("no line of that name")));
    EXPECT_THAT(say(2, {"request", "aux_in", "up", "other"}), Optional(HasSubstr("not \"up\"")));
}

TEST_F(SimBoard, AnUnpluggedLineIsLostToItsHolderAndFreeWhenPluggedAgain) {
    say(1, {"request", "remote_on", "in", "daemon"});
    board.set("unplug", "all");
    EXPECT_THAT(told, ElementsAre("1 lost remote_on unplugged from the simulated board"));
    EXPECT_EQ(value("remote_on"), "unplugged");
    board.set("plug", "all");
    EXPECT_EQ(value("remote_on"), "on");
    EXPECT_THAT(say(2, {"request", "remote_on", "in", "other"}),
                Optional(std::string("granted remote_on high")));
}

TEST_F(SimBoard, KeepsTheLastTwoHundredChangesWithTheirTime) {
    say(1, {"request", "pre_alarm", "low", "daemon"});
    now += 1500ms;
    board.set("btv_allow_to_discharge", "open");
    say(1, {"write", "pre_alarm", "high"});
    EXPECT_THAT(board.history(), ElementsAre("1500 btv_allow_to_discharge open", "1500 pre_alarm high"));
    for (int i = 0; i < 300; ++i) {
        board.set("aux_in", i % 2 == 0 ? "present" : "absent");
    }
    EXPECT_EQ(board.history().size(), 200U);
    EXPECT_EQ(board.history().back(), "1500 aux_in absent");
}

TEST_F(SimBoard, FurtherLinesSpeakHighAndLow) {
    EXPECT_EQ(board.add("GPIO17", "high"), std::nullopt);
    EXPECT_EQ(value("GPIO17"), "high");
    EXPECT_EQ(board.add("GPIO18", ""), std::nullopt);
    EXPECT_EQ(value("GPIO18"), "floating");
    EXPECT_THAT(board.add("GPIO19", "open"), Optional(HasSubstr("GPIO19 takes high|low")));
    EXPECT_THAT(board.history(), IsEmpty()) << "how it starts is not a change";
    say(1, {"request", "GPIO18", "low", "daemon"});
    EXPECT_EQ(value("GPIO18"), "low");
    EXPECT_THAT(board.set("GPIO18", "high"), Optional(HasSubstr("is an output")));
}

TEST_F(SimBoard, LeavesWordsItDoesNotKnowToTheControlSide) {
    EXPECT_EQ(say(1, {"set", "remote_on=off"}), std::nullopt);
    EXPECT_EQ(say(1, {"request", "remote_on"}), std::nullopt);
}

} // namespace bms::sim
