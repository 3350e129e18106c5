// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Listening to a serial port in the foreground. Never writes to it.
#pragma once

#include "bms/capture/format.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bms::tool {

struct Listener {
    std::function<void(capture::Chunk&&)> heard;
    std::function<void(const capture::Mark&)> typed; ///< a line on stdin; none: stdin is left alone
    std::function<bool()> every_second;              ///< false: no more
};

/// Until Ctrl-C, the end of `seconds` (0: no end) or the listener's own. `opened` is called once the port is
/// open; false: no more. What went wrong with the port; nullopt: nothing.
std::optional<std::string> listen(const std::string& port, unsigned baud, unsigned seconds,
                                  const std::function<bool()>& opened, const Listener&);

/// The adapters of this machine, by names that stay: /dev/serial/by-id/...
std::vector<std::string> serial_ports();

} // namespace bms::tool
