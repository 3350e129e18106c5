// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The values behind the table of paths, and which of them the bus has not been told yet.
#pragma once

#include "bms/time.hpp"
#include "bms/venus/paths.hpp"

#include <string>
#include <vector>

namespace bms::venus {

/// Every item of a role, at first invalid. One writer, publish(); the D-Bus service only reads.
class ItemTree {
  public:
    explicit ItemTree(Role role = Role::vebus) : role_(role) {}

    Role role() const { return role_; }
    bool has(Path path) const { return belongs(row_of(path), role_); }

    /// Another type than the table's is a defect of ours and ends the process: clients crash on it, or read
    /// it as permission. Numbers that are not finite become invalid.
    void set(Path, Value);

    const Value& value(Path) const;
    std::string text(Path) const;

    /// The items that differ from what was last taken: one signal's worth. Telemetry joins at most once a
    /// second, statistics every ten and then with the telemetry: together they make one signal a second.
    std::vector<Path> take_changes(Instant now);

  private:
    Role role_;
    std::array<Value, path_count> values_;
    std::array<Value, path_count> told_;
    std::array<Instant, pace_count> due_ = {Instant::min(), Instant::min(),
                                            Instant::min()}; ///< by Pace; a flag is always due
};

/// "---" for invalid.
std::string text_of(const Row&, const Value&);

/// The longest text that can be written.
inline constexpr std::size_t max_text_bytes = 128;

/// What SetValue answers at once, or the value its owner is asked to accept. Codes as in Victron's velib.
struct WriteCheck {
    static constexpr int ok = 0, not_writable_or_wrong_type = 1, refused = 2;
    int answer = ok;
    std::optional<Value> ask; ///< in the table's type; empty: the answer is final
};

/// Whole numbers are taken for any number type; an equal value is ok and asks nobody.
WriteCheck check_write(const ItemTree&, Path, const Value& offered);

} // namespace bms::venus
