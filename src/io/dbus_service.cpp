// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/dbus_service.hpp"

#include "io/dbus_asio.hpp"
#include "io/dbus_connect.hpp"
#include "io/dbus_items.hpp"
#include "io/dbus_pump.hpp"
#include "io/sdbus_compat.hpp"

#include <algorithm>
#include <chrono>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace bms::io {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::seconds;

namespace {

// Of org.freedesktop.DBus.RequestName.
constexpr std::uint32_t do_not_queue = 4;
constexpr std::uint32_t primary_owner = 1, already_owner = 4;

class BackOff {
  public:
    seconds next() { return std::exchange(wait_, std::min(wait_ * 2, seconds{60})); }
    void reset() { wait_ = seconds{1}; }

  private:
    seconds wait_{1};
};

/// All that hangs on one connection. Members go in reverse: the pump first, the connection last.
struct Session {
    std::unique_ptr<sdbus::IConnection> bus;
    DbusItems items;
    std::unique_ptr<sdbus::IProxy> daemon;
    DbusPump pump;

    Session(asio::io_context& io, std::unique_ptr<sdbus::IConnection> connection, const venus::ItemTree& tree,
            DbusItems::Written written, DbusPump::Lost lost)
        : bus(std::move(connection)),
          items(*bus, tree, std::move(written)),
          daemon(sdbus::createProxy(*bus, compat::ServiceName{"org.freedesktop.DBus"},
                                    compat::ObjectPath{"/org/freedesktop/DBus"})),
          pump(io, *bus, std::move(lost)) {}

    /// sd-bus waits on closing until everything queued is sent; a silent bus would hold us for ever. After a
    /// shutdown of the socket there is nothing to wait for.
    ~Session() {
        try {
            ::shutdown(bus->getEventLoopPollData().fd, SHUT_RDWR);
        } catch (const sdbus::Error&) {
            return; // already closed: nothing can wait
        }
    }
};

} // namespace

