// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Other services on the bus: what is asked of them and written to them, and how their answers read. No I/O:
// the owner carries a Request to the bus and the answer back.
#pragma once

#include "bms/time.hpp"
#include "bms/venus/value.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bms::guard {

/// One GetValue, or one SetValue where there is a value to write.
struct Request {
    std::string service, path;
    venus::Value write{}; ///< invalid: a question
    bool operator==(const Request&) const = default;
};

/// An answer that takes longer counts as none.
inline constexpr Duration answer_within = 5s;

/// So many services are looked at; further ones are not.
inline constexpr std::size_t most_services = 64;

/// "solarcharger" of "com.victronenergy.solarcharger.ttyO1", "system" of "com.victronenergy.system"; empty
/// for all else.
std::string_view class_of(std::string_view service);

/// A number of whichever type; nullopt for texts and for invalid.
std::optional<double> number_of(const venus::Value&);
std::optional<int> whole_of(const venus::Value&);
/// Empty for all but texts.
std::string text_of(const venus::Value&);

} // namespace bms::guard
