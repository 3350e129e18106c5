// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A serial port on the event loop: raw 8N1, held exclusively, never blocking. Also opens a pty.
#pragma once

#include "bms/time.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace bms::io {

struct SerialSettings {
    unsigned baud;
    /// The kernel's driver switches an RS-485 transceiver by RTS (TIOCSRS485). A driver that cannot is an
    /// error.
    bool kernel_direction = false;
};

class SerialPort {
  public:
    struct Events {
        /// Bytes as they came; the instant (CLOCK_MONOTONIC) is that of the read, not of the wire.
        std::function<void(std::span<const std::uint8_t>, Instant)> bytes;
        /// Unplugged or failing. The port is closed already; it may be opened again from here.
        std::function<void(const std::string& reason)> lost;
    };

    SerialPort(boost::asio::io_context&, Events);
    ~SerialPort(); ///< closes; no event comes afterwards
    SerialPort(const SerialPort&) = delete;
    SerialPort& operator=(const SerialPort&) = delete;

    /// Opens, or closes and opens again. What had been received before is thrown away: it is old. nullopt:
    /// done; else what failed, where, and what to do.
    std::optional<std::string> open(const std::string& path, const SerialSettings&);
    bool is_open() const;
    /// What is not as it should be though the port works, and what to do: a baud rate that the driver cannot
    /// make, an adapter that keeps bytes back.
    const std::vector<std::string>& remarks() const { return remarks_; }

    /// Never waits: what the driver's buffer has no room for is dropped, and that is the error. On VE.Bus a
    /// late frame is worse than none.
    std::optional<std::string> write(std::span<const std::uint8_t>);

    void close();

  private:
    struct Port;
    boost::asio::io_context& loop;
    Events events;
    std::vector<std::string> remarks_;
    std::shared_ptr<Port> port; ///< shared with the read in flight
};

} // namespace bms::io
