// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The pty, the clock and the control socket around the simulated MultiPlus.
#include "sim/multiplus.hpp"

#include "sim/control.hpp"
#include "sim/multiplus_model.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <termios.h>
#include <unistd.h>
#include <utility>

namespace bms::sim {

namespace {

constexpr const char* usage =
    "usage: vebus-bms-sim multiplus --port PATH --control SOCKET\n"
    "\n"
    "  --port PATH       where the VE.Bus is: a symbolic link to the pty that is made; removed at the end\n"
    "  --control SOCKET  unix socket for `vebus-bms-sim set SOCKET mains=off` and `get SOCKET`; also on "
    "stdin\n";

Instant monotonic_now() {
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

/// A pty in raw mode, found under a symbolic link as long as this lives.
class NamedPty {
  public:
    explicit NamedPty(std::string link_) : link(std::move(link_)) {
        master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        termios line{};
        if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || tcgetattr(master, &line) != 0) {
            fail("cannot make a pty");
        }
        cfmakeraw(&line);
        tcsetattr(master, TCSANOW, &line);
        if (std::filesystem::is_symlink(link)) {
            std::filesystem::remove(link); // an earlier run that was killed
        }
        if (symlink(ptsname(master), link.c_str()) != 0) {
            fail("cannot make " + link);
        }
    }
    ~NamedPty() {
        std::error_code ignored;
        std::filesystem::remove(link, ignored);
    }
    NamedPty(const NamedPty&) = delete;
    NamedPty& operator=(const NamedPty&) = delete;

    int master = -1; ///< closed by who reads from it

  private:
    std::string link;
};

class MultiplusWorld : public World {
  public:
    explicit MultiplusWorld(Multiplus& shown) : multi(shown) {}

    std::vector<Named> get() const override {
        std::vector<Named> all;
        for (const auto& [name, value] : multi.get()) {
            all.push_back({name, value});
        }
        return all;
    }
    std::optional<std::string> set(const std::string& name, const std::string& value) override {
        return multi.set(name, value);
    }

  private:
    Multiplus& multi;
};

/// Carries the bytes between the model and the pty.
class Wire {
  public:
    Wire(boost::asio::io_context& io, int master, Multiplus& on_it)
        : port(io, master), timer(io), reopen(io), multi(on_it) {
        talk();
        listen();
    }

  private:
    void talk() {
        const auto bytes = multi.poll(monotonic_now());
        // Nobody reads and the pty is full: a bus does not wait either.
        [[maybe_unused]] const auto written = ::write(port.native_handle(), bytes.data(), bytes.size());
        timer.expires_at(std::chrono::steady_clock::time_point(multi.next_deadline().time_since_epoch()));
        timer.async_wait([this](const boost::system::error_code& error) {
            if (!error) {
                talk();
            }
        });
    }

    void listen() {
        port.async_read_some(boost::asio::buffer(buffer), [this](const auto& error, std::size_t size) {
            if (error) {
                return listen_later();
            }
            multi.receive(vebus::ByteView(buffer).first(size), monotonic_now());
            listen();
        });
    }

    /// A pty that nobody has open at its other end gives errors until somebody opens it.
    void listen_later() {
        reopen.expires_after(std::chrono::milliseconds(5));
        reopen.async_wait([this](const boost::system::error_code& error) {
            if (!error) {
                listen();
            }
        });
    }

    boost::asio::posix::stream_descriptor port;
    boost::asio::steady_timer timer;
    boost::asio::steady_timer reopen;
    Multiplus& multi;
    std::array<std::uint8_t, 512> buffer{};
};

/// What is wrong with the arguments, or nullopt.
std::optional<std::string> take(const std::vector<std::string>& args, std::string& port,
                                std::string& control) {
    for (std::size_t i = 0; i < args.size(); i += 2) {
        const bool known = args[i] == "--port" || args[i] == "--control";
        if (!known || i + 1 == args.size()) {
            return "multiplus takes --port PATH and --control SOCKET, not \"" + args[i] + "\"";
        }
        (args[i] == "--port" ? port : control) = args[i + 1];
    }
    return port.empty() || control.empty()
               ? std::optional<std::string>("multiplus wants --port and --control")
               : std::nullopt;
}

} // namespace

std::string multiplus_help() {
    constexpr std::size_t column = 30;
    std::string seen = "\nto look at:\n";
    std::string settable = "\ncan be set:\n";
    for (const NameRow& row : multiplus_names()) {
        const std::string left = row.name + (row.accepts.empty() ? "" : "=" + row.accepts);
        const std::string gap = left.size() < column ? std::string(column - left.size(), ' ') : "  ";
        (row.accepts.empty() ? seen : settable).append("  " + left + gap + row.meaning + "\n");
    }
    return usage + settable + seen;
}

int run_multiplus(const std::vector<std::string>& args) {
    if (args.size() == 1 && args[0] == "--help") {
        std::cout << multiplus_help();
        return 0;
    }
    std::string port;
    std::string socket;
    if (const auto wrong = take(args, port, socket)) {
        std::cerr << "vebus-bms-sim: " << *wrong << '\n' << usage;
        return 2;
    }
    boost::asio::io_context io(1);
    Multiplus multi(monotonic_now());
    MultiplusWorld world(multi);
    ControlServer control(io, socket, world);
    control.listen_stdin();
    const NamedPty pty(port);
    Wire wire(io, pty.master, multi);
    boost::asio::signal_set ended(io, SIGINT, SIGTERM);
    ended.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
    std::cout << "multiplus at " << port << ", control at " << socket << std::endl;
    io.run();
    return 0;
}

} // namespace bms::sim
