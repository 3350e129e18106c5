// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/multiplus_model.hpp"

#include <algorithm>
#include <charconv>

namespace bms::sim {

using namespace vebus;

namespace {

constexpr Duration cycle_time = 20ms;          // 50 Hz mains [R]
constexpr Duration keep_alive = 10s;           // the bus lives on for so long after "off" [V]
constexpr std::uint64_t condition_cycles = 10; // 200 ms
constexpr std::uint64_t led_cycles = 25;       // 500 ms

// Offsets in a cycle. A reply leaves one cycle after its command, 25..40 ms after it when that came in the
// first 9 ms; sources have seen 25..43 ms [1].
constexpr Duration ac_phase_at = 12ms;
constexpr Duration reply_at = 14ms;
constexpr Duration condition_at = 16ms;
constexpr Duration master_led_at = 17500us;

constexpr std::uint16_t setting_flags0 = 0;
constexpr std::uint16_t setting_bulk_current = 4;
constexpr std::uint16_t disable_charge_bit = 0x40;
constexpr std::uint16_t published_flags0 = 0x8114; // a real unit's, as VictronConnect was seen to write it
constexpr std::uint16_t bulk_current_a = 35;
constexpr std::int16_t load_current_a = 10; // what the loads draw from the battery when inverting

std::string word(bool yes, const char* when, const char* otherwise) {
    return yes ? when : otherwise;
}

std::string word(Multiplus::State state) {
    switch (state) {
    case Multiplus::State::off:
        return "off";
    case Multiplus::State::charging:
        return "charging";
    case Multiplus::State::inverting:
        return "inverting";
    case Multiplus::State::passthru:
        return "passthru";
    }
    return "?";
}

std::string mode_word(bool charge, bool invert) {
    return charge ? word(invert, "on", "charger-only") : word(invert, "inverter-only", "off");
}

std::optional<std::string> choose(std::string& target, const std::string& value,
                                  std::initializer_list<std::string> accepted) {
    if (std::find(accepted.begin(), accepted.end(), value) != accepted.end()) {
        target = value;
        return std::nullopt;
    }
    std::string text = "accepted:";
    for (const auto& one : accepted) {
        text += " " + one;
    }
    return text;
}

std::optional<std::string> choose(bool& target, const std::string& value, const std::string& when_true,
                                  const std::string& when_false) {
    std::string chosen;
    auto error = choose(chosen, value, {when_true, when_false});
    if (!error) {
        target = chosen == when_true;
    }
    return error;
}

std::optional<std::string> choose_percent(int& target, const std::string& value) {
    int number = -1;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number < 0 || number > 100) {
        return "accepted: 0 to 100";
    }
    target = number;
    return std::nullopt;
}

} // namespace

Multiplus::Multiplus(Instant start, std::uint32_t seed)
    : random(seed),
      eeprom{{setting_flags0, published_flags0}, {setting_bulk_current, bulk_current_a}},
      cycle_start(start),
      next_at(start) {
    follow_switches(start);
}

void Multiplus::receive(ByteView bytes, Instant now) {
    if (!awake) {
        return;
    }
    for (const auto& item : framer.push(bytes)) {
        take(item, now);
    }
}

void Multiplus::take(const Framer::Item& item, Instant now) {
    const auto* frame = std::get_if<Frame>(&item.decoded);
    if (!frame || garbled()) {
        return reject("bad_checksum");
    }
    if (frame->from != remote_address) {
        return reject("bad_address");
    }
    if (!slot_open) {
        return reject("late");
    }
    if (frame->number != next_number(last_number)) {
        return reject("bad_fn");
    }
    last_number = frame->number;
    ++accepted;
    accept(frame->message);
    follow_switches(now);
}

void Multiplus::reject(std::string why) {
    ++rejected;
    last_reject = std::move(why);
}

void Multiplus::accept(const Message& message) {
    if (const auto* command = std::get_if<SwitchCommand>(&message)) {
        const auto bits = static_cast<std::uint8_t>(command->state);
        remote_charge = (bits & 0x01) != 0;
        remote_invert = (bits & 0x02) != 0;
    } else if (const auto* read = std::get_if<ReadSetting>(&message)) {
        reply = Reply{read_setting(*read), cycle + 1};
    } else if (const auto* write = std::get_if<WriteById>(&message)) {
        reply = Reply{write_setting(*write), cycle + 1};
    }
}

