// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_bus_listen.hpp"

#include "io/serial_port.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace bms::tool {

namespace {

namespace asio = boost::asio;

Duration monotonic_now() {
    // libstdc++'s steady clock is CLOCK_MONOTONIC, as the port's stamps are.
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

/// stdin in lines. The terminal's own settings are put back: they are shared with the shell.
class Lines {
  public:
    Lines(asio::io_context& loop, std::function<void(const std::string&)> line_)
        : flags(::fcntl(STDIN_FILENO, F_GETFL)), input(loop, ::dup(STDIN_FILENO)), line(std::move(line_)) {
        // In the background a read of the terminal would stop us; so it fails, and there are no marks.
        std::signal(SIGTTIN, SIG_IGN);
        read();
    }
    ~Lines() {
        boost::system::error_code ignored;
        input.close(ignored);
        ::fcntl(STDIN_FILENO, F_SETFL, flags);
    }
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;

  private:
    void read() {
        input.async_read_some(asio::buffer(buffer),
                              [this](boost::system::error_code error, std::size_t size) {
                                  if (error) {
                                      return; // the end of stdin is not the end of the recording
                                  }
                                  for (const char c : std::string_view(buffer.data(), size)) {
                                      take(c);
                                  }
                                  read();
                              });
    }

    void take(char c) {
        if (c == '\n') {
            line(std::exchange(held, {}));
        } else if (held.size() < capture::max_mark) {
            held += c;
        }
    }

    int flags;
    asio::posix::stream_descriptor input;
    std::function<void(const std::string&)> line;
    std::array<char, 256> buffer{};
    std::string held;
};

} // namespace

std::optional<std::string> listen(const std::string& path, unsigned baud, unsigned seconds,
                                  const std::function<bool()>& opened, const Listener& listener) {
    asio::io_context loop;
    const Duration start = monotonic_now();
    std::optional<std::string> trouble;
    io::SerialPort port(
        loop,
        {.bytes =
             [&](std::span<const std::uint8_t> bytes, Instant at) {
                 listener.heard({.at = at.time_since_epoch() - start, .bytes = {bytes.begin(), bytes.end()}});
             },
         .lost =
             [&](const std::string& reason) {
                 trouble = reason;
                 loop.stop();
             }});
    asio::signal_set signals(loop, SIGINT, SIGTERM, SIGHUP);
    signals.async_wait([&](const auto&, int) { loop.stop(); });
    if (auto error = port.open(path, {.baud = baud})) {
        return error;
    }
    if (!opened()) {
        return std::nullopt;
    }
    std::optional<Lines> lines;
    if (listener.typed && ::fcntl(STDIN_FILENO, F_GETFD) >= 0) {
        lines.emplace(loop, [&](const std::string& line) {
            const capture::Mark mark{.at = monotonic_now() - start, .text = capture::mark_text(line)};
            if (!mark.text.empty()) {
                listener.typed(mark);
            }
        });
    }
    unsigned passed = 0;
    asio::steady_timer timer(loop, std::chrono::steady_clock::now());
    std::function<void()> wait = [&] {
        timer.expires_at(timer.expiry() + std::chrono::seconds(1));
        timer.async_wait([&](const boost::system::error_code& error) {
            ++passed;
            if (error || !listener.every_second() || passed == seconds) {
                loop.stop();
                return;
            }
            wait();
        });
    };
    wait();
    loop.run();
    return trouble;
}

std::vector<std::string> serial_ports() {
    std::vector<std::string> ports;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/dev/serial/by-id", none)) {
        ports.push_back(entry.path().string());
    }
    std::sort(ports.begin(), ports.end());
    return ports;
}

} // namespace bms::tool
