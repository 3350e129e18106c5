// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Who does not obey, in words that name it and say what helps.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bms::guard {

inline constexpr std::string_view dvcc_is_off =
    "DVCC is off, so that nobody stops the solar and alternator chargers over the bus; a VE.Bus BMS needs it "
    "on: Settings, System setup, Charge control, DVCC";

struct OffenderFacts {
    std::string service, name;
    std::optional<int> state, n2k_instance, is_inverter_charger, dvcc;
    bool beside_another_vebus = false; ///< DVCC listens to one VE.Bus service, and that is not ours
};

std::string charging_words(const OffenderFacts&);
std::string drawing_words(const OffenderFacts&);

/// "... (12.3 A)".
std::string with_amperes(const std::string& words, double current_a);

} // namespace bms::guard
