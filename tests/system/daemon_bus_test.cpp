// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The message bus is missing or goes away: outputs still follow the battery.
#include "system/daemon_fixture.hpp"

#include <algorithm>

namespace bms::test {
namespace {

class DaemonWithoutBus : public DaemonTest {
  protected:
    DaemonWithoutBus() : DaemonTest(PrivateBus::Begin::stopped) {}
};

class DaemonBus : public DaemonTest {};

TEST_F(DaemonWithoutBus, WithoutABusOutputsAndMultiFollowTheLoopsAndTheNameComesWithTheBus) { // M76
    start_board();
    start_multi();
    start_daemon();
    EXPECT_TRUE(line_is("load_disconnect", "high"));
    EXPECT_TRUE(line_is("charge_disconnect", "high"));
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(line_is("charge_disconnect", "floating"));
    EXPECT_TRUE(multi_is("bulk_current_a", "5"));
    EXPECT_TRUE(log_says("Protection goes on without it"));
    bus.start();
    meet_bus();
    EXPECT_TRUE(item_is("/Bms/AllowToCharge", "0"));
    EXPECT_EQ(item("/Bms/AllowToDischarge"), "1");
}

TEST_F(DaemonBus, AKilledBusChangesNoOutputAndTheNameComesBack) {
    start_all();
    lose_bus();
    EXPECT_TRUE(log_says("D-Bus: the session bus was lost"));
    EXPECT_EQ(line("load_disconnect"), "high");
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(line_is("charge_disconnect", "floating"));
    bus.start();
    meet_bus();
    EXPECT_TRUE(item_is("/Bms/AllowToCharge", "0"));
    set("btv_allow_to_charge=closed");
    EXPECT_TRUE(permissions_are(true, true));
}

/// Its heartbeat tells the time, one change a second; what a name waits for at the start ends after two.
TEST_F(DaemonBus, WithoutAServiceOfItsOwnItIsAtRest) {
    configure("/dbus/role", R"("none")");
    configure("/vebus/link", R"("none")");
    start_board();
    start_daemon();
    const auto beats = [this] {
        const auto history = board_history();
        return std::ranges::count_if(history,
                                     [](const auto& change) { return change.starts_with("heartbeat "); });
    };
    ASSERT_TRUE(soon([&] { return beats() >= 4; }));
    const auto used = daemon->cpu_time();
    ASSERT_TRUE(soon([&] { return beats() >= 6; }));
    EXPECT_LT(daemon->cpu_time() - used, 200ms);
}

TEST_F(DaemonBus, ASilentBusDelaysNoOutput) {
    start_all();
    bus.silence();
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(line_is("charge_disconnect", "floating"));
    set("btv_allow_to_charge=closed");
    EXPECT_TRUE(line_is("charge_disconnect", "high"));
    bus.wake();
    EXPECT_TRUE(permissions_are(true, true));
}

} // namespace
} // namespace bms::test
