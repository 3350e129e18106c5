// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/after_low_cell.hpp"

#include "io/boot_id.hpp"
#include "io/clock.hpp"
#include "io/power_off.hpp"

#include "bms/config/bank.hpp"
#include "bms/record/residual_mark.hpp"

#include <algorithm>
#include <utility>

namespace bms::app {
namespace {

constexpr Duration under_way = 1s;       // the write before still runs
constexpr Duration try_again = 60s;      // after one that failed
constexpr double nominal_v = 12.8;       // where the bank is not described, and nothing is counted
constexpr Duration closed_for_good = 5s; // at least, where no reconnect delay runs
constexpr int charges_from_da = 10;      // below it the Multi's own measurement may be its offset

std::string file_name(const config::Config& c) { return c.state_directory + "/residual.json"; }

std::optional<guard::ResidualKept> load(const io::StateFile& file, const std::string& name,
                                        const AfterLowCell::Events& events) {
    const auto text = file.read();
    if (!text) {
        return std::nullopt;
    }
    const auto stored = record::residual_from(*text);
    if (!stored.readable) {
        events.warning(name + " cannot be read: what a low cell left is counted from now on");
    }
    return stored.kept;
}

std::optional<Duration> off_after(const config::Power& power) {
    if (!power.off_after_min || power.wake_hardware == config::WakeHardware::none) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<Duration>(
        std::chrono::duration<double, std::ratio<60>>(*power.off_after_min));
}

} // namespace

bool low_cell_alone(const core::StepResult& r) {
    return r.state.discharge == core::Discharge::load_disconnect &&
           r.state.loads.cause == core::Cause::loop && r.state.low_since && !r.outputs.cable_fault;
}

bool recovered(const core::StepResult& r, Instant now) {
    const core::Side& loads = r.state.loads;
    const Duration for_good = std::max<Duration>(loads.reconnect_delay, closed_for_good);
    return r.state.discharge != core::Discharge::load_disconnect ||
           (loads.closed_since && now - *loads.closed_since >= for_good);
}

guard::ResidualSettings residual_settings(const config::Config& c) {
    const auto bank = config::figures(c.bank);
    const config::Drains& d = c.drains;
    guard::ResidualSettings s;
    for (const auto& drain :
         {d.alarm_system_ma, d.standby_ma, d.dongle_ma, d.charger_backdraw_ma, d.other_ma}) {
        s.drains_ma += drain.value_or(0);
    }
    if (bank) {
        s.bank_ah = bank->amp_hours;
    }
    if (c.power.fed_from == config::FedFrom::battery) { // on GX-Pow a low cell cuts it off
        s.board_ma = d.board_w.value_or(0) * 1000 / (bank ? bank->volts : nominal_v);
    }
    return s;
}

guard::PowerSettings power_settings(const config::Config& c) {
    const auto bank = config::figures(c.bank);
    return {.fed_from = c.power.fed_from == config::FedFrom::gx_pow ? guard::FedFrom::gx_pow
                                                                    : guard::FedFrom::battery,
            .aux_in_fitted = c.detectors.aux_in.has_value(),
            .aux_in_v = c.system.aux_in_adapter_v,
            .low_cell_v = bank ? std::optional(bank->low_cell_volts) : std::nullopt,
            .rest_h = guard::outlook_h(residual_settings(c)),
            .off_after = off_after(c.power)};
}

std::string outlook_lines(const config::Config& c) {
    if (!config::figures(c.bank)) {
        return "";
    }
    return guard::outlook(residual_settings(c)) +
           "\nat a low cell: " + guard::at_low_cell(power_settings(c), std::nullopt) + "\n";
}

AfterLowCell::AfterLowCell(const config::Config& config, Events events)
    : events_(std::move(events)),
      power_(power_settings(config)),
      file_(file_name(config)),
      residual_(residual_settings(config), load(file_, file_name(config), events_), io::boot_id()),
      power_off_(power_.off_after) {
    if (power_.off_after) { // of a run before
        io::want_power_off(false);
    }
}

void AfterLowCell::run(const core::StepResult& result, const Around& around, Instant now) {
    aux_in_ = around.aux_in;
    source_ = guard::power_source(power_, around.aux_in, around.battery_v);
    if (result.state.power == core::Power::starting) {
        return; // why loads are off is not known
    }
    const bool low_cell = low_cell_alone(result);
    residual_.run({.low_cell = low_cell,
                   .recovered = recovered(result, now),
                   .board_on_aux = source_ == guard::PowerSource::aux_in,
                   .shunt_current_a = around.shunt_a,
                   .utc_s = io::utc_now_s()},
                  now);
    tell(residual_.take_news());
    ask_for_power_off(result, around, low_cell, now);
    keep(now);
}

void AfterLowCell::ask_for_power_off(const core::StepResult& result, const Around& around, bool low_cell,
                                     Instant now) {
    const bool low = low_cell && result.state.power == core::Power::on;
    power_off_.run({.low_cell = low,
                    .aux_in = around.aux_in == true,
                    .mains = around.mains,
                    .charging = around.charge_da.value_or(0) >= charges_from_da ||
                                around.shunt_a.value_or(0) > guard::charge_current_a},
                   now);
    tell(power_off_.take_news());
    if (power_off_.wanted() == asked_) {
        return;
    }
    asked_ = power_off_.wanted();
    waiting_ = true; // what draws from now on has changed
    due_ = now;
    const std::string error = io::want_power_off(asked_);
    if (!error.empty()) {
        events_.warning(error + ": nobody is asked to switch this board off. Give the daemon a run folder: "
                                "RuntimeDirectory=vebus-bms in its unit");
    }
}

void AfterLowCell::tell(const std::vector<guard::News>& news) {
    for (const guard::News& it : news) {
        if (it.kind == guard::News::Kind::good) {
            events_.info(it.words);
            continue;
        }
        events_.warning(it.words);
        events_.announce(it.kind == guard::News::Kind::alarm, it.words);
    }
}

void AfterLowCell::keep(Instant now) {
    if (const auto outcome = file_.outcome()) {
        const bool failed = !outcome->empty();
        if (failed && !std::exchange(write_failed_, failed)) {
            events_.warning(*outcome + ". What a low cell left is counted on, but not over a restart");
        }
        write_failed_ = failed;
        waiting_ = waiting_ || failed;
        due_ = failed ? now + try_again : due_;
    }
    waiting_ = waiting_ || residual_.wants_to_be_kept(now);
    if (!waiting_ || now < due_) {
        return;
    }
    const auto kept = residual_.keep(now, io::utc_now_s(), asked_);
    waiting_ = !file_.write(record::residual_text(kept));
    due_ = waiting_ ? now + under_way : due_;
}

void AfterLowCell::stop(Instant now) {
    if (!residual_.counting() && !waiting_ && !residual_.wants_to_be_kept(now)) {
        return;
    }
    const auto kept = residual_.keep(now, io::utc_now_s(), power_off_.wanted());
    if (const auto error = file_.write_now(record::residual_text(kept))) {
        events_.warning(*error);
    }
    waiting_ = false;
}

Instant AfterLowCell::next_deadline() const {
    const Instant next = std::min(residual_.next_deadline(), power_off_.next_deadline());
    return waiting_ ? std::min(next, due_) : next;
}

void AfterLowCell::fill(venus::Reserve& reserve) const {
    reserve.hours_left = residual_.hours_left();
    reserve.percent_left = residual_.percent_left();
    reserve.reason = residual_.reason();
    reserve.alarm = static_cast<std::uint32_t>(residual_.alarm());
    reserve.power_source = word(source_);
    reserve.at_low_cell = guard::at_low_cell(power_, aux_in_);
}

} // namespace bms::app
