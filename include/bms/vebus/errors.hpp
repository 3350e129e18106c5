// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// VE.Bus errors: what a number means, and what to do. Numbers and meanings [V] (Victron's manuals and the
// list of /VebusError that Venus OS publishes); the words are ours. 9, 13, 21 and 23 have no published
// meaning.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bms::vebus {

struct VebusError {
    int number = 0;
    std::string_view name;
    std::string_view cause;
    std::string_view cure;
};

/// In the order of their numbers; 0 is not among them.
std::span<const VebusError> vebus_errors();
/// nullptr: the number is not in the list.
const VebusError* find_vebus_error(int number);
/// "VE.Bus error 15: ... Cause: ... What to do: ..."; for 0 "no VE.Bus error".
std::string text_of_vebus_error(int number);

inline constexpr int error_assistant_missing = 7;  ///< M55
inline constexpr int error_wrong_combination = 15; ///< M56, M136

} // namespace bms::vebus
