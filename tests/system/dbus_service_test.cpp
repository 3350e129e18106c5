// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Our service on a real message bus, seen by a client on a connection of its own.
#include "io/dbus_asio.hpp"
#include "io/dbus_service.hpp"
#include "io/sdbus_compat.hpp"
#include "support/private_bus.hpp"

#include "bms/venus/facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <map>
#include <mutex>
#include <utility>

namespace bms::io {
namespace {

using namespace std::chrono_literals;
using sdbus::Variant;
using test::PrivateBus;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using venus::Path;
using Properties = std::map<std::string, Variant>;
using Items = std::map<std::string, Properties>;

constexpr const char* our_name = "com.victronenergy.vebus.ttyTest";
constexpr const char* bus_item = "com.victronenergy.BusItem";

/// Another program on the bus. Its connection has a thread of its own, so that its calls can wait for ours.
class Client {
  public:
    Client() : bus_(sdbus::createSessionBusConnection()), root_(proxy("/")) {
        root_->uponSignal("ItemsChanged").onInterface(bus_item).call([this](const Items& items) {
            const std::scoped_lock lock(mutex_);
            signals_.push_back(items);
        });
#if !__has_include(<sdbus-c++/VTableItems.h>)
        root_->finishRegistration();
#endif
        bus_->enterEventLoopAsync();
    }
    ~Client() {
        bus_->leaveEventLoop();
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    std::unique_ptr<sdbus::IProxy> proxy(const std::string& path) {
        return sdbus::createProxy(*bus_, compat::ServiceName{our_name}, compat::ObjectPath{path});
    }

    template<typename Result, typename... Arguments>
    Result call(const std::string& path, const char* method, Arguments... arguments) {
        Result result{};
        proxy(path)
            ->callMethod(method)
            .onInterface(bus_item)
            .withTimeout(20s)
            .withArguments(arguments...)
            .storeResultsTo(result);
        return result;
    }

    std::vector<std::string> names() {
        std::vector<std::string> result;
        sdbus::createProxy(*bus_, compat::ServiceName{"org.freedesktop.DBus"},
                           compat::ObjectPath{"/org/freedesktop/DBus"})
            ->callMethod("ListNames")
            .onInterface("org.freedesktop.DBus")
            .storeResultsTo(result);
        return result;
    }

    void take_name() {
        bus_->requestName(compat::ServiceName{our_name});
    }
    void release_name() {
        bus_->releaseName(compat::ServiceName{our_name});
    }

    std::vector<Items> signals() const {
        const std::scoped_lock lock(mutex_);
        return signals_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<Items> signals_;
    std::unique_ptr<sdbus::IConnection> bus_;
    std::unique_ptr<sdbus::IProxy> root_;
};

class DbusServiceTest : public ::testing::Test {
  protected:
    void SetUp() override {
        facts.protection.inputs_valid = facts.protection.remote_on = true;
        facts.protection.allow_to_charge = facts.protection.allow_to_discharge = true;
        facts.identity.custom_name = "Boat";
        venus::publish(facts, tree);
    }

    void start_service() {
        DbusService::Events events;
        events.written = [this](Path path, const venus::Value& value) {
            written.emplace_back(path, value);
            return answer;
        };
        events.info = [this](const std::string& text) { said.push_back(text); };
        events.warning = [this](const std::string& text) { warned.push_back(text); };
        service = std::make_unique<DbusService>(io, BusSettings{choice, our_name}, tree, events);
    }

    void start_named() {
        start_service();
        service->request_name();
        ASSERT_TRUE(eventually([this] { return service->name_owned(); }));
    }

    /// Runs the service until the condition holds, for 20 s at most.
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

    /// Runs the service while the client's call waits for it.
    template<typename Call>
    auto serve(Call call) {
        auto result = std::async(std::launch::async, call);
        EXPECT_TRUE(eventually([&] { return result.wait_for(0s) == std::future_status::ready; }));
        return result.get();
    }

    template<typename Result, typename... Arguments>
    Result call(Client& client, const std::string& path, const char* method, Arguments... arguments) {
        return serve([&] { return client.call<Result>(path, method, arguments...); });
    }

    template<typename... Arguments>
    std::string error_of(Client& client, const std::string& path, const char* method,
                         Arguments... arguments) {
        return serve([&]() -> std::string {
            try {
                client.call<Variant>(path, method, arguments...);
            } catch (const sdbus::Error& error) {
                return error.getName();
            }
            return "";
        });
    }

    int set(Client& client, const std::string& path, const Variant& value) {
        return call<std::int32_t>(client, path, "SetValue", value);
    }

    /// The longest time the loop was away while it ran for `how_long`.
    std::chrono::milliseconds longest_gap(std::chrono::milliseconds how_long) {
        using Clock = std::chrono::steady_clock;
        const auto end = Clock::now() + how_long;
        auto last = Clock::now();
        Clock::duration longest{};
        boost::asio::steady_timer timer(io);
        while (last < end) {
            io.restart();
            timer.expires_after(5ms);
            timer.async_wait([](boost::system::error_code) {});
            io.run_one();
            const auto turn = Clock::now();
            longest = std::max(longest, turn - last);
            last = turn;
        }
        return std::chrono::duration_cast<std::chrono::milliseconds>(longest);
    }

    boost::asio::io_context io;
    BusChoice choice = BusChoice::system;
    venus::Facts facts;
    venus::ItemTree tree;
    std::unique_ptr<DbusService> service;
    std::vector<std::string> said, warned;
    std::vector<std::pair<Path, venus::Value>> written;
    int answer = 0;
    Instant now{1000s};
};

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

TEST_F(DbusServiceTest, AnItemTellsItsValueAndItsText) {
    const PrivateBus bus;
    Client client;
    start_named();
    EXPECT_EQ(call<Variant>(client, "/Bms/AllowToCharge", "GetValue").get<std::int32_t>(), 1);
    EXPECT_EQ(call<std::string>(client, "/Mode", "GetText"), "on");
    EXPECT_EQ(call<Variant>(client, "/Mode", "GetMin").get<std::int32_t>(), 1);
    EXPECT_EQ(call<Variant>(client, "/Mode", "GetMax").get<std::int32_t>(), 4);
    EXPECT_EQ(error_of(client, "/State", "GetMax"), "org.freedesktop.DBus.Error.UnknownMethod");
}

TEST_F(DbusServiceTest, AnInvalidValueIsAnEmptyArray) {
    const PrivateBus bus;
    Client client;
    start_named();
    const auto value = call<Variant>(client, "/FirmwareVersion", "GetValue");
    ASSERT_TRUE(value.containsValueOfType<std::vector<std::int32_t>>());
    EXPECT_THAT(value.get<std::vector<std::int32_t>>(), IsEmpty());
    EXPECT_EQ(call<std::string>(client, "/FirmwareVersion", "GetText"), "---");
}

TEST_F(DbusServiceTest, AFolderTellsAllBelowItWithoutTheLeadingSlash) {
    const PrivateBus bus;
    Client client;
    start_named();
    const auto lines = call<Variant>(client, "/Bms/Lines", "GetValue").get<Properties>();
    EXPECT_EQ(lines.size(), 4U);
    EXPECT_EQ(lines.at("CellHigh").get<std::int32_t>(), 0);
    const auto texts = call<Variant>(client, "/Bms", "GetText").get<std::map<std::string, std::string>>();
    EXPECT_EQ(texts.at("AllowToCharge"), "1");
    EXPECT_EQ(texts.at("Lines/CellLow"), "0");
    const auto all = call<Variant>(client, "/", "GetValue").get<Properties>();
    EXPECT_EQ(all.size(), venus::path_count);
    EXPECT_EQ(all.at("Bms/AllowToDischarge").get<std::int32_t>(), 1);
}

TEST_F(DbusServiceTest, GetItemsTellsEveryPathOfTheTableWithValueAndText) {
    const PrivateBus bus;
    Client client;
    start_named();
    const auto items = call<Items>(client, "/", "GetItems");
    ASSERT_EQ(items.size(), venus::path_count);
    for (const venus::Row& row : venus::paths) {
        const auto& item = items.at(std::string(row.path));
        EXPECT_EQ(item.at("Text").get<std::string>(), tree.text(row.id)) << row.path;
        EXPECT_EQ(item.count("Value"), 1U);
    }
    EXPECT_EQ(items.at("/Alarms/LowBattery").at("Value").peekValueType(), std::string("u"));
    EXPECT_EQ(items.at("/Bms/AllowToCharge").at("Value").peekValueType(), std::string("i"));
}

TEST_F(DbusServiceTest, WhatChangedTogetherIsOneSignal) {
    const PrivateBus bus;
    Client client;
    start_named();
    service->flush(now);
    ASSERT_TRUE(eventually([&] { return client.signals().size() == 1; }));
    facts.protection.allow_to_charge = facts.protection.allow_to_discharge = false;
    facts.protection.cable_fault = true;
    venus::publish(facts, tree);
    service->flush(now);
    service->flush(now);
    facts.identity.custom_name = "the last signal";
    venus::publish(facts, tree);
    service->flush(now);
    ASSERT_TRUE(eventually([&] { return client.signals().size() == 3; }));
    const auto changes = client.signals()[1];
    EXPECT_EQ(changes.at("/Bms/AllowToCharge").at("Value").get<std::int32_t>(), 0);
    EXPECT_EQ(changes.at("/Bms/AllowToDischarge").at("Text").get<std::string>(), "0");
    EXPECT_EQ(changes.at("/Bms/Error").at("Value").get<std::int32_t>(), 1);
    EXPECT_EQ(changes.count("/Bms/BmsType"), 0U);
}

TEST_F(DbusServiceTest, AWriteIsAnsweredWithVictronsCodes) {
    const PrivateBus bus;
    Client client;
    start_named();
    EXPECT_EQ(set(client, "/Mode", Variant{std::int32_t{4}}), 0);
    ASSERT_EQ(written.size(), 1U);
    EXPECT_EQ(written[0].first, Path::mode);
    EXPECT_EQ(written[0].second, venus::Value{4U});
    EXPECT_EQ(set(client, "/Mode", Variant{std::int32_t{3}}), 0) << "equal to the present value";
    EXPECT_EQ(set(client, "/Mode", Variant{std::int32_t{9}}), 2);
    EXPECT_EQ(set(client, "/Mode", Variant{std::string("off")}), 1);
    EXPECT_EQ(set(client, "/Bms/AllowToCharge", Variant{std::int32_t{1}}), 1);
    EXPECT_EQ(written.size(), 1U) << "nobody else was asked";
    answer = 2;
    EXPECT_EQ(set(client, "/Bms/Restart", Variant{std::uint8_t{1}}), 2);
    EXPECT_EQ(set(client, "/CustomName", Variant{std::string("Yacht")}), 2);
}

// sd-bus compares signatures before a handler is asked; dbus/README.md says which form to use.
TEST_F(DbusServiceTest, AWriteWithoutAVariantIsAnErrorAndChangesNothing) {
    const PrivateBus bus;
    Client client;
    start_named();
    EXPECT_EQ(error_of(client, "/Mode", "SetValue", std::int32_t{4}),
              "org.freedesktop.DBus.Error.InvalidArgs");
    EXPECT_THAT(written, IsEmpty());
}

TEST_F(DbusServiceTest, AnUnknownPathIsAnUnknownObject) {
    const PrivateBus bus;
    Client client;
    start_named();
    EXPECT_EQ(error_of(client, "/Bms/Nothing", "GetValue"), "org.freedesktop.DBus.Error.UnknownObject");
}

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
    EXPECT_LT(longest_gap(1s), 250ms);
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
    EXPECT_LT(longest_gap(100ms), 250ms);
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
    EXPECT_LT(longest_gap(200ms), 250ms);
    service.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
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
