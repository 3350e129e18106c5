// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/bus_watch.hpp"
#include "app/multi_control.hpp"

#include "bms/guard/venus_link.hpp"

namespace bms::app {

/// The Multi behind another service's /Mode: the "venus" link on the message bus.
class VenusMulti final : public MultiControl, public NameListener {
  public:
    /// The bus must outlive it.
    VenusMulti(io::DbusClient& bus, const config::Vebus& config, Events events);
    ~VenusMulti() override;

    void appeared(const std::string& service, Instant now) override;
    void vanished(const std::string& service, Instant now) override;

    void run(Instant now) override;
    Instant next_deadline() const override { return link_.next_deadline(); }
    void want(const std::optional<core::Command>& command, bool quiet) override;
    void say(const profile::Signals&) override {} // a service has no place for them
    void redetect() override;
    const vebus::LinkStatus& status() const override { return link_.status(); }
    const std::string& port_problem() const override { return problem_; }
    bool silent(Instant now) const override;
    bool obeyed(core::Mode mode) const override { return shows(status(), mode); }

  private:
    void carry(const guard::Request& request);
    void follow_target();
    void noticed(Instant now);
    bool tell_problem();

    io::DbusClient& bus_;
    const config::Vebus config_;
    const Events events_;
    guard::VenusLink link_;
    std::string followed_, problem_, last_listen_only_;
    std::uint64_t panel_changes_ = 0; ///< of the status, as last looked at
    core::MultiReport last_report_;
    Instant last_heard_;
    bool noticing_ = false;
};

} // namespace bms::app
