// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// More questions than the bus takes answers: what is kept of them has a limit.
#include "system/dbus_fixture.hpp"
#include "system/raw_bus_client.hpp"

namespace bms::io {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int questions = 100;

class DbusFlood : public DbusServiceTest {
  protected:
    /// An answer has 200 kB then: a hundred are more than the socket's 8 MB take.
    void start_with_long_answers() {
        facts.identity.custom_name = std::string(100'000, 'x');
        venus::publish(facts, tree);
        start_named();
        service->flush(now);
    }

    PrivateBus bus;
};

TEST_F(DbusFlood, WhileAnswersAreNotTakenNoFurtherQuestionIsReadAndAfterwardsAllAreAnswered) {
    start_with_long_answers();
    test::RawBusClient client(bus.address());
    client.ask_for_items(our_name, questions);
    client.wish_off(our_name);
    client.wait_for_bus();
    bus.silence();
    longest_gap(2s);
    EXPECT_THAT(written, IsEmpty()) << "the last question was read, and 20 MB of answers are kept";
    bus.wake();
    auto all_read = std::async(std::launch::async, [&] { return client.answered(questions); });
    EXPECT_TRUE(eventually([&] { return all_read.wait_for(0s) == std::future_status::ready; }));
    EXPECT_TRUE(all_read.get());
    EXPECT_TRUE(eventually([this] { return !written.empty(); }));
    EXPECT_THAT(written, SizeIs(1));
    EXPECT_THAT(warned, IsEmpty()) << "the connection was kept";
}

TEST_F(DbusFlood, ABusThatTakesNothingForHalfAMinuteIsLeftAndTriedAgain) {
    start_with_long_answers();
    test::RawBusClient client(bus.address());
    client.ask_for_items(our_name, questions);
    client.wait_for_bus();
    bus.silence();
    const auto deadline = std::chrono::steady_clock::now() + 45s;
    while (warned.empty() && std::chrono::steady_clock::now() < deadline)
        longest_gap(100ms);
    ASSERT_THAT(warned, SizeIs(1));
    EXPECT_THAT(warned[0], HasSubstr("has taken nothing from us for 30 s"));
    bus.wake();
    EXPECT_TRUE(eventually([this] { return service->name_owned(); }));
}

} // namespace
} // namespace bms::io
