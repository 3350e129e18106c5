// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Other services as our client sees them, on a real message bus.
#include "io/dbus_asio.hpp"
#include "io/dbus_client.hpp"
#include "support/fake_service.hpp"
#include "support/private_bus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace bms::io {
namespace {

using namespace std::chrono_literals;
using sdbus::Variant;
using test::FakeService;
using test::PrivateBus;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using venus::Value;
using Kind = FakeService::Kind;

const std::string solar = "com.victronenergy.solarcharger.ttyO1";
const std::string multi = "com.victronenergy.vebus.ttyUSB9";

struct DbusClientTest : ::testing::Test {
    void start() {
        DbusClient::Events events;
        events.appeared = [this](const std::string& name) { seen.push_back("+" + name); };
        events.vanished = [this](const std::string& name) { seen.push_back("-" + name); };
        events.lost = [this] { seen.emplace_back("lost"); };
        events.listed = [this] { seen.emplace_back("listed"); };
        events.warning = [this](const std::string& text) { warned.push_back(text); };
        client = std::make_unique<DbusClient>(io, BusChoice::system, events);
    }

    void start_listed() {
        start();
        ASSERT_TRUE(eventually([this] { return client->listed(); }));
        seen.clear();
    }

    bool eventually(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline)
                return false;
            io.restart();
            io.run_for(5ms);
        }
        return true;
    }

    /// What an asynchronous question is answered, at most once.
    template<typename T, typename Ask>
    std::optional<T> answer_to(Ask ask) {
        int answers = 0;
        std::optional<T> got;
        ask([&](std::optional<T> answer) {
            got = std::move(answer);
            ++answers;
        });
        EXPECT_EQ(answers, 0) << "answered inside the call";
        EXPECT_TRUE(eventually([&] { return answers > 0; }));
        EXPECT_EQ(answers, 1);
        return got;
    }

    std::optional<Value> value_of(const std::string& service, const std::string& path) {
        return answer_to<Value>([&](auto done) { client->get_value(service, path, done); });
    }

    std::optional<DbusClient::Items> items_of(const std::string& service) {
        return answer_to<DbusClient::Items>([&](auto done) { client->get_items(service, done); });
    }

    std::optional<std::int32_t> set(const std::string& service, const std::string& path, const Value& value) {
        return answer_to<std::int32_t>([&](auto done) { client->set_value(service, path, value, done); });
    }

    boost::asio::io_context io;
    std::vector<std::string> seen, warned;
    std::unique_ptr<DbusClient> client;
};

TEST_F(DbusClientTest, NamesThatAreThereAndNamesThatComeAndGoAreSeen) {
    const PrivateBus bus;
    FakeService charger(Kind::batched, {}), driver(Kind::batched, {});
    charger.take(solar);
    driver.take("org.example.other");
    start();
    ASSERT_TRUE(eventually([this] { return client->listed(); }));
    EXPECT_THAT(seen, ElementsAre("+" + solar, "listed"));
    EXPECT_TRUE(client->owner(solar).starts_with(":"));
    seen.clear();
    driver.take(multi);
    ASSERT_TRUE(eventually([this] { return client->present(multi); }));
    driver.release(multi);
    ASSERT_TRUE(eventually([this] { return !client->present(multi); }));
    EXPECT_THAT(seen, ElementsAre("+" + multi, "-" + multi));
    EXPECT_THAT(client->names("com.victronenergy.solarcharger."), ElementsAre(solar));
    EXPECT_THAT(client->names("com.victronenergy.vebus."), IsEmpty());
}

