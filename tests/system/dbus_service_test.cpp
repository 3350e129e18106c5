// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The life of the service: its name, and a bus that is late, lost, silent or taken.
#include "system/dbus_fixture.hpp"

namespace bms::io {
namespace {

using sdbus::Variant;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(DbusServiceTest, TheNameAppearsOnlyAfterItWasAskedFor) {
    const PrivateBus bus;
    Client client;
    start_service();
    ASSERT_TRUE(eventually([this] { return service->on_bus(); }));
    EXPECT_THAT(client.names(), Not(Contains(our_name)));
    EXPECT_FALSE(service->name_owned());
    service->request_name();
    ASSERT_TRUE(eventually([this] { return service->name_owned(); }));
    EXPECT_THAT(client.names(), Contains(our_name));
    EXPECT_THAT(said.back(), HasSubstr(our_name));
}

TEST_F(DbusServiceTest, TheSessionBusIsUsedWhenItsAddressIsSet) {
    const PrivateBus bus;
    ::setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere", 1);
    choice = BusChoice::automatic;
    start_named();
    EXPECT_THAT(said.back(), HasSubstr("session bus"));
}

// sd-bus compares signatures before a handler is asked; dbus/README.md says which form to use.
TEST_F(DbusServiceTest, AfterTheBusWasKilledNameAndItemsComeBack) {
    PrivateBus bus;
    start_named();
    bus.kill();
    ASSERT_TRUE(eventually([this] { return !service->on_bus(); }));
    EXPECT_FALSE(service->name_owned());
    facts.protection.allow_to_charge = false;
    venus::publish(facts, tree);
    service->flush(now);
    bus.start();
    ASSERT_TRUE(eventually([this] { return service->name_owned(); }));
    Client client;
    EXPECT_EQ(call<Variant>(client, "/Bms/AllowToCharge", "GetValue").get<std::int32_t>(), 0);
    ASSERT_EQ(warned.size(), 1U);
    EXPECT_THAT(warned[0], HasSubstr("Protection goes on"));
}

TEST_F(DbusServiceTest, AnAttemptToConnectKeepsTheLoopRunning) {
    const PrivateBus bus;
    start_service();
    while (!service->on_bus())
        ASSERT_GT(io.run_one_for(20s), 0U) << "the loop had nothing to wait for";
}

TEST_F(DbusServiceTest, ABusThatComesLateIsFound) {
    PrivateBus bus(PrivateBus::Begin::stopped);
    start_service();
    service->request_name();
    ASSERT_TRUE(eventually([this] { return !warned.empty(); }));
    bus.start();
    EXPECT_TRUE(eventually([this] { return service->name_owned(); }));
}

TEST_F(DbusServiceTest, ANameHeldBySomebodyElseIsTakenWhenItIsFree) {
    const PrivateBus bus;
    Client client;
    client.take_name();
    start_service();
    service->request_name();
    ASSERT_TRUE(eventually([this] { return !warned.empty(); }));
    EXPECT_THAT(warned[0], HasSubstr("held by another program"));
    EXPECT_FALSE(service->name_owned());
    client.release_name();
    EXPECT_TRUE(eventually([this] { return service->name_owned(); }));
}

TEST_F(DbusServiceTest, DestroyingTheServiceFreesTheName) {
    const PrivateBus bus;
    Client client;
    start_named();
    service.reset();
    EXPECT_TRUE(eventually([&] { return !std::ranges::count(client.names(), our_name); }));
}

TEST_F(DbusServiceTest, ABusThatIsSilentFromTheStartDoesNotHoldUpTheLoop) {
    PrivateBus bus;
    bus.silence();
    start_service();
    service->request_name();
    EXPECT_LT(longest_gap(1s), 1s);
    EXPECT_FALSE(service->on_bus());
    bus.wake();
    EXPECT_TRUE(eventually([this] { return service->name_owned(); }));
}

TEST_F(DbusServiceTest, ABusThatOwesUsTheNameForFiveSecondsIsTriedAgain) {
    PrivateBus bus;
    start_service();
    ASSERT_TRUE(eventually([this] { return service->on_bus(); }));
    bus.silence();
    service->request_name();
    EXPECT_LT(longest_gap(100ms), 1s);
    ASSERT_TRUE(eventually([this] { return !service->on_bus(); }));
    EXPECT_THAT(warned.back(), HasSubstr("does not answer"));
    bus.wake();
    EXPECT_TRUE(eventually([this] { return service->name_owned(); }));
}

TEST_F(DbusServiceTest, ABusThatFallsSilentHoldsUpNeitherTheLoopNorTheEnd) {
    PrivateBus bus;
    start_named();
    bus.silence();
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 5000; ++i) { // 20 MB: more than the socket's 8 MB take
        facts.identity.custom_name = std::string(4000, static_cast<char>('a' + i % 26));
        venus::publish(facts, tree);
        service->flush(now);
    }
    EXPECT_LT(longest_gap(200ms), 1s);
    service.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s); // half a second where nothing else runs
    bus.wake();
}

TEST_F(DbusServiceTest, EndingWhileTheBusIsSilentLeavesNothingToWaitFor) {
    PrivateBus bus;
    bus.silence();
    start_service();
    longest_gap(50ms);
    const auto begin = std::chrono::steady_clock::now();
    service.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
    bus.wake();
}

} // namespace
} // namespace bms::io
