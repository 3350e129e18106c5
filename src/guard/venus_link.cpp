// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/guard/venus_link.hpp"

#include <algorithm>
#include <utility>

namespace bms::guard {
namespace {

using vebus::SwitchState;

constexpr auto mode_path = "/Mode";
constexpr auto no_way = "/Mode of another driver's service is all there is: it cannot limit or stop charging "
                        "alone, so the unit is "
                        "switched off where charging must end and does not";

// As /Mode has it.
constexpr int charger_only = 1, inverter_only = 2, on = 3, off = 4;

std::optional<SwitchState> switch_of(const venus::Value& value) {
    switch (whole_of(value).value_or(0)) {
    case charger_only:
        return SwitchState::charger_only;
    case inverter_only:
        return SwitchState::inverter_only;
    case on:
        return SwitchState::on;
    case off:
        return SwitchState::off;
    default:
        return std::nullopt;
    }
}

int number_for(SwitchState state) {
    switch (state) {
    case SwitchState::charger_only:
        return charger_only;
    case SwitchState::inverter_only:
        return inverter_only;
    case SwitchState::on:
        return on;
    default:
        return off;
    }
}

bool may_invert(SwitchState state) { return state == SwitchState::on || state == SwitchState::inverter_only; }

/// /State: inverting, or AC and inverter together.
bool is_inverting(std::optional<std::uint32_t> state, std::optional<double> current_a) {
    constexpr std::uint32_t inverting = 9, assist = 10;
    return state == inverting || state == assist || (current_a && *current_a < -inverting_draws_a);
}

} // namespace

VenusLink::VenusLink(VenusLinkSettings settings) : settings_(std::move(settings)) {
    choose(Instant{});
    refresh();
}

// ------------------------------------------------------------------------------------------ which service

void VenusLink::appeared(const std::string& service, Instant now) {
    if (class_of(service) == "vebus" && services_.size() < most_services) {
        services_.insert(service);
        choose(now);
    }
}

void VenusLink::vanished(const std::string& service, Instant now) {
    services_.erase(service);
    choose(now);
}

void VenusLink::choose(Instant now) {
    std::string chosen;
    problem_.clear();
    if (!settings_.service.empty()) {
        if (services_.contains(settings_.service)) {
            chosen = settings_.service;
        } else {
            problem_ = settings_.service +
                       " (/vebus/service) is not on the bus: is Victron's driver running, and "
                       "the inverter/charger's cable plugged in?";
        }
    } else if (services_.size() == 1) {
        chosen = *services_.begin();
    } else if (services_.empty()) {
        problem_ = "no com.victronenergy.vebus service of another driver is on the bus: is Victron's driver "
                   "running, and the inverter/charger's cable plugged in?";
    } else {
        problem_ =
            "several inverter/chargers are on the bus, and which of them is meant is not guessed: name one "
            "as /vebus/service, for example " +
            *services_.begin();
    }
    if (std::exchange(target_, chosen) != chosen) {
        begin(now);
    }
    refresh();
}

/// Nothing of an earlier one counts any more.
void VenusLink::begin(Instant now) {
    queue_.clear();
    read_.clear();
    mode_ = accepted_ = before_write_ = std::nullopt;
    adjustable_ = bms_type_ = connected_ = ac_connected_ = ac_input_ = dmc_ = std::nullopt;
    current_a_.reset();
    acknowledged_ = writing_ = silent_ = false;
    stale_ = wanted_.has_value();
    tries_ = 0;
    write_at_ = Instant::min();
    unanswered_since_.reset();
    auto statistics = status_.statistics;
    const auto panel_changes = status_.panel_changes;
    status_ = {};
    status_.statistics = statistics;
    status_.panel_changes = panel_changes;
    ask_at_ = target_.empty() ? never : now + settings_.timeout / 3;
    ask_all();
}

void VenusLink::ask_all() {
    queue_.clear();
    for (const char* path : paths) {
        if (!target_.empty()) {
            queue_.push_back({target_, path});
        }
    }
}

void VenusLink::resume(Instant now) {
    tries_ = 0;
    write_at_ = Instant::min();
    ask_all();
    ask_at_ = target_.empty() ? never : now + settings_.timeout / 3;
    refresh();
}

// ------------------------------------------------------------------------------------------ what it says

void VenusLink::told(const std::string& service, const std::string& path, const venus::Value& value,
                     Instant now) {
    if (service == target_ && !target_.empty()) {
        lives();
        take(path, value, now);
    }
}

void VenusLink::answered(const Request& request, const std::optional<venus::Value>& value, Instant now) {
    if (request.service != target_ || target_.empty()) {
        return;
    }
    if (value) {
        ++status_.statistics.replies;
        lives();
    }
    if (value ||
        !unanswered_since_) { // none from a service that has answered /Mode since: it has no such path
        read_.insert(request.path);
    }
    if (!value) {
        ++status_.statistics.timeouts;
        return; // no word about anything
    }
    if (request.path == mode_path && !writing_) {
        stale_ = false; // read after what was written last
    }
    take(request.path, *value, now);
}

void VenusLink::lives() {
    unanswered_since_.reset();
    silent_ = false;
}

void VenusLink::take(const std::string& path, const venus::Value& value, Instant now) {
    path == mode_path ? take_mode(switch_of(value), now) : put(path, value);
    refresh();
}

void VenusLink::put(const std::string& path, const venus::Value& value) {
    const auto whole = whole_of(value);
    if (path == "/ModeIsAdjustable") {
        adjustable_ = whole;
    } else if (path == "/Bms/BmsType") {
        bms_type_ = whole;
    } else if (path == "/State") {
        status_.venus_state =
            whole && *whole >= 0 ? std::optional(static_cast<std::uint32_t>(*whole)) : std::nullopt;
    } else if (path == "/Connected") {
        connected_ = whole;
    } else if (path == "/Dc/0/Current") {
        current_a_ = number_of(value);
    } else if (path == "/Dc/0/Voltage") {
        status_.dc_voltage_v = number_of(value);
    } else if (path == "/Ac/ActiveIn/Connected") {
        ac_connected_ = whole;
    } else if (path == "/Ac/ActiveIn/ActiveInput") {
        ac_input_ = whole;
    } else if (path == "/Ac/NumberOfAcInputs") {
        status_.ac_inputs = whole;
    } else if (path == "/Devices/NumberOfMultis") {
        status_.found.units = whole;
    } else if (path == "/Devices/Dmc/Version") {
        dmc_ = whole;
    } else if (path == "/VebusError") {
        status_.vebus_error = whole;
    }
}

/// Three kinds of change: ours has arrived; the driver shows once more what was before our write; a user's
/// hand in the GUI, at a panel, by Modbus.
void VenusLink::take_mode(std::optional<SwitchState> mode, Instant now) {
    const auto before = std::exchange(mode_, mode);
    if (shows_wanted()) {
        if (!acknowledged_ || before != mode) {
            ++status_.statistics.acknowledged;
            acknowledged_at_ = now;
        }
        acknowledged_ = true;
        tries_ = 0;
        stale_ = false;
    } else if (mode && acknowledged_) {
        if (mode == before_write_ && now - acknowledged_at_ < settings_.settles) {
            ask_at_ = std::min(ask_at_, acknowledged_at_ + settings_.settles);
            return;
        }
        if (mode != accepted_) {
            status_.panel_mode = mode;
            ++status_.panel_changes;
        }
    }
    accepted_ = mode;
}

// ------------------------------------------------------------------------------------------ what it is told

void VenusLink::want(std::optional<vebus::Wanted> wanted, Instant now) {
    if (wanted_ == wanted) {
        return;
    }
    const bool another_mode = wanted && (!wanted_ || wanted_->mode != wanted->mode);
    wanted_ = wanted;
    if (another_mode) {
        tries_ = 0;
        write_at_ = Instant::min();
        // What is being written was wanted before: it may still show, and is no user's hand.
        acknowledged_ = shows_wanted() && !writing_;
        acknowledged_at_ = now;
        stale_ = !acknowledged_;
        before_write_.reset();
    }
    refresh();
}

void VenusLink::repeat_mode_every(Duration repeat) { repeat_ = repeat; }

bool VenusLink::known_enough() const {
    return read_.contains(mode_path) && read_.contains("/ModeIsAdjustable") && read_.contains("/Bms/BmsType");
}

bool VenusLink::shows_wanted() const { return wanted_ && mode_ == wanted_->mode; }

bool VenusLink::should_write() const {
    return wanted_ && wanted_->insist && !target_.empty() && !writing_ && !shows_wanted() && known_enough() &&
           status_.listen_only == vebus::ListenOnly::no;
}

void VenusLink::written(const Request& request, std::optional<int> answer, Instant now) {
    if (request.service != target_ || target_.empty()) {
        return;
    }
    writing_ = false;
    if (!answer) {
        ++status_.statistics.timeouts;
    } else if (*answer != 0) {
        write_at_ = std::max(write_at_, now + repeat_);
    }
    queue_.push_back({target_, mode_path});
    refresh();
}

Request VenusLink::write_mode(Instant now) {
    writing_ = stale_ = true;
    before_write_ = mode_;
    status_.statistics.sent++;
    status_.statistics.retries += tries_ > 0 ? 1 : 0;
    tries_ = std::min(tries_ + 1, settings_.max_tries);
    written_at_ = now;
    write_at_ = now + (tries_ < settings_.max_tries ? repeat_ : settings_.refused_repeat);
    return {target_, mode_path, number_for(wanted_->mode)};
}

std::vector<Request> VenusLink::due(Instant now) {
    if (now >= ask_at_) {
        ask_again(now);
    }
    std::vector<Request> requests = std::exchange(queue_, {});
    if (std::ranges::find(requests, mode_path, &Request::path) != requests.end()) {
        unanswered_since_ = unanswered_since_.value_or(now);
    }
    if (writing_ && now - written_at_ >= 2 * answer_within) {
        writing_ = false; // lost with the bus, and nobody has said so
    }
    if (should_write() && now >= write_at_) {
        requests.push_back(write_mode(now));
    }
    silent_ = unanswered_since_ && now - *unanswered_since_ >= settings_.timeout;
    refresh();
    return requests;
}

/// No signal is trusted for ever, and a service that hangs sends none.
void VenusLink::ask_again(Instant now) {
    const bool verifying = wanted_ && wanted_->insist;
    ask_at_ = now + (verifying ? std::min<Duration>(2s, settings_.timeout / 3) : settings_.timeout / 3);
    queue_.push_back({target_, mode_path});
    for (const char* path : {"/ModeIsAdjustable", "/Bms/BmsType"}) {
        if (!read_.contains(path)) {
            queue_.push_back({target_, path});
        }
    }
    if (verifying) {
        queue_.push_back({target_, "/State"});
        queue_.push_back({target_, "/Dc/0/Current"});
    }
}

Instant VenusLink::next_deadline() const {
    if (!queue_.empty()) {
        return Instant::min();
    }
    return std::min(ask_at_, should_write() ? write_at_ : never);
}

// ------------------------------------------------------------------------------------------ what follows

void VenusLink::refresh() {
    status_.heard = !target_.empty() && !silent_ && mode_.has_value() && connected_.value_or(1) != 0;
    refresh_listen_only();
    status_.mode_refused = tries_ >= settings_.max_tries && !writing_ && !shows_wanted();
    status_.mode_report_stale = stale_ && wanted_ && !shows_wanted() && !status_.mode_refused;
    refresh_modes();
    status_.charge_stop = status_.charge_limit = {vebus::Capability::Known::no, no_way};
    status_.digital_multi_control = status_.panel_is_dmc = dmc_.value_or(0) != 0;
    status_.found.dmc_version =
        dmc_.value_or(0) > 0 ? std::optional(static_cast<std::uint32_t>(*dmc_)) : std::nullopt;
    status_.found.done = known_enough();
    status_.mains_present = ac_connected_ ? std::optional(*ac_connected_ != 0) : std::nullopt;
    status_.ac_input = ac_input_ && (*ac_input_ == 0 || *ac_input_ == 1) ? ac_input_ : std::nullopt;
    status_.dc_current_a = status_.heard ? current_a_ : std::nullopt;
}

/// The switch as /Mode shows it, unless the unit is seen to do more than that.
void VenusLink::refresh_modes() {
    status_.remote_mode = status_.active_mode = std::nullopt;
    if (!status_.heard) {
        return;
    }
    status_.remote_mode = status_.active_mode = accepted_;
    if (accepted_ && !may_invert(*accepted_) && is_inverting(status_.venus_state, current_a_)) {
        status_.active_mode = SwitchState::on;
    }
}

void VenusLink::refresh_listen_only() {
    using enum vebus::ListenOnly;
    status_.listen_only = no;
    status_.listen_only_reason.clear();
    if (!settings_.transmit) {
        status_.listen_only = configured;
        status_.listen_only_reason = "sending is switched off in the configuration";
    } else if (bms_type_.value_or(0) != 0) {
        status_.listen_only = foreign_bms;
        status_.listen_only_reason = target_ + " belongs to another BMS (/Bms/BmsType " +
                                     std::to_string(*bms_type_) +
                                     "): two must not control one inverter/charger";
    } else if (adjustable_ == 0) {
        status_.listen_only = mode_locked;
        status_.listen_only_reason =
            "/Mode of " + target_ +
            " cannot be written (/ModeIsAdjustable 0): a Digital Multi Control or another "
            "BMS holds the switch; unplug it";
    }
}

} // namespace bms::guard
