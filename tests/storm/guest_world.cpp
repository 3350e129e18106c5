// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/clock.hpp"
#include "sim/client.hpp"
#include "storm/world.hpp"

#include "bms/core/words.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <csignal>
#include <sys/time.h>

namespace bms::test {
namespace {

constexpr const char* control_socket = "/run/multi.sock";
constexpr const char* our_name = "com.victronenergy.vebus.";

/// After a change of permission or wish the Multi has obeyed by then; so long after its link was disturbed
/// too.
constexpr Duration multi_obeys_within = 15s, link_settles_within = 60s;
constexpr Duration bus_is_told_within = 500ms;

const std::vector<std::string> input_lines{
    "btv_allow_to_charge", "btv_allow_to_discharge", "btv_pre_alarm", "remote_h", "remote_l", "mains_1"};
const std::vector<std::string> output_lines{"load_disconnect", "charge_disconnect", "pre_alarm",
                                            "led_cell_low",    "led_cell_high",     "heartbeat"};

bool is_up(const std::string& word) { return word == "closed" || word == "on" || word == "present"; }

std::uint32_t venus_mode(const std::string& word) {
    return word == "on" ? 3 : word == "charger-only" ? 1 : 4;
}

core::Mode mode_of(const std::string& word) {
    return word == "on"              ? core::Mode::on
           : word == "charger-only"  ? core::Mode::charger_only
           : word == "inverter-only" ? core::Mode::inverter_only
                                     : core::Mode::off;
}

std::string ask_multi(const std::string& what) {
    const auto answer = sim::ask(control_socket, what);
    return answer.ok && !answer.lines.empty() ? answer.lines.front() : "";
}

bool flag(const io::DbusClient::Items& items, const char* path) {
    const auto found = items.find(path);
    const auto* value = found == items.end() ? nullptr : std::get_if<std::int32_t>(&found->second);
    return value != nullptr && *value != 0;
}

} // namespace

GuestWorld::GuestWorld(boost::asio::io_context& io, Programs programs)
    : io_(io), programs_(std::move(programs)) {
    std::filesystem::remove_all("/run/state");
    std::filesystem::create_directory("/run/state");
    make_chips();
    start_bus();
    start_multi();
    client_ = std::make_unique<io::DbusClient>(
        io_, io::BusChoice::system,
        io::DbusClient::Events{[this](const std::string& name) {
                                   if (name.starts_with(our_name)) {
                                       service_ = name;
                                       client_->follow(name, [this](const auto& items) {
                                           for (const auto& [path, value] : items) {
                                               items_[path] = value;
                                           }
                                       });
                                   }
                               },
                               [this](const std::string& name) {
                                   if (name == service_) {
                                       items_.clear();
                                   }
                               },
                               [] {}, [this] { items_.clear(); }, [](const auto&) {}, [](const auto&) {}});
    start_daemon();
}

void GuestWorld::make_chips() {
    if (!battery_ && words_["unplug"] != "all") {
        battery_ = std::make_unique<SimChip>("battery", input_lines);
        for (const std::string& line : input_lines) {
            battery_->pull(line, is_up(words_[line]));
        }
    }
    if (!outputs_ && words_["outputs_chip"] == "there") {
        outputs_ = std::make_unique<SimChip>("outputs", output_lines);
    }
}

void GuestWorld::start_bus() {
    std::filesystem::remove("/run/bus");
    bus_ = std::make_unique<Process>(std::vector<std::string>{"/usr/bin/dbus-daemon",
                                                              "--config-file=" + programs_.bus_config,
                                                              "--nofork", "--nopidfile"},
                                     "/run/log/dbus");
    soon([] { return std::filesystem::exists("/run/bus"); });
}

void GuestWorld::start_multi() {
    multi_ =
        std::make_unique<Process>(std::vector<std::string>{programs_.simulator, "multiplus", "--port",
                                                           "/run/multi.tty", "--control", control_socket},
                                  "/run/log/multiplus");
    soon([] { return !ask_multi("get mode").empty(); });
}

void GuestWorld::start_daemon() {
    recordings_.push_back("/run/recording." + std::to_string(recordings_.size()));
    daemon_ =
        std::make_unique<Process>(std::vector<std::string>{programs_.daemon, "--config", programs_.config,
                                                           "--record", recordings_.back()},
                                  "/run/log/daemon");
    wish_.reset(); // what it takes for the wish now is its own to find out
}

void GuestWorld::set_process(const std::string& name, const std::string& value) {
    if (name == "multi") {
        multi_.reset();
        value == "there" ? start_multi() : void();
    } else if (name == "bus") {
        bus_.reset();
        value == "there" ? start_bus() : void();
    } else if (value == "paused") {
        daemon_ ? daemon_->signal(SIGSTOP) : void();
        paused_ = daemon_ != nullptr;
    } else if (value == "running") {
        daemon_ ? daemon_->signal(SIGCONT) : start_daemon();
        paused_ = false;
    } else {
        end_daemon(value == "killed" ? SIGKILL : SIGTERM);
    }
}

void GuestWorld::end_daemon(int signal) {
    if (daemon_) {
        daemon_->signal(signal);
        daemon_->signal(SIGCONT);
        daemon_->ended();
    }
    daemon_.reset();
    paused_ = false;
}

void GuestWorld::wish(const std::string& value) {
    if (service_.empty() || items_.empty()) {
        return; // nobody is there to be told
    }
    wish_.reset();
    client_->set_value(service_, "/Mode", venus_mode(value), [this, value](std::optional<std::int32_t> done) {
        wish_ = done == 0 ? std::optional(mode_of(value)) : std::nullopt;
    });
}

void GuestWorld::set_clock(const std::string& seconds) {
    timeval wall{};
    ::gettimeofday(&wall, nullptr);
    wall.tv_sec += std::stol(seconds);
    ::settimeofday(&wall, nullptr);
}

bool GuestWorld::wired(const std::string& name) const {
    return std::ranges::find(input_lines, name) != input_lines.end();
}

std::optional<std::string> GuestWorld::set(const std::string& name, const std::string& value) {
    if (auto refused = DryWorld::set(name, value)) {
        return refused;
    }
    const Instant now = io::monotonic_now();
    changed_ = now;
    if (name == "plug" || name == "unplug") {
        words_["unplug"] = name == "plug" ? "none" : value;
        value == "all" && name == "unplug" ? battery_.reset() : make_chips();
    } else if (name == "outputs_chip") {
        value == "lost" ? outputs_.reset() : make_chips();
    } else if (wired(name)) {
        battery_ ? battery_->pull(name, is_up(value)) : void();
    } else if (name == "daemon" || name == "multi" || name == "bus") {
        set_process(name, value);
        link_disturbed_ = now;
    } else if (name == "wish") {
        permissions_changed_ = now;
        wish(value);
    } else if (name == "clock_s") {
        set_clock(value);
    } else if (name.starts_with("multi.")) {
        link_disturbed_ = now;
        if (multi_) {
            const auto answer = sim::ask(control_socket, "set " + name.substr(6) + "=" + value);
            return answer.ok ? std::nullopt : std::optional(answer.error);
        }
    }
    return std::nullopt;
}

std::vector<sim::Named> GuestWorld::get() const {
    std::vector<sim::Named> all = DryWorld::get();
    for (sim::Named& named : all) {
        if (outputs_ && std::ranges::find(output_lines, named.name) != output_lines.end()) {
            named.value = outputs_->level(named.name) ? "high" : "floating";
        }
    }
    return all;
}

std::optional<BusFlags> GuestWorld::flags(Instant now) const {
    const bool fresh = now - changed_ > bus_is_told_within && now - permissions_changed_ > bus_is_told_within;
    if (!fresh || items_.empty() || !bus_ || !daemon_) {
        return std::nullopt;
    }
    return BusFlags{flag(items_, "/Bms/AllowToCharge"), flag(items_, "/Bms/AllowToDischarge"),
                    flag(items_, "/Bms/Error")};
}

/// Asked once a second in quiet times.
std::optional<core::Command> GuestWorld::multi_now(Instant now) {
    const bool settled = multi_ && daemon_ && now - permissions_changed_ > multi_obeys_within &&
                         now - link_disturbed_ > link_settles_within;
    if (!settled) {
        multi_said_.reset();
        return std::nullopt;
    }
    if (!multi_said_ || now - multi_asked_ >= 1s) {
        multi_asked_ = now;
        core::Command shown{.mode = mode_of(ask_multi("get mode")), .insist = true};
        const bool reduced = std::stoi("0" + ask_multi("get bulk_current_a")) <= 5;
        shown.charge = ask_multi("get disable_charge") == "yes" ? core::ChargeOrder::stop
                       : reduced                                ? core::ChargeOrder::reduce
                                                                : core::ChargeOrder::allow;
        shown.charge = core::may_charge(shown.mode) ? shown.charge : core::ChargeOrder::stop;
        multi_said_ = shown;
    }
    return multi_said_;
}

Observation GuestWorld::observe() {
    Observation o;
    o.at = io::monotonic_now();
    o.daemon_lives = daemon_ && !daemon_->ended(-1ms);
    o.daemon_paused = paused_;
    o.lines_there = battery_ && outputs_;
    bool* const wires[] = {&o.allow_to_charge, &o.allow_to_discharge, &o.pre_alarm, &o.remote_h, &o.remote_l};
    for (std::size_t i = 0; i < std::size(wires); ++i) {
        *wires[i] = is_up(words_.at(input_lines[i]));
    }
    bool* const shown[] = {&o.load_disconnect, &o.charge_disconnect, &o.pre_alarm_out, &o.led_cell_low,
                           &o.led_cell_high};
    for (std::size_t i = 0; i < std::size(shown); ++i) {
        *shown[i] = outputs_ && outputs_->level(output_lines[i]);
    }
    if (o.load_disconnect != last_.load_disconnect || o.charge_disconnect != last_.charge_disconnect ||
        o.pre_alarm_out != last_.pre_alarm_out || paused_) {
        permissions_changed_ = o.at;
    }
    o.bus = flags(o.at);
    o.multi = multi_now(o.at);
    o.wish = wish_;
    last_ = o;
    return o;
}

} // namespace bms::test
