// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a message bus and the programs on it can do to the daemon: protection goes on meanwhile, and
// afterwards the bus tells the truth again.
#include "system/daemon_fixture.hpp"
#include "system/raw_bus_client.hpp"

#include "bms/venus/paths.hpp"

#include <deque>

namespace bms::test {
namespace {

constexpr const char* our_name = "com.victronenergy.vebus.ttySystem";

// Of org.freedesktop.DBus.RequestName.
constexpr std::uint32_t allow_replacement = 1, replace_existing = 2;
constexpr std::uint32_t primary_owner = 1, in_queue = 2;

// Waiting for the bus would take 5 s and more; the daemon itself takes its debounce of 5 ms.
constexpr auto in_time = 2s;

// dbus-daemon lets a client have 128 questions unanswered.
constexpr int many_questions = 120;

// A thousand clients, and half a megabyte kept for one that does not read.
constexpr const char* limits = R"(
  <limit name="max_completed_connections">3000</limit>
  <limit name="max_connections_per_user">3000</limit>
  <limit name="max_outgoing_bytes">500000</limit>)";

class DbusFaults : public DaemonTest {
  protected:
    DbusFaults() : DaemonTest(PrivateBus::Begin::running, PrivateBus::everything_allowed + limits) {}

    std::deque<RawBusClient> clients(int count) const {
        std::deque<RawBusClient> crowd;
        for (int i = 0; i < count; ++i) {
            crowd.emplace_back(bus.address());
        }
        return crowd;
    }

    /// Asks nothing of the bus: the loop opens, and the output floats in time. The loop stays open, as each
    /// time doubles the delay of the reconnect.
    Is protects() {
        set("btv_allow_to_charge=open");
        if (!soon([this] { return line("charge_disconnect") == "floating"; }, in_time)) {
            return testing::AssertionFailure() << "ChargeDisconnect does not float 2 s after the loop opened";
        }
        return testing::AssertionSuccess();
    }

