// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/link_words.hpp"
#include "app/panel_contest.hpp"
#include "support/core_fixture.hpp"

#include <gmock/gmock.h>

namespace bms::test {
namespace {

using namespace app;
using core::Mode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A Multi that is heard, on, and without fault.
struct LinkWords : CoreBench, testing::Test {
    LinkWords() {
        link.heard = true;
        link.active_mode = link.remote_mode = vebus::SwitchState::on;
        link.found.done = true;
        link.found.firmware = vebus::Firmware{2629492};
        inputs.multi = report_of(link);
        start();
    }

    Surroundings around() const {
        return {.inputs = inputs, .link = &link, .panel_contests = contests, .installed = installed_parts};
    }
    venus::Multi multi() const {
        venus::Facts f;
        fill_facts(f, result, around(), now);
        return f.multi;
    }
    std::vector<std::string> advice() const { return link_advice(result, around()); }

    vebus::LinkStatus link;
    Installed installed_parts;
    bool contests = false;
};

TEST_F(LinkWords, AHealthyMultiNeedsNoAdviceAndNoAlarm) {
    EXPECT_THAT(advice(), IsEmpty());
    EXPECT_FALSE(multi().out_of_control);
    EXPECT_TRUE(multi().controlled);
    EXPECT_EQ(multi().error, 0);
    EXPECT_EQ(multi().error_text, "");
    EXPECT_EQ(mode_refusal(result, around()), "");
}

TEST_F(LinkWords, FirmwareIsPublishedTheWayVenusOsReadsIt) { // M54
    EXPECT_EQ(multi().firmware, 0x492U);
    link.found.firmware.reset();
    EXPECT_EQ(multi().firmware, std::nullopt);
}

TEST_F(LinkWords, TooOldFirmwareIsError15WithTheCureAndAnAlarm) { // M56, M57, M136
    link.found.firmware = vebus::Firmware{2629414};
    link.listen_only = vebus::ListenOnly::firmware_too_old;
    link.listen_only_reason = "its firmware is too old";
    EXPECT_EQ(multi().error, 15);
    EXPECT_THAT(multi().error_text, HasSubstr("15"));
    EXPECT_THAT(advice(), ElementsAre(AllOf(HasSubstr("firmware 414"), HasSubstr("update"),
                                            HasSubstr("/vebus/link \"none\""))));
    EXPECT_TRUE(multi().out_of_control);
    EXPECT_FALSE(multi().controlled);
    EXPECT_THAT(multi().link_reason, AllOf(HasSubstr("not controlling the inverter: its firmware is too old"),
                                           HasSubstr("DVCC still protect")));
}

TEST_F(LinkWords, FirmwareThatNeedsAnAssistantIsWarnedOfUntilTheUserGivesHisWord) { // M55
    for (const std::uint32_t version : {2629415U, 2629488U}) {
        link.found.firmware = vebus::Firmware{version};
        installed_parts.assistant = false;
        EXPECT_THAT(advice(), ElementsAre(HasSubstr("/vebus/assistant_installed"))) << version;
        EXPECT_TRUE(multi().controlled) << "it is controlled all the same";
        installed_parts.assistant = true;
        EXPECT_THAT(advice(), IsEmpty()) << version;
    }
    link.found.firmware = vebus::Firmware{2629489};
    installed_parts.assistant = false;
    EXPECT_THAT(advice(), IsEmpty());
}

TEST_F(LinkWords, AMultiThatIsSetUpForABmsIsToldOfUnlessAProfileIsSent) {
    link.found.configured_for_bms = true;
    EXPECT_THAT(advice(), ElementsAre(AllOf(HasSubstr("VEConfigure"), HasSubstr("/vebus/frame_profile"))));
    installed_parts.profile = true;
    EXPECT_THAT(advice(), IsEmpty());
}

TEST_F(LinkWords, EmergencyModeIsDescribed) { // M129-M131
    link.emergency_mode = true;
    EXPECT_THAT(advice(), ElementsAre(AllOf(HasSubstr("misses its BMS"), HasSubstr("5 A"),
                                            HasSubstr("off when AC goes"))));
}

TEST_F(LinkWords, AForeignBmsIsAnAlarmAndTheWayOutIsSaid) {
    link.listen_only = vebus::ListenOnly::foreign_bms;
    link.listen_only_reason = "another VE.Bus BMS answers";
    link.found.bms_version = 1146100;
    EXPECT_TRUE(multi().out_of_control);
    EXPECT_THAT(advice(), ElementsAre(HasSubstr("/RedetectSystem")));
}

TEST_F(LinkWords, ListeningByConfigurationIsNoAlarm) {
    link.listen_only = vebus::ListenOnly::configured;
    link.listen_only_reason = "transmit is \"listen\"";
    EXPECT_FALSE(multi().out_of_control);
    EXPECT_FALSE(multi().controlled);
    EXPECT_THAT(multi().link_reason, HasSubstr("not controlling the inverter"));
}

TEST_F(LinkWords, ADigitalMultiControlLocksTheModeAndGivesItBack) { // M106
    link.digital_multi_control = true;
    EXPECT_TRUE(multi().dmc);
    EXPECT_EQ(multi().dmc_version, std::nullopt);
    EXPECT_TRUE(report_of(link).dmc);
    EXPECT_EQ(mode_refusal(result, around()), "locked by the Digital Multi Control");
    EXPECT_THAT(advice(), ElementsAre(HasSubstr("locked by the Digital Multi Control")));
    link.digital_multi_control = false;
    link.found.dmc_version = 1130110;
    EXPECT_EQ(multi().dmc_version, 1130110);
    EXPECT_TRUE(report_of(link).dmc);
    link.found.dmc_version.reset();
    EXPECT_FALSE(multi().dmc);
    EXPECT_EQ(mode_refusal(result, around()), "");
}

TEST_F(LinkWords, ModeIsRefusedWithTheReasonWhileTheMultiCannotBeTold) {
    link.heard = false;
    EXPECT_THAT(mode_refusal(result, around()), HasSubstr("nothing heard on VE.Bus"));
}

TEST_F(LinkWords, ASwitchThatDoesNotFollowIsAnAlarm) {
    link.mode_refused = true;
    EXPECT_TRUE(multi().out_of_control);
    EXPECT_TRUE(report_of(link).mode_refused);
    EXPECT_THAT(multi().link_reason, HasSubstr("does not follow"));
}

TEST_F(LinkWords, TheEndOfTheLadderSaysWhatStillProtects) { // decisions 6
    result.outputs.multi_not_obeying = core::NotObeying::inverts;
    EXPECT_TRUE(multi().out_of_control);
    EXPECT_FALSE(multi().controlled);
    EXPECT_THAT(multi().link_reason, HasSubstr("LoadDisconnect"));
    EXPECT_THAT(advice(), ElementsAre(HasSubstr("by hand")));
}

TEST_F(LinkWords, WiredTwoSignalInputsAreNamedAmongWhatProtects) {
    installed_parts.two_signal = true;
    link.heard = false;
    EXPECT_THAT(multi().link_reason, HasSubstr("the two-signal inputs and DVCC still protect"));
}

TEST_F(LinkWords, ARemoteThatFightsTheVetoIsNamed) {
    contests = true;
    EXPECT_THAT(advice(), ElementsAre(HasSubstr("another panel, dongle or GX")));
    link.panel_is_dmc = true;
    EXPECT_THAT(advice(), ElementsAre(HasSubstr("the Digital Multi Control keeps switching")));
}

TEST_F(LinkWords, TheUnitThatChargesMostIsTheOneThatMustObey) {
    link.dc_current_a = 12.0;
    EXPECT_EQ(report_of(link).charge_current_da, 120);
    link.highest_unit_current_a = 6.5;
    EXPECT_EQ(report_of(link).charge_current_da, 65);
}

TEST_F(LinkWords, TheActiveInputIsTheOneReportedAndNoneWithoutMains) {
    link.mains_present = true;
    link.ac_input = 1;
    EXPECT_EQ(multi().active_input, 1);
    link.mains_present = false;
    EXPECT_EQ(multi().active_input, 240);
    link.mains_present.reset();
    EXPECT_EQ(multi().active_input, std::nullopt);
}

TEST_F(LinkWords, TheMeanRoundTripIsPublishedOnceThereIsOne) {
    EXPECT_EQ(multi().round_trip_ms, std::nullopt);
    link.statistics.round_trip = {.count = 2, .last = 30ms, .longest = 40ms, .sum = 70ms};
    EXPECT_EQ(multi().round_trip_ms, 35.0);
    EXPECT_EQ(multi().longest_round_trip_ms, 40.0);
}

TEST(PanelContest, CountsOnlyWhatTurnsAgainstAVetoThatWasFollowed) {
    PanelContest contest;
    for (int i = 0; i < 10; ++i) {
        contest.update(Mode::charger_only, Mode::on); // not followed yet
        contest.update(std::nullopt, Mode::on);
    }
    EXPECT_FALSE(contest.goes_on());
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(contest.goes_on()) << i;
        contest.update(Mode::charger_only, Mode::charger_only);
        contest.update(Mode::charger_only, std::nullopt);
        contest.update(Mode::charger_only, Mode::on);
        contest.update(Mode::charger_only, Mode::on);
    }
    EXPECT_TRUE(contest.goes_on());
    contest.update(std::nullopt, Mode::on);
    EXPECT_FALSE(contest.goes_on()) << "the veto is over";
}

} // namespace
} // namespace bms::test
