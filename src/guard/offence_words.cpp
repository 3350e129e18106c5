// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "offence_words.hpp"

#include "bms/guard/bus.hpp"

#include <array>
#include <cstdio>

namespace bms::guard {
namespace {

std::string who(const OffenderFacts& facts) {
    return facts.name.empty() ? facts.service : facts.name + " (" + facts.service + ")";
}

/// Why DVCC may not have stopped it; what helps then.
std::string why_it_charges(const OffenderFacts& facts) {
    const std::string_view kind = class_of(facts.service);
    const std::string wire = "wire it to ChargeDisconnect";
    if (kind == "vebus") {
        return "the inverter/charger itself goes on: switch it off, or disconnect its AC input";
    }
    if (kind == "charger") {
        return "DVCC does not control AC chargers: " + wire;
    }
    if (kind == "dcgenset") {
        return "DVCC does not control the current of a DC generator: " + wire + ", or stop it";
    }
    if (kind == "inverter" && facts.is_inverter_charger != 1) {
        return "DVCC controls no inverter that is not an inverter/charger: " + wire;
    }
    if (facts.beside_another_vebus) {
        return "DVCC listens to the other VE.Bus service on the bus and not to this BMS: " + wire;
    }
    if (facts.dvcc == 0) {
        return "DVCC is off: switch it on, or " + wire;
    }
    if (facts.n2k_instance.value_or(0) != 0) {
        return "its VE.Can instance is not 0, so DVCC leaves it alone: set it to 0, or " + wire;
    }
    if (facts.state == 0) {
        return "it says that it is off, so DVCC leaves it alone: " + wire;
    }
    return "check its cable to the GX device and its firmware, and " + wire;
}

} // namespace

std::string charging_words(const OffenderFacts& facts) {
    return "charge stop not obeyed by " + who(facts) + ": " + why_it_charges(facts);
}

std::string drawing_words(const OffenderFacts& facts) {
    return "loads off not obeyed by " + who(facts) +
           ": it still draws from the battery; switch it off, or wire its remote input to LoadDisconnect";
}

std::string with_amperes(const std::string& words, double current_a) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), " (%.1f A)", current_a);
    return words + text.data();
}

} // namespace bms::guard
