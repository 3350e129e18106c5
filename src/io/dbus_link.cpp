// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/dbus_link.hpp"

#include "io/dbus_asio.hpp"
#include "io/dbus_back_off.hpp"
#include "io/dbus_connect.hpp"
#include "io/dbus_pump.hpp"
#include "io/sdbus_compat.hpp"

#include <sys/socket.h>
#include <utility>

namespace bms::io {

namespace asio = boost::asio;

class DbusLink::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& io, BusChoice bus, Events events)
        : choice(resolved(bus)), io_(io), events_(std::move(events)), retry_(io) {}

    void end() {
        ended_ = true;
        retry_.cancel();
        attempt_.reset();
        close();
    }

    bool connected() const { return bus_ != nullptr; }

    void poke() {
        if (pump_)
            pump_->poke();
    }

    /// Not at once: the pump that found out may still be on the stack.
    void fail_later(std::string why) {
        asio::post(io_, [self = shared_from_this(), why = std::move(why), lost = bus_.get()] {
            if (!self->ended_ && lost && self->bus_.get() == lost)
                self->fail(why);
        });
    }

    void info(const std::string& text) const {
        if (events_.info)
            events_.info("D-Bus: " + text);
    }

    void warn(const std::string& text) {
        if (text != std::exchange(last_warning_, text) && events_.warning)
            events_.warning("D-Bus: " + text);
    }

    void all_well() { last_warning_.clear(); }

    const BusChoice choice;

    void connect() {
        attempt_ = std::make_unique<DbusConnect>(
            io_, choice, events_.prepare,
            [this](std::unique_ptr<sdbus::IConnection> bus, const std::string& error) {
                attempt_.reset();
                if (bus)
                    begin(std::move(bus));
                else
                    fail("cannot be reached: " + error);
            });
    }

  private:
    void begin(std::unique_ptr<sdbus::IConnection> bus) {
        bus_ = std::move(bus);
        try {
            pump_ = std::make_unique<DbusPump>(
                io_, *bus_, [this](const std::string& why) { fail_later("was lost: " + why); });
            all_well();
            info(std::string("connected to the ") + bus_word(choice));
            events_.connected(*bus_);
        } catch (const sdbus::Error& error) {
            return fail("does not take what we ask of it: " + error.getMessage());
        }
        back_off_.reset();
        poke();
    }

    void fail(const std::string& why) {
        close();
        warn(std::string("the ") + bus_word(choice) + " " + why +
             ". Protection goes on without it and it is tried again; is dbus-daemon running?");
        retry_.expires_after(back_off_.next());
        retry_.async_wait([self = shared_from_this()](boost::system::error_code error) {
            if (!error && !self->ended_)
                self->connect();
        });
    }

    /// sd-bus waits on closing until everything queued is sent; a silent bus would hold us for ever. After a
    /// shutdown of the socket there is nothing to wait for.
    void close() {
        if (!bus_)
            return;
        try {
            ::shutdown(bus_->getEventLoopPollData().fd, SHUT_RDWR);
        } catch (const sdbus::Error&) {
            all_well(); // already closed: nothing can wait
        }
        pump_.reset();
        events_.closing();
        bus_.reset();
    }

    asio::io_context& io_;
    const Events events_;
    asio::steady_timer retry_;
    BackOff back_off_;
    std::unique_ptr<DbusConnect> attempt_;
    std::unique_ptr<sdbus::IConnection> bus_;
    std::unique_ptr<DbusPump> pump_;
    std::string last_warning_;
    bool ended_ = false;
};

DbusLink::DbusLink(asio::io_context& io, BusChoice choice, Events events)
    : impl_(std::make_shared<Impl>(io, choice, std::move(events))) {
    impl_->connect();
}

DbusLink::~DbusLink() { impl_->end(); }

bool DbusLink::connected() const { return impl_->connected(); }
BusChoice DbusLink::choice() const { return impl_->choice; }
void DbusLink::poke() { impl_->poke(); }
void DbusLink::fail_later(const std::string& why) { impl_->fail_later(why); }
void DbusLink::info(const std::string& text) { impl_->info(text); }
void DbusLink::warn(const std::string& text) { impl_->warn(text); }
void DbusLink::all_well() { impl_->all_well(); }

} // namespace bms::io
