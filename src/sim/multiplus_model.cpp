// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/multiplus_model.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace bms::sim {

using namespace vebus;

namespace {

constexpr Duration cycle_50_hz = 20ms; // [R]; at 60 Hz 16.7 ms are expected [D]

// Made up: real addresses of further units and of devices are not public.
constexpr Address made_up_units[] = {{0x84, 0x84}, {0x85, 0x85}};
constexpr Address made_up_dmc{0x9A, 0x9A};
constexpr Address made_up_bms{0x9B, 0x9B};

Bytes bytes_of_hex(const std::string& text) {
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        std::uint8_t byte = 0;
        std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
        bytes.push_back(byte);
    }
    return bytes;
}

} // namespace

Multiplus::Multiplus(Instant start, std::uint32_t seed)
    : system(start), random(seed), cycle_start(start), next_at(start) {}

Duration Multiplus::cycle_time() const { return cycle_50_hz * 50 / system.around.frequency_hz; }

/// Offsets at 50 Hz. A reply leaves one cycle after its command, 25..40 ms after it when that came in the
/// first 9 ms; sources have seen 25..43 ms [1].
Instant Multiplus::at(Step which) const {
    constexpr Duration offsets[] = {0ms, 3ms, 12ms, 14ms, 16ms, 17500us, 19ms};
    return cycle_start + offsets[static_cast<std::size_t>(which)] * 50 / system.around.frequency_hz;
}

bool Multiplus::every(int period_ms) const {
    const auto cycles =
        std::max<std::int64_t>(1, Duration(std::chrono::milliseconds(period_ms)) / cycle_time());
    return period_ms > 0 && cycle % static_cast<std::uint64_t>(cycles) == 0;
}

bool Multiplus::chance(int percent) { return percent > 0 && static_cast<int>(random() % 100) < percent; }

bool Multiplus::loses(Way way) {
    const bool to_multi = way == Way::to_multi;
    const bool lost =
        chance(to_multi ? system.around.loss_to_multi_percent : system.around.loss_from_multi_percent);
    (to_multi ? counted.lost_to_multi : counted.lost_from_multi) += lost ? 1 : 0;
    return lost;
}

bool Multiplus::spoils(Way way) {
    const Surroundings& around = system.around;
    return chance(around.garble_percent) ||
           chance(way == Way::to_multi ? around.garble_to_multi_percent : around.garble_from_multi_percent);
}

void Multiplus::spoil(Bytes& wire) {
    if (spoils(Way::from_multi)) {
        wire[random() % wire.size()] ^= static_cast<std::uint8_t>(1 + random() % 255);
    }
    if (chance(system.around.byte_loss_from_multi_percent)) {
        wire.erase(wire.begin() + static_cast<std::ptrdiff_t>(random() % wire.size()));
    }
}

/// When bytes are through the adapter; bytes do not overtake each other.
Instant Multiplus::arrives(Instant now, const std::deque<Delayed>& queue) {
    const int jitter_us = system.around.jitter_ms * 1000;
    const auto jitter = Duration(std::chrono::microseconds(
        jitter_us > 0 ? static_cast<int>(random() % static_cast<unsigned>(jitter_us)) : 0));
    const Instant due = now + std::chrono::milliseconds(system.around.latency_ms) + jitter;
    return queue.empty() ? due : std::max(due, queue.back().due);
}

void Multiplus::receive(ByteView bytes, Instant now) {
    const Instant due = arrives(now, to_bus);
    if (due <= now) {
        return on_the_bus(bytes, now);
    }
    to_bus.push_back({due, Bytes(bytes.begin(), bytes.end())});
}

void Multiplus::on_the_bus(ByteView bytes, Instant now) {
    if (!system.awake()) {
        return;
    }
    for (const auto& item : framer.push(bytes)) {
        take(item, now);
    }
}

void Multiplus::take(const Framer::Item& item, Instant now) {
    if (loses(Way::to_multi)) {
        return;
    }
    const auto* frame = std::get_if<Frame>(&item.decoded);
    if (frame == nullptr || spoils(Way::to_multi) || chance(system.around.byte_loss_to_multi_percent)) {
        return reject("bad_checksum");
    }
    const bool bms_info = is_bms_info(frame->message);
    if (frame->from != remote_address && !bms_info) {
        return reject("bad_address");
    }
    if (!slot_open || now - cycle_start > std::chrono::milliseconds(system.around.slot_ms)) {
        return reject("late");
    }
    if (frame->number != next_number(last_number)) {
        return reject("bad_fn");
    }
    last_number = frame->number;
    ++counted.accepted;
    if (bms_info) {
        system.bms_heard(now);
    } else {
        accept(frame->message, now);
    }
    system.follow(now);
}

void Multiplus::reject(std::string why) {
    ++counted.rejected;
    counted.last_reject = std::move(why);
}

bool Multiplus::is_bms_info(const Message& message) const {
    if (system.around.bms_info == "none") {
        return false;
    }
    const Bytes start = bytes_of_hex(system.around.bms_info);
    const Bytes payload = encode_payload(message);
    return payload.size() >= start.size() && std::equal(start.begin(), start.end(), payload.begin());
}

