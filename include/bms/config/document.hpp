// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Documents made from the table of configuration keys. `./dev docs` writes them beside the examples in
// config/.
#pragma once

#include <string>

namespace bms::config {

/// JSON Schema (2020-12) for editors. Rules between keys are only the parser's; `--check-config` is the
/// judge.
std::string schema_json();

/// The list of keys for people, in Markdown: meaning, what is accepted, default, reason.
std::string keys_markdown();

} // namespace bms::config
