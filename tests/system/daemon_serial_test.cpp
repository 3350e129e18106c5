// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A serial port that is missing, lost, noisy or stuck: told, and without any effect on the outputs.
#include "system/daemon_fixture.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <random>
#include <stop_token>
#include <termios.h>
#include <thread>
#include <unistd.h>

namespace bms::test {
namespace {

using testing::HasSubstr;

/// The far end of the cable, without a Multi on it.
class Pty {
  public:
    explicit Pty(const std::string& link) : master(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
        EXPECT_EQ(::grantpt(master), 0);
        EXPECT_EQ(::unlockpt(master), 0);
        EXPECT_EQ(::symlink(::ptsname(master), link.c_str()), 0);
    }
    ~Pty() { ::close(master); }
    Pty(const Pty&) = delete;
    Pty& operator=(const Pty&) = delete;

    /// What 256 kbaud can carry, until told to stop.
    void flood(const std::stop_token& stop) const {
        std::mt19937 random(1);
        std::array<std::uint8_t, 128> bytes{}; // 5 ms
        while (!stop.stop_requested()) {
            std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random()); });
            [[maybe_unused]] const auto full_is_fine = ::write(master, bytes.data(), bytes.size());
            std::this_thread::sleep_for(5ms);
        }
    }

    const int master;
};

class DaemonSerial : public DaemonTest {
  protected:
    void start_without_multi() {
        start_board();
        start_daemon();
        ASSERT_TRUE(permissions_are(true, true));
    }

    /// From the loop to the output, at most. Bounds hangs; the benchmarks measure.
    void charging_stops_within(std::chrono::milliseconds limit) {
        const auto begin = std::chrono::steady_clock::now();
        set("btv_allow_to_charge=open");
        EXPECT_TRUE(line_is("charge_disconnect", "floating"));
        EXPECT_LT(std::chrono::steady_clock::now() - begin, limit);
    }
};

TEST_F(DaemonSerial, APortThatIsMissingIsNamedAndFoundWhenItAppears) {
    start_without_multi();
    EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "0"));
    EXPECT_THAT(item("/Diagnostics/LinkReason"), HasSubstr(port()));
    charging_stops_within(200ms);
    start_multi();
    EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "1"));
    EXPECT_TRUE(multi_is("bulk_current_a", "5")); // what was missed is made good
    EXPECT_TRUE(item_is("/Diagnostics/LinkReason",
                        "talking to the Multi, its charger told to charge with less, measured"));
    EXPECT_EQ(times_in_log("cannot open"), 1);
}

TEST_F(DaemonSerial, AMultiThatGoesAndComesBackIsControlledAgain) {
    start_all();
    kill_multi();
    EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "0"));
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(item_is("/Connected", "0"));
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "2"));
    start_multi();
    EXPECT_TRUE(item_is("/Connected", "1"));
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "0"));
    EXPECT_EQ(write("/Mode", 4), 0);
    EXPECT_TRUE(multi_is("mode", "off"));
}

// Its RAM is empty and its switch is on: everything has to be said again.
TEST_F(DaemonSerial, AMultiThatWasRestartedUnderAVetoIsStoppedAgainAndGivenBackLater) {
    start_all();
    set("remote_h=off remote_l=off");
    ASSERT_TRUE(multi_is("disable_charge", "yes"));
    kill_multi();
    start_multi();
    EXPECT_TRUE(multi_is("charge_current_a", "0")); // by DisableCharge or, when that takes too long, by off
    set("remote_h=on");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(multi_is("disable_charge", "no"));
    EXPECT_TRUE(multi_is("mode", "on"));
}

TEST_F(DaemonSerial, ASilentMultiIsAnAlarmAndItsReturnEndsIt) {
    start_all();
    set_multi("mute=on");
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "2"));
    EXPECT_EQ(item("/Connected"), "0");
    EXPECT_THAT(item("/Diagnostics/LinkReason"), HasSubstr("nothing heard"));
    EXPECT_TRUE(permissions_are(true, true));
    set_multi("mute=off");
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "0"));
    EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "1"));
}

TEST_F(DaemonSerial, AFloodOfGarbageIsCountedAndDelaysNoOutput) {
    const Pty pty(port());
    start_without_multi();
    const auto used = daemon->cpu_time();
    const auto said = log().size();
    const std::jthread noise([&pty](const std::stop_token& stop) { pty.flood(stop); });
    EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "0"));
    charging_stops_within(200ms);
    set("btv_allow_to_charge=closed");
    EXPECT_TRUE(permissions_are(true, true)); // a second of it
    EXPECT_TRUE(soon([this] { return std::stoi(item("/Diagnostics/FramesBad")) > 10; }));
    EXPECT_EQ(item("/Connected"), "0");
    EXPECT_LT(daemon->cpu_time() - used, 1s);
    EXPECT_LT(log().size() - said, 1000U) << log();
}

// The adapter takes nothing any more: output is stopped on our side, while the Multi is still heard.
TEST_F(DaemonSerial, AStuckPortIsToldOnceAndDelaysNoOutput) {
    start_board();
    start_multi();
    const int adapter = ::open(port().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK);
    start_daemon();
    ASSERT_TRUE(multi_is("mode", "on"));
    ASSERT_TRUE(permissions_are(true, true));
    ASSERT_TRUE(item_is("/Diagnostics/ControlsInverter", "1"));
    ASSERT_EQ(::tcflow(adapter, TCOOFF), 0);
    const auto used = daemon->cpu_time();
    charging_stops_within(200ms);
    EXPECT_TRUE(log_says("takes no more bytes"));
    set("remote_h=off remote_l=off");
    EXPECT_TRUE(permissions_are(false, false));
    set("remote_h=on btv_allow_to_charge=closed");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_EQ(times_in_log("takes no more bytes"), 1);
    EXPECT_LT(daemon->cpu_time() - used, 1s);

    ASSERT_EQ(::tcflow(adapter, TCOON), 0);
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(multi_is("bulk_current_a", "5"));
    ::close(adapter);
}

} // namespace
} // namespace bms::test
