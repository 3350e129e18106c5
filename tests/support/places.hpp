// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bms::test {

/// The file of this repository at `path`, which begins with a slash.
std::string in_source(const std::string& path);

/// The file of this build at `path`, which begins with a slash.
std::string in_build(const std::string& path);

} // namespace bms::test
