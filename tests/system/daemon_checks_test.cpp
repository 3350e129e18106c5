// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the checks of the link find, as the user sees it: why the Multi is not controlled, what to do, and the
// way back.
#include "support/places.hpp"
#include "system/daemon_fixture.hpp"

#include <fstream>

namespace bms::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class DaemonChecks : public DaemonTest {
  protected:
    /// With this world from the start on.
    void start_with(const std::string& world) {
        start_board();
        start_multi();
        set_multi(world);
        start_daemon();
        ASSERT_TRUE(permissions_are(true, true));
    }
    void expect_not_controlled(const std::string& why) {
        EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "2"));
        EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "0"));
        EXPECT_THAT(item("/Diagnostics/LinkReason"),
                    AllOf(HasSubstr("not controlling the inverter"), HasSubstr(why), HasSubstr("DVCC")));
        EXPECT_EQ(item("/Connected"), "1") << "it is heard all the same";
    }
};

TEST_F(DaemonChecks, FirmwareBelow415IsError15AndNothingIsSaidToTheMulti) { // M56, M57, M136
    start_with("firmware=2629414");
    expect_not_controlled("2629414 (firmware 414)");
    EXPECT_TRUE(item_is("/VebusError", "15"));
    EXPECT_THAT(item("/Diagnostics/VebusErrorText"), HasSubstr("VE.Bus error 15"));
    EXPECT_THAT(item("/Diagnostics/LinkAdvice"), AllOf(HasSubstr("update it"), HasSubstr("/vebus/link")));
    EXPECT_EQ(item("/FirmwareVersion"), std::to_string(0x414));
    EXPECT_EQ(write("/Mode", 4), 2);
    set("remote_h=off remote_l=off");
    EXPECT_TRUE(permissions_are(false, false));
    EXPECT_EQ(multi("mode"), "on");
    EXPECT_EQ(multi("disable_charge"), "no");
}

TEST_F(DaemonChecks, FirmwareThatNeedsAnAssistantIsWarnedOfOnceAndControlled) { // M55
    start_with("firmware=2629450");
    EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "1"));
    EXPECT_TRUE(log_says("/vebus/assistant_installed"));
    EXPECT_THAT(item("/Diagnostics/LinkAdvice"), HasSubstr("firmware 450"));
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(multi_is("bulk_current_a", "5"));
    EXPECT_EQ(times_in_log("/vebus/assistant_installed"), 1);
}

TEST_F(DaemonChecks, AForeignBmsEndsControlUntilItIsGoneAndTheSystemIsDetectedAgain) { // M102
    start_with("foreign_bms=on");
    expect_not_controlled("VE.Bus BMS");
    EXPECT_EQ(write("/Mode", 4), 2);
    set_multi("foreign_bms=off");
    EXPECT_EQ(write("/RedetectSystem", 1), 0);
    EXPECT_EQ(item("/RedetectSystem"), "0");
    EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "1"));
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "0"));
    EXPECT_EQ(write("/Mode", 4), 0);
    EXPECT_TRUE(multi_is("mode", "off"));
}

TEST_F(DaemonChecks, ADigitalMultiControlHasTheSwitchWhileItIsThere) { // M106
    start_all();
    set_multi("dmc=on");
    EXPECT_TRUE(item_is("/ModeIsAdjustable", "0"));
    EXPECT_EQ(write("/Mode", 4), 2);
    EXPECT_TRUE(log_says("/Mode refused: locked by the Digital Multi Control"));
    EXPECT_EQ(item("/Mode"), "3");
    set_multi("dmc=absent");
    EXPECT_TRUE(item_is("/ModeIsAdjustable", "1"));
    EXPECT_EQ(write("/Mode", 4), 0);
    EXPECT_TRUE(multi_is("mode", "off"));
}

TEST_F(DaemonChecks, AMultiSetUpForABmsIsToldWithTheCure) { // M129
    start_with("configured_for_bms=yes");
    EXPECT_TRUE(
        soon([this] { return item("/Diagnostics/LinkAdvice").find("VEConfigure") != std::string::npos; }));
    EXPECT_TRUE(log_says("VEConfigure"));
}

TEST_F(DaemonChecks, AFrameProfileWithMistakesEndsItWithEachOfThem) {
    const std::string profile = folder / "frames.json";
    std::ofstream(profile) << R"({"frames": 3})";
    configure("/vebus/frame_profile", "\"" + profile + "\"");
    const auto outcome = run(daemon_command({"--check-config"}), folder / "out");
    EXPECT_EQ(outcome.code, 78);
    EXPECT_THAT(outcome.output,
                HasSubstr(config_file() + ": /vebus/frame_profile: " + profile + ": /frames: "));

    configure("/vebus/frame_profile", R"("/nowhere/frames.json")");
    const auto missing = run(daemon_command({"--check-config"}), folder / "out");
    EXPECT_EQ(missing.code, 78);
    EXPECT_EQ(missing.output, config_file() +
                                  ": /vebus/frame_profile: /nowhere/frames.json: cannot be read: No such "
                                  "file or directory\n");
}

TEST_F(DaemonChecks, AFrameProfileIsSentAndKeepsAMultiThatExpectsABmsContent) {
    configure("/vebus/frame_profile", "\"" + in_source("/tests/data/profile/invented.json") + "\"");
    start_with("configured_for_bms=yes bms_timeout_s=2 bms_info=6BA5");
    EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "1"));
    EXPECT_TRUE(multi_is("state", "charging"));
    const auto taken = [this] { return std::stoi(multi("commands_accepted")); };
    const int before = taken();
    EXPECT_TRUE(soon([&] { return taken() >= before + 8; }))
        << "4 s of it, longer than the Multi waits for its BMS";
    EXPECT_EQ(multi("state"), "charging");
    EXPECT_EQ(item("/Diagnostics/LinkAdvice"), "");
}

} // namespace
} // namespace bms::test
