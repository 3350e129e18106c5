// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/bus_watch.hpp"

#include "bms/core/step.hpp"
#include "bms/guard/charge_guard.hpp"
#include "bms/venus/facts.hpp"

namespace bms::app {

/// Asks the rest of the boat whether it does what the battery says: bms/guard/charge_guard.hpp on the bus.
class DvccGuard final : public NameListener {
  public:
    struct Events {
        std::function<void(Instant)> changed; ///< there is something to publish
        std::function<void(const std::string&)> info, warning;
    };

    /// The bus must outlive it.
    DvccGuard(io::DbusClient& bus, Events events) : bus_(bus), events_(std::move(events)) {}

    void appeared(const std::string& service, Instant now) override;
    void vanished(const std::string& service, Instant now) override;

    /// What is permitted now; asks what is due.
    void run(const core::StepResult& result, Instant now);
    Instant next_deadline() const { return guard_.next_deadline(); }

    /// Words of somebody else for the GX device and VRM.
    void announce(bool alarm, const std::string& words, Instant now);

    void fill(venus::Neighbours& neighbours) const;

  private:
    void ask_due(Instant now);
    void carry(const guard::Request& request);
    void tell(Instant now);

    io::DbusClient& bus_;
    const Events events_;
    guard::ChargeGuard guard_;
};

} // namespace bms::app
