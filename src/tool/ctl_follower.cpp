// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_follower.hpp"

#include "io/dbus_asio.hpp"
#include "io/dbus_connect.hpp"
#include "io/dbus_pump.hpp"
#include "tool/ctl_bus_values.hpp"

#include <chrono>
#include <sys/socket.h>

namespace bms::tool {

namespace asio = boost::asio;
namespace compat = io::compat;
using std::chrono::seconds;

namespace {

constexpr const char* bus_daemon = "org.freedesktop.DBus";
constexpr seconds patience{3}, pause_between_tries{1};

void listen(sdbus::IProxy& proxy) {
#if !__has_include(<sdbus-c++/VTableItems.h>)
    proxy.finishRegistration(); // 2.x listens at once
#else
    static_cast<void>(proxy);
#endif
}

/// A service of Venus OS: asked for its program, and if it is ours, listened to.
struct Peer {
    std::unique_ptr<sdbus::IProxy> program, root;
};

/// All that hangs on one connection. Members go in reverse: the pump first, the connection last.
struct Session {
    std::unique_ptr<sdbus::IConnection> bus;
    std::unique_ptr<sdbus::IProxy> names;
    std::map<std::string, Peer> peers;
    std::unique_ptr<io::DbusPump> pump;

    explicit Session(std::unique_ptr<sdbus::IConnection> connection) : bus(std::move(connection)) {
        bus->setMethodCallTimeout(patience);
        names = proxy(bus_daemon, "/org/freedesktop/DBus");
    }

    /// sd-bus waits on closing until everything queued is sent; a silent bus would hold us for ever.
    ~Session() {
        try {
            ::shutdown(bus->getEventLoopPollData().fd, SHUT_RDWR);
        } catch (const sdbus::Error&) {
            return; // already closed: nothing can wait
        }
    }

    std::unique_ptr<sdbus::IProxy> proxy(const std::string& service, const std::string& path) const {
        return sdbus::createProxy(*bus, compat::ServiceName{service}, compat::ObjectPath{path});
    }
};

} // namespace

class Follower::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& io, io::BusChoice choice, FollowerEvents events)
        : io_(io), choice_(choice), events_(std::move(events)), retry_(io) {}

    void connect() {
        attempt_ = std::make_unique<io::DbusConnect>(
            io_, choice_, nullptr, [this](std::unique_ptr<sdbus::IConnection> bus, const std::string& error) {
                attempt_.reset();
                bus ? begin(std::move(bus)) : fail(error);
            });
    }

    void close() {
        closed_ = true;
        retry_.cancel();
        attempt_.reset();
        session_.reset();
    }

  private:
    void begin(std::unique_ptr<sdbus::IConnection> bus) {
        try {
            session_ = std::make_unique<Session>(std::move(bus));
            session_->pump = std::make_unique<io::DbusPump>(
                io_, *session_->bus, [this](const std::string& why) { later([this, why] { fail(why); }); });
            listen_to_names();
            events_.bus_found();
            ask_for_names();
        } catch (const sdbus::Error& error) {
            fail(error.getMessage());
        }
    }

    /// Not at once: who calls is on the stack of the session, and may be of one that has been replaced.
    template<typename Then>
    void later(Then then) {
        asio::post(io_, [self = shared_from_this(), of = session_.get(), then] {
            if (!self->closed_ && self->session_.get() == of && of != nullptr) {
                self->guarded(then);
            }
        });
    }

    template<typename Then>
    void guarded(Then then) {
        try {
            then();
            if (session_ && session_->pump) {
                session_->pump->poke();
            }
        } catch (const sdbus::Error& error) {
            fail(error.getMessage());
        }
    }

    void fail(const std::string& why) {
        session_.reset();
        events_.bus_lost(why);
        retry_.expires_after(pause_between_tries);
        retry_.async_wait([self = shared_from_this()](boost::system::error_code error) {
            if (!error && !self->closed_) {
                self->connect();
            }
        });
    }

    void listen_to_names() {
        session_->names->uponSignal("NameOwnerChanged")
            .onInterface(bus_daemon)
            .call([this](const std::string& name, const std::string&, const std::string& owner) {
                if (is_family(name)) {
                    later([this, name, there = !owner.empty()] { name_changed(name, there); });
                }
            });
        listen(*session_->names);
    }

    void ask_for_names() {
        session_->names->callMethodAsync("ListNames")
            .onInterface(bus_daemon)
            .withTimeout(patience)
            .uponReplyInvoke([this](compat::CallError error, const std::vector<std::string>& names) {
                if (error) {
                    later([this, why = error->getMessage()] { fail(why); });
                } else {
                    later([this, names] { names_are(names); });
                }
            });
        session_->pump->poke();
    }

    void names_are(const std::vector<std::string>& names) {
        for (const std::string& name : names) {
            if (is_family(name)) {
                name_changed(name, true);
            }
        }
        tell_others();
    }

    void name_changed(const std::string& name, bool there) {
        if (session_->peers.erase(name) > 0) {
            events_.service_gone(name);
        }
        if (there) {
            ask_for_program(name);
        }
        tell_others();
    }

    void ask_for_program(const std::string& name) {
        Peer& peer = session_->peers[name];
        peer.program = session_->proxy(name, "/Mgmt/ProcessName");
        peer.program->callMethodAsync("GetValue")
            .onInterface(bus_item)
            .withTimeout(patience)
            .uponReplyInvoke([this, name](compat::CallError error, const sdbus::Variant& program) {
                if (!error && from_variant(program) == venus::Value{daemon_program}) {
                    later([this, name] { follow(name); });
                }
            });
    }

    /// Listens before it asks for everything, so that no change is missed between.
    void follow(const std::string& name) {
        const auto peer = session_->peers.find(name);
        if (peer == session_->peers.end()) {
            return;
        }
        auto& root = peer->second.root = session_->proxy(name, "/");
        root->uponSignal("ItemsChanged").onInterface(bus_item).call([this, name](const RawItems& raw) {
            events_.items_changed(name, items_from(raw));
        });
        listen(*root);
        root->callMethodAsync("GetItems")
            .onInterface(bus_item)
            .withTimeout(patience)
            .uponReplyInvoke([this, name](compat::CallError error, const RawItems& raw) {
                if (!error) {
                    events_.service_found(name, items_from(raw));
                }
            });
        tell_others();
    }

    void tell_others() {
        std::vector<std::string> names;
        for (const auto& [name, peer] : session_->peers) {
            if (!peer.root) {
                names.push_back(name);
            }
        }
        events_.others(names);
    }

    asio::io_context& io_;
    const io::BusChoice choice_;
    const FollowerEvents events_;
    asio::steady_timer retry_;
    std::unique_ptr<io::DbusConnect> attempt_;
    std::unique_ptr<Session> session_;
    bool closed_ = false;
};

Follower::Follower(asio::io_context& io, io::BusChoice choice, FollowerEvents events)
    : impl_(std::make_shared<Impl>(io, choice, std::move(events))) {
    impl_->connect();
}

Follower::~Follower() { impl_->close(); }

} // namespace bms::tool
