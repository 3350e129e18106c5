// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Battery voltage and current of every unit, read from its RAM: variables 4 and 5 [V], by the scales the unit
// itself tells.
#pragma once

#include "vebus/checks.hpp"

#include <map>

namespace bms::vebus {

class Measuring {
  public:
    Measuring(bool on, Duration every, int max_tries, const Checks&, LinkStatus&);

    void units_are(const std::vector<std::uint8_t>&);
    /// The Multi is gone, and what was measured with it.
    void forget();

    Instant due_at() const;
    std::optional<Checks::Ask> next(std::uint8_t id, Instant now);
    void answered(std::uint8_t unit, const Message&, Instant now);
    bool unanswered(std::uint8_t unit, Instant now);
    /// What is old is told no more.
    void expire(Instant now);
    Instant next_deadline() const;

  private:
    struct Unit {
        Instant due = Instant::min();
        int tries = 0;
        std::optional<Instant> read_at{};
        double voltage_v = 0;
        double current_a = 0;
    };
    bool scales_known(std::uint8_t unit) const;
    void sum_up();

    bool on;
    Duration every;
    int max_tries;
    const Checks& checks;
    LinkStatus& seen;
    std::map<std::uint8_t, Unit> units{{0, {}}};
};

} // namespace bms::vebus
