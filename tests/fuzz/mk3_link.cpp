// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The link through an MK3 on a line that the input writes the script of: what the interface says, answers,
// time, wishes. A witness reads each frame that is written and judges it by src/mk2/README.md, in its own
// words.
#include "bms/mk2/mk3_link.hpp"

#include "support/input.hpp"
#include "support/replies.hpp"

#include <algorithm>
#include <memory>

using namespace bms::mk2;
using bms::Duration;
using bms::Instant;
using bms::fuzz::require;
using bms::fuzz::Script;
using bms::vebus::ListenOnly;
using bms::vebus::Wanted;
using namespace std::chrono_literals;

namespace {

/// What may be written, told a second time.
class Witness {
  public:
    explicit Witness(bool transmits) : transmit(transmits) {}

    void heard() { something_came = true; }
    void owner_resumed() { asked_at.reset(); }

    Message judge(ByteView wire, const std::optional<Wanted>& wanted, Instant now) {
        const Decoded decoded = decode(wire);
        const auto* frame = std::get_if<Frame>(&decoded);
        require(frame != nullptr && !frame->leds, "writes something that is no frame of ours");
        require(!written_at || now - *written_at >= 50ms, "writes two frames within a tick");
        require(!asked_at || something_came || now - *asked_at >= 500ms,
                "asks again before an answer can have come");
        std::visit([&](const auto& message) { check(message, wanted); }, frame->message);
        written_at = now;
        const auto* passed = std::get_if<PassThrough>(&frame->message);
        const bool no_answer = passed && std::holds_alternative<bms::vebus::SwitchCommand>(passed->message);
        asked_at = no_answer ? std::nullopt : std::optional(now);
        something_came = false;
        return frame->message;
    }

  private:
    void check_mode(std::optional<bms::vebus::SwitchState> mode, const std::optional<Wanted>& wanted) const {
        require(transmit, "commands although it may only listen");
        require(wanted.has_value(), "commands although nothing is wanted");
        const bool on_the_way = wanted->mode == bms::vebus::SwitchState::inverter_only &&
                                mode == bms::vebus::SwitchState::on; // [1]
        require(mode == wanted->mode || on_the_way, "commands another mode than the wanted one");
    }
    void check(const SetState& state, const std::optional<Wanted>& wanted) const {
        require(transmit, "sets the interface up although it may only listen");
        require((state.flags & state_flag::auto_send) == 0,
                "leaves something behind that goes on commanding");
        require(state.limit_deci_a >= SetState::leave_limit, "sets an AC input limit");
        require(state.extended && !state.extended->eeprom, "writes the EEPROM of the interface");
        require((state.extended->flags_ext0 & state_flag_ext0::short_winmon) == 0, "asks for short frames");
        if ((state.flags & state_flag::do_not_send) == 0) {
            check_mode(state_of(state.position), wanted);
        }
    }
    void check(const PassThrough& passed, const std::optional<Wanted>& wanted) const {
        if (const auto* command = std::get_if<bms::vebus::SwitchCommand>(&passed.message)) {
            return check_mode(command->state, wanted);
        }
        require(transmit && wanted, "polls although it may only listen, or nothing is wanted");
        require(std::holds_alternative<bms::vebus::DevicePoll>(passed.message),
                "passes something else through");
    }
    void check(const Winmon& winmon, const std::optional<Wanted>& wanted) const {
        require(transmit && wanted, "asks the units although it may only listen, or nothing is wanted");
        require(winmon.channel == Channel::x && !winmon.device, "uses another channel than X");
        require(bms::fuzz::harmless(winmon.message), "asks or writes what is not ours to ask or write");
    }
    void check(const Target& target, const std::optional<Wanted>&) const {
        require(transmit, "sets a target although it may only listen");
        require(target.action == 1 && target.device < 32, "sets a target that cannot be");
    }
    template<typename Other>
    void check(const Other&, const std::optional<Wanted>&) const {
        constexpr bool looks = std::is_same_v<Other, AskInterface> || std::is_same_v<Other, AskLeds> ||
                               std::is_same_v<Other, AskDcInfo> || std::is_same_v<Other, AskAcInfo> ||
                               std::is_same_v<Other, AskMasterLed> || std::is_same_v<Other, AskUnit>;
        require(looks, "writes a kind of frame that it must not");
    }

    bool transmit;
    bool something_came = false;
    std::optional<Instant> written_at;
    std::optional<Instant> asked_at; ///< what has an answer
};

constexpr std::uint32_t mk3_version = 1170216;

/// What an interface says to a frame of ours; extra decides where it has a choice.
std::optional<Message> answer_to(const Message& asked, std::uint16_t extra) {
    if (std::holds_alternative<AskInterface>(asked)) {
        return InterfaceVersion{.version = mk3_version, .target = static_cast<std::uint8_t>(extra)};
    }
    if (std::holds_alternative<SetState>(asked)) {
        return StateTaken{};
    }
    if (const auto* target = std::get_if<Target>(&asked)) {
        return *target;
    }
    if (std::holds_alternative<AskMasterLed>(asked)) {
        return PassThrough{
            bms::vebus::MasterLed{.leds_on = bms::vebus::led::mains,
                                  .ac_input_config = 0x10,
                                  .switches = bms::vebus::decode_switches(static_cast<std::uint8_t>(extra))}};
    }
    if (std::holds_alternative<AskUnit>(asked)) {
        return PassThrough{bms::vebus::UnitInfo{.unique_number = extra, .type = 0x20, .units = extra}};
    }
    if (std::holds_alternative<AskLeds>(asked)) {
        return LedReport{.leds = {.on = 1}, .condition = LedReport::Condition{}};
    }
    if (std::holds_alternative<AskAcInfo>(asked)) {
        return PassThrough{
            bms::vebus::AcInfo{.device_state = static_cast<std::uint8_t>(extra % 10), .phase = 8}};
    }
    if (std::holds_alternative<AskDcInfo>(asked)) {
        return PassThrough{bms::vebus::DcInfo{.voltage_10mv = extra}};
    }
    if (const auto* winmon = std::get_if<Winmon>(&asked)) {
        const auto reply = bms::fuzz::reply_to(winmon->message, extra);
        return reply ? std::optional<Message>(Winmon{.channel = winmon->channel, .message = *reply})
                     : std::nullopt;
    }
    const auto* passed = std::get_if<PassThrough>(&asked);
    const auto reply = passed ? bms::fuzz::reply_to(passed->message, extra) : std::nullopt;
    return reply ? std::optional<Message>(PassThrough{*reply}) : std::nullopt;
}

class Line {
  public:
    explicit Line(std::uint8_t bits) : witness((bits & 0x01) == 0) {
        link = std::make_unique<Mk3Link>(bms::vebus::LinkSettings{.transmit = (bits & 0x01) == 0,
                                                                  .assistant_installed = (bits & 0x02) != 0});
    }

