// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/mk3_front.hpp"

#include "bms/vebus/codec.hpp"

#include <algorithm>
#include <utility>

namespace bms::sim {

namespace {

constexpr Duration tick = 50ms;                           // [V]
constexpr Duration idle_interval = 1200ms;                // an idle interface says V every 1 to 1.5 s [V]
constexpr std::uint32_t interface_version = 1170216;      // an MK3 [V]
constexpr std::uint8_t no_target = 'B';                   // until A is told [V]
constexpr std::uint32_t first_unique_number = 0x00100001; // made up
constexpr std::uint8_t unit_type = 2;                     // [V]: 2, 3, 4 and 20..2F are units

/// Code and two bytes of data: what W, and the other channels in their old form, carry [V].
constexpr std::size_t old_winmon_bytes = 3;

/// The bytes that follow a version told through an MK3, as seen; their meaning is not known [R].
const vebus::Bytes version_extra{0x07, 0x01};

/// "code data" of a Winmon message.
vebus::Bytes winmon_bytes(const vebus::Message& message) {
    const vebus::Bytes payload = vebus::encode_payload(message);
    return {payload.begin() + 2, payload.end()};
}

} // namespace

Mk3Front::Mk3Front(System& behind, Instant start)
    : system(behind), next_tick(start), quiet_since(start), panels_told(behind.panel.count) {}

void Mk3Front::restart(Instant now) {
    framer = {};
    waiting.clear();
    target = no_target;
    lines = {};
    flags = 0;
    long_winmon = false;
    quiet_since = now;
}

void Mk3Front::receive(mk2::ByteView bytes, Instant now) {
    if (!system.awake()) {
        return;
    }
    for (const auto& item : framer.push(bytes)) {
        quiet_since = now;
        take(item.frame.message, now);
    }
}

/// An answer leaves with the first tick after the latency.
void Mk3Front::take(const mk2::Message& message, Instant now) {
    if (const auto reply = answer(message, now)) {
        say(*reply, now + std::chrono::milliseconds(system.around.mk3_latency_ms));
    }
    system.follow(now);
}

void Mk3Front::say(const mk2::Message& message, Instant due) {
    mk2::Frame frame{.message = message};
    if ((flags & mk2::state_flag::append_leds) != 0) {
        const Unit& leader = system.units.front();
        frame.leds = mk2::Leds{.on = leader.leds_on(), .blink = leader.leds_blink()};
    }
    waiting.push_back({due, mk2::encode(frame)});
}

mk2::Bytes Mk3Front::poll(Instant now) {
    mk2::Bytes out;
    if (now - next_tick > 10 * tick) {
        next_tick = now; // called late: what was missed is not made up for
    }
    for (; next_tick <= now; next_tick += tick) {
        run_tick(next_tick, out);
    }
    return out;
}

void Mk3Front::run_tick(Instant now, mk2::Bytes& out) {
    system.follow(now);
    if (system.awake() != std::exchange(was_awake, system.awake())) {
        restart(now);
    }
    if (!system.awake()) {
        return;
    }
    forward_panel(now);
    if (waiting.empty() && now - quiet_since >= idle_interval) {
        say(mk2::InterfaceVersion{.version = interface_version, .target = target}, now);
    }
    if (waiting.empty() || now < waiting.front().due) {
        return;
    }
    if (!system.around.mute) {
        out.insert(out.end(), waiting.front().wire.begin(), waiting.front().wire.end());
    }
    waiting.pop_front();
    quiet_since = now;
}

/// Of the other remotes on the bus.
void Mk3Front::forward_panel(Instant now) {
    if (std::exchange(panels_told, system.panel.count) == system.panel.count ||
        (flags & mk2::state_flag::forward_panel_frames) == 0) {
        return;
    }
    const auto position = static_cast<std::uint8_t>(mk2::position_of(system.panel.state));
    say(mk2::PassThrough{vebus::PanelPosition{.bits = position, .extra = {0, 0}}}, now);
}

std::optional<mk2::Message> Mk3Front::answer(const mk2::Message& message, Instant now) {
    if (std::holds_alternative<mk2::AskInterface>(message)) {
        return mk2::InterfaceVersion{.version = interface_version, .target = target};
    }
    if (const auto* told = std::get_if<mk2::Target>(&message)) {
        target = told->action == 1 ? told->device : target;
        return *told;
    }
    if (const auto* state = std::get_if<mk2::SetState>(&message)) {
        return set_state(*state);
    }
    if (std::holds_alternative<mk2::AskLeds>(message)) {
        return led_report();
    }
    if (std::holds_alternative<mk2::AskLines>(message)) {
        return lines;
    }
    if (const auto* set = std::get_if<mk2::Lines>(&message)) {
        lines = *set;
        system.around.standby = lines.standby;
        return lines;
    }
    if (const auto* asked = std::get_if<mk2::Winmon>(&message)) {
        return winmon(*asked, now);
    }
    if (const auto* passed = std::get_if<mk2::PassThrough>(&message)) {
        return pass_through(passed->message);
    }
    return answer_special(message, now);
}

/// F.
std::optional<mk2::Message> Mk3Front::answer_special(const mk2::Message& message, Instant now) {
    if (std::holds_alternative<mk2::AskDcInfo>(message)) {
        return mk2::PassThrough{system.units.front().dc_info()};
    }
    if (const auto* ask = std::get_if<mk2::AskAcInfo>(&message)) {
        return ac_info(ask->phase);
    }
    if (std::holds_alternative<mk2::AskMasterLed>(message)) {
        return mk2::PassThrough{system.master_led()};
    }
    if (const auto* ask = std::get_if<mk2::AskUnit>(&message)) {
        return unit_info(ask->device.value_or(0));
    }
    if (const auto* what = std::get_if<mk2::ResetUnit>(&message)) {
        reset(what->unique_number, now);
    }
    return std::nullopt;
}

mk2::Message Mk3Front::set_state(const mk2::SetState& wanted) {
    flags = wanted.flags;
    if (wanted.extended) {
        long_winmon = (wanted.extended->flags_ext0 & mk2::state_flag_ext0::short_winmon) == 0;
    }
    const auto state = mk2::state_of(wanted.position);
    if (!state || (flags & mk2::state_flag::do_not_send) != 0 || system.around.s_ignored) {
        return mk2::StateTaken{};
    }
    system.command(*state, Remote::mk3);
    if (wanted.limit_deci_a < mk2::SetState::leave_limit && (flags & mk2::state_flag::limit_in_deci_a) != 0) {
        system.ac_limit_deci_a = std::min(wanted.limit_deci_a, maximum_ac_limit_deci_a);
    }
    return mk2::StateTaken{};
}

mk2::Message Mk3Front::led_report() const {
    const Unit& leader = system.units.front();
    const mk2::Alarms alarms{.low_battery = leader.battery_low()};
    return mk2::LedReport{
        .leds = {leader.leds_on(), leader.leds_blink()},
        .condition = mk2::LedReport::Condition{.pre_alarm = alarms,
                                               .alarm = alarms,
                                               .error = static_cast<std::uint8_t>(system.vebus_error())},
        .extra = {0x80, 0x00}}; // as seen [V]
}

/// L1 tells how many phases there are [V].
std::optional<mk2::Message> Mk3Front::ac_info(std::uint8_t phase) const {
    const int phases = system.around.system == "three-phase" ? 3 : 1;
    if (phase < 1 || phase > phases) {
        return std::nullopt;
    }
    const int named = phase == 1 ? 0x07 + phases : 0x09 - phase;
    const Unit& unit = system.units[phase - std::size_t{1}];
    return mk2::PassThrough{unit.ac_info(static_cast<std::uint8_t>(named))};
}

/// Modulo 3 it is the phase [V].
std::uint8_t Mk3Front::address_of(std::size_t unit) const {
    return static_cast<std::uint8_t>(system.around.system == "parallel" ? 3 * unit : unit);
}

Unit* Mk3Front::unit_at(std::uint8_t address) {
    for (std::size_t i = 0; i < system.units.size(); ++i) {
        if (address_of(i) == address) {
            return &system.units[i];
        }
    }
    return nullptr;
}

std::optional<mk2::Message> Mk3Front::unit_info(std::uint8_t device) const {
    std::uint32_t map = 0;
    std::optional<std::uint32_t> number;
    for (std::uint32_t i = 0; i < system.units.size(); ++i) {
        map |= 1U << address_of(i);
        number = address_of(i) == device ? first_unique_number + i : number;
    }
    if (!number) {
        return std::nullopt;
    }
    return mk2::PassThrough{
        vebus::UnitInfo{.unique_number = *number, .type = unit_type, .units = map, .address = device}};
}

/// 0: all of them.
void Mk3Front::reset(std::uint32_t number, Instant now) {
    if (number == 0) {
        return system.restart(now);
    }
    const std::uint32_t unit = number - first_unique_number;
    if (number >= first_unique_number && unit < system.units.size()) {
        system.units[unit].memory.lose_ram();
    }
}

/// A unit answers what it does not know with 80.
std::optional<mk2::Message> Mk3Front::winmon(const mk2::Winmon& asked, Instant now) {
    Unit* unit = unit_at(asked.device.value_or(target == no_target ? 0 : target));
    if (unit == nullptr) {
        return std::nullopt;
    }
    const bool old_form = asked.channel == mk2::Channel::w || !long_winmon;
    const bool cut = old_form && winmon_bytes(asked.message).size() > old_winmon_bytes;
    auto told = cut ? std::nullopt : unit->answer(asked.message, now);
    mk2::Winmon reply{
        .channel = asked.channel, .message = told.value_or(vebus::WinmonVerdict{}), .device = asked.device};
    if (auto* version = std::get_if<vebus::VersionPart>(&reply.message); version && version->whole) {
        version->extra = version_extra;
    }
    if (old_form) {
        vebus::Bytes bytes = winmon_bytes(reply.message);
        bytes.resize(old_winmon_bytes, 0);
        bytes.insert(bytes.begin(), {0x00, 0x00});
        reply.message = vebus::Unknown{std::move(bytes)};
    }
    return reply;
}

/// A switch command has no reply.
std::optional<mk2::Message> Mk3Front::pass_through(const vebus::Message& message) {
    if (const auto* command = std::get_if<vebus::SwitchCommand>(&message)) {
        system.command(command->state, Remote::mk3);
    }
    const auto* poll = std::get_if<vebus::DevicePoll>(&message);
    const auto device = poll ? system.device(poll->type) : std::nullopt;
    return device ? std::optional<mk2::Message>(mk2::PassThrough{*device}) : std::nullopt;
}

} // namespace bms::sim
