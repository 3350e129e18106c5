// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/rs485_link.hpp"

#include <utility>

namespace bms::vebus {

namespace {

/// Syncs between two of our frames: never every sync, the bus is not ours alone.
constexpr int syncs_between_frames = 2;

/// Two syncs are this far apart when the bus is healthy and we were not late to read: 20 ms at 50 Hz, 16.7 ms
/// expected at 60 Hz, and some jitter of the adapter. A backlog read at once is not taken for open slots.
constexpr Duration shortest_cycle = 12ms;
constexpr Duration longest_cycle = 28ms;

/// Good frames from the same unknown address, within the link's timeout, before we believe that another
/// device is there: the checksum does not cover the address, so a broken one looks good.
constexpr int stranger_believed = 3;

/// In a row; then we listen only.
constexpr int max_echo_mismatches = 2;

/// Who polls for a BMS waits one second [V].
constexpr Duration poll_forgotten = 1s;

/// How a single Multi answers here.
constexpr std::uint8_t the_unit = 0;

} // namespace

Rs485Link::Rs485Link(LinkSettings settings_, const Originals& originals, InfoFrames* info_)
    : settings(settings_),
      info(info_),
      dialogue(settings_, Dialogue::Carrier{.sends_winmon_id = true, .measures_by_ram = false}) {
    restore_originals(originals);
}

void Rs485Link::resume() {
    dialogue.resume();
    mismatches = 0;
    stranger = {};
    answer.reset();
    health.forget();
}

// Sending

Bytes Rs485Link::poll(Instant now) {
    dialogue.expire(now);
    if (!slot_ready() || now - slot.last_sync >= settings.send_window) {
        return {};
    }
    // The slot is used now or not at all: how long a sync was under way nobody knows, so that what becomes
    // due a few milliseconds later would be sent at an age that only looks young, and repeated at the same
    // one.
    slot.sync_was_last = false;
    const auto frame = next_frame(now);
    if (!frame) {
        return {};
    }
    slot.syncs_since_send = 0;
    slot.last_number = frame->number;
    ++dialogue.status().statistics.sent;
    echo_of = encode(*frame);
    echo_from = frame->from;
    return *echo_of;
}

/// Info frames before everything but a mode that a veto insists on; none before we know that no other BMS is
/// there.
std::optional<Frame> Rs485Link::next_frame(Instant now) {
    const std::uint8_t number = next_number(slot.last_number);
    if (dialogue.may_order() && !dialogue.insists_now(now)) {
        if (auto said = next_info(now)) {
            ++dialogue.status().statistics.info_frames;
            return Frame{.from = said->from, .number = number, .message = Unknown{std::move(said->payload)}};
        }
    }
    if (auto outgoing = dialogue.next(now)) {
        return Frame{.from = remote_address, .number = number, .message = std::move(outgoing->message)};
    }
    return std::nullopt;
}

std::optional<InfoFrame> Rs485Link::next_info(Instant now) {
    if (auto asked = std::exchange(answer, std::nullopt); asked && now - asked->asked_at < poll_forgotten) {
        return std::move(asked->frame);
    }
    return info ? info->due(now) : std::nullopt;
}

bool Rs485Link::something_due(Instant now) const {
    const bool info_due = answer || (info && info->next_due() <= now);
    return (dialogue.may_order() && info_due) || dialogue.something_due(now);
}

/// The send rule but for the age of the sync.
bool Rs485Link::slot_ready() const {
    return dialogue.may_send() && slot.sync_was_last && framer.at_frame_end() &&
           slot.clean_syncs >= settings.min_clean_syncs && slot.syncs_since_send >= syncs_between_frames;
}

void Rs485Link::stop(ListenOnly kind, std::string why, Instant now) {
    if (dialogue.may_send()) {
        dialogue.listen_only(kind, std::move(why));
        health.stopped(now);
    }
}

// Receiving

void Rs485Link::receive(ByteView bytes, Instant now) {
    if (!bytes.empty() && slot_ready() && something_due(slot.last_sync)) {
        ++dialogue.status().statistics.missed_slots;
    }
    for (const Framer::Item& item : framer.push(bytes)) {
        take(item, now);
    }
    dialogue.status().framer = framer.counters();
}

void Rs485Link::take(const Framer::Item& item, Instant now) {
    slot.sync_was_last = false;
    const bool own = check_echo(item, now);
    const auto* frame = std::get_if<Frame>(&item.decoded);
    watch_health(frame != nullptr, now);
    if (!frame) {
        slot.clean_syncs = 0;
        return;
    }
    slot.last_number = frame->number;
    if (!own) {
        take_frame(*frame, now);
    }
}

void Rs485Link::take_frame(const Frame& frame, Instant now) {
    take_poll(frame.message, now);
    if (frame.from == multi_address) {
        take_multi(frame.message, now);
    } else if (frame.from == remote_address) {
        ++dialogue.status().statistics.other_remotes;
        take_remote(frame.message, now);
    } else {
        take_stranger(frame, now);
    }
}

/// A silence long enough to be told has broken the row of syncs too: see take_sync().
void Rs485Link::take_multi(const Message& message, Instant now) {
    const auto acknowledged = status().statistics.acknowledged;
    if (std::holds_alternative<Sync>(message)) {
        take_sync(now);
    }
    dialogue.take(message, the_unit, now);
    if (status().statistics.acknowledged != acknowledged) {
        mismatches = 0;
    }
}

void Rs485Link::take_remote(const Message& message, Instant now) {
    if (std::holds_alternative<DeviceInfo>(message)) {
        dialogue.take(message, the_unit, now);
    } else if (const auto commanded = commanded_by(message)) {
        dialogue.take_panel(*commanded, false, now);
    }
}

/// A BMS or a Digital Multi Control answers a poll from an address that is not known, and a Digital Multi
/// Control commands from there: neither is another Multi. Whether one is there is not known before the first
/// MasterLed.
void Rs485Link::take_stranger(const Frame& frame, Instant now) {
    if (std::holds_alternative<DeviceInfo>(frame.message)) {
        dialogue.take(frame.message, the_unit, now);
        return;
    }
    const bool dmc = status().digital_multi_control || status().found.dmc_version;
    const auto commanded = commanded_by(frame.message);
    if (commanded && dmc) {
        dialogue.take_panel(*commanded, true, now);
    }
    if (std::holds_alternative<SwitchCommand>(frame.message) ||
        std::holds_alternative<PanelPosition>(frame.message)) {
        if (dmc || !status().master_led) {
            return;
        }
    }
    if (frame.from != stranger.address || now - stranger.since > settings.timeout) {
        stranger = {.address = frame.from, .since = now};
    }
    if (++stranger.frames < stranger_believed) {
        return;
    }
    if (info && frame.from == info->address()) {
        stop(ListenOnly::foreign_bms,
             "another device sends from the address of the frame profile, as a VE.Bus BMS would: two BMSes "
             "must "
             "not command one Multi",
             now);
    } else if (!settings.several_units) {
        stop(ListenOnly::several_units,
             "another device than a single Multi talks on the bus; several Multis cannot be controlled over "
             "raw VE.Bus: use an MK3 interface",
             now);
    }
}

/// Our own poll comes back as an echo at most, and echoes do not come here.
void Rs485Link::take_poll(const Message& message, Instant now) {
    const auto* poll = std::get_if<DevicePoll>(&message);
    if (!poll || !info || !dialogue.may_order()) {
        return;
    }
    if (auto reply = info->answer_to(*poll)) {
        answer = Answer{.frame = *std::move(reply), .asked_at = now};
    }
}

void Rs485Link::take_sync(Instant now) {
    const Duration cycle = slot.last_sync == Instant::min() ? Duration::zero() : now - slot.last_sync;
    const bool regular = cycle >= shortest_cycle && cycle <= longest_cycle;
    slot.clean_syncs = regular ? slot.clean_syncs + 1 : 1;
    ++slot.syncs_since_send;
    slot.last_sync = now;
    slot.sync_was_last = true;
}

/// The first thing heard after our frame is our frame, where the adapter's receiver stays on. Where it does
/// not, or on a pty, it is the next frame of the Multi, and that proves nothing.
bool Rs485Link::check_echo(const Framer::Item& item, Instant now) {
    if (!echo_of) {
        return false;
    }
    const bool equal = item.wire == *echo_of;
    const bool ours_broken = item.wire.size() > 1 && Address{item.wire[0], item.wire[1]} == echo_from;
    echo_of.reset();
    if (equal) {
        echoes = true;
        mismatches = 0;
        ++dialogue.status().statistics.echoes;
    } else if (echoes || ours_broken) {
        echo_mismatch(now);
    }
    return equal;
}

void Rs485Link::echo_mismatch(Instant now) {
    ++dialogue.status().statistics.echo_mismatches;
    if (++mismatches >= max_echo_mismatches) {
        stop(ListenOnly::echo_mismatch,
             "what was sent came back different " + std::to_string(mismatches) +
                 " times: somebody else sends at the same time, or the wiring is bad",
             now);
    }
}

/// A storm or a collision may be over one day, such as the start of an engine: then control comes back.
void Rs485Link::watch_health(bool good, Instant now) {
    health.count(good, now);
    if (health.storm()) {
        stop(ListenOnly::storm,
             "more broken than good frames on the bus (" + std::to_string(health.rejects()) +
                 " within a second): wiring, baud rate or a second sender",
             now);
    }
    const ListenOnly kind = status().listen_only;
    if ((kind == ListenOnly::storm || kind == ListenOnly::echo_mismatch) && health.clean_enough(now)) {
        dialogue.listen_only_ends(kind);
        mismatches = 0;
        health.sending_again(now);
    }
}

} // namespace bms::vebus
