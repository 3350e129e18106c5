// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What we are on the message bus: which services, under which names, with which settings of Venus OS.
#pragma once

#include "app/venus_settings.hpp"
#include "io/dbus_client.hpp"
#include "io/dbus_service.hpp"

#include "bms/config/config.hpp"
#include "bms/venus/facts.hpp"
#include "bms/venus/roles.hpp"

#include <functional>
#include <memory>
#include <string>

namespace bms::app {

/// Roles come and go with other services (decisions 7); protection neither knows nor waits.
class Presence {
  public:
    struct Events {
        /// A client wrote a value that the table allows; 0 accepts (see io::DbusService). /CustomName never
        /// gets there.
        std::function<int(venus::Path, const venus::Value&)> written;
        std::function<void(const std::string&)> info, warning;
    };

    /// `vebus_name`: com.victronenergy.vebus.WORD; the other roles' names have the same last word.
    Presence(boost::asio::io_context&, const config::DBus&, const std::string& vebus_name,
             const std::string& serial, Events);
    ~Presence();

    /// Completes the facts with what Venus OS has settled, publishes them in every role we have and tells
    /// what changed. `complete`: every item is true, names may be taken.
    void publish(const venus::Facts&, bool complete, Instant now);

    /// For whoever reads or commands other services. Presence is told first of what comes and goes.
    io::DbusClient& client() { return *client_; }
    using NameEvent = std::function<void(const std::string& name)>;
    void on_names(NameEvent appeared, NameEvent vanished, std::function<void()> lost);

  private:
    struct Service;

    void appeared(const std::string& name);
    void vanished(const std::string& name);
    void listed();
    void lost();
    void review();
    void arm(Instant now);
    void take_role(std::optional<venus::Role>);
    void explain_status();
    void read_other_bms();
    void warn_of_displaced_monitor();
    void settings_changed();
    bool settings_settled(Instant now) const;
    int written(venus::Role, venus::Path, const venus::Value&);
    VenusSettings& settings_of(venus::Role role) const;
    void publish_to(Service&) const;
    std::unique_ptr<Service> make(venus::Role);
    void make_again_if_moved(std::unique_ptr<Service>&);

    struct Timer;

    boost::asio::io_context& loop_;
    const config::DBus config_;
    const std::string vebus_name_;
    const Events events_;
    NameEvent told_appeared_, told_vanished_;
    std::function<void()> told_lost_;
    venus::RoleChooser chooser_;
    venus::Facts facts_; ///< as last published
    bool complete_ = false;
    std::optional<Instant> settings_due_; ///< settings are waited for until then
    std::optional<venus::Role> role_;
    bool other_shows_bms_ = false;
    std::unique_ptr<Timer> timer_;
    std::unique_ptr<Service> bms_, battery_;
    std::unique_ptr<VenusSettings> bms_settings_, battery_settings_;
    std::unique_ptr<io::DbusClient> client_;
};

} // namespace bms::app
