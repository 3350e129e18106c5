// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/dialogue.hpp"

#include "vebus/checks.hpp"
#include "vebus/measuring.hpp"
#include "vebus/orders.hpp"
#include "vebus/reports.hpp"

#include <algorithm>
#include <utility>

namespace bms::vebus {

namespace {

/// Winmon ids A0..AF: Venus OS uses E4..E7, esp32ess E6 [1].
constexpr std::uint8_t first_request_id = 0xA0;
constexpr std::uint8_t request_ids = 16;

} // namespace

struct Dialogue::Parts {
    enum class Whose { orders, checks, measuring };
    struct Open {
        Whose whose;
        RamSetting* setting; ///< of an order
        Outgoing asked;
        std::uint8_t id;
        Instant at;
    };

    Parts(const LinkSettings&, const Carrier&);

    void restart();
    void stop(ListenOnly, std::string why);
    void obey_findings();
    void lost();
    void take_device(const DeviceInfo&);
    bool take_reply(const Message&, std::uint8_t unit, Instant now);
    void time_out(Instant now);
    std::uint8_t next_id() const;
    Outgoing open_request(Whose, RamSetting*, std::uint8_t unit, Message, Instant now);
    std::optional<Outgoing> next_request(Instant now);
    std::optional<Outgoing> next(Instant now);
    bool may_send() const { return seen.listen_only == ListenOnly::no; }
    Instant next_due() const;