TEST_F(DbusClientTest, ValuesOfEveryTypeAreReadAndUnknownOnesAreInvalid) {
    const PrivateBus bus;
    FakeService charger(Kind::batched,
                        {{"/Int", Variant{std::int32_t{-3}}},
                         {"/Byte", Variant{std::uint8_t{7}}},
                         {"/Short", Variant{std::uint16_t{40}}},
                         {"/Unsigned", Variant{std::uint32_t{4000000000U}}},
                         {"/Long", Variant{std::int64_t{1} << 40}},
                         {"/Bool", Variant{true}},
                         {"/Real", Variant{26.5}},
                         {"/Text", Variant{std::string("Boat")}},
                         {"/Invalid", Variant{std::vector<std::int32_t>{}}},
                         {"/Huge", Variant{std::string(100000, 'x')}},
                         {"/Struct", Variant{sdbus::Struct<std::int32_t, std::string>{1, "x"}}}});
    charger.take(solar);
    start_listed();
    const auto items = items_of(solar);
    ASSERT_TRUE(items);
    EXPECT_EQ(*items, (DbusClient::Items{{"/Int", -3},
                                         {"/Byte", 7},
                                         {"/Short", 40},
                                         {"/Unsigned", 4000000000U},
                                         {"/Long", 1099511627776.0},
                                         {"/Bool", 1},
                                         {"/Real", 26.5},
                                         {"/Text", "Boat"},
                                         {"/Invalid", Value{}},
                                         {"/Huge", Value{}},
                                         {"/Struct", Value{}}}));
    EXPECT_EQ(value_of(solar, "/Real"), Value{26.5});
}

TEST_F(DbusClientTest, AServiceWithoutGetItemsIsAskedForTheValueOfItsRoot) {
    const PrivateBus bus;
    FakeService charger(Kind::leaf_by_leaf, {{"/Dc/0/Current", Variant{12.5}}, {"/State", Variant{3}}});
    charger.take(solar);
    start_listed();
    EXPECT_EQ(items_of(solar), (DbusClient::Items{{"/Dc/0/Current", 12.5}, {"/State", 3}}));
}

TEST_F(DbusClientTest, GarbageAbsenceAndNonsenseAreNoAnswer) {
    const PrivateBus bus;
    FakeService charger(Kind::garbage, {{"/State", Variant{3}}});
    charger.take(solar);
    start_listed();
    EXPECT_EQ(value_of(solar, "/State"), std::nullopt);
    EXPECT_EQ(items_of(solar), std::nullopt);
    EXPECT_EQ(set(solar, "/State", 4), std::nullopt);
    EXPECT_EQ(value_of(solar, "/Nothing"), std::nullopt);
    EXPECT_EQ(value_of("com.victronenergy.absent", "/State"), std::nullopt);
    EXPECT_EQ(value_of("no name'", "no path"), std::nullopt);
}

TEST_F(DbusClientTest, AWriteArrivesWithItsTypeAndItsAnswerComesBack) {
    const PrivateBus bus;
    FakeService driver(Kind::batched, {{"/Mode", Variant{std::int32_t{3}}}});
    driver.take(multi);
    start_listed();
    EXPECT_EQ(set(multi, "/Mode", 1), 0);
    EXPECT_EQ(driver.value("/Mode").get<std::int32_t>(), 1);
    driver.answer = 2;
    EXPECT_EQ(set(multi, "/Mode", 4), 2);
}

TEST_F(DbusClientTest, AFollowerIsToldAllAndThenWhatChangesInBothForms) {
    for (const Kind kind : {Kind::batched, Kind::leaf_by_leaf}) {
        const PrivateBus bus;
        FakeService charger(kind, {{"/Dc/0/Current", Variant{12.5}}, {"/State", Variant{3}}});
        charger.take(solar);
        start_listed();
        DbusClient::Items told;
        int calls = 0;
        client->follow(solar, [&](const DbusClient::Items& items) {
            for (const auto& [path, value] : items)
                told[path] = value;
            ++calls;
        });
        ASSERT_TRUE(eventually([&] { return calls == 1; }));
        EXPECT_EQ(told, (DbusClient::Items{{"/Dc/0/Current", 12.5}, {"/State", 3}}));
        charger.change({{"/Dc/0/Current", Variant{0.5}}});
        ASSERT_TRUE(eventually([&] { return calls == 2; }));
        EXPECT_EQ(told.at("/Dc/0/Current"), Value{0.5});
        client->unfollow(solar);
        charger.change({{"/Dc/0/Current", Variant{9.0}}});
        EXPECT_EQ(value_of(solar, "/Dc/0/Current"), Value{9.0}) << "asked after the signal";
        EXPECT_EQ(calls, 2);
        client.reset();
    }
}

