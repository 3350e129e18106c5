// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// One script, played on a fresh world and judged.
#pragma once

#include "storm/judge.hpp"
#include "storm/world.hpp"

namespace bms::test {

struct Verdict {
    std::string wrong;             ///< empty: nothing
    Duration played{};             ///< guest time
    std::size_t edges = 0;         ///< observations judged
    std::size_t certain = 0;       ///< of them, with one plausible reading
    std::size_t recorded = 0;      ///< steps of the daemon judged
    std::size_t compared = 0;      ///< looks at the outputs, compared with what the recording says was given
    std::vector<Observation> last; ///< up to what is wrong
};

/// Throws std::runtime_error when the script cannot be read, or the guest is not as it must be.
Verdict play(const std::string& script, const Programs&, const core::Settings& promised);

} // namespace bms::test
