// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0

// The one file of the tests that holds where it was built: all others are the same in every clone, for a
// compiler's cache.
#include "support/places.hpp"

namespace bms::test {

std::string in_source(const std::string& path) { return BMS_SOURCE_DIR + path; }

std::string in_build(const std::string& path) { return BMS_BINARY_DIR + path; }

} // namespace bms::test
