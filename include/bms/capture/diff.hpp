// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Two stretches of listening, compared: what a battery's open loop changes on the bus.
#pragma once

#include "bms/capture/stats.hpp"

#include <bitset>

namespace bms::capture {

/// All that was heard on one side. Bounded: kinds, fields and their values are counted up to a limit.
class Side {
  public:
    explicit Side(std::string name_ = {}) : name(std::move(name_)) {}

    void add(const Heard&);
    /// A pause follows: what comes next continues no period.
    void interrupt();

    /// The values of one field. Beyond the limit only that there are many.
    struct Values {
        static constexpr std::size_t limit = 32;
        std::set<std::string> seen;
        bool many = false;
        void add(const std::string&);
    };
    /// The values of one byte of a frame that is not known.
    using Byte = std::bitset<256>;
    struct Kind {
        std::uint64_t count = 0;
        Periods periods;
        std::set<std::size_t> payload_sizes;
        bool known = false;
        std::map<std::string, Values> fields; ///< known: by name
        std::vector<std::string> field_order;
        std::vector<Byte> bytes; ///< not known: by index in the payload
    };

    std::string name;
    std::map<Group, Kind> kinds;
    std::uint64_t frames = 0;
};

/// What differs between a and b, in words to be read and passed on. A field that changes within both sides,
/// and has values in common or a range in common, is a measurement or a counter: it is named as left out, and
/// compared only with `all`.
std::string difference(const Side& a, const Side& b, bool all);

/// One file cut at its marks. Stretches with the same text belong to the same side.
class Sections {
  public:
    static constexpr std::size_t max_sides = 32;

    /// What comes within `settle` after a mark counts for no side: a person marks, then turns a screw.
    Sections(const Header&, Duration settle);

    void add(const Chunk&);
    /// What is wrong with the marks, if something is.
    std::optional<std::string> add(const Mark&);

    /// Every side against that of the first mark; with one mark, against what came before it. Or why there is
    /// nothing to compare.
    std::string text(bool all) const;

  private:
    Decoder decoder;
    Duration settle;
    Duration counts_from{};
    std::vector<Side> sides; ///< [0]: before the first mark
    std::size_t current = 0;
};

} // namespace bms::capture
