// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The invented profile, as it is and with a part of its text changed.
#pragma once

#include "support/places.hpp"

#include "bms/profile/profile.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace bms::profile {

inline std::string invented_text() {
    std::ifstream file{bms::test::in_source("/tests/data/profile/invented.json"), std::ios::binary};
    EXPECT_TRUE(file) << "tests/data/profile/invented.json cannot be read";
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline std::string invented_with(std::string_view from, std::string_view to) {
    std::string text = invented_text();
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " is not in the invented profile";
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// As the daemon prints them: "POINTER: text".
inline std::vector<std::string> errors_in(std::string_view text) {
    std::vector<std::string> lines;
    const auto result = parse(text);
    if (const auto* errors = std::get_if<std::vector<Error>>(&result)) {
        for (const auto& error : *errors) {
            lines.push_back(error.pointer + ": " + error.text);
        }
        EXPECT_FALSE(lines.empty()) << "refused without a word";
    }
    return lines;
}

inline Profile must_parse(std::string_view text) {
    for (const auto& line : errors_in(text)) {
        ADD_FAILURE() << line;
    }
    auto result = parse(text);
    const auto* profile = std::get_if<Profile>(&result);
    return profile ? *profile : Profile{};
}

inline Profile invented() { return must_parse(invented_text()); }

inline Signals signals_of(std::initializer_list<Signal> active, ChargeLevel charge = ChargeLevel::allowed) {
    Signals signals{.charge = charge};
    for (const Signal signal : active) {
        signals[signal] = true;
    }
    return signals;
}

} // namespace bms::profile