    LinkSettings settings;
    Carrier carrier;
    LinkStatus seen;
    Checks checks;
    Orders orders;
    Measuring measuring;
    Reports reports;
    std::optional<Open> open;
    Instant quiet_until = Instant::min(); ///< no request before
    std::optional<Instant> last_heard;
    std::uint8_t request_id = 0;
};

Dialogue::Parts::Parts(const LinkSettings& settings_, const Carrier& carrier_)
    : settings(settings_),
      carrier(carrier_),
      checks(settings.max_tries, carrier.measures_by_ram, seen.found),
      orders(settings, seen),
      measuring(carrier.measures_by_ram, carrier.measure_every, settings.max_tries, checks, seen),
      reports(carrier.measures_by_ram, settings.timeout, seen) {
    restart();
}

void Dialogue::Parts::restart() {
    seen.listen_only = settings.transmit ? ListenOnly::no : ListenOnly::configured;
    seen.listen_only_reason = settings.transmit ? "" : "sending is switched off in the configuration";
    open.reset();
    checks.restart();
}

void Dialogue::Parts::stop(ListenOnly kind, std::string why) {
    if (may_send()) {
        seen.listen_only = kind;
        seen.listen_only_reason = std::move(why);
        open.reset();
    }
}

// M54-M57
void Dialogue::Parts::obey_findings() {
    const auto& firmware = seen.found.firmware;
    if (firmware && band_of(*firmware) == FirmwareBand::refused) {
        stop(ListenOnly::firmware_too_old,
             "an inverter/charger has version " + firmware->text() +
                 ": below 415 it shows VE.Bus error 15 (combination error) with this BMS. Update its VE.Bus "
                 "firmware to 489 or newer, or use the outputs only");
    }
}

/// What a silent Multi once reported is not what it does now, and it may have been restarted.
void Dialogue::Parts::lost() {
    const auto kept = std::exchange(seen, {});
    seen.listen_only = kept.listen_only;
    seen.listen_only_reason = kept.listen_only_reason;
    seen.statistics = kept.statistics;
    seen.framer = kept.framer;
    seen.mode_refused = kept.mode_refused;
    seen.panel_changes = kept.panel_changes;
    seen.found.interface_version = kept.found.interface_version;
    open.reset();
    last_heard.reset();
    checks.restart();
    orders.forget();
    measuring.forget();
    reports.lost();
}

void Dialogue::Parts::take_device(const DeviceInfo& device) {
    if (device.type == device_bms) {
        seen.found.bms_version = device.version;
        stop(ListenOnly::foreign_bms, "a VE.Bus BMS (version " + std::to_string(device.version) +
                                          ") answers on the bus: two BMSes must not command one Multi");
    } else if (device.type == device_digital_multi_control) {
        seen.found.dmc_version = device.version;
    }
}

/// Without ids a late reply would pass for the answer to a later question: after a time-out nothing is asked
/// until none can come any more.
bool Dialogue::Parts::take_reply(const Message& reply, std::uint8_t unit, Instant now) {
    if (!open || !answers(open->asked.message, reply)) {
        return false;
    }
    const auto id = reply_id(reply);
    if (id && (unit != open->asked.unit || (carrier.sends_winmon_id && id != open->id))) {
        return false;
    }
    const Open was = *std::exchange(open, std::nullopt);
    RoundTrip& trip = seen.statistics.round_trip;
    trip.last = now - was.at;
    trip.longest = std::max(trip.longest, trip.last);
    trip.sum += trip.last;
    ++trip.count;
    ++seen.statistics.acknowledged;
    if (was.whose == Whose::orders) {
        was.setting->answered(reply, now);
        orders.charge_moved();
    } else if (was.whose == Whose::checks) {
        checks.answered(reply, now);
        obey_findings();
    } else {
        measuring.answered(unit, reply, now);
    }
    return true;
}

/// Nobody need answer a poll: that is no fault.
void Dialogue::Parts::time_out(Instant now) {
    const Open was = *std::exchange(open, std::nullopt);
    if (!carrier.sends_winmon_id) {
        quiet_until = now + settings.reply_timeout;
    }
    bool given_up = false;
    if (was.whose == Whose::orders) {
        given_up = was.setting->unanswered(now);
        orders.charge_moved();
    } else if (was.whose == Whose::checks) {
        given_up = checks.unanswered(now);
    } else {
        given_up = measuring.unanswered(was.asked.unit, now);
    }
    if (!std::holds_alternative<DevicePoll>(was.asked.message)) {
        ++(given_up ? seen.statistics.timeouts : seen.statistics.retries);
    }
}

std::uint8_t Dialogue::Parts::next_id() const {
    return carrier.sends_winmon_id ? static_cast<std::uint8_t>(first_request_id + request_id)
                                   : std::uint8_t{0};
}

Outgoing Dialogue::Parts::open_request(Whose whose, RamSetting* setting, std::uint8_t unit, Message message,
                                       Instant now) {
    open = Open{.whose = whose,
                .setting = setting,
                .asked = {.unit = unit, .message = std::move(message)},
                .id = next_id(),
                .at = now};
    request_id = static_cast<std::uint8_t>((request_id + 1) % request_ids);
    return open->asked;
}

std::optional<Outgoing> Dialogue::Parts::next_request(Instant now) {
    if (open || now < quiet_until) {
        return std::nullopt;
    }
    if (checks.first_ones_done()) {
        if (auto order = orders.next_charge(next_id(), now)) {
            return open_request(Whose::orders, order->setting, order->unit, std::move(order->message), now);
        }
        if (auto ask = measuring.next(next_id(), now)) {
            return open_request(Whose::measuring, nullptr, ask->unit, std::move(ask->message), now);
        }
    }
    if (auto ask = checks.next(next_id(), now)) {
        return open_request(Whose::checks, nullptr, ask->unit, std::move(ask->message), now);
    }
    return std::nullopt;
}

std::optional<Outgoing> Dialogue::Parts::next(Instant now) {
    if (!may_send() || !orders.wanted()) {
        return std::nullopt;
    }
    if (checks.first_ones_done() && orders.mode_due_at() <= now) {
        return Outgoing{.message = SwitchCommand{orders.next_mode(now)}};
    }
    return next_request(now);
}

Instant Dialogue::Parts::next_due() const {
    if (!may_send() || !orders.wanted()) {
        return never;
    }
    const bool all = checks.first_ones_done();
    Instant request = checks.due_at();
    if (all) {
        request = std::min({request, orders.charge_due_at(), measuring.due_at()});
    }
    request = open ? never : std::max(request, quiet_until);
    return all ? std::min(request, orders.mode_due_at()) : request;
}

// The interface

Dialogue::Dialogue(const LinkSettings& settings, const Carrier& carrier)
    : parts(std::make_unique<Parts>(settings, carrier)) {}

Dialogue::~Dialogue() = default;

bool Dialogue::want(std::optional<Wanted> wanted) { return parts->orders.want(wanted); }
void Dialogue::repeat_mode_every(Duration interval) { parts->orders.repeat_mode_every(interval); }
void Dialogue::restore_originals(const Originals& originals) { parts->orders.restore(originals); }
void Dialogue::resume() { parts->restart(); }
void Dialogue::listen_only(ListenOnly kind, std::string why) { parts->stop(kind, std::move(why)); }

void Dialogue::listen_only_ends(ListenOnly kind) {
    if (kind != ListenOnly::no && parts->seen.listen_only == kind) {
        parts->restart();
    }
}

void Dialogue::units_are(const std::vector<std::uint8_t>& units) {
    parts->orders.units_are(units);
    if (parts->checks.units_are(units) && parts->open && parts->open->whose == Parts::Whose::checks) {
        parts->open.reset(); // its answer would be taken for the answer to another question
    }
    parts->measuring.units_are(units);
}

void Dialogue::take(const Message& message, std::uint8_t unit, Instant now) {
    Parts& p = *parts;
    p.reports.take(message);
    if (const auto* device = std::get_if<DeviceInfo>(&message)) {
        p.take_reply(message, unit, now);
        p.take_device(*device);
        return;
    }
    if (!p.seen.heard) {
        p.reports.heard(now);
        p.checks.heard();
    }
    p.last_heard = now;
    p.take_reply(message, unit, now);
    if (std::holds_alternative<MasterLed>(message)) {
        p.orders.mode_reported(now);
        const auto& wanted = p.orders.wanted();
        const bool charge_free =
            !wanted || (wanted->charge == ChargeOrder::allow && p.seen.charge_order_in_force);
        p.reports.watch_for_emergency(charge_free && p.seen.originals.empty(), now);
    }
}

void Dialogue::take_panel(SwitchState state, bool is_dmc, Instant now) {
    parts->reports.take_panel(state, is_dmc, now);
}

std::optional<Outgoing> Dialogue::next(Instant now) { return parts->next(now); }
Instant Dialogue::next_due() const { return parts->next_due(); }
bool Dialogue::something_due(Instant now) const { return parts->next_due() <= now; }
bool Dialogue::request_open() const { return parts->open.has_value(); }
void Dialogue::take_back() { parts->open.reset(); }

void Dialogue::expire(Instant now) {
    Parts& p = *parts;
    if (p.open && now - p.open->at >= p.settings.reply_timeout) {
        p.time_out(now);
    }
    p.measuring.expire(now);
    if (p.last_heard && now - *p.last_heard >= p.settings.timeout) {
        p.lost();
    }
}

Instant Dialogue::next_deadline() const {
    const Parts& p = *parts;
    const Instant silent = p.last_heard ? *p.last_heard + p.settings.timeout : never;
    const Instant unanswered = p.open ? p.open->at + p.settings.reply_timeout : never;
    return std::min({silent, unanswered, p.measuring.next_deadline()});
}

bool Dialogue::may_send() const { return parts->may_send(); }

bool Dialogue::may_order() const {
    return parts->may_send() && parts->orders.wanted() && parts->checks.first_ones_done();
}

bool Dialogue::insists_now(Instant now) const {
    return parts->orders.wanted()->insist && parts->orders.mode_due_at() <= now;
}

LinkStatus& Dialogue::status() { return parts->seen; }
const LinkStatus& Dialogue::status() const { return parts->seen; }

} // namespace bms::vebus