void Multiplus::accept(const Message& message, Instant now) {
    const std::uint64_t answer_in = cycle + static_cast<std::uint64_t>(system.around.reply_after_cycles);
    if (const auto* command = std::get_if<SwitchCommand>(&message)) {
        return system.command(command->state, Remote::mk3);
    }
    if (const auto* poll = std::get_if<DevicePoll>(&message)) {
        if (const auto device = system.device(poll->type)) {
            const Address own = poll->type == device_bms ? made_up_bms : made_up_dmc;
            const bool by_multi = system.around.devices_answer_from == "multi";
            reply = Reply{by_multi ? multi_address : own, *device, answer_in};
        }
        return;
    }
    if (auto answer = system.units.front().answer(message, now)) {
        reply = Reply{multi_address, *std::move(answer), answer_in};
    }
}

Instant Multiplus::next_deadline() const {
    Instant next = next_at;
    for (const auto* queue : {&to_bus, &to_host}) {
        if (!queue->empty()) {
            next = std::min(next, queue->front().due);
        }
    }
    return next;
}

Bytes Multiplus::poll(Instant now) {
    if (now - cycle_start >= 2 * cycle_time()) {
        begin_cycle(now);
    }
    while (now >= next_at || (!to_bus.empty() && now >= to_bus.front().due)) {
        if (!to_bus.empty() && to_bus.front().due <= next_at) {
            const Delayed came = std::move(to_bus.front());
            to_bus.pop_front();
            on_the_bus(came.bytes, came.due);
            continue;
        }
        run(step, next_at);
        next_step();
    }
    Bytes out;
    while (!to_host.empty() && now >= to_host.front().due) {
        out.insert(out.end(), to_host.front().bytes.begin(), to_host.front().bytes.end());
        to_host.pop_front();
    }
    return out;
}

void Multiplus::begin_cycle(Instant start) {
    ++cycle;
    cycle_start = start;
    step = Step::sync;
    next_at = start;
}

void Multiplus::next_step() {
    if (step == Step::infos) {
        return begin_cycle(cycle_start + cycle_time());
    }
    step = static_cast<Step>(static_cast<int>(step) + 1);
    next_at = at(step);
}

void Multiplus::run(Step now_due, Instant now) {
    switch (now_due) {
    case Step::sync:
        system.follow(now);
        if (!system.awake()) {
            reply.reset();
        }
        send(
            multi_address,
            Sync{.status = 0x51, .timestamp_90us = static_cast<std::uint16_t>(now.time_since_epoch() / 90us)},
            now);
        slot_open = true;
        return;
    case Step::remotes:
        return say_remote(now);
    case Step::ac_phase:
        if (every(system.around.ac_phase_ms)) {
            send(multi_address, system.units.front().ac_phase(), now);
        }
        slot_open = false;
        return;
    case Step::reply:
        if (reply && reply->cycle <= cycle) {
            send(reply->from, reply->message, now);
            reply.reset();
        }
        return;
    case Step::condition:
        if (every(system.around.condition_ms)) {
            say_condition(now);
        }
        return;
    case Step::master_led:
        if (every(system.around.master_led_ms)) {
            send(multi_address, system.master_led(), now);
        }
        return;
    case Step::infos:
        return say_infos(now);
    }
}

void Multiplus::say_condition(Instant now) {
    send(multi_address, system.units.front().condition(), now);
    for (std::size_t i = 1; i < system.units.size(); ++i) {
        send(made_up_units[i - 1], system.units[i].condition(), now);
    }
}

void Multiplus::say_infos(Instant now) {
    const Unit& leader = system.units.front();
    if (every(system.around.info_ms)) {
        const int phases = system.around.system == "three-phase" ? 3 : 1;
        send(multi_address, leader.dc_info(), now);
        send(multi_address, leader.ac_info(static_cast<std::uint8_t>(0x07 + phases)), now);
    }
    if (every(system.around.ah_counter_ms)) {
        send(multi_address,
             AhCounter{.unknown_5 = {0x81, 0x44, 0x16}, .installation = 0x015E, .charge_ah = 0x00C2}, now);
    }
}

/// One of the remotes a cycle. A panel repeats itself; a dongle is pressed once.
void Multiplus::say_remote(Instant now) {
    const Surroundings& around = system.around;
    if (talks(dmc, around.dmc, Remote::dmc, now) || talks(gx, around.gx, Remote::gx, now)) {
        return;
    }
    if (around.dongle == "none") {
        dongle.told = "none";
    } else if (dongle.told != around.dongle) {
        dongle.at = Instant::min();
        talks(dongle, around.dongle, Remote::dongle, now);
    }
}

bool Multiplus::talks(Talker& who, const std::string& position, Remote remote, Instant now) {
    const auto repeat = std::chrono::milliseconds(system.around.remotes_repeat_ms);
    const bool again =
        system.around.remotes_repeat_ms > 0 && who.at != Instant::min() && now - who.at >= repeat;
    const auto state = switch_state_of(position);
    if (position == who.told && !again) {
        return false;
    }
    who.told = position;
    who.at = now;
    if (!state || !system.awake()) {
        return false;
    }
    system.command(*state, remote);
    system.follow(now);
    send(remote == Remote::dmc ? made_up_dmc : remote_address, SwitchCommand{*state}, now);
    return true;
}

/// Whatever is sent, the slot ends with it: only the sync opens one.
void Multiplus::send(Address from, const Message& message, Instant now) {
    slot_open = false;
    if (!system.awake() || system.around.mute) {
        return;
    }
    last_number = next_number(last_number);
    Bytes wire = encode({.from = from, .number = last_number, .message = message});
    if (loses(Way::from_multi)) {
        return;
    }
    spoil(wire);
    to_host.push_back({arrives(now, to_host), std::move(wire)});
}

} // namespace bms::sim
