// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/presence.hpp"

#include "io/clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <cctype>
#include <utility>

namespace bms::app {

namespace {

constexpr Duration settings_wait_at_most = 3s; // decisions 7
constexpr Duration look_again_at_other = 60s;  // its BMS may be found later than its Multi

std::string name_of(venus::Role role, const std::string& vebus_name) {
    const std::string word = vebus_name.substr(vebus_name.rfind('.') + 1);
    switch (role) {
    case venus::Role::status:
        return "com.victronenergy.bms." + word;
    case venus::Role::battery:
        return "com.victronenergy.battery." + word;
    default:
        return vebus_name;
    }
}

/// Letters, digits and _ only: it becomes an object path.
std::string stable_word(const std::string& serial, const std::string& vebus_name) {
    std::string word = serial.empty() ? vebus_name.substr(vebus_name.rfind('.') + 1) : serial;
    std::erase_if(word, [](unsigned char c) { return std::isalnum(c) == 0 && c != '_'; });
    return word;
}

} // namespace

bool has_presence(const config::DBus& config) {
    return config.role != config::BusRole::none || config.battery.charge_voltage_v.has_value();
}

std::set<std::string> own_names(const std::string& vebus_name) {
    return {vebus_name, name_of(venus::Role::status, vebus_name), name_of(venus::Role::battery, vebus_name)};
}

/// A name, its connection and its items.
struct Presence::Service {
    venus::ItemTree tree;
    io::DbusService bus;

