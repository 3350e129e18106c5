// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Our service on a real message bus, and a client that sees it from outside.
#pragma once

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

using namespace std::chrono_literals;
using test::PrivateBus;
using venus::Path;
using Properties = std::map<std::string, sdbus::Variant>;
using Items = std::map<std::string, Properties>;

inline constexpr const char* our_name = "com.victronenergy.vebus.ttyTest";
inline constexpr const char* bus_item = "com.victronenergy.BusItem";

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
    ~Client() { bus_->leaveEventLoop(); }
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

    void take_name() { bus_->requestName(compat::ServiceName{our_name}); }
    void release_name() { bus_->releaseName(compat::ServiceName{our_name}); }

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
            if (on_write)
                on_write();
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
                client.call<sdbus::Variant>(path, method, arguments...);
            } catch (const sdbus::Error& error) {
                return error.getName();
            }
            return "";
        });
    }

    int set(Client& client, const std::string& path, const sdbus::Variant& value) {
        return call<std::int32_t>(client, path, "SetValue", value);
    }

    /// A blocked loop would be away for 5 to 90 s. The longest time it was while it ran for `how_long`.
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
    std::function<void()> on_write; ///< what the owner does at once, inside the call
    int answer = 0;
    Instant now{1000s};
};

} // namespace bms::io
