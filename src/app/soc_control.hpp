// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/shunt_watch.hpp"

#include "bms/core/inputs.hpp"
#include "bms/guard/soc_rule.hpp"
#include "bms/record/recording.hpp"
#include "bms/venus/facts.hpp"

#include <memory>
#include <optional>

namespace bms::app {

/// The shunt and the SoC rule, as configured: perhaps neither.
class SocControl {
  public:
    using Events = ShuntWatch::Events;

    /// watch: nullptr where no bus is looked at; then there is no shunt.
    SocControl(const config::Config& config, const record::StoredMemory& stored, BusWatch* watch,
               const Events& events);

    /// Asks the shunt, looks at the rule, logs what is new.
    void run(Instant now);
    /// The user's word for the Multi. On, while the rule holds, overrules it.
    void wished(core::Mode mode);

    /// What the core is told.
    core::SocRule in_force() const;
    /// As of the latest run().
    const guard::ShuntReading& reading() const { return reading_; }
    Instant next_deadline() const;

    void store(record::StoredMemory& stored) const;
    void fill(venus::SocRule& facts) const;

  private:
    void tell();

    const core::SocRule action_;
    const Events events_;
    guard::ShuntReading reading_;
    std::optional<guard::SocRule> rule_; ///< nullopt: none is configured
    std::unique_ptr<ShuntWatch> shunt_;  ///< nullptr: none is configured
};

} // namespace bms::app
