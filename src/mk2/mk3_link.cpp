// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Asking: what is due, one request open at a time. Receiving is in mk3_receive.cpp.
#include "bms/mk2/mk3_link.hpp"

#include <algorithm>
#include <utility>

namespace bms::mk2 {

namespace {

/// Between two of our frames: velib sends on a tick of this length [V].
constexpr Duration tick = 50ms;

/// An answer comes within 500 ms, to F within 750 ms [V]; and both frames take their time at 2400 baud: 50 ms
/// for 12 bytes out, 75 ms for 18 in.
constexpr Duration answer_time = 625ms;
constexpr Duration special_answer_time = 875ms;

/// Without anything for so long the interface is asleep or has no power [V]; an idle one says V before.
constexpr Duration asleep_after = 5s;

/// An incomplete frame is given up [V] (velib).
constexpr Duration frame_pause = 300ms;

/// How long a unit that does not answer is left alone.
constexpr Duration unheard_interval = 2s;

constexpr Duration measure_every = 2s;

/// So long after a switch command the switch register is asked for; and so long at most nothing else is.
constexpr Duration proof_after = 250ms;
constexpr Duration proof_awaited = 1s;

vebus::LinkSettings with_answer_time(vebus::LinkSettings settings) {
    settings.reply_timeout = std::max(settings.reply_timeout, answer_time);
    return settings;
}

} // namespace

Mk3Link::Mk3Link(const vebus::LinkSettings& settings_, const vebus::Originals& originals)
    : settings(with_answer_time(settings_)),
      dialogue(settings,
               {.sends_winmon_id = false, .measures_by_ram = true, .measure_every = measure_every}) {
    dialogue.restore_originals(originals);
}

/// What waits for its unit to be turned to may be the opposite of what is wanted now.
void Mk3Link::want(std::optional<vebus::Wanted> wanted) {
    if (dialogue.want(wanted) && held) {
        held.reset();
        dialogue.take_back();
    }
}

void Mk3Link::resume() {
    dialogue.resume();
    asleep();
}

/// A restarted interface has forgotten its target and its flags.
void Mk3Link::set_up_again() {
    refusal_believed = false;
    target.reset();
    asked(Ask::target) = asked(Ask::flags) = {};
}

void Mk3Link::asleep() {
    set_up_again();
    open.reset();
    held.reset();
    asked(Ask::version) = asked(Ask::units) = {};
}

bool Mk3Link::settled(Ask ask) const {
    return asked(ask).answered || asked(ask).unanswered >= settings.max_tries;
}

/// Orders and checks wait until the units are known: a first order must not go to one of them only.
bool Mk3Link::dialogue_ready() const {
    return awake() && settled(Ask::target) && settled(Ask::flags) && settled(Ask::units);
}

/// What came of a switch command is seen before anything else is asked: else it would be sent again in vain.
Instant Mk3Link::proof_until() const {
    const bool awaited = last_switch.sent && !last_switch.reported;
    return awaited ? last_switch.at + proof_awaited : Instant::min();
}

// What is asked when

bool Mk3Link::useful(Ask ask) const {
    switch (ask) {
    case Ask::version: // is the interface there, when the units are silent?
        return !awake() || !status().heard || in_doubt;
    case Ask::target:
        return awake() && settings.transmit && target != wanted_target;
    case Ask::flags:
        return awake() && settings.transmit && !asked(ask).answered && settled(Ask::target);
    case Ask::units:
        return awake() && (!settings.transmit || settled(Ask::flags));
    case Ask::dc: // else the units' RAM tells it
        return awake() && status().heard && !status().dc_current_a;
    case Ask::ac:
    case Ask::leds:
        return awake() && status().heard;
    case Ask::master_led:
        break;
    }
    return awake();
}

/// While the system is off nothing changes fast.
Duration Mk3Link::interval(Ask ask) const {
    const bool off = status().active_mode == vebus::SwitchState::off;
    switch (ask) {
    case Ask::units:
        return 60s;
    case Ask::master_led:
        return off ? 2s : 500ms;
    case Ask::leds:
        return off ? 5s : 1s;
    case Ask::ac:
    case Ask::dc:
        return off ? 5s : 2s;
    default:
        return unheard_interval;
    }
}

std::optional<Mk3Link::Ask> Mk3Link::next_ask(Instant now) const {
    for (std::size_t i = 0; i < asks; ++i) {
        const auto ask = static_cast<Ask>(i);
        if (useful(ask) && asked(ask).due <= now) {
            return ask;
        }
    }
    return std::nullopt;
}

Instant Mk3Link::next_ask_due() const {
    Instant first = never;
    for (std::size_t i = 0; i < asks; ++i) {
        const auto ask = static_cast<Ask>(i);
        first = useful(ask) ? std::min(first, asked(ask).due) : first;
    }
    return first;
}

Message Mk3Link::message_of(Ask ask) const {
    switch (ask) {
    case Ask::target:
        return Target{.device = wanted_target};
    case Ask::flags:
        return SetState{
            .flags = state_flag::do_not_send | state_flag::forward_panel_frames | state_flag::limit_in_deci_a,
            .extended = SetState::Extended{.flags_ext0 = state_flag_ext0::forward_config_replies}};
    case Ask::units:
        return AskUnit{.device = 0};
    case Ask::master_led:
        return AskMasterLed{};
    case Ask::leds:
        return AskLeds{};
    case Ask::ac:
        return AskAcInfo{.phase = 1};
    case Ask::dc:
        return AskDcInfo{};
    case Ask::version:
        break;
    }
    return AskInterface{};
}

Message Mk3Link::send_ask(Ask ask, Instant now) {
    const bool special = ask >= Ask::units && ask != Ask::leds;
    open = Open{.ask = ask, .until = now + (special ? special_answer_time : answer_time)};
    return message_of(ask);
}

/// By S, the documented way; where that has shown no effect by the frame that Venus OS sends [R], and back.
/// The limit stays, and nothing is left behind that goes on commanding when we are gone.
Message Mk3Link::switch_message(vebus::SwitchState wanted, Instant now) {
    const bool no_effect =
        last_switch.sent == wanted && last_switch.reported && status().remote_mode != wanted;
    last_switch.passed_through = last_switch.passed_through != no_effect;
    last_switch.sent = wanted;
    last_switch.at = now;
    last_switch.reported = false;
    asked(Ask::master_led).due = now + proof_after;
    if (last_switch.passed_through) {
        return PassThrough{vebus::SwitchCommand{wanted}}; // no answer
    }
    open = Open{.ask = std::nullopt, .until = now + answer_time, .is_switch = true};
    return SetState{.position = position_of(wanted),
                    .flags = state_flag::forward_panel_frames | state_flag::limit_in_deci_a,
                    .extended = SetState::Extended{.flags_ext0 = state_flag_ext0::forward_config_replies}};
}

Message Mk3Link::send_dialogue(vebus::Outgoing outgoing, Instant now) {
    if (const auto* command = std::get_if<vebus::SwitchCommand>(&outgoing.message)) {
        return switch_message(command->state, now);
    }
    if (std::holds_alternative<vebus::DevicePoll>(outgoing.message)) {
        open = Open{.ask = std::nullopt, .until = now + settings.reply_timeout};
        return PassThrough{std::move(outgoing.message)};
    }
    wanted_target = outgoing.unit;
    if (target != wanted_target) {
        held = std::move(outgoing);
        return send_ask(Ask::target, now);
    }
    open = Open{.ask = std::nullopt, .until = now + settings.reply_timeout, .is_winmon = true};
    return Winmon{.channel = Channel::x, .message = std::move(outgoing.message)};
}

/// The dialogue and our own questions take turns.
std::optional<Message> Mk3Link::next(Instant now) {
    const auto ask = next_ask(now);
    const bool turn = !ask || !dialogue_was_last || held;
    const bool dialogue_may = dialogue_ready() && turn && now >= proof_until();
    if (dialogue_may) {
        auto outgoing = held ? std::exchange(held, std::nullopt) : dialogue.next(now);
        if (outgoing) {
            dialogue_was_last = true;
            return send_dialogue(*std::move(outgoing), now);
        }
    }
    dialogue_was_last = false;
    return ask ? std::optional(send_ask(*ask, now)) : std::nullopt;
}

Bytes Mk3Link::poll(Instant now) {
    expire(now);
    if (open || now < next_send) {
        return {};
    }
    const auto message = next(now);
    if (!message) {
        return {};
    }
    next_send = now + tick;
    ++dialogue.status().statistics.sent;
    return encode(*message);
}

// Time

void Mk3Link::time_out(Instant now) {
    const Open was = *std::exchange(open, std::nullopt);
    if (!was.ask) {
        in_doubt = in_doubt || was.is_winmon;
        return; // the dialogue counts its own
    }
    if (*was.ask == Ask::target) {
        held.reset(); // the dialogue asks again
    }
    Asked& one = asked(*was.ask);
    if (++one.unanswered < settings.max_tries) {
        ++dialogue.status().statistics.retries;
        return;
    }
    one.unanswered = settings.max_tries; // from now on with one try only
    one.due = now + unheard_interval;
    if (*was.ask != Ask::version) {
        ++dialogue.status().statistics.timeouts;
    }
}

void Mk3Link::give_up_frame(Instant now) {
    if (framer.waiting() && now - last_byte >= frame_pause) {
        for (const Framer::Item& item : framer.silence()) {
            take(item.frame.message, now);
        }
        count();
    }
}

void Mk3Link::expire(Instant now) {
    give_up_frame(now);
    if (open && now >= open->until) {
        time_out(now);
    }
    if (awake() && !open && now - heard_at >= asleep_after) {
        asleep();
    }
    dialogue.expire(now);
    if (!dialogue.request_open()) {
        held.reset();
    }
}

Instant Mk3Link::next_deadline() const {
    Instant next = dialogue.next_deadline();
    if (framer.waiting()) {
        next = std::min(next, last_byte + frame_pause);
    }
    if (open) {
        return std::min(next, open->until);
    }
    if (awake()) {
        next = std::min(next, heard_at + asleep_after);
    }
    Instant due = next_ask_due();
    if (dialogue_ready()) {
        const Instant speaks = held ? Instant::min() : dialogue.next_due();
        due = std::min(due, std::max(speaks, proof_until()));
    }
    return std::min(next, std::max(due, next_send));
}

} // namespace bms::mk2
