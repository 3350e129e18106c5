// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A low cell is the last resort: shut down earlier by the state of charge (M95, M121-M123).
//
// What is not known changes nothing: it neither trips the rule nor lets it go. Ways out are the state of
// charge, the configuration, and a person.
#pragma once

#include "bms/guard/charge_guard.hpp"

namespace bms::guard {

struct SocRuleSettings {
    int below_percent = 0; ///< 1 to 90
    int back_percent = 0;  ///< above that by 2 at least
    Duration lasts = 60s;  ///< 10 s to 1 h: so long, unbroken, in both directions
};

/// What outlives a restart.
struct SocRuleMemory {
    bool tripped = false;
    bool overruled = false; ///< by a person, until the state of charge has been back once
    bool operator==(const SocRuleMemory&) const = default;
};

class SocRule {
  public:
    SocRule(const SocRuleSettings& settings, const SocRuleMemory& memory)
        : settings_(settings), memory_(memory) {
        memory_.overruled = memory_.overruled && memory_.tripped;
    }

    /// soc_percent: 0 to 100; nullopt: not known now.
    void update(std::optional<double> soc_percent, Instant now);
    /// The owner's hand wins over the rule, never over the battery: on is wished while it holds.
    void overrule();
    Instant next_deadline() const;

    /// It takes away what it is there for.
    bool active() const { return memory_.tripped && !memory_.overruled; }
    const SocRuleMemory& memory() const { return memory_; }
    /// Of what was last told; no figure of it changes more often than by a whole percent.
    std::string reason() const;
    /// What is new since it was last called.
    std::vector<News> take_news();

  private:
    const SocRuleSettings settings_;
    SocRuleMemory memory_;
    std::optional<double> soc_percent_;
    std::optional<Instant> beyond_since_; ///< below, or back where it has tripped, unbroken
    std::vector<News> news_;
};

} // namespace bms::guard
