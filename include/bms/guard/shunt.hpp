// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a shunt in the minus of the bank measures, read from its com.victronenergy.battery service (M117).
// Known or not known, never guessed: what is old, absurd or of a service that is gone counts as not known.
#pragma once

#include "bms/guard/bus.hpp"

#include <set>
#include <vector>

namespace bms::guard {

inline constexpr Duration shunt_asked_every = 10s;
/// Two answers may be missed. An older reading says nothing about now.
inline constexpr Duration shunt_reading_lasts = 30s;

/// Empty: not known now.
struct ShuntReading {
    std::optional<double> soc_percent; ///< 0 to 100
    std::optional<double> current_a;   ///< of the bank, positive into the battery
    std::optional<double> voltage_v;   ///< of the bank
    bool operator==(const ShuntReading&) const = default;
};

class Shunt {
  public:
    /// service: full name, or "auto" for the only com.victronenergy.battery on the bus; empty: none, and
    /// nothing is asked.
    explicit Shunt(std::string service);

    /// A service has a name on the bus, or has it no more. Our own are not told here.
    void appeared(const std::string& service, Instant now);
    void vanished(const std::string& service, Instant now);

    /// What to ask now; each is handed out once. Forgets what has become old.
    std::vector<Request> due(Instant now);
    Instant next_deadline() const;
    /// The answer; nullopt: none came, or an error.
    void answered(const Request&, const std::optional<venus::Value>&, Instant now);

    ShuntReading reading(Instant now) const;
    /// The service that is asked; empty: none.
    const std::string& target() const { return target_; }
    /// Why none is, and what to do; empty when one is, or none is wanted.
    const std::string& problem() const { return problem_; }

  private:
    /// A value and when it was told.
    struct Told {
        std::optional<double> value;
        Instant at{};
        std::optional<double> at_most_old(Instant now) const;
    };

    void choose(Instant now);

    std::string wanted_;
    std::set<std::string> services_;
    std::string target_, problem_;
    Instant ask_at_ = never;
    Told soc_, current_, voltage_;
};

} // namespace bms::guard
