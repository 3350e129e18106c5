// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the daemon asks of whatever drives its lines: a GPIO chip (gpiod_lines_*.cpp) or the simulated board
// (sim_lines.cpp). tests/contract/line_port_contract.hpp states the promises; every port is run against it.
#pragma once

#include "bms/time.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace bms::io {

enum class Direction { input, output };
enum class Bias { as_is, disabled, pull_up, pull_down };

/// One line as the configuration names it: by name, looked for on all chips, or by chip and offset.
struct LineRequest {
    std::string name;    ///< GPIO line name; empty when chip and offset are given
    std::string chip;    ///< "/dev/gpiochip0"; empty when the line is named
    unsigned offset = 0; ///< used with chip
    Direction direction = Direction::input;
    bool active_low = false; ///< polarity is applied by the port: its callers only see active and inactive
    Bias bias = Bias::as_is;
    bool initially_active = false; ///< outputs: driven so from the instant of the request

    /// How people name it: "GPIO17" or "/dev/gpiochip0 line 17".
    std::string label() const;
};

/// A line we hold. The number is the port's own; it is valid until released, lost or the port is gone.
using LineHandle = std::size_t;

/// A change of an input. The levels of a line's edges alternate, starting from the level at the request:
/// pulses too short for the kernel or the chip may be missing, the last level never is.
struct LineEdge {
    LineHandle line;
    bool active; ///< level after the edge, polarity applied
    Instant
        at; ///< when it happened (kernel time stamp), or was noticed by reading the level; never goes back
};

/// Failure of a request, a read or a write. The text says what, where, who holds it and what to do.
struct LineError {
    std::string text;
};

template<typename T>
struct LineResult {
    std::optional<T> value;
    LineError error; ///< filled when value is empty
    explicit operator bool() const { return value.has_value(); }
};

/// Lines on the daemon's event loop. No call blocks for longer than an ioctl (the request of a simulated
/// line: a second), and none throws. A line is lost when its chip or the simulated board goes. The caller
/// must read each line about once a second: a failed read finds a loss out at once, and nothing else does on
/// Linux 6.1, which wakes nobody when a chip goes.
class LinePort {
  public:
    /// Called from the event loop, never from inside a call of the port. They may request, read, write and
    /// release, but not destroy the port.
    struct Events {
        std::function<void(LineEdge)> edge;                     ///< inputs, in order of time per line
        std::function<void(LineHandle, const LineError&)> lost; ///< once; the handle is dead already
    };

    virtual ~LinePort() = default; ///< releases every line
    virtual void on_events(Events) = 0;
    /// Takes a line: an input with both edges watched, or an output driven from this instant on. A line that
    /// somebody holds, a name that is nowhere, and a name that is on two lines are refused.
    virtual LineResult<LineHandle> request(const LineRequest&) = 0;
    /// Gives the line back; an output is no longer driven by us. A dead handle is ignored.
    virtual void release(LineHandle) = 0;
    /// The level now, polarity applied. For an output: what is driven, read back.
    virtual LineResult<bool> read(LineHandle) = 0;
    /// Drives an output. nullopt: done. Writing an input is an error and changes nothing.
    virtual std::optional<LineError> write(LineHandle, bool active) = 0;
};

/// Real lines through libgpiod 1.6 or 2.x; consumer is the name other programs see as the holder.
std::unique_ptr<LinePort> make_gpiod_lines(boost::asio::io_context&, std::string consumer);

/// Who holds a real line, without taking it: the name other programs see, empty where nobody does. An error
/// says why there is no such line.
LineResult<std::string> holder_of_gpiod_line(const LineRequest&);

/// Lines of `vebus-bms-sim board`, behind the unix socket at socket_path. It connects at the first request,
/// and again at the first one after the board was gone.
std::unique_ptr<LinePort> make_sim_lines(boost::asio::io_context&, std::string consumer,
                                         std::string socket_path);

} // namespace bms::io
