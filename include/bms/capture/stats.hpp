// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A capture in figures: what was heard, how often, and how clean the wire was.
#pragma once

#include "bms/capture/decode.hpp"
#include "bms/capture/periods.hpp"

#include <compare>
#include <map>
#include <set>

namespace bms::capture {

/// What belongs together: the same sender says the same kind. Senders that are neither the Multi nor a remote
/// come first: that is where a BMS is looked for.
struct Group {
    std::optional<vebus::Address> from;
    std::string kind;

    bool strange() const;
    std::strong_ordering operator<=>(const Group&) const;
    bool operator==(const Group&) const = default;
};
Group group_of(const Heard&);

/// Groups that are kept apart. Random bytes with a checksum that fits by chance must not fill the memory.
inline constexpr std::size_t max_groups = 256;

class Stats {
  public:
    explicit Stats(Header);

    void add(const Chunk&);
    void add(const Mark&);

    /// The figures, as a table for people.
    std::string text() const;

    std::uint64_t frames() const { return good; }
    std::uint64_t rejects() const { return bad; }
    /// Groups whose kind has no name.
    std::size_t unknown_groups() const;

  private:
    struct Row {
        std::uint64_t count = 0;
        Periods periods;
        std::set<std::size_t> payload_sizes;
        bool known = false;
    };

    void add(const Heard&);
    void follow(std::uint8_t number);
    void count_sync(Duration at);
    std::string summary() const;
    std::string sync_line() const;

    Header header;
    Decoder decoder;
    std::map<Group, Row> rows;
    std::map<std::string, std::uint64_t> reasons;
    std::uint64_t chunks = 0, bytes = 0, good_bytes = 0, good = 0, bad = 0, marks = 0, beyond_groups = 0;
    std::uint64_t gaps = 0, missing = 0;
    std::optional<std::uint8_t> latest_number;
    std::uint64_t syncs = 0;
    Duration first_sync{}, latest_sync{};
    /// Of whole seconds since the first sync.
    std::uint64_t syncs_this_second = 0, least_syncs = 0, most_syncs = 0, whole_seconds = 0;
    Duration latest{};
};

} // namespace bms::capture
