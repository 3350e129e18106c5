// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The ptys, the clock and the control socket around the simulated MultiPlus.
#include "sim/multiplus.hpp"

#include "sim/control.hpp"
#include "sim/mk3_front.hpp"
#include "sim/multiplus_model.hpp"
#include "sim/scenario_player.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <termios.h>
#include <unistd.h>
#include <utility>

namespace bms::sim {

namespace {

constexpr const char* usage =
    "usage: vebus-bms-sim multiplus [--port PATH] [--mk3 PATH] --control SOCKET [--scenario FILE]\n"
    "\n"
    "  --port PATH       where the VE.Bus is: a symbolic link to the pty that is made; removed at the end\n"
    "  --mk3 PATH        where an MK3 interface of the same system is; one of the two, or both\n"
    "  --control SOCKET  unix socket for `vebus-bms-sim set SOCKET mains=off` and `get SOCKET`; also on "
    "stdin\n"
    "  --scenario FILE   lines as \"at 2s set mains=off\" and \"at 10s expect mode charger-only within 2s\", "
    "# "
    "comments;\n"
    "                    ends after the last one. Exit code: 0 all came true, 1 not, 2 the file is wrong\n";

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

/// Carries the bytes between a model and its pty. Without a pty only the model's time goes on.
template<typename Model>
class Wire {
  public:
    /// path: of the link to the pty; empty: none.
    Wire(boost::asio::io_context& io, const std::string& path, Model& on_it)
        : port(io), timer(io), reopen(io), model(on_it) {
        if (!path.empty()) {
            pty.emplace(path);
            port.assign(pty->master);
            listen();
        }
        talk();
    }

  private:
    void talk() {
        const auto bytes = model.poll(monotonic_now());
        if (pty && !bytes.empty()) {
            // Nobody reads and the pty is full: a bus does not wait either.
            [[maybe_unused]] const auto written = ::write(pty->master, bytes.data(), bytes.size());
        }
        timer.expires_at(std::chrono::steady_clock::time_point(model.next_deadline().time_since_epoch()));
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
            model.receive(vebus::ByteView(buffer).first(size), monotonic_now());
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

    std::optional<NamedPty> pty;
    boost::asio::posix::stream_descriptor port;
    boost::asio::steady_timer timer;
    boost::asio::steady_timer reopen;
    Model& model;
    std::array<std::uint8_t, 512> buffer{};
};

struct Arguments {
    std::string port, mk3, control, scenario;
};

/// What is wrong with the arguments, or nullopt.
std::optional<std::string> take(const std::vector<std::string>& args, Arguments& taken) {
    const std::pair<const char*, std::string*> options[] = {{"--port", &taken.port},
                                                            {"--mk3", &taken.mk3},
                                                            {"--control", &taken.control},
                                                            {"--scenario", &taken.scenario}};
    for (std::size_t i = 0; i < args.size(); i += 2) {
        const auto* option = std::find_if(std::begin(options), std::end(options),
                                          [&](const auto& one) { return args[i] == one.first; });
        if (option == std::end(options) || i + 1 == args.size()) {
            return "multiplus takes --port PATH, --mk3 PATH, --control SOCKET and --scenario FILE, not \"" +
                   args[i] + "\"";
        }
        *option->second = args[i + 1];
    }
    return taken.control.empty() || (taken.port.empty() && taken.mk3.empty())
               ? std::optional<std::string>("multiplus wants --control, and --port or --mk3")
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
        (row.accepts.empty() ? seen : settable)
            .append("  ")
            .append(left)
            .append(gap)
            .append(row.meaning)
            .append("\n");
    }
    return usage + settable + seen;
}

int run_multiplus(const std::vector<std::string>& args) {
    if (args.size() == 1 && args[0] == "--help") {
        std::cout << multiplus_help();
        return 0;
    }
    Arguments given;
    if (const auto wrong = take(args, given)) {
        std::cerr << "vebus-bms-sim: " << *wrong << '\n' << usage;
        return 2;
    }
    std::optional<Scenario> scenario;
    if (!given.scenario.empty()) {
        Multiplus tried(monotonic_now());
        MultiplusWorld trial(tried);
        scenario = load_scenario(given.scenario, trial);
        if (!scenario) {
            return exit_bad_file;
        }
    }
    boost::asio::io_context io(1);
    const Instant start = monotonic_now();
    Multiplus multi(start);
    Mk3Front mk3(multi.system, start);
    MultiplusWorld world(multi);
    ControlServer control(io, given.control, world);
    control.listen_stdin();
    Wire bus(io, given.port, multi); // its time goes on without a pty too
    std::optional<Wire<Mk3Front>> mk3_line;
    if (!given.mk3.empty()) {
        mk3_line.emplace(io, given.mk3, mk3);
    }
    boost::asio::signal_set ended(io, SIGINT, SIGTERM);
    ended.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
    std::cout << "multiplus" << (given.port.empty() ? "" : " at ") << given.port
              << (given.mk3.empty() ? "" : ", MK3 at ") << given.mk3 << ", control at " << given.control
              << std::endl;
    std::optional<ScenarioPlayer> player;
    if (scenario) {
        player.emplace(io, *scenario, world);
    }
    io.run();
    return player ? player->finish() : 0;
}

} // namespace bms::sim