    Service(boost::asio::io_context& loop, const io::BusSettings& settings, venus::Role role,
            io::DbusService::Events events)
        : tree(role), bus(loop, settings, tree, std::move(events)) {}
};

struct Presence::Timer {
    explicit Timer(boost::asio::io_context& loop) : timer(loop) {}
    boost::asio::steady_timer timer;
};

Presence::Presence(boost::asio::io_context& loop, BusWatch& watch, const config::DBus& config,
                   const std::string& vebus_name, const std::string& serial, Events events)
    : loop_(loop),
      config_(config),
      vebus_name_(vebus_name),
      events_(std::move(events)),
      client_(watch.bus()),
      chooser_({.settle = config.role_settle,
                .settle_again = config.role_settle_again,
                .may_be_vebus = config.role == config::BusRole::vebus},
               vebus_name),
      timer_(std::make_unique<Timer>(loop)) {
    const std::string word = stable_word(serial, vebus_name);
    const VenusSettings::Events changed{[this] { settings_changed(); }, events_.warning};
    bms_settings_ = std::make_unique<VenusSettings>(
        client_,
        VenusSettings::Device{"vebusbms_" + word, "vebus", config.device_instance, config.custom_name},
        changed);
    battery_settings_ = std::make_unique<VenusSettings>(
        client_,
        VenusSettings::Device{"vebusbms_battery_" + word, "battery", config.battery.device_instance,
                              config.custom_name},
        changed);
    client_.follow(settings_service, [this](const io::DbusClient::Items& items) {
        bms_settings_->told(items);
        battery_settings_->told(items);
    });
}

Presence::~Presence() = default;

// ------------------------------------------------------------------------------------------ what goes out

void Presence::publish(const venus::Facts& facts, bool complete, Instant now) {
    facts_ = facts;
    if (complete && !std::exchange(complete_, true)) {
        review();
    }
    for (Service* service : {bms_.get(), battery_.get()}) {
        if (service != nullptr) {
            publish_to(*service);
            service->bus.flush(now);
        }
    }
}

VenusSettings& Presence::settings_of(venus::Role role) const {
    return role == venus::Role::battery ? *battery_settings_ : *bms_settings_;
}

void Presence::publish_to(Service& service) const {
    const auto& settings = settings_of(service.tree.role());
    venus::Facts facts = facts_;
    facts.identity.device_instance = settings.instance();
    facts.identity.custom_name = settings.custom_name();
    facts.bank.charge_volts = config_.battery.charge_voltage_v;
    if (service.tree.role() == venus::Role::status) {
        facts.role_note = chooser_.others().empty() ? "Only status is shown on D-Bus"
                          : other_shows_bms_        ? "DVCC obeys the BMS that the other VE.Bus driver shows"
                                             : "DVCC does not listen to us beside another VE.Bus driver: "
                                               "ChargeDisconnect stops the chargers";
    }
    venus::publish(facts, service.tree);
}

std::unique_ptr<Presence::Service> Presence::make(venus::Role role) {
    io::DbusService::Events events;
    events.written = [this, role](auto path, const auto& value) { return written(role, path, value); };
    events.info = events_.info;
    events.warning = events_.warning;
    auto service = std::make_unique<Service>(
        loop_, io::BusSettings{to_io(config_.bus), name_of(role, vebus_name_)}, role, std::move(events));
    publish_to(*service);
    service->bus.request_name();
    return service;
}

int Presence::written(venus::Role role, venus::Path path, const venus::Value& value) {
    if (path != venus::Path::custom_name) {
        return events_.written(path, value);
    }
    if (!settings_of(role).rename(std::get<std::string>(value))) {
        events_.warning("/CustomName refused: there is no com.victronenergy.settings on the bus to keep it; "
                        "set dbus.custom_name in the configuration");
        return venus::WriteCheck::refused;
    }
    settings_changed();
    return venus::WriteCheck::ok;
}

// ------------------------------------------------------------------------------------------ who we may be

void Presence::appeared(const std::string& service, Instant now) {
    chooser_.appeared(service, now);
    if (service == settings_service) {
        bms_settings_->ask();
        if (config_.battery.charge_voltage_v) {
            battery_settings_->ask();
        }
    }
    review();
}

void Presence::vanished(const std::string& service, Instant now) {
    chooser_.vanished(service, now);
    if (service == settings_service) {
        bms_settings_->gone();
        battery_settings_->gone();
    }
    review();
}

void Presence::listed(Instant now) {
    chooser_.listed(now);
    if (!settings_due_) { // where Venus OS does not run, or has not begun to, there is nothing to wait for
        settings_due_ = now + (client_.names("com.victronenergy.").empty() ? 0s : settings_wait_at_most);
    }
    review();
}

void Presence::lost(Instant) {
    chooser_.lost();
    review();
}

bool Presence::settings_settled(Instant now) const {
    const bool answered =
        bms_settings_->answered() && (!config_.battery.charge_voltage_v || battery_settings_->answered());
    return answered || (settings_due_ && now >= *settings_due_);
}

/// Called whenever something that decides our roles may have changed, never from inside a service.
void Presence::review() {
    const Instant now = io::monotonic_now();
    const bool ready = complete_ && settings_settled(now);
    if (config_.role != config::BusRole::none) {
        take_role(ready || role_ ? chooser_.wanted(now) : std::nullopt);
    }
    if (ready && config_.battery.charge_voltage_v && !battery_) {
        warn_of_displaced_monitor();
        battery_ = make(venus::Role::battery);
    }
    arm(now);
}

void Presence::arm(Instant now) {
    Instant next = chooser_.next_deadline() > now ? chooser_.next_deadline() : never;
    if (settings_due_ && *settings_due_ > now) {
        next = std::min(next, *settings_due_);
    }
    if (role_ == venus::Role::status && !chooser_.others().empty()) {
        next = std::min(next, now + look_again_at_other);
    }
    timer_->timer.cancel();
    if (next == never) {
        return;
    }
    timer_->timer.expires_at(io::to_steady(next));
    timer_->timer.async_wait([this](boost::system::error_code error) {
        if (!error) {
            read_other_bms();
            review();
        }
    });
}

void Presence::take_role(std::optional<venus::Role> role) {
    if (role == role_) {
        return;
    }
    bms_.reset(); // first: two names of ours at once are one too many
    role_ = role;
    if (!role) {
        return;
    }
    bms_ = make(*role);
    if (role == venus::Role::status) {
        explain_status();
    }
}

void Presence::explain_status() {
    other_shows_bms_ = false;
    if (chooser_.others().empty()) {
        return;
    }
    const std::string& other = *chooser_.others().begin();
    events_.warning("D-Bus: " + other +
                    " is another VE.Bus driver: only our status is shown. DVCC listens to " + other +
                    " and not to us; unless that shows a BMS itself, only ChargeDisconnect stops the "
                    "chargers");
    read_other_bms();
}

/// DVCC obeys the other service where its wire carries a BMS (venus-dbus.md 3).
void Presence::read_other_bms() {
    if (role_ != venus::Role::status || chooser_.others().empty()) {
        return;
    }
    client_.get_value(*chooser_.others().begin(), "/Bms/BmsType", [this](const auto& type) {
        const bool shows = type == venus::Value{2};
        if (shows != std::exchange(other_shows_bms_, shows) && shows) {
            events_.info("D-Bus: the other VE.Bus driver shows a BMS: DVCC obeys that one");
        }
    });
}

/// The mere presence of ours moves systemcalc's automatic choice to it (venus-dbus.md 4).
void Presence::warn_of_displaced_monitor() {
    for (const auto& name : client_.names("com.victronenergy.battery.")) {
        if (name != name_of(venus::Role::battery, vebus_name_)) {
            events_.warning("D-Bus: " + name +
                            " may no longer be the battery monitor: Venus OS prefers a managed "
                            "battery. Choose the monitor in its settings, System setup");
        }
    }
}

/// Clients read an instance once, when they see the name: another instance is another name. Not at once: a
/// service may be on the stack.
void Presence::settings_changed() {
    boost::asio::post(loop_, [this] {
        review();
        make_again_if_moved(bms_);
        make_again_if_moved(battery_);
        publish(facts_, complete_, io::monotonic_now());
    });
}

void Presence::make_again_if_moved(std::unique_ptr<Service>& service) {
    const auto path = venus::Path::device_instance;
    if (!service || !service->tree.has(path)) {
        return;
    }
    const venus::Role role = service->tree.role();
    if (service->tree.value(path) != venus::Value{settings_of(role).instance()}) {
        service.reset();
        service = make(role);
    }
}

} // namespace bms::app
