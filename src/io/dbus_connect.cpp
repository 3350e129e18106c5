// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/dbus_connect.hpp"

#include "io/dbus_asio.hpp"
#include "io/sdbus_compat.hpp"

#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace bms::io {

/// What the thread and the loop share.
struct DbusConnect::Attempt {
    std::mutex mutex;
    /// Keeps the loop running until it has the result; empty when nobody waits for it any more.
    std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> loop;
    Done done;
    std::unique_ptr<sdbus::IConnection> bus;
    std::string error;

    Attempt(boost::asio::io_context& io, Done when_done)
        : loop(boost::asio::make_work_guard(io)), done(std::move(when_done)) {}

    void open(BusChoice choice, const Prepare& prepare) {
        try {
            bus = choice == BusChoice::session ? sdbus::createSessionBusConnection()
                                               : sdbus::createSystemBusConnection();
            if (prepare)
                prepare(*bus);
        } catch (const sdbus::Error& failure) {
            bus.reset();
            error = failure.getMessage();
        }
    }

    static void hand_over(const std::shared_ptr<Attempt>& attempt) {
        const std::scoped_lock lock(attempt->mutex);
        if (attempt->loop)
            boost::asio::post(attempt->loop->get_executor(), [attempt] { attempt->finish(); });
    }

    void finish() {
        if (!loop)
            return;
        loop.reset();
        std::exchange(done, nullptr)(std::move(bus), error);
    }
};

DbusConnect::DbusConnect(boost::asio::io_context& io, BusChoice choice, Prepare prepare, Done done)
    : attempt_(std::make_shared<Attempt>(io, std::move(done))) {
    const auto run = [attempt = attempt_, choice, prepare = std::move(prepare)] {
        attempt->open(choice, prepare);
        Attempt::hand_over(attempt);
    };
    try {
        std::thread(run).detach();
    } catch (const std::system_error& failure) {
        attempt_->error = failure.what();
        Attempt::hand_over(attempt_);
    }
}

DbusConnect::~DbusConnect() {
    const std::scoped_lock lock(attempt_->mutex);
    attempt_->loop.reset();
}

} // namespace bms::io