Message Multiplus::read_setting(const ReadSetting& read) const {
    const auto found = eeprom.find(read.setting);
    if (!settings_supported || found == eeprom.end()) {
        return WinmonVerdict{.id = read.id, .verdict = Verdict::setting_not_supported};
    }
    return SettingValue{.id = read.id, .value = found->second};
}

Message Multiplus::write_setting(const WriteById& write) {
    if (!settings_supported || !write.is_setting || !eeprom.contains(write.number)) {
        return WinmonVerdict{.id = write.id, .verdict = Verdict::access_level_needed};
    }
    ram[write.number] = write.value;
    if (!write.ram_only) {
        eeprom[write.number] = write.value;
        ++eeprom_writes;
    }
    return WinmonVerdict{.id = write.id, .verdict = Verdict::setting_written};
}

std::uint16_t Multiplus::setting(std::uint16_t number) const {
    const auto changed = ram.find(number);
    return changed != ram.end() ? changed->second : eeprom.at(number);
}

int Multiplus::charge_current_a() const {
    return state == State::charging ? setting(setting_bulk_current) : 0;
}

/// On, charger only (M134: charges if AC, else off) or off; and after keep_alive without mains the bus goes
/// silent with it, unless a panel holds the standby line. Mains wake it in its last mode (M62).
void Multiplus::follow_switches(Instant now) {
    const bool stopped = (setting(setting_flags0) & disable_charge_bit) != 0 || battery == "full" ||
                         setting(setting_bulk_current) == 0;
    const State before = state;
    if (mains && charger_on()) {
        state = stopped ? State::passthru : State::charging;
    } else {
        state = inverter_on() ? State::inverting : State::off;
    }
    if (state == State::off && before != State::off) {
        off_since = now;
    }
    const bool was_awake = awake;
    awake = mains || standby || state != State::off || now - off_since < keep_alive;
    if (was_awake && !awake) {
        ram.clear(); // unpowered: what was only in RAM is lost
        reply.reset();
    }
}

Bytes Multiplus::poll(Instant now) {
    Bytes out;
    if (now - cycle_start >= 2 * cycle_time) {
        begin_cycle(now);
    }
    while (now >= next_at) {
        run(step, next_at, out);
        next_step();
    }
    return out;
}

void Multiplus::begin_cycle(Instant at) {
    ++cycle;
    cycle_start = at;
    step = Step::sync;
    next_at = at;
}

void Multiplus::next_step() {
    switch (step) {
    case Step::sync:
        step = Step::ac_phase;
        next_at = cycle_start + ac_phase_at;
        return;
    case Step::ac_phase:
        step = Step::reply;
        next_at = cycle_start + reply_at;
        return;
    case Step::reply:
        step = Step::condition;
        next_at = cycle_start + condition_at;
        return;
    case Step::condition:
        step = Step::master_led;
        next_at = cycle_start + master_led_at;
        return;
    case Step::master_led:
        begin_cycle(cycle_start + cycle_time);
        return;
    }
}

void Multiplus::run(Step now_due, Instant now, Bytes& out) {
    slot_open = false;
    switch (now_due) {
    case Step::sync:
        follow_switches(now);
        send(
            Sync{.status = 0x51, .timestamp_90us = static_cast<std::uint16_t>(now.time_since_epoch() / 90us)},
            out);
        slot_open = true;
        break;
    case Step::ac_phase:
        send(ac_phase(), out);
        break;
    case Step::reply:
        if (reply && reply->cycle == cycle) {
            send(reply->message, out);
            reply.reset();
        }
        break;
    case Step::condition:
        if (cycle % condition_cycles == 0) {
            send(condition(), out);
        }
        break;
    case Step::master_led:
        if (cycle % led_cycles == 0) {
            send(master_led(), out);
        }
        break;
    }
}