TEST_F(DbusClientTest, AServiceThatComesBackIsReadAgainByItsFollower) {
    const PrivateBus bus;
    FakeService first(Kind::batched, {{"/Mode", Variant{3}}}), second(Kind::batched, {{"/Mode", Variant{4}}});
    start_listed();
    std::vector<DbusClient::Items> told;
    client->follow(multi, [&](const DbusClient::Items& items) { told.push_back(items); });
    first.take(multi);
    ASSERT_TRUE(eventually([&] { return told.size() == 1; }));
    first.release(multi);
    second.take(multi);
    ASSERT_TRUE(eventually([&] { return told.size() == 2; }));
    EXPECT_THAT(told[1], Contains(Pair("/Mode", Value{4})));
    first.change({{"/Mode", Variant{1}}});
    second.change({{"/Mode", Variant{2}}});
    ASSERT_TRUE(eventually([&] { return told.size() == 3; }));
    EXPECT_THAT(told[2], Contains(Pair("/Mode", Value{2}))) << "from the one that holds the name now";
}

// The telemetry of thirty services would wake a process that has nothing to do.
TEST_F(DbusClientTest, OtherServicesSignalsDoNotReachUs) {
    const PrivateBus bus;
    FakeService charger(Kind::batched, {{"/State", Variant{3}}}),
        driver(Kind::batched, {{"/Mode", Variant{3}}});
    charger.take(solar);
    driver.take(multi);
    start_listed();
    int calls = 0;
    client->follow(multi, [&](const auto&) { ++calls; });
    ASSERT_TRUE(eventually([&] { return calls == 1; }));
    io.restart();
    io.run_for(50ms);
    io.restart();
    for (int i = 0; i < 100; ++i)
        charger.change({{"/State", Variant{i}}});
    EXPECT_EQ(io.run_for(200ms), 0U) << "something woke the loop";
    driver.change({{"/Mode", Variant{1}}});
    EXPECT_TRUE(eventually([&] { return calls == 2; }));
}

TEST_F(DbusClientTest, ABusThatComesBackIsListedAndFollowedAgain) {
    PrivateBus bus;
    start_listed();
    std::vector<DbusClient::Items> told;
    client->follow(multi, [&](const DbusClient::Items& items) { told.push_back(items); });
    bus.kill();
    ASSERT_TRUE(eventually([this] { return !seen.empty(); }));
    EXPECT_THAT(seen, ElementsAre("lost"));
    EXPECT_FALSE(client->listed());
    EXPECT_EQ(value_of(multi, "/Mode"), std::nullopt);
    bus.start();
    FakeService driver(Kind::batched, {{"/Mode", Variant{3}}});
    driver.take(multi);
    ASSERT_TRUE(eventually([&] { return told.size() == 1; }));
    driver.change({{"/Mode", Variant{1}}});
    EXPECT_TRUE(eventually([&] { return told.size() == 2; }));
    EXPECT_TRUE(eventually([this] { return client->listed(); }));
    EXPECT_THAT(warned, ElementsAre(::testing::HasSubstr("was lost")));
}

TEST_F(DbusClientTest, ASilentBusHoldsUpNothingAndEveryCallEnds) {
    PrivateBus bus;
    start_listed();
    bus.silence();
    int ended = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < 2 * DbusClient::most_calls; ++i)
        client->get_value(solar, "/State", [&](const auto& answer) { ended += answer ? 0 : 1; });
    ASSERT_TRUE(eventually([&] { return ended >= static_cast<int>(DbusClient::most_calls); }));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s) << "those above the limit end at once";
    EXPECT_TRUE(eventually([&] { return ended == 2 * static_cast<int>(DbusClient::most_calls); }));
    client->get_value(solar, "/State", [](const auto&) { FAIL() << "the client has gone"; });
    client.reset();
    io.restart();
    io.run_for(20ms);
    bus.wake();
}

} // namespace
} // namespace bms::io
