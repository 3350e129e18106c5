// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "vebus/orders.hpp"

#include <algorithm>

namespace bms::vebus {

namespace {

constexpr std::uint8_t setting_flags0 = 0;
constexpr std::uint8_t setting_bulk_current = 4;
constexpr std::uint16_t disable_charge_bit = 1U << 6;

/// A report that we read sooner after our frame was sent before it: two cycles of the bus [D].
constexpr Duration on_its_way = 40ms;

int badness(const Capability& capability) {
    switch (capability.known) {
    case Capability::Known::yes:
        return 0;
    case Capability::Known::unknown:
        return capability.why.empty() ? 1 : 2;
    default:
        return 3;
    }
}

void worsen(Capability& worst, const Capability& one, const std::string& who) {
    if (badness(one) > badness(worst)) {
        worst = {.known = one.known, .why = one.why.empty() ? "" : who + one.why};
    }
}

} // namespace

Orders::Orders(const LinkSettings& settings_, LinkStatus& seen_)
    : settings(settings_), seen(seen_), repeat_mode(settings_.repeat_mode) {
    units_are({0});
}

Orders::Unit& Orders::unit(std::uint8_t address) {
    const RamSetting flags0(setting_flags0, settings.repeat_charge, settings.max_tries);
    const RamSetting bulk_current(setting_bulk_current, settings.repeat_charge, settings.max_tries);
    return units.try_emplace(address, Unit{.flags0 = flags0, .bulk_current = bulk_current}).first->second;
}

void Orders::units_are(const std::vector<std::uint8_t>& addresses) {
    for (const std::uint8_t address : addresses) {
        unit(address);
    }
    for (auto& [address, one] : units) {
        const bool present = std::find(addresses.begin(), addresses.end(), address) != addresses.end();
        if (present && !one.present) {
            one.flags0.forget();
            one.bulk_current.forget();
        }
        one.present = present;
    }
    order_charge();
    refresh();
}

bool Orders::want(std::optional<Wanted> wanted) {
    if (wanted == wish) {
        return false;
    }
    if (!wish || !wanted || wish->mode != wanted->mode) {
        mode = {};
        seen.mode_refused = false;
        mode.reached = wanted && report_settled && seen.remote_mode == wanted->mode;
        seen.mode_report_stale = wanted && !mode.reached;
    }
    wish = wanted;
    order_charge();
    refresh();
    return true;
}

void Orders::restore(const Originals& originals) {
    for (const UnitOriginals& owed : originals) {
        if (owed.flags0) {
            unit(owed.unit).flags0.restore(*owed.flags0);
        }
        if (owed.bulk_current_a) {
            unit(owed.unit).bulk_current.restore(*owed.bulk_current_a);
        }
    }
    refresh();
}

void Orders::forget() {
    report_settled = false;
    for (auto& [address, one] : units) {
        one.flags0.forget();
        one.bulk_current.forget();
    }
    refresh();
}

// The mode

void Orders::mode_reported(Instant now) {
    report_settled = !last_switch_at || now - *last_switch_at >= repeat_mode;
    if (mode.sent_at && now - *mode.sent_at >= on_its_way) {
        seen.mode_report_stale = false;
    }
    if (!wish || seen.remote_mode != wish->mode || !(report_settled || mode.sent_at)) {
        return;
    }
    if (!mode.reached && mode.sent_at) {
        ++seen.statistics.acknowledged;
    }
    mode.reached = true;
    mode.tries = 0;
    seen.mode_report_stale = false;
    seen.mode_refused = false;
}

/// Inverter-only is entered from on: from any other state on comes first. Everything else is sent directly:
/// on is no step on the way to a state that forbids inverting.
SwitchState Orders::step() const {
    const bool from_on =
        seen.remote_mode == SwitchState::on || seen.remote_mode == SwitchState::inverter_only;
    return wish->mode == SwitchState::inverter_only && !from_on ? SwitchState::on : wish->mode;
}

/// The step on the way has been taken.
bool Orders::next_step_open() const {
    return mode.sent_at && mode.sent == SwitchState::on && step() == SwitchState::inverter_only;
}

Instant Orders::mode_due_at() const {
    if (!wish || (mode.reached && !wish->insist)) {
        return never; // a later change came from outside: it is the owner's to judge
    }
    return !mode.sent_at || next_step_open() ? Instant::min() : *mode.sent_at + repeat_mode;
}

SwitchState Orders::next_mode(Instant now) {
    const bool again = mode.sent_at && !next_step_open() && seen.remote_mode != wish->mode;
    seen.statistics.retries += again ? 1 : 0;
    mode.tries = again ? mode.tries + 1 : std::max(mode.tries, 1);
    if (mode.tries > settings.max_tries && !seen.mode_refused) {
        seen.mode_refused = true;
        ++seen.statistics.timeouts;
    }
    mode.sent = step();
    mode.sent_at = last_switch_at = now;
    report_settled = false;
    return mode.sent;
}

// The charge settings

/// The step from stop to reduce keeps the stop until the limit is acknowledged, and stop leaves a limit where
/// it is: no step gives more permission than the order it leads to.
void Orders::order_charge(Unit& one) const {
    const bool reduce = wish->charge == ChargeOrder::reduce;
    if (reduce) {
        one.bulk_current.want(RamSetting::Change{.set_bits = 0, .at_most = wish->limit_a});
    } else if (wish->charge == ChargeOrder::allow) {
        one.bulk_current.want(std::nullopt);
    }
    const bool still_stop = reduce && one.flags0.changed() && !one.bulk_current.in_force();
    if (wish->charge == ChargeOrder::stop || still_stop) {
        one.flags0.want(RamSetting::Change{.set_bits = disable_charge_bit});
    } else {
        one.flags0.want(std::nullopt);
    }
}

void Orders::order_charge() {
    if (!wish) {
        return;
    }
    for (auto& [address, one] : units) {
        order_charge(one);
    }
}

bool Orders::in_force(const Unit& one) const {
    switch (wish->charge) {
    case ChargeOrder::stop:
        return one.flags0.in_force();
    case ChargeOrder::reduce:
        return one.bulk_current.in_force();
    default:
        return !one.flags0.changed() && !one.bulk_current.changed();
    }
}

Instant Orders::charge_due_at() const {
    Instant first = never;
    for (const auto& [address, one] : units) {
        if (one.present) {
            first = std::min({first, one.flags0.due_at(), one.bulk_current.due_at()});
        }
    }
    return wish ? first : never;
}

std::optional<Orders::ChargeRequest> Orders::next_charge(std::uint8_t id, Instant now) {
    for (const auto setting_of : {&Unit::flags0, &Unit::bulk_current}) {
        for (auto& [address, one] : units) {
            RamSetting& setting = one.*setting_of;
            if (auto message = one.present ? setting.due(id, now) : std::nullopt) {
                setting.sent(*message);
                refresh();
                return ChargeRequest{.unit = address, .setting = &setting, .message = *std::move(message)};
            }
        }
    }
    return std::nullopt;
}

void Orders::charge_moved() {
    order_charge();
    refresh();
}

/// The worst unit counts.
void Orders::refresh() {
    const auto present = std::count_if(units.begin(), units.end(), [](auto& u) { return u.second.present; });
    const auto start = present > 0 ? Capability::Known::yes : Capability::Known::unknown;
    seen.charge_stop = seen.charge_limit = {.known = start, .why = {}};
    seen.charge_order_in_force = wish && present > 0;
    seen.originals.clear();
    for (const auto& [address, one] : units) {
        const UnitOriginals owed{
            .unit = address, .flags0 = one.flags0.original(), .bulk_current_a = one.bulk_current.original()};
        if (owed.flags0 || owed.bulk_current_a) {
            seen.originals.push_back(owed);
        }
        if (one.present) {
            const std::string who = present > 1 ? "unit " + std::to_string(address) + ": " : "";
            worsen(seen.charge_stop, one.flags0.capability(), who);
            worsen(seen.charge_limit, one.bulk_current.capability(), who);
            seen.charge_order_in_force = seen.charge_order_in_force && in_force(one);
        }
    }
}

} // namespace bms::vebus