    void step(Script& script) {
        enum Op {
            answer,
            answers,
            half,
            noise,
            payload,
            panel,
            version,
            wish,
            no_wish,
            wait,
            deadline,
            owner,
            ops
        };
        switch (script.byte() % ops) {
        case answer:
            return answer_it(script.word());
        case answers: { // a conversation that goes on
            const std::uint16_t extra = script.word();
            for (int i = script.byte() % 32; i >= 0; --i) {
                to_deadline();
                answer_it(extra);
            }
            return;
        }
        case half: {
            const Bytes wire = encode(asked ? answer_to(*asked, 0x37).value_or(StateTaken{}) : StateTaken{});
            return hear(ByteView(wire).first(script.byte() % wire.size()));
        }
        case noise:
            return hear(script.bytes(1 + script.byte() % 16U));
        case payload:
            return hear_payload(script.bytes(1 + script.byte() % 20U));
        case panel:
            return hear(encode(PassThrough{bms::vebus::PanelPosition{.bits = script.byte()}}));
        case version:
            return hear(
                encode(InterfaceVersion{.version = 1170000U + script.byte(), .target = script.byte()}));
        case wish:
            return want(script.byte(), script.byte());
        case no_wish:
            wanted.reset();
            return link->want(std::nullopt);
        case wait:
            now += script.word() * 1ms;
            return poll();
        case deadline:
            return to_deadline();
        default:
            return owner_acts(script.byte());
        }
    }

  private:
    void hear(ByteView bytes) {
        witness.heard();
        link->receive(bytes, now);
        poll();
    }

    /// Any message that has a good checksum.
    void hear_payload(Bytes payload) {
        const std::size_t least = min_counted;
        payload.resize(std::max(payload.size(), least), 0);
        Bytes wire{static_cast<std::uint8_t>(payload.size())};
        wire.insert(wire.end(), payload.begin(), payload.end());
        wire.push_back(checksum_of(wire));
        hear(wire);
    }

    void answer_it(std::uint16_t extra) {
        if (const auto message = asked ? answer_to(*asked, extra) : std::nullopt) {
            asked.reset();
            now += 80ms;
            hear(encode(*message));
        }
    }

    void to_deadline() {
        now = std::max(now, std::min(link->next_deadline(), now + 1min));
        poll();
    }

    void want(std::uint8_t bits, std::uint8_t limit_a) {
        wanted = Wanted{.mode = static_cast<bms::vebus::SwitchState>(4 + bits % 4),
                        .charge = static_cast<bms::vebus::ChargeOrder>(bits / 4 % 3),
                        .limit_a = limit_a,
                        .insist = (bits & 0x80) != 0};
        link->want(wanted);
        poll();
    }

    void owner_acts(std::uint8_t bits) {
        if (bits % 3 == 0) {
            witness.owner_resumed();
            link->resume();
        } else if (bits % 3 == 1) {
            link->repeat_mode_every(bits * 20ms + 20ms);
        } else {
            link->restore_originals({{.unit = 0, .flags0 = 0x8114, .bulk_current_a = bits}});
        }
        poll();
    }

    static bool commands(const Message& message) {
        const auto* state = std::get_if<SetState>(&message);
        const auto* winmon = std::get_if<Winmon>(&message);
        const auto* passed = std::get_if<PassThrough>(&message);
        return (state && (state->flags & state_flag::do_not_send) == 0) ||
               (winmon && std::holds_alternative<bms::vebus::WriteById>(winmon->message)) ||
               (passed && std::holds_alternative<bms::vebus::SwitchCommand>(passed->message));
    }

    void poll() {
        const Bytes wire = link->poll(now);
        const bms::vebus::LinkStatus& status = link->status();
        if (!wire.empty()) {
            asked = witness.judge(wire, wanted, now);
            require(status.listen_only == ListenOnly::no || !commands(*asked),
                    "commands while listening only");
        }
        require(link->next_deadline() > now, "a deadline that has passed after poll()");
        require(status.originals.size() <= 32, "more units are owed something than there can be");
        require(status.listen_only_reason.size() < 400 && status.charge_stop.why.size() < 400 &&
                    status.charge_limit.why.size() < 400,
                "a reason grows");
        require(status.heard || !status.master_led, "tells what a Multi showed that is not heard");
    }

    Witness witness;
    std::unique_ptr<bms::vebus::Link> link;
    std::optional<Wanted> wanted;
    std::optional<Message> asked;
    Instant now = Instant(1h);
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Script script(ByteView(data, std::min<std::size_t>(size, 256)));
    Line line(script.byte());
    while (!script.done()) {
        line.step(script);
    }
    return 0;
}
