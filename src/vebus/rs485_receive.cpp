// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/rs485_link.hpp"

#include <algorithm>

namespace bms::vebus {

namespace {

/// Two syncs are this far apart when the bus is healthy and we were not late to read: 20 ms at 50 Hz, 16.7 ms
/// expected at 60 Hz, and some jitter of the adapter. A backlog read at once is not taken for open slots.
constexpr Duration shortest_cycle = 12ms;
constexpr Duration longest_cycle = 28ms;

/// Good frames from the same unknown address, within the link's timeout, before we believe that another
/// device is there: the checksum does not cover the address, so a broken one looks good.
constexpr int stranger_believed = 3;

/// In a row; then we listen only.
constexpr int max_echo_mismatches = 2;

/// Broken frames within a second that, when they outnumber the good ones, are a storm. A healthy bus carries
/// about 110 frames a second.
constexpr std::uint64_t storm_rejects = 25;

constexpr std::uint8_t condition_current_valid = 0x10;

SwitchState from_bits(bool charger, bool inverter) {
    if (charger) {
        return inverter ? SwitchState::on : SwitchState::charger_only;
    }
    return inverter ? SwitchState::inverter_only : SwitchState::off;
}

std::optional<SwitchState> front_of(const SwitchRegister& s) {
    if (s.front_up && s.front_down) {
        return std::nullopt;
    }
    return s.front_up ? SwitchState::on : s.front_down ? SwitchState::charger_only : SwitchState::off;
}

std::optional<std::uint8_t> reply_id(const Message& message) {
    if (const auto* value = std::get_if<SettingValue>(&message)) {
        return value->id;
    }
    if (const auto* verdict = std::get_if<WinmonVerdict>(&message)) {
        return verdict->id;
    }
    return std::nullopt;
}

} // namespace

void Rs485Link::receive(ByteView bytes, Instant now) {
    if (slot_ready() && something_due(slot.last_sync) && !bytes.empty()) {
        ++seen.statistics.missed_slots;
    }
    for (const Framer::Item& item : framer.push(bytes)) {
        take(item, now);
    }
    refresh();
}

void Rs485Link::take(const Framer::Item& item, Instant now) {
    slot.sync_was_last = false;
    const bool own = check_echo(item);
    const auto* frame = std::get_if<Frame>(&item.decoded);
    watch_for_storm(frame != nullptr, now);
    if (frame) {
        slot.last_number = frame->number;
        if (!own) {
            take_frame(*frame, now);
        }
    } else {
        slot.clean_syncs = 0;
    }
}

void Rs485Link::take_frame(const Frame& frame, Instant now) {
    take_poll(frame.message, now);
    if (frame.from == multi_address) {
        last_heard = now;
        seen.heard = true;
        take_multi(frame.message, now);
    } else if (frame.from == remote_address) {
        ++seen.statistics.other_remotes;
    } else {
        take_stranger(frame.from, now);
    }
}

void Rs485Link::take_stranger(Address from, Instant now) {
    if (from != stranger.address || now - stranger.since > settings.timeout) {
        stranger = {.address = from, .since = now};
    }
    if (++stranger.frames < stranger_believed) {
        return;
    }
    if (info && from == info->address()) {
        listen_only("another device sends from the address of the frame profile, as a VE.Bus BMS would: two "
                    "BMSes must not command one Multi");
    } else if (!settings.several_units) {
        listen_only(
            "another device than a single Multi talks on the bus; several Multis cannot be controlled over "
            "raw VE.Bus: use an MK3 interface");
    }
}

/// Our own poll comes back as an echo at most, and echoes do not come here.
void Rs485Link::take_poll(const Message& message, Instant now) {
    const auto* poll = std::get_if<DevicePoll>(&message);
    if (!poll || !info || !seen.listen_only_reason.empty()) {
        return;
    }
    if (auto reply = info->answer_to(*poll)) {
        answer = Answer{.frame = *std::move(reply), .asked_at = now};
    }
}

void Rs485Link::take_multi(const Message& message, Instant now) {
    auto& counts = seen.statistics;
    if (std::holds_alternative<Sync>(message)) {
        take_sync(now);
    } else if (const auto* led = std::get_if<MasterLed>(&message)) {
        ++counts.master_leds;
        take_master_led(*led, now);
    } else if (const auto* condition = std::get_if<Condition>(&message)) {
        ++counts.conditions;
        take_condition(*condition);
    } else if (const auto* phase = std::get_if<AcPhase>(&message)) {
        ++counts.ac_phases;
        seen.dc_voltage_v = phase->dc_voltage_20mv * 0.02;
    } else if (const auto* dc = std::get_if<DcInfo>(&message)) {
        ++counts.infos;
        seen.dc_voltage_v = dc->voltage_10mv * 0.01;
    } else if (const auto* ac = std::get_if<AcInfo>(&message)) {
        ++counts.infos;
        seen.device_state = ac->device_state;
    } else if (const auto* device = std::get_if<DeviceInfo>(&message)) {
        ++counts.infos;
        take_device(*device);
    } else if (const auto id = reply_id(message)) {
        ++counts.replies;
        take_reply(*id, message, now);
    } else {
        ++counts.others;
    }
}

void Rs485Link::take_sync(Instant now) {
    const Duration cycle = slot.last_sync == Instant::min() ? Duration::zero() : now - slot.last_sync;
    const bool regular = cycle >= shortest_cycle && cycle <= longest_cycle;
    slot.clean_syncs = regular ? slot.clean_syncs + 1 : 1;
    ++slot.syncs_since_send;
    slot.last_sync = now;
    slot.sync_was_last = true;
    ++seen.statistics.syncs;
}

void Rs485Link::take_master_led(const MasterLed& led, Instant now) {
    const SwitchRegister& s = led.switches;
    seen.master_led = led;
    seen.remote_mode = from_bits(s.remote_charge, s.remote_invert);
    seen.front_mode = front_of(s);
    seen.active_mode = from_bits(s.charging_active, s.inverting_active);
    seen.digital_multi_control = (led.ac_input_config & digital_multi_control_bit) != 0;
    report_settled = !last_switch_at || now - *last_switch_at >= settings.repeat_mode;
    if (wanted && seen.remote_mode == wanted->mode) {
        if (!mode.reached && mode.sent_at) {
            ++seen.statistics.acknowledged;
        }
        mode.reached = true;
        mode.tries = 0;
        seen.mode_refused = false;
    }
}

void Rs485Link::take_condition(const Condition& condition) {
    if ((condition.content & condition_current_valid) != 0) {
        seen.dc_current_a = condition.dc_current_deci_a * 0.1;
    }
    if (condition.ac_relay == 0 || condition.ac_relay == 2) {
        seen.mains_present = condition.ac_relay == 0;
    } else {
        seen.mains_present.reset();
    }
}

void Rs485Link::take_device(const DeviceInfo& device) {
    if (device.type == device_bms) {
        listen_only("a VE.Bus BMS (version " + std::to_string(device.version) +
                    ") answers on the bus: two BMSes must not command one Multi");
    }
}

void Rs485Link::take_reply(std::uint8_t id, const Message& message, Instant now) {
    if (!request || request->id != id || !request->setting->answered(message, now)) {
        return;
    }
    request.reset();
    mismatches = 0;
    ++seen.statistics.acknowledged;
    order_charge();
}

/// The first thing heard after our frame is our frame, where the adapter's receiver stays on. Where it does
/// not, or on a pty, it is the next frame of the Multi, and that proves nothing.
bool Rs485Link::check_echo(const Framer::Item& item) {
    if (!echo_of) {
        return false;
    }
    const bool equal = item.wire == *echo_of;
    const bool ours_broken = item.wire.size() > 1 && Address{item.wire[0], item.wire[1]} == remote_address;
    echo_of.reset();
    if (equal) {
        echoes = true;
        mismatches = 0;
        ++seen.statistics.echoes;
    } else if (echoes || ours_broken) {
        echo_mismatch();
    }
    return equal;
}

void Rs485Link::echo_mismatch() {
    ++seen.statistics.echo_mismatches;
    if (++mismatches >= max_echo_mismatches) {
        listen_only("what was sent came back different " + std::to_string(mismatches) +
                    " times: somebody else sends at the same time, or the wiring is bad");
    }
}

void Rs485Link::watch_for_storm(bool good, Instant now) {
    if (second.started == Instant::min() || now - second.started >= 1s) {
        second = {.started = now};
    }
    ++(good ? second.frames : second.rejects);
    if (second.rejects >= storm_rejects && second.rejects > second.frames) {
        listen_only("more broken than good frames on the bus (" + std::to_string(second.rejects) +
                    " within a second): wiring, baud rate or a second sender");
    }
}

} // namespace bms::vebus