void Multiplus::send(const Message& message, Bytes& out) {
    if (!awake || mute) {
        return;
    }
    last_number = next_number(last_number);
    Bytes wire = encode({.from = multi_address, .number = last_number, .message = message});
    if (garbled()) {
        wire[random() % wire.size()] ^= static_cast<std::uint8_t>(1 + random() % 255);
    }
    out.insert(out.end(), wire.begin(), wire.end());
}

MasterLed Multiplus::master_led() const {
    std::uint8_t leds = 0;
    leds |= mains ? led::mains : std::uint8_t{0};
    leds |= state == State::charging ? led::bulk : std::uint8_t{0};
    leds |= state == State::passthru && battery == "full" ? led::floating : std::uint8_t{0};
    leds |= state == State::inverting ? led::inverter : std::uint8_t{0};
    return {.leds_on = leds,
            .leds_blink = 0,
            .status = 0,
            .ac_input_config = 0x10,
            .minimum_limit_deci_a = 0,
            .maximum_limit_deci_a = 500,
            .actual_limit_deci_a = 160,
            .switches = {.remote_charge = remote_charge,
                         .remote_invert = remote_invert,
                         .front_up = front == "on",
                         .front_down = front == "charger-only",
                         .charging_active = charger_on(),
                         .inverting_active = inverter_on(),
                         .onboard_remote = false,
                         .generator = false}};
}

Condition Multiplus::condition() const {
    const int current_a = state == State::inverting ? -load_current_a : charge_current_a();
    Condition c;
    c.voltage_status = inverter_on() ? 0x13 : 0x12;
    c.dc_current_deci_a = static_cast<std::int16_t>(std::clamp(current_a * 10, -32768, 32767));
    c.content = 0x30;
    c.ac_relay = mains && state != State::off && state != State::inverting ? 0 : 2;
    return c;
}

AcPhase Multiplus::ac_phase() const {
    AcPhase phase;
    phase.frequency_mhz = 50000;
    phase.mode = state == State::charging ? 0xB5 : state == State::inverting ? 0xB9 : 0xB0;
    phase.dc_voltage_20mv = battery == "full" ? 2760 : 2640; // 55.2 V, 52.8 V
    return phase;
}

std::vector<std::pair<std::string, std::string>> Multiplus::get() const {
    return {{"mode", mode_word(remote_charge, remote_invert)},
            {"state", word(state)},
            {"charge_current_a", std::to_string(charge_current_a())},
            {"disable_charge", word((setting(setting_flags0) & disable_charge_bit) != 0, "yes", "no")},
            {"flags0", std::to_string(setting(setting_flags0))},
            {"bulk_current_a", std::to_string(setting(setting_bulk_current))},
            {"awake", word(awake, "yes", "no")},
            {"mains", word(mains, "on", "off")},
            {"front", front},
            {"battery", battery},
            {"standby", word(standby, "on", "off")},
            {"mute", word(mute, "on", "off")},
            {"garble_percent", std::to_string(garble_percent)},
            {"charge_setting_supported", word(settings_supported, "yes", "no")},
            {"commands_accepted", std::to_string(accepted)},
            {"commands_rejected", std::to_string(rejected)},
            {"last_reject", last_reject},
            {"eeprom_writes", std::to_string(eeprom_writes)}};
}

/// The world is changed at once; what follows from it shows with the next cycle.
std::optional<std::string> Multiplus::set(const std::string& name, const std::string& value) {
    if (name == "mains") {
        return choose(mains, value, "on", "off");
    }
    if (name == "front") {
        return choose(front, value, {"on", "off", "charger-only"});
    }
    if (name == "battery") {
        return choose(battery, value, {"charging", "full"});
    }
    if (name == "standby") {
        return choose(standby, value, "on", "off");
    }
    if (name == "mute") {
        return choose(mute, value, "on", "off");
    }
    if (name == "garble_percent") {
        return choose_percent(garble_percent, value);
    }
    if (name == "charge_setting_supported") {
        return choose(settings_supported, value, "yes", "no");
    }
    return "can be set: mains, front, battery, standby, mute, garble_percent, charge_setting_supported";
}

} // namespace bms::sim
