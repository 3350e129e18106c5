// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What one key alone cannot say: rules between keys.
#pragma once

#include "config/errors.hpp"

namespace bms::config {

/// Unless remote is always on: it is one line, or both comparators (M92-M94). Sets its kind from the lines
/// given.
void complete_remote(Config&, Errors&);

/// Every line used once and pulled to its safe side, the port a name that stays, loops quicker to stop than
/// to allow.
void check_rules(const Config&, Errors&);

} // namespace bms::config
