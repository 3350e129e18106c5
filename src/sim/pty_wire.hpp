// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A model of what speaks on a serial line, on a pty: its bytes, its deadlines.
#pragma once

#include "bms/time.hpp"
#include "bms/vebus/bytes.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <optional>
#include <string>
#include <unistd.h>

namespace bms::sim {

Instant monotonic_now();

/// A pty in raw mode, found under a symbolic link as long as this lives.
class NamedPty {
  public:
    /// Throws std::runtime_error, in words.
    explicit NamedPty(std::string link);
    ~NamedPty();
    NamedPty(const NamedPty&) = delete;
    NamedPty& operator=(const NamedPty&) = delete;

    int master = -1; ///< closed by who reads from it

  private:
    std::string link_;
};

/// Carries the bytes between a model and its pty. Without a pty only the model's time goes on.
template<typename Model>
class PtyWire {
  public:
    /// path: of the link to the pty; empty: none. The model must outlive it.
    PtyWire(boost::asio::io_context& io, const std::string& path, Model& on_it)
        : port_(io), timer_(io), reopen_(io), model_(on_it) {
        if (!path.empty()) {
            pty_.emplace(path);
            port_.assign(pty_->master);
            listen();
        }
        talk();
    }

  private:
    void talk() {
        const auto bytes = model_.poll(monotonic_now());
        if (pty_ && !bytes.empty()) {
            // Nobody reads and the pty is full: a bus does not wait either.
            [[maybe_unused]] const auto written = ::write(pty_->master, bytes.data(), bytes.size());
        }
        timer_.expires_at(std::chrono::steady_clock::time_point(model_.next_deadline().time_since_epoch()));
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error) {
                talk();
            }
        });
    }

    void listen() {
        port_.async_read_some(boost::asio::buffer(buffer_), [this](const auto& error, std::size_t size) {
            if (error) {
                return listen_later();
            }
            model_.receive(vebus::ByteView(buffer_).first(size), monotonic_now());
            listen();
        });
    }

    /// A pty that nobody has open at its other end gives errors until somebody opens it.
    void listen_later() {
        reopen_.expires_after(std::chrono::milliseconds(5));
        reopen_.async_wait([this](const boost::system::error_code& error) {
            if (!error) {
                listen();
            }
        });
    }

    std::optional<NamedPty> pty_;
    boost::asio::posix::stream_descriptor port_;
    boost::asio::steady_timer timer_;
    boost::asio::steady_timer reopen_;
    Model& model_;
    std::array<std::uint8_t, 512> buffer_{};
};

} // namespace bms::sim
