// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The words after `vebus-bmsctl bus`.
#pragma once

#include "bms/capture/decode.hpp"

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace bms::tool {

struct BusOptions {
    std::string verb;               ///< record, decode, stats, diff, or empty for help
    std::vector<std::string> names; ///< of ports and files
    capture::Filter filter;
    bool mk3 = false;
    bool force = false;
    bool json = false;
    bool marks = false;
    bool all = false;
    unsigned baud = 0;    ///< 0: the wire's own
    unsigned seconds = 0; ///< 0: until it is stopped
    unsigned settle_s = 2;

    capture::Wire wire() const { return mk3 ? capture::Wire::mk3 : capture::Wire::vebus; }
    unsigned speed() const { return baud != 0 ? baud : capture::default_baud(wire()); }
};

/// The options, or what is wrong with the words.
std::variant<BusOptions, std::string> parse_bus_options(std::span<char* const> words);

/// For the shell: what can follow these words after `bus`. Empty: a file's name.
std::vector<std::string> bus_completions(std::span<const std::string> before);

extern const char* const bus_help;

} // namespace bms::tool