    /// Of every kind, first with the loop open and then closed: lines, outputs, permissions, limits, VE.Bus.
    void tree_is_true() {
        EXPECT_TRUE(permissions_are(false, true));
        EXPECT_TRUE(item_is("/Bms/Lines/CellHigh", "1"));
        EXPECT_TRUE(item_is("/Bms/Outputs/ChargeDisconnect", "0"));
        EXPECT_TRUE(item_is("/Info/MaxChargeCurrent", "0"));
        set("btv_allow_to_charge=closed");
        EXPECT_TRUE(permissions_are(true, true));
        EXPECT_TRUE(item_is("/Bms/Lines/CellHigh", "0"));
        EXPECT_TRUE(item_is("/Info/MaxChargeCurrent", "100"));
        EXPECT_TRUE(item_is("/Diagnostics/ControlsInverter", "1"));
    }
};

TEST_F(DbusFaults, ABusThatIsRestartedTimeAndAgainIsFoundEachTime) {
    start_all();
    for (int times = 0; times < 3; ++times) {
        client.reset();
        bus.end();
        EXPECT_TRUE(protects());
        bus.start();
        meet_bus();
        tree_is_true();
    }
}

TEST_F(DbusFaults, ABusThatIsKilledAsSoonAsItRunsIsFoundWhenItStays) {
    start_all();
    client.reset();
    for (int times = 0; times < 20; ++times) {
        bus.kill();
        bus.start();
    }
    EXPECT_TRUE(protects());
    meet_bus();
    tree_is_true();
}

TEST_F(DbusFaults, WhileTheBusHangsBothPermissionsFollowTheRemote) {
    start_all();
    bus.silence();
    set("remote_h=off remote_l=off");
    EXPECT_TRUE(soon([this] { return line("load_disconnect") == "floating"; }, in_time));
    EXPECT_TRUE(soon([this] { return line("charge_disconnect") == "floating"; }, in_time));
    set("remote_h=on remote_l=on");
    EXPECT_TRUE(line_is("load_disconnect", "high"));
    EXPECT_TRUE(line_is("charge_disconnect", "high"));
    EXPECT_TRUE(protects());
    bus.wake();
    tree_is_true();
}

TEST_F(DbusFaults, ABusThatHangsWhileTheDaemonStartsHoldsUpNothing) {
    start_board();
    start_multi();
    client.reset();
    bus.silence();
    start_daemon();
    EXPECT_TRUE(line_is("charge_disconnect", "high"));
    EXPECT_TRUE(protects());
    bus.wake();
    meet_bus();
    tree_is_true();
}

// The questions lie ready in the daemon's socket; when it answers them, nobody takes the answers.
TEST_F(DbusFaults, AnswersThatTheBusDoesNotTakeHoldUpNothing) {
    start_all();
    constexpr int questions = 60; // 390 kB of answers, which the bus keeps until they are read
    std::deque<RawBusClient> curious = clients(20);
    daemon->signal(SIGSTOP);
    for (RawBusClient& one : curious) {
        one.ask_for_items(our_name, questions);
        one.wait_for_bus();
    }
    bus.silence();
    daemon->signal(SIGCONT);
    EXPECT_TRUE(protects());
    bus.wake();
    for (RawBusClient& one : curious) {
        EXPECT_TRUE(one.answered(questions)) << one.answers();
        EXPECT_EQ(one.fewest_items(), venus::count(venus::Role::vebus));
    }
    tree_is_true();
}

// The answers to each are 780 kB: the bus throws away what is too much for it.
TEST_F(DbusFaults, ClientsThatSubscribeAndNeverReadAreTheBusesProblem) {
    start_all();
    std::deque<RawBusClient> deaf = clients(20);
    for (RawBusClient& one : deaf) {
        one.subscribe();
        one.ask_for_items(our_name, many_questions);
    }
    EXPECT_TRUE(protects());
    tree_is_true();
    for (const RawBusClient& one : deaf) {
        EXPECT_EQ(one.answers(), 0U);
    }
}

TEST_F(DbusFaults, AThousandClientsAtOnceAllGetEveryItemAndProtectionGoesOn) {
    start_all();
    std::deque<RawBusClient> crowd = clients(1000);
    daemon->signal(SIGSTOP); // so that all of them are asking when it runs
    for (RawBusClient& one : crowd) {
        one.ask_for_items(our_name, 1);
    }
    crowd.back().wait_for_bus();
    daemon->signal(SIGCONT);
    EXPECT_TRUE(protects());
    for (RawBusClient& one : crowd) {
        ASSERT_TRUE(one.answered(1));
        EXPECT_EQ(one.fewest_items(), venus::count(venus::Role::vebus));
    }
    tree_is_true();
}

TEST_F(DbusFaults, ANameThatSomebodyElseHasTakenIsTakenWhenItIsFree) {
    RawBusClient thief(bus.address());
    ASSERT_EQ(thief.request_name(our_name, allow_replacement), primary_owner);
    start_board();
    start_multi();
    start_daemon();
    EXPECT_TRUE(log_says("is held by another program"));
    EXPECT_TRUE(line_is("charge_disconnect", "high"));
    EXPECT_TRUE(protects());
    thief.release_name(our_name);
    EXPECT_TRUE(log_says("on the session bus as com.victronenergy.vebus.ttySystem"));
    tree_is_true();
}

TEST_F(DbusFaults, AThiefWhoWantsToReplaceUsWaitsUntilWeAreGone) {
    start_all();
    RawBusClient thief(bus.address());
    EXPECT_EQ(thief.request_name(our_name, replace_existing), in_queue);
    EXPECT_TRUE(protects());
    tree_is_true();
    client.reset(); // it would ask the thief, who does not answer
    daemon->kill();
    start_daemon();
    EXPECT_TRUE(log_says("is held by another program"));
    EXPECT_TRUE(line_is("charge_disconnect", "high"));
    EXPECT_TRUE(protects());
    thief.release_name(our_name);
    EXPECT_TRUE(log_says("on the session bus as com.victronenergy.vebus.ttySystem"));
    meet_bus();
    tree_is_true();
}

} // namespace
} // namespace bms::test
