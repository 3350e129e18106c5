// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A message in words: what a sniffer, a recording and a log line show. Nothing is left out: two messages that
// differ in one byte differ in a field.
#pragma once

#include "bms/vebus/frame.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace bms::vebus {

struct Field {
    std::string name;   ///< snake_case and stable; unlike within a message
    std::string value;  ///< a number in decimal, or words; hex begins with 0x
    std::string unit{}; ///< "V", "A", "Hz", "ms", "Ah"; "raw": the scale depends on the unit that sent it, or
                        ///< is not known; empty: none
    bool operator==(const Field&) const = default;
};

/// "sync", "master_led", ...: stable, one for each struct of Message.
std::string_view name_of(const Message&);

/// Every field, in the order of the frame. Bytes without a known meaning come as byte_N or bytes_N_to_M,
/// where N counts from the frame's address as in frame.hpp. A value that no word is known for comes as hex.
std::vector<Field> fields_of(const Message&);

/// "52.70 V", "on", "0x51": value and unit.
std::string text_of(const Field&);
/// All in one line: "switch_command mode=charger only".
std::string text_of(const Message&);

} // namespace bms::vebus
