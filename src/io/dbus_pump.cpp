// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/dbus_pump.hpp"

#include "io/dbus_asio.hpp"
#include "io/sdbus_compat.hpp"

#include <poll.h>
#include <utility>

namespace bms::io {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// A client that floods us must not keep the event loop from the battery's lines.
constexpr int most_at_once = 16;

} // namespace

/// Handlers may be queued when the pump goes: they keep this alive and find it closed.
class DbusPump::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& io, sdbus::IConnection& bus, Lost lost)
        : bus_(bus), lost_(std::move(lost)), socket_(io), wake_(io), timeout_(io), unsent_(io) {
        const auto poll = bus_.getEventLoopPollData();
        socket_.descriptor.assign(poll.fd);
        if (const int wake = compat::wake_descriptor(poll); wake >= 0)
            wake_.descriptor.assign(wake);
    }

    void close() {
        closed_ = true;
        for (Watched* watched : {&socket_, &wake_})
            if (watched->descriptor.is_open())
                watched->descriptor.release(); // the connection owns and closes it
        timeout_.cancel();
        unsent_.cancel();
    }

    /// Nothing is read while something waits to be sent: each question read makes an answer, and a client
    /// that asks faster than the bus takes answers would let our queue grow without end. sd-bus sends and
    /// reads in one call, so that call is made only when the socket can be written.
    void pump(bool writable = false) {
        if (closed_)
            return;
        try {
            for (int turn = 0; turn < most_at_once; ++turn) {
                if (unsent() && !std::exchange(writable, false))
                    return arm();
                if (!compat::process_one(bus_))
                    return arm();
            }
        } catch (const sdbus::Error& error) {
            return fail(error.getMessage());
        }
        asio::post(timeout_.get_executor(), [self = shared_from_this()] { self->pump(); });
    }

    /// Never calls back: whoever sends is not surprised by what was received.
    void arm() {
        if (closed_)
            return;
        try {
            wait_for(bus_.getEventLoopPollData());
        } catch (const sdbus::Error& error) {
            fail(error.getMessage());
        }
    }

  private:
    using Descriptor = asio::posix::stream_descriptor;

    struct Watched {
        explicit Watched(asio::io_context& io) : descriptor(io) {}
        Descriptor descriptor;
        bool reading = false, writing = false;
    };

    void fail(const std::string& why) {
        if (closed_)
            return;
        close();
        lost_(why);
    }

    bool unsent() const { return bus_.getEventLoopPollData().events & POLLOUT; }

    void wait_for(const sdbus::IConnection::PollData& poll) {
        timeout_.cancel();
        if (poll.events & POLLOUT)
            return arm_writing();
        if (poll.events & POLLIN)
            wait(socket_.descriptor, Descriptor::wait_read, socket_.reading);
        if (wake_.descriptor.is_open())
            wait(wake_.descriptor, Descriptor::wait_read, wake_.reading);
        if (const auto left = compat::timeout(poll)) {
            timeout_.expires_after(*left);
            timeout_.async_wait([self = shared_from_this()](error_code error) {
                if (!error)
                    self->pump();
            });
        }
    }

    /// A bus that takes nothing would let our queue grow for ever.
    void arm_writing() {
        if (socket_.writing)
            return;
        wait(socket_.descriptor, Descriptor::wait_write, socket_.writing);
        unsent_.expires_after(std::chrono::seconds{30});
        unsent_.async_wait([self = shared_from_this()](error_code error) {
            if (!error && self->socket_.writing)
                self->fail("the bus has taken nothing from us for 30 s");
        });
    }

    void wait(Descriptor& descriptor, Descriptor::wait_type what, bool& pending) {
        if (std::exchange(pending, true))
            return;
        descriptor.async_wait(what, [self = shared_from_this(), &pending](error_code error) {
            pending = false;
            if (!error)
                self->pump(&pending == &self->socket_.writing);
        });
    }

    sdbus::IConnection& bus_;
    Lost lost_;
    Watched socket_, wake_;
    asio::steady_timer timeout_, unsent_;
    bool closed_ = false;
};

DbusPump::DbusPump(asio::io_context& io, sdbus::IConnection& bus, Lost lost)
    : impl_(std::make_shared<Impl>(io, bus, std::move(lost))) {
    asio::post(io, [impl = impl_] { impl->pump(); });
}

DbusPump::~DbusPump() { impl_->close(); }

void DbusPump::poke() { impl_->arm(); }

} // namespace bms::io
