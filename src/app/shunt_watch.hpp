// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/bus_watch.hpp"

#include "bms/guard/shunt.hpp"

namespace bms::app {

/// Asks the shunt: bms/guard/shunt.hpp on the bus.
class ShuntWatch final : public NameListener {
  public:
    struct Events {
        std::function<void(Instant)> changed; ///< the reading is another one
        std::function<void(const std::string&)> info, warning;
    };

    /// The bus must outlive it.
    ShuntWatch(io::DbusClient& bus, const std::string& service, Events events)
        : bus_(bus), events_(std::move(events)), shunt_(service) {}

    void appeared(const std::string& service, Instant now) override;
    void vanished(const std::string& service, Instant now) override;
    void listed(Instant now) override;
    void lost(Instant now) override;

    /// Asks what is due. Returns what is known now.
    guard::ShuntReading run(Instant now);
    Instant next_deadline() const { return shunt_.next_deadline(); }

    /// Why there is none, and what to do; empty when there is one.
    const std::string& problem() const { return shunt_.problem(); }

  private:
    void ask_due(Instant now);
    void tell_of_target();
    void tell_of_reading(Instant now);

    io::DbusClient& bus_;
    const Events events_;
    guard::Shunt shunt_;
    guard::ShuntReading told_;
    std::string told_target_, told_problem_;
    bool listed_ = false; ///< before all names are known none is missed
};

} // namespace bms::app
