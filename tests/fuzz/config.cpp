// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A configuration file.
#include "bms/config/config.hpp"

#include "support/input.hpp"

using bms::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    const auto read = bms::config::parse(text);
    require(read.config.has_value() == read.errors.empty(), "neither a configuration nor an error, or both");
    require(read.errors.size() <= 101, "more errors than anybody reads");
    for (const auto& error : read.errors) {
        require(!error.text.empty(), "an error without words");
    }
    if (read.config) {
        const auto again = bms::config::parse(bms::config::print(*read.config));
        require(again.config == read.config, "what is printed means something else");
    }
    return 0;
}