class DbusService::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& io, BusSettings settings, venus::ItemTree& tree, Events events)
        : io_(io),
          choice_(resolved(settings.bus)),
          name_(std::move(settings.name)),
          tree_(tree),
          events_(std::move(events)),
          retry_connect_(io),
          retry_name_(io) {}

    void start() {
        if (choice_ == BusChoice::session && ::geteuid() == 0)
            warn("running as root on a session bus, which DBUS_SESSION_BUS_ADDRESS or the configuration asks "
                 "for: Venus OS and other users do not see us there");
        connect();
    }

    void connect() {
        attempt_ = std::make_unique<DbusConnect>(
            io_, choice_, [this](std::unique_ptr<sdbus::IConnection> bus, const std::string& error) {
                attempt_.reset();
                if (bus)
                    begin(std::move(bus));
                else
                    fail("cannot be reached: " + error);
            });
    }

    void close() {
        closed_ = true;
        retry_connect_.cancel();
        retry_name_.cancel();
        attempt_.reset();
        session_.reset();
    }

    void want_name() {
        name_wanted_ = true;
        if (session_ && !name_owned_ && !asking_)
            ask_for_name();
    }

    /// Also without the name: a client may be reading our items while the bus still owes us the word that it
    /// is ours.
    void flush(Instant now) {
        const auto changes = tree_.take_changes(now);
        if (!session_ || changes.empty())
            return;
        session_->items.tell(changes);
        session_->pump.poke();
    }

    bool on_bus() const { return session_ != nullptr; }
    bool name_owned() const { return name_owned_; }

  private:
    void begin(std::unique_ptr<sdbus::IConnection> bus) {
        try {
            session_ =
                std::make_unique<Session>(io_, std::move(bus), tree_, events_.written,
                                          [this](const std::string& why) { drop_later("was lost: " + why); });
        } catch (const sdbus::Error& error) {
            return fail("does not take our objects: " + error.getMessage());
        }
        connect_back_off_.reset();
        last_warning_.clear();
        info(std::string("connected to the ") + bus_word(choice_));
        if (name_wanted_)
            ask_for_name();
    }

    /// Not at once: the pump that found out is still on the stack.
    void drop_later(std::string why) {
        asio::post(io_, [self = shared_from_this(), why = std::move(why), lost = session_.get()] {
            if (!self->closed_ && self->session_.get() == lost)
                self->fail(why);
        });
    }

    void fail(const std::string& why) {
        session_.reset();
        name_owned_ = asking_ = false;
        retry_name_.cancel();
        warn(std::string("the ") + bus_word(choice_) + " " + why +
             ". Protection goes on without it and it is tried again; is dbus-daemon running?");
        after(retry_connect_, connect_back_off_.next(), [this] { connect(); });
    }

    void ask_for_name() {
        asking_ = true;
        try {
            session_->daemon->callMethodAsync("RequestName")
                .onInterface("org.freedesktop.DBus")
                .withTimeout(seconds{5})
                .withArguments(name_, do_not_queue)
                .uponReplyInvoke([this](compat::CallError error, std::uint32_t answer) {
                    if (error)
                        name_refused(error->getName(), error->getMessage());
                    else
                        name_answered(answer);
                });
        } catch (const sdbus::Error& error) {
            return drop_later("was lost: " + error.getMessage());
        }
        session_->pump.poke();
    }

    void name_answered(std::uint32_t answer) {
        asking_ = false;
        name_owned_ = answer == primary_owner || answer == already_owner;
        if (!name_owned_)
            return retry_name(
                "the name " + name_ +
                " is held by another program: is a second vebus-bmsd or "
                "Victron's own driver running on this port? Nobody on the bus sees us until it ends");
        name_back_off_.reset();
        last_warning_.clear();
        info(std::string("on the ") + bus_word(choice_) + " as " + name_);
    }

    void name_refused(const std::string& error, const std::string& message) {
        asking_ = false;
        if (error == "org.freedesktop.DBus.Error.AccessDenied")
            return retry_name(
                "the bus does not let us take the name " + name_ +
                ": install dbus/vebus-bms.conf in /etc/dbus-1/system.d and run as user vebus-bms");
        drop_later("does not answer: " + message);
    }

    void retry_name(const std::string& why) {
        warn(why);
        after(retry_name_, name_back_off_.next(), [this] {
            if (session_ && !asking_)
                ask_for_name();
        });
    }

    void after(asio::steady_timer& timer, seconds wait, std::function<void()> then) {
        timer.expires_after(wait);
        timer.async_wait([self = shared_from_this(), then = std::move(then)](error_code error) {
            if (!error && !self->closed_)
                then();
        });
    }

    void info(const std::string& text) const {
        if (events_.info)
            events_.info("D-Bus: " + text);
    }

    /// Once, until something else happens: a bus that is away for a day is one line.
    void warn(const std::string& text) {
        if (text != std::exchange(last_warning_, text) && events_.warning)
            events_.warning("D-Bus: " + text);
    }

    asio::io_context& io_;
    const BusChoice choice_;
    const std::string name_;
    venus::ItemTree& tree_;
    const Events events_;
    asio::steady_timer retry_connect_, retry_name_;
    BackOff connect_back_off_, name_back_off_;
    std::unique_ptr<DbusConnect> attempt_;
    std::unique_ptr<Session> session_;
    std::string last_warning_;
    bool name_wanted_ = false, asking_ = false, name_owned_ = false, closed_ = false;
};

DbusService::DbusService(asio::io_context& io, BusSettings settings, venus::ItemTree& tree, Events events)
    : impl_(std::make_shared<Impl>(io, std::move(settings), tree, std::move(events))) {
    impl_->start();
}

DbusService::~DbusService() { impl_->close(); }

void DbusService::request_name() { impl_->want_name(); }
void DbusService::flush(Instant now) { impl_->flush(now); }
bool DbusService::on_bus() const { return impl_->on_bus(); }
bool DbusService::name_owned() const { return impl_->name_owned(); }

} // namespace bms::io
