// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/daemon.hpp"

#include "app/link_words.hpp"
#include "app/make_multi.hpp"
#include "app/ports.hpp"
#include "app/recorder.hpp"
#include "app/settings.hpp"
#include "io/board_serial.hpp"
#include "io/clock.hpp"
#include "io/log.hpp"
#include "io/notify.hpp"

#include "bms/core/words.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <utility>

namespace bms::app {
namespace {

constexpr Duration poll_interval = 1s;      // decisions 2: levels are read again at least once a second
constexpr Duration name_waits_at_most = 2s; // decisions 7: then the name is taken, saying Error 1
/// What time decides later than this is decided now, not back then: a process that was paused has driven no
/// PreAlarm meanwhile, and has told the Multi nothing that it could have obeyed (M15).
constexpr Duration late = 20ms;

Instant next_whole_second(Instant now) {
    return now + (poll_interval - now.time_since_epoch() % poll_interval);
}

std::unique_ptr<io::LinePort> make_port(boost::asio::io_context& loop, const config::Gpio& gpio) {
    if (gpio.backend == config::GpioBackend::sim) {
        return make_sim_port(loop, gpio.sim_socket);
    }
    return io::make_gpiod_lines(loop, "vebus-bmsd");
}

/// That the bus is there is said by our service, where we are one.
BusWatch::Events watch_events(const config::Config& config) {
    return {has_presence(config.dbus) ? nullptr : io::log::info, io::log::warning};
}

bool takes_permission(const core::Move& m) {
    return m.to == word(core::Discharge::load_disconnect) || m.to == word(core::Discharge::pre_alarm) ||
           m.to == word(core::Charge::charge_disconnect) || m.to == word(core::Power::inputs_lost);
}

} // namespace

struct Daemon::Timer {
    boost::asio::steady_timer timer;
};

Daemon::Daemon(boost::asio::io_context& loop, const config::Config& config,
               const std::optional<profile::Profile>& frames, const std::string& record_path)
    : config_(config),
      settings_(core_settings(config)),
      storage_(config.state_directory, settings_.restart_manual, io::log::warning),
      run_log_(config.state_directory, BMS_VERSION, io::log::info, io::log::warning),
      after_low_cell_(config, {io::log::info, io::log::warning,
                               [this](bool alarm, const std::string& words) {
                                   if (guard_) {
                                       guard_->announce(alarm, words, last_step_);
                                   }
                               }}),
      state_(core::initial_state(storage_.loaded().memory)),
      timer_(new Timer{boost::asio::steady_timer(loop)}) {
    const auto look = [this](Instant at) { look_again(at); };
    const auto& stored = storage_.loaded();
    const std::string name = service_name(config.dbus, kernel_name_of(config.vebus.port));
    if (needs_bus_watch(config)) {
        watch_ =
            std::make_unique<BusWatch>(loop, to_io(config.dbus.bus), own_names(name), watch_events(config));
        guard_ = std::make_unique<DvccGuard>(watch_->bus(),
                                             DvccGuard::Events{look, io::log::info, io::log::warning});
        watch_->add(*guard_);
    }
    soc_ = std::make_unique<SocControl>(config, stored, watch_.get(),
                                        SocControl::Events{look, io::log::info, io::log::warning});
    const auto hear = [this](core::Mode mode) {
        inputs_.panel_wish = mode;
        soc_->wished(mode);
    };
    link_ = make_multi(loop, config.vebus, frames, stored.originals, watch_.get(),
                       {look, hear, io::log::info, io::log::warning});
    if (has_presence(config.dbus)) {
        presence_ = std::make_unique<Presence>(
            loop, *watch_, config.dbus, name, io::board_serial(),
            Presence::Events{[this](auto path, const auto& value) { return written(path, value); },
                             io::log::info, io::log::warning});
        watch_->add(*presence_);
    }
    lines_ = std::make_unique<Lines>(make_port(loop, config.gpio), configured_lines(config),
                                     Lines::Events{look, io::log::info, io::log::warning});
    facts_.identity.process_version = BMS_VERSION;
    facts_.identity.serial = io::board_serial();
    facts_.bank = {config.bank.max_charge_current_a, config.bank.max_discharge_current_a};
    facts_.notify_pre_alarm = config.dbus.notify_pre_alarm;
    if (!record_path.empty()) {
        recorder_ = std::make_unique<Recorder>();
        const auto error = recorder_->open(record_path, {BMS_VERSION, settings_, stored.memory});
        if (!error.empty()) {
            io::log::warning(error);
            recorder_.reset();
        }
    }
}

Daemon::~Daemon() = default;

void Daemon::start() {
    started_ = last_step_ = last_move_ = io::monotonic_now();
    run_log_.begin(started_);
    next_poll_ = started_;
    wake();
    io::notify_ready();
}

// ------------------------------------------------------------------------------------------- the round

void Daemon::wake() {
    const Instant now = io::monotonic_now();
    const bool poll = now >= next_poll_;
    soc_->run(now);
    if (poll || result_.next_deadline <= now) { // each second, and before a decision that time makes
        lines_->read_again(now);
        inputs_ = gather();
    }
    catch_up(now);
    lines_->acquire(now);
    if (link_) {
        link_->run(now);
    }
    inputs_ = gather();
    step_at(now);
    if (lines_->all_held()) { // a full and healthy round; else it stands still, and the watchdog relay drops
        heartbeat_ = now.time_since_epoch() / poll_interval % 2 == 0;
    }
    if (poll) {
        next_poll_ = next_whole_second(now);
        drive_lines(now);
        lines_->drive_again(now);
    }
    act(now);
    io::notify_watchdog();
}

/// Something came in that happened at `at`. What should have happened before it is done before it.
void Daemon::look_again(Instant at) {
    catch_up(at);
    soc_->run(at);
    inputs_ = gather();
    step_at(at);
    act(io::monotonic_now());
}

void Daemon::catch_up(Instant until) {
    while (result_.next_deadline <= until && result_.next_deadline > last_step_) {
        const Instant now = io::monotonic_now();
        step_at(now - result_.next_deadline > late ? now : result_.next_deadline);
    }
}

void Daemon::step_at(Instant at) {
    last_step_ = std::max(last_step_, at);
    const core::State before = std::exchange(state_, {});
    result_ = core::step(before, inputs_, settings_, last_step_);
    state_ = result_.state;
    for (const core::Move& move : result_.moves) {
        untold_.push_back(move);
        last_move_ = last_step_;
    }
    disconnects_.count(before, state_);
    if (recorder_) {
        recorder_->note(inputs_, last_step_, before, result_);
    }
    inputs_.mode_wish.reset();
    inputs_.panel_wish.reset();
    inputs_.restart_loads = false;
}

core::Inputs Daemon::gather() const {
    core::Inputs in;
    lines_->report(in);
    if (link_) {
        in.multi = report_of(link_->status());
    }
    in.mode_wish = inputs_.mode_wish;
    in.panel_wish = inputs_.panel_wish;
    in.restart_loads = inputs_.restart_loads;
    in.soc_rule = soc_->in_force();
    return in;
}

/// Lines first, VE.Bus second, D-Bus third, log last: a slow bus never delays a disconnect.
void Daemon::act(Instant now) {
    if (stopping_) {
        finish_stop();
        return;
    }
    drive_lines(now);
    if (inputs_.lines_held && !lines_->all_held()) { // a write has failed: nothing is permitted any more
        inputs_ = gather();
        step_at(now);
        drive_lines(now);
    }
    if (link_) {
        const auto& command = result_.outputs.multi;
        link_->want(command, result_.outputs.quiet);
        link_->say(signals_of(result_));
        contest_.update(command && state_.wish.taken_down ? std::optional(command->mode) : std::nullopt,
                        inputs_.multi.remote);
    }
    watch_neighbours(now);
    look_after_low_cell(now);
    publish(now);
    tell();
    storage_.keep(to_store(core::memory_of(state_)), now);
    arm_timer();
}

void Daemon::drive_lines(Instant now) {
    lines_->drive(levels_of(result_, core::led_at(result_.status_led, now), heartbeat_,
                            multi_is_on(result_, inputs_.multi)),
                  now);
}

void Daemon::watch_neighbours(Instant now) {
    if (guard_) {
        guard_->run(result_, now);
        guard_->fill(facts_.neighbours);
    }
}

void Daemon::look_after_low_cell(Instant now) {
    const bool ac = inputs_.mains == true || inputs_.multi.ac_present == true;
    const guard::ShuntReading& shunt = soc_->reading();
    after_low_cell_.run(
        result_,
        {.aux_in = lines_->aux_in(),
         .mains = ac,
         .battery_v = shunt.voltage_v || !link_ ? shunt.voltage_v : link_->status().dc_voltage_v,
         .charge_da = inputs_.multi.charge_current_da,
         .shunt_a = shunt.current_a},
        now);
    after_low_cell_.fill(facts_.reserve);
}

void Daemon::publish(Instant now) {
    if (!presence_) {
        return;
    }
    sleep_.update({.heard = link_ && link_->status().heard,
                   .may_sleep = multi_may_sleep(result_),
                   .on_ac = inputs_.mains == true,
                   .not_woken = multi_not_woken(result_, config_)},
                  now);
    soc_->fill(facts_.soc_rule);
    fill_facts(facts_, result_, surroundings(now), now);
    facts_complete_ = facts_complete_ || may_be_told(now);
    presence_->publish(facts_, facts_complete_, now);
}

Surroundings Daemon::surroundings(Instant now) const {
    return {.inputs = inputs_,
            .link = link_ ? &link_->status() : nullptr,
            .port_problem = link_ ? link_->port_problem() : "",
            .aux_in = lines_->aux_in(),
            .line_problem = lines_->problem(),
            .last_move = last_move_,
            .disconnects = disconnects_,
            .multi_asleep = sleep_.asleep(),
            .link_silent = link_ && link_->silent(now) && !sleep_.asleep(),
            .panel_contests = contest_.goes_on(),
            .installed = installed(config_),
            .soc_rule_reason = facts_.soc_rule.reason};
}

bool Daemon::may_be_told(Instant now) const {
    return state_.power != core::Power::starting || now - started_ >= name_waits_at_most;
}

void Daemon::tell() {
    for (const core::Move& m : untold_) {
        const std::string line = std::string(m.region) + " " + std::string(m.from) + " -> " +
                                 std::string(m.to) + ": " + std::string(m.why);
        takes_permission(m) ? io::log::warning(line) : io::log::info(line);
    }
    if (!untold_.empty()) {
        io::notify_status(summary(result_));
    }
    untold_.clear();
    run_log_.driven(lines_->all_held() ? result_.outputs : core::Outputs{}, io::monotonic_now());
    tell_advice();
    if (recorder_) {
        recorder_->write_noted();
    }
}

void Daemon::tell_advice() {
    if (link_ == nullptr || !link_->status().heard) {
        return;
    }
    for (const std::string& words : link_advice(result_, surroundings(last_step_))) {
        if (told_advice_.insert(words).second) {
            io::log::warning("vebus: " + words);
        }
    }
}

Instant Daemon::next_wake(Instant now) const {
    Instant next =
        std::min({result_.next_deadline, next_poll_, lines_->next_retry(), storage_.next_deadline(),
                  soc_->next_deadline(), after_low_cell_.next_deadline()});
    if (config_.outputs.led_status) {
        next = std::min(next, core::led_at(result_.status_led, now).next_change);
    }
    if (link_) {
        next = std::min(next, link_->next_deadline());
    }
    if (guard_) {
        next = std::min(next, guard_->next_deadline());
    }
    const bool name_waits = presence_ && !facts_complete_;
    return name_waits ? std::min(next, started_ + name_waits_at_most) : next;
}

void Daemon::arm_timer() {
    call_at(next_wake(io::monotonic_now()), [this] { wake(); });
}

/// One timer: the call before it that has not come yet is forgotten.
void Daemon::call_at(Instant when, std::function<void()> what) {
    timer_->timer.expires_at(io::to_steady(when));
    timer_->timer.async_wait([what = std::move(what)](boost::system::error_code error) {
        if (!error) {
            what();
        }
    });
}

void Daemon::call_nobody() { timer_->timer.cancel(); }

// ----------------------------------------------------------------------------------------- the user's words

int Daemon::written(venus::Path path, const venus::Value& value) {
    const auto* number = std::get_if<std::uint32_t>(&value);
    const auto mode = number != nullptr ? mode_from_venus(*number, config_.vebus.link) : std::nullopt;
    if (path == venus::Path::mode && !mode) {
        io::log::warning("/Mode refused: inverter-only is not sent on a raw VE.Bus; the "
                         "inverter/charger's own panel, or an MK3 interface, can do it");
        return venus::WriteCheck::refused;
    }
    if (path == venus::Path::mode) {
        if (const int answer = mode_written(*mode); answer != venus::WriteCheck::ok) {
            return answer;
        }
    } else if (path == venus::Path::restart && state_.restart_latched) {
        inputs_.restart_loads = true;
    } else if (path == venus::Path::redetect_system && link_) {
        io::log::info("vebus: the system is detected again");
        told_advice_.clear();
        link_->redetect();
    } else {
        return venus::WriteCheck::refused;
    }
    look_again(io::monotonic_now());
    return venus::WriteCheck::ok;
}

/// A Multi that sleeps because of the SoC rule, or has no link, cannot be told; the rule can.
int Daemon::mode_written(core::Mode mode) {
    const bool held = soc_->in_force() != core::SocRule::none && core::may_invert(mode) && !inputs_.multi.dmc;
    if (!held && mode == state_.wish.mode.value_or(core::Mode::on)) {
        return venus::WriteCheck::ok; // as it is shown already
    }
    const auto refusal = mode_refusal(result_, surroundings(last_step_));
    if (!refusal.empty() && !held) {
        io::log::warning("/Mode refused: " + refusal);
        return venus::WriteCheck::refused;
    }
    soc_->wished(mode);
    if (link_) {
        inputs_.mode_wish = mode;
    }
    return venus::WriteCheck::ok;
}

} // namespace bms::app
