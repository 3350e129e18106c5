// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace bms::test {

/// What keeps a text from being well-formed XML, in words; empty: nothing. Of XML it knows elements,
/// attributes, comments and entities, which is all our drawings have.
std::string xml_problem(std::string_view text);

} // namespace bms::test
