// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/guard/versions.hpp"

#include <array>
#include <charconv>

namespace bms::guard {
namespace {

struct Lack {
    Version venus_before, systemcalc_before;
    std::string_view words;
};

// The first row that applies says it: what comes later in the table is less.
constexpr std::array lacks{
    Lack{{2, 90},
         {2, 103},
         "does not look at the stop of a VE.Bus BMS at all: no charger stops over the bus, only "
         "ChargeDisconnect stops them"},
    Lack{{3, 0},
         {2, 118},
         "forgets the stop of a VE.Bus BMS while the inverter/charger is off and after a restart of the GX"},
    Lack{{3, 14},
         {2, 140},
         "ignores your own charge current limit beside a VE.Bus BMS (the stop itself works)"},
    Lack{{3, 40}, {2, 184}, "does not stop alternator chargers such as the Orion XS"},
    Lack{{3, 60}, {2, 217}, "is older than what this BMS is tested with"},
};

std::string sentence(std::string_view what, std::string_view words) {
    return std::string(what) + " " + std::string(words) + ". Update it to 3.60 or later";
}

} // namespace

std::optional<Version> version_from(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_of("0123456789"), text.size()));
    Version v;
    const auto* const end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, v.major);
    if (major.ec != std::errc{} || major.ptr == end || *major.ptr != '.' ||
        std::from_chars(major.ptr + 1, end, v.minor).ec != std::errc{} || v.minor < 0) {
        return std::nullopt;
    }
    return v;
}

std::string version_advice(std::string_view venus_os, std::string_view systemcalc) {
    const auto venus = version_from(venus_os);
    const auto calc = version_from(systemcalc);
    for (const Lack& lack : lacks) {
        if (venus ? *venus < lack.venus_before : calc && *calc < lack.systemcalc_before) {
            return sentence(venus ? "Venus OS " + std::string(venus_os)
                                  : "this Venus OS (dbus-systemcalc " + std::string(systemcalc) + ")",
                            lack.words);
        }
    }
    return "";
}

} // namespace bms::guard
