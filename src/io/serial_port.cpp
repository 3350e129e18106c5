// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// 256000 baud is none of the POSIX speeds: it takes termios2 with BOTHER. Its header clashes with
// <termios.h>, so this is the one file that includes it.
#include "io/serial_port.hpp"

#include "io/serial_adapter.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <asm/termbits.h>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <linux/serial.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace bms::io {

namespace {

Instant monotonic_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::seconds(now.tv_sec) +
                                                        std::chrono::nanoseconds(now.tv_nsec)));
}

/// errno in words, with what to do where we know it.
std::string failure(const std::string& what, const std::string& path, int error) {
    std::string text = what + " " + path + ": " + std::strerror(error);
    switch (error) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
        return text + "; is the adapter plugged in, and is this its name? " + ports_here();
    case EACCES:
    case EPERM:
        return text + "; the daemon's user must be in the group that owns it (on Debian: dialout)";
    case EBUSY:
    case EWOULDBLOCK:
        return text + "; another program holds it (on Venus OS: stop its serial starter from using it)";
    default:
        return text;
    }
}

/// Raw 8N1 at any speed the driver can make. made: the speed it says it has made.
int make_raw(int fd, unsigned baud, unsigned& made) {
    termios2 line{};
    if (ioctl(fd, TCGETS2, &line) != 0) {
        return errno;
    }
    line.c_iflag = IGNBRK;
    line.c_oflag = 0;
    line.c_lflag = 0;
    line.c_cflag = CS8 | CREAD | CLOCAL | BOTHER | (BOTHER << IBSHIFT);
    line.c_ispeed = baud;
    line.c_ospeed = baud;
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
    if (ioctl(fd, TCSETS2, &line) != 0) {
        return errno;
    }
    made = ioctl(fd, TCGETS2, &line) == 0 ? line.c_ospeed : baud;
    return 0;
}

/// A UART takes the nearest speed its clock can be divided to, and drivers tell which. Two percent off, the
/// last bits of a byte are sampled where the next begin.
std::string baud_remark(const std::string& path, unsigned wanted, unsigned made) {
    constexpr double tolerated_percent = 1.5;
    const double percent = 100.0 * (static_cast<double>(made) - wanted) / wanted;
    if (std::abs(percent) <= tolerated_percent) {
        return {};
    }
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "%+.1f", percent);
    return path + " runs at " + std::to_string(made) + " baud instead of " + std::to_string(wanted) + " (" +
           number.data() + " %): frames will be damaged; use an adapter that can make this speed";
}

/// The driver raises RTS while it sends: 0 or errno.
int let_kernel_switch_direction(int fd) {
    serial_rs485 rs485{};
    rs485.flags = SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND | SER_RS485_RX_DURING_TX;
    return ioctl(fd, TIOCSRS485, &rs485) == 0 ? 0 : errno;
}

/// Without it an FTDI chip keeps bytes for 16 ms: nearly a whole cycle of VE.Bus. Drivers that do not know
/// the flag, and ptys, refuse; the send rule then finds its slots too old, and says so in its statistics.
void ask_for_low_latency(int fd) {
    serial_struct serial{};
    if (ioctl(fd, TIOCGSERIAL, &serial) == 0) {
        serial.flags |= ASYNC_LOW_LATENCY;
        ioctl(fd, TIOCSSERIAL, &serial);
    }
}

/// flock keeps out programs that ask for it, TIOCEXCL also those that do not (but not root).
int hold_exclusively(int fd) {
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        return errno;
    }
    if (ioctl(fd, TIOCEXCL) != 0 && errno != ENOTTY) {
        return errno;
    }
    return 0;
}

} // namespace

struct SerialPort::Port : std::enable_shared_from_this<Port> {
    Port(boost::asio::io_context& loop, SerialPort& owner_, std::string path_, int fd)
        : descriptor(loop, fd), owner(&owner_), path(std::move(path_)) {}

    ~Port() { shut(); }

    void shut() {
        owner = nullptr;
        if (descriptor.is_open()) {
            // The mark would outlive us where somebody else has the tty open too.
            ioctl(descriptor.native_handle(), TIOCNXCL);
            boost::system::error_code ignored;
            descriptor.close(ignored);
        }
    }

    void read() {
        descriptor.async_read_some(boost::asio::buffer(buffer),
                                   [self = shared_from_this()](auto error, auto size) {
                                       if (self->owner != nullptr) {
                                           self->done(error, size);
                                       }
                                   });
    }

    void done(const boost::system::error_code& error, std::size_t size) {
        if (error) {
            const bool gone = error == boost::asio::error::eof; // what a hung-up tty reads as
            const std::string reason = path + " is lost: " + (gone ? "it was unplugged" : error.message());
            const auto lost = owner->events.lost;
            owner->close();
            lost(reason);
            return;
        }
        owner->events.bytes(std::span(buffer).first(size), monotonic_now());
        if (owner != nullptr) { // the event may have closed the port
            read();
        }
    }

    boost::asio::posix::stream_descriptor descriptor;
    SerialPort* owner; ///< nullptr: closed, a read may still be in flight
    std::string path;
    std::array<std::uint8_t, 512> buffer{};
};

SerialPort::SerialPort(boost::asio::io_context& loop_, Events events_)
    : loop(loop_), events(std::move(events_)) {}

SerialPort::~SerialPort() { close(); }

std::optional<std::string> SerialPort::open(const std::string& path, const SerialSettings& settings) {
    close();
    remarks_.clear();
    const int fd = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return failure("cannot open", path, errno);
    }
    if (const int error = hold_exclusively(fd)) {
        ::close(fd);
        return failure("cannot get exclusive use of", path, error);
    }
    auto opened = std::make_shared<Port>(loop, *this, path, fd);
    unsigned made = 0;
    if (const int error = make_raw(fd, settings.baud, made)) {
        return failure("cannot set " + std::to_string(settings.baud) + " baud on", path, error);
    }
    if (const int error = settings.kernel_direction ? let_kernel_switch_direction(fd) : 0) {
        return failure("cannot let the kernel switch the RS-485 direction of", path, error) +
               "; its driver may not know how: set /vebus/rs485_direction to \"adapter\" and use an adapter "
               "that switches by itself";
    }
    ask_for_low_latency(fd);
    for (auto remark : {baud_remark(path, settings.baud, made), latency_remark(path)}) {
        if (!remark.empty()) {
            remarks_.push_back(std::move(remark));
        }
    }
    ioctl(fd, TCFLSH, TCIOFLUSH);
    port = std::move(opened);
    port->read();
    return std::nullopt;
}

bool SerialPort::is_open() const { return port != nullptr; }

std::optional<std::string> SerialPort::write(std::span<const std::uint8_t> bytes) {
    if (!port) {
        return "the port is not open";
    }
    const ssize_t written = ::write(port->descriptor.native_handle(), bytes.data(), bytes.size());
    if (written == static_cast<ssize_t>(bytes.size())) {
        return std::nullopt;
    }
    if (written < 0 && errno != EAGAIN) {
        return failure("cannot write to", port->path, errno);
    }
    return port->path + " takes no more bytes: the frame was dropped";
}

void SerialPort::close() {
    if (port) {
        port->shut();
        port.reset();
    }
}

} // namespace bms::io
