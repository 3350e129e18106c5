// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Sending: the slot, the orders, the time-outs. Receiving is in rs485_receive.cpp.
#include "bms/vebus/rs485_link.hpp"

#include <algorithm>
#include <utility>

namespace bms::vebus {

namespace {

constexpr std::uint8_t setting_flags0 = 0;
constexpr std::uint8_t setting_bulk_current = 4;
constexpr std::uint16_t disable_charge_bit = 1U << 6;

/// Winmon ids A0..AF: Venus OS uses E4..E7, esp32ess E6 [1].
constexpr std::uint8_t first_request_id = 0xA0;
constexpr std::uint8_t request_ids = 16;

/// Syncs between two of our frames: never every sync, the bus is not ours alone.
constexpr int syncs_between_frames = 2;

/// Who polls for a BMS waits one second [V].
constexpr Duration poll_forgotten = 1s;

} // namespace

Rs485Link::Rs485Link(LinkSettings settings_, Originals originals, InfoFrames* info_)
    : settings(settings_),
      info(info_),
      flags0(setting_flags0, settings_.repeat_charge, settings_.max_tries),
      bulk_current(setting_bulk_current, settings_.repeat_charge, settings_.max_tries) {
    resume();
    restore_originals(originals);
}

void Rs485Link::want(std::optional<Wanted> now_wanted) {
    if (now_wanted == wanted) {
        return;
    }
    if (!wanted || !now_wanted || wanted->mode != now_wanted->mode) {
        mode = {};
        seen.mode_refused = false;
        mode.reached = now_wanted && report_settled && seen.remote_mode == now_wanted->mode;
    }
    wanted = now_wanted;
    order_charge();
    refresh();
}

void Rs485Link::repeat_mode_every(Duration interval) { settings.repeat_mode = interval; }

void Rs485Link::restore_originals(const Originals& originals) {
    for (const UnitOriginals& owed : originals) {
        if (owed.unit == 0 && owed.flags0) {
            flags0.restore(*owed.flags0);
        }
        if (owed.unit == 0 && owed.bulk_current_a) {
            bulk_current.restore(*owed.bulk_current_a);
        }
    }
    refresh();
}

void Rs485Link::resume() {
    seen.listen_only_reason = settings.transmit ? "" : "sending is switched off in the configuration";
    mismatches = 0;
    stranger = {};
    second = {};
}

void Rs485Link::listen_only(std::string reason) {
    if (seen.listen_only_reason.empty()) {
        seen.listen_only_reason = std::move(reason);
    }
}

/// The step from stop to reduce keeps the stop until the limit is acknowledged, and stop leaves a limit where
/// it is: no step gives more permission than the order it leads to.
void Rs485Link::order_charge() {
    if (!wanted) {
        return;
    }
    const bool reduce = wanted->charge == ChargeOrder::reduce;
    if (reduce) {
        bulk_current.want(RamSetting::Change{.set_bits = 0, .at_most = wanted->limit_a});
    } else if (wanted->charge == ChargeOrder::allow) {
        bulk_current.want(std::nullopt);
    }
    const bool still_stop = reduce && flags0.changed() && !bulk_current.in_force();
    if (wanted->charge == ChargeOrder::stop || still_stop) {
        flags0.want(RamSetting::Change{.set_bits = disable_charge_bit});
    } else {
        flags0.want(std::nullopt);
    }
}

Bytes Rs485Link::poll(Instant now) {
    expire(now);
    if (!slot_ready() || now - slot.last_sync >= settings.send_window) {
        return {};
    }
    const auto frame = next_frame(now);
    if (!frame) {
        return {};
    }
    slot.sync_was_last = false;
    slot.syncs_since_send = 0;
    slot.last_number = frame->number;
    ++seen.statistics.sent;
    echo_of = encode(*frame);
    return *echo_of;
}

/// Info frames before everything but a mode that a veto insists on.
std::optional<Frame> Rs485Link::next_frame(Instant now) {
    const std::uint8_t number = next_number(slot.last_number);
    const bool veto = wanted->insist && mode_due(now);
    if (auto said = veto ? std::nullopt : next_info(now)) {
        ++seen.statistics.info_frames;
        return Frame{.from = said->from, .number = number, .message = Unknown{std::move(said->payload)}};
    }
    if (auto message = next_message(now)) {
        return Frame{.from = remote_address, .number = number, .message = *std::move(message)};
    }
    return std::nullopt;
}

std::optional<InfoFrame> Rs485Link::next_info(Instant now) {
    if (const auto asked = std::exchange(answer, std::nullopt);
        asked && now - asked->asked_at < poll_forgotten) {
        return asked->frame;
    }
    return info ? info->due(now) : std::nullopt;
}

/// The send rule but for the age of the sync.
bool Rs485Link::slot_ready() const {
    return settings.transmit && seen.listen_only_reason.empty() && wanted && slot.sync_was_last &&
           framer.at_frame_end() && slot.clean_syncs >= settings.min_clean_syncs &&
           slot.syncs_since_send >= syncs_between_frames;
}

bool Rs485Link::something_due(Instant now) const {
    return mode_due(now) || answer || (info && info->next_due() <= now) ||
           (!request && (flags0.due(0, now) || bulk_current.due(0, now)));
}

bool Rs485Link::mode_due(Instant now) const {
    if (!wanted || (mode.reached && !wanted->insist)) {
        return false; // a later change came from outside: it is the owner's to judge
    }
    return !mode.sent_at || now - *mode.sent_at >= settings.repeat_mode;
}

std::optional<Message> Rs485Link::next_message(Instant now) {
    if (mode_due(now)) {
        const bool again = mode.sent_at && seen.remote_mode != wanted->mode;
        seen.statistics.retries += again ? 1 : 0;
        mode.tries = again ? mode.tries + 1 : 1;
        if (mode.tries > settings.max_tries && !seen.mode_refused) {
            seen.mode_refused = true;
            ++seen.statistics.timeouts;
        }
        mode.sent_at = last_switch_at = now;
        report_settled = false;
        return SwitchCommand{wanted->mode};
    }
    if (request) {
        return std::nullopt; // one at a time
    }
    order_charge();
    const auto id = static_cast<std::uint8_t>(first_request_id + request_id);
    for (RamSetting* setting : {&flags0, &bulk_current}) {
        if (auto message = setting->due(id, now)) {
            request_id = static_cast<std::uint8_t>((request_id + 1) % request_ids);
            request = Request{.setting = setting, .id = id, .at = now};
            setting->sent(*message);
            refresh();
            return message;
        }
    }
    return std::nullopt;
}

void Rs485Link::expire(Instant now) {
    if (request && now - request->at >= settings.reply_timeout) {
        RamSetting& setting = *std::exchange(request, std::nullopt)->setting;
        if (setting.unanswered(now)) {
            ++seen.statistics.timeouts;
        } else {
            ++seen.statistics.retries;
        }
    }
    if (seen.heard && now - *last_heard >= settings.timeout) {
        lost();
    }
}

/// What a silent Multi once reported is not what it does now, and it may have been restarted.
void Rs485Link::lost() {
    const auto kept = std::exchange(seen, {});
    seen.listen_only_reason = kept.listen_only_reason;
    seen.statistics = kept.statistics;
    seen.mode_refused = kept.mode_refused;
    request.reset();
    flags0.forget();
    bulk_current.forget();
    slot.clean_syncs = 0;
    refresh();
}

Instant Rs485Link::next_deadline() const {
    const Instant silent = seen.heard ? *last_heard + settings.timeout : never;
    const Instant unanswered = request ? request->at + settings.reply_timeout : never;
    return std::min(silent, unanswered);
}

void Rs485Link::refresh() {
    seen.charge_stop = flags0.capability();
    seen.charge_limit = bulk_current.capability();
    seen.originals.clear();
    if (flags0.original() || bulk_current.original()) {
        seen.originals.push_back({.flags0 = flags0.original(), .bulk_current_a = bulk_current.original()});
    }
    seen.framer = framer.counters();
    if (wanted) {
        const bool nothing_left = !flags0.changed() && !bulk_current.changed();
        seen.charge_order_in_force = wanted->charge == ChargeOrder::stop     ? flags0.in_force()
                                     : wanted->charge == ChargeOrder::reduce ? bulk_current.in_force()
                                                                             : nothing_left;
    } else {
        seen.charge_order_in_force = false;
    }
}

} // namespace bms::vebus
