// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What we are on the message bus: which services, under which names, with which settings of Venus OS.
#pragma once

#include "app/bus_watch.hpp"
#include "app/venus_settings.hpp"
#include "io/dbus_service.hpp"

#include "bms/config/config.hpp"
#include "bms/venus/facts.hpp"
#include "bms/venus/roles.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace bms::app {

/// Some name of ours is wanted on the bus.
bool has_presence(const config::DBus& config);
/// All names we may have; `vebus_name`: com.victronenergy.vebus.WORD, the other roles' have the same last
/// word.
std::set<std::string> own_names(const std::string& vebus_name);

/// Roles come and go with other services (decisions 7); protection neither knows nor waits.
class Presence final : public NameListener {
  public:
    struct Events {
        /// A client wrote a value that the table allows; 0 accepts (see io::DbusService). /CustomName never
        /// gets there.
        std::function<int(venus::Path, const venus::Value&)> written;
        std::function<void(const std::string&)> info, warning;
    };

    /// The watch must outlive it, and tell it of names (BusWatch::add).
    Presence(boost::asio::io_context&, BusWatch&, const config::DBus&, const std::string& vebus_name,
             const std::string& serial, Events);
    ~Presence() override;

    /// Completes the facts with what Venus OS has settled, publishes them in every role we have and tells
    /// what changed. `complete`: every item is true, names may be taken.
    void publish(const venus::Facts&, bool complete, Instant now);

    void appeared(const std::string& service, Instant now) override;
    void vanished(const std::string& service, Instant now) override;
    void listed(Instant now) override;
    void lost(Instant now) override;

  private:
    struct Service;

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
    io::DbusClient& client_;
    venus::RoleChooser chooser_;
    venus::Facts facts_; ///< as last published
    bool complete_ = false;
    std::optional<Instant> settings_due_; ///< settings are waited for until then
    std::optional<venus::Role> role_;
    bool other_shows_bms_ = false;
    std::unique_ptr<Timer> timer_;
    std::unique_ptr<Service> bms_, battery_;
    std::unique_ptr<VenusSettings> bms_settings_, battery_settings_;
};

} // namespace bms::app
