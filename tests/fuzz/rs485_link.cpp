// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The raw link on a bus that the input writes the script of: traffic, time, wishes. A witness hears every
// byte the link hears and judges each frame it sends by the send rule (src/vebus/README.md), in its own
// words.
#include "bms/vebus/rs485_link.hpp"

#include "support/input.hpp"
#include "support/replies.hpp"

#include <algorithm>
#include <memory>
#include <utility>

using namespace bms::vebus;
using bms::Duration;
using bms::Instant;
using bms::fuzz::require;
using bms::fuzz::Script;
using namespace std::chrono_literals;

namespace {

constexpr Instant start = Instant(1h);

/// The send rule, told a second time.
class Witness {
  public:
    explicit Witness(const LinkSettings& link_settings) : settings(link_settings) {}

    void hear(ByteView bytes, Instant now) {
        for (const Framer::Item& item : framer.push(bytes)) {
            const auto* frame = std::get_if<Frame>(&item.decoded);
            sync_was_last = false;
            if (frame == nullptr) {
                clean_syncs = 0;
                continue;
            }
            number = frame->number;
            if (std::holds_alternative<Sync>(frame->message) && frame->from == multi_address) {
                const Duration cycle = now - last_sync;
                clean_syncs = cycle >= 12ms && cycle <= 28ms ? clean_syncs + 1 : 1;
                last_sync = now;
                sync_was_last = true;
                ++syncs_since_sent;
            }
        }
    }

    /// wire: what the link wants to send now.
    Message judge(ByteView wire, const std::optional<Wanted>& wanted, Instant now) {
        require(settings.transmit, "sends although it may only listen");
        require(wanted.has_value(), "sends although nothing is wanted");
        require(sync_was_last && framer.at_frame_end(), "sends although something came after the sync");
        require(now - last_sync < settings.send_window, "sends later than the window");
        require(clean_syncs >= settings.min_clean_syncs, "sends before enough clean syncs");
        require(syncs_since_sent >= 2, "sends in every cycle");
        require(wire.size() <= max_frame_bytes, "sends more than a frame");
        const Decoded decoded = decode(wire);
        const auto* frame = std::get_if<Frame>(&decoded);
        require(frame != nullptr, "sends something that is no frame");
        require(frame->from == remote_address, "sends under another address");
        require(frame->number == next_number(number), "sends under another number than the next");
        check(frame->message, *wanted);
        sync_was_last = false;
        syncs_since_sent = 0;
        return frame->message;
    }

  private:
    static void check(const Message& message, const Wanted& wanted) {
        if (const auto* command = std::get_if<SwitchCommand>(&message)) {
            // The way to inverter-only may go through on [1].
            const bool on_the_way =
                wanted.mode == SwitchState::inverter_only && command->state == SwitchState::on;
            require(command->state == wanted.mode || on_the_way, "commands another mode than the wanted one");
        } else {
            require(bms::fuzz::harmless(message), "sends what is not ours to send: another question, another "
                                                  "write than DisableCharge and the bulk current in RAM");
        }
    }

    LinkSettings settings;
    Framer framer;
    Instant last_sync = Instant(0s);
    int clean_syncs = 0;
    int syncs_since_sent = 2;
    bool sync_was_last = false;
    std::uint8_t number = 0;
};

LinkSettings settings_from(std::uint8_t bits) {
    return {.transmit = (bits & 0x01) == 0,
            .several_units = (bits & 0x02) != 0,
            .assistant_installed = (bits & 0x04) != 0,
            .min_clean_syncs = (bits & 0x08) != 0 ? 1 : 3};
}

class Bus {
  public:
    explicit Bus(std::uint8_t bits) : settings(settings_from(bits)), witness(settings) {
        link = std::make_unique<Rs485Link>(settings);
    }

    void step(Script& script) {
        enum Op {
            syncs,
            sync_at,
            noise,
            of_multi,
            of_remote,
            of_stranger,
            wish,
            no_wish,
            wait,
            deadline,
            echo,
            reply,
            lights,
            owner,
            ops
        };
        const std::uint8_t op = script.byte();
        late = op >= 0x80 ? Duration(script.byte() * 100us) : Duration::zero();
        switch (op % 0x80 % ops) {
        case syncs:
            return cycles(1 + script.byte() % 32);
        case sync_at:
            now += script.byte() * 250us;
            return hear_frame(multi_address, Sync{.status = 0x51});
        case noise:
            return hear(script.bytes(1 + script.byte() % 16U));
        case of_multi:
            return hear_frame(multi_address, decode_payload(script.bytes(1 + script.byte() % 16U)));
        case of_remote:
            return hear_frame(remote_address, decode_payload(script.bytes(1 + script.byte() % 16U)));
        case of_stranger:
            return hear_frame({script.byte(), script.byte()},
                              decode_payload(script.bytes(1 + script.byte() % 8U)));
        case wish:
            return want(script.byte(), script.byte());
        case no_wish:
            wanted.reset();
            return link->want(std::nullopt);
        case wait:
            now += script.word() * 1ms;
            return poll();
        case deadline:
            now = std::max(now, std::min(link->next_deadline(), now + 1min));
            return poll();
        case echo:
            return echo_back(script.byte());
        case reply:
            return answer(script.word());
        case lights:
            return hear_frame(multi_address,
                              MasterLed{.leds_on = led::mains,
                                        .ac_input_config = static_cast<std::uint8_t>(0x10 | script.byte()),
                                        .switches = decode_switches(script.byte())});
        default:
            return owner_acts(script.byte());
        }
    }

  private:
    void hear(const Bytes& bytes) {
        witness.hear(bytes, now);
        link->receive(bytes, now);
        now += late;
        poll();
    }

    void hear_frame(Address from, const Message& message) {
        if (encode_payload(message).empty()) {
            return;
        }
        number = next_number(number);
        hear(encode({.from = from, .number = number, .message = message}));
    }

    void cycles(int count) {
        for (int i = 0; i < count; ++i) {
            now += std::max<Duration>(20ms - late, 1ms);
            hear_frame(multi_address, Sync{.status = 0x51});
        }
    }

    void want(std::uint8_t bits, std::uint8_t limit_a) {
        wanted = Wanted{.mode = static_cast<SwitchState>(4 + bits % 4),
                        .charge = static_cast<ChargeOrder>(bits / 4 % 3),
                        .limit_a = limit_a,
                        .insist = (bits & 0x80) != 0};
        link->want(wanted);
        poll();
    }

    void owner_acts(std::uint8_t bits) {
        if (bits % 3 == 0) {
            link->resume();
        } else if (bits % 3 == 1) {
            link->repeat_mode_every(bits * 20ms + 20ms);
        } else {
            link->restore_originals({{.unit = 0, .flags0 = 0x8114, .bulk_current_a = bits}});
        }
        poll();
    }

    void echo_back(std::uint8_t flip) {
        if (sent.empty()) {
            return;
        }
        Bytes heard = std::exchange(sent, {});
        if (flip % 4 == 0) {
            heard[flip / 4 % heard.size()] ^= 0x01;
        }
        hear(heard);
    }

    void answer(std::uint16_t extra) {
        if (const auto message = request ? bms::fuzz::reply_to(*request, extra) : std::nullopt) {
            request.reset();
            now += 5ms;
            hear_frame(multi_address, *message);
        }
    }

    void poll() {
        const Bytes wire = link->poll(now);
        if (!wire.empty()) {
            request = witness.judge(wire, wanted, now);
            number = next_number(number);
            sent = wire;
        }
        require(link->next_deadline() > now, "a deadline that has passed after poll()");
        const LinkStatus& status = link->status();
        require(wire.empty() || status.listen_only_reason.empty(), "sends while listening only");
        require(status.originals.size() <= 1, "more than one unit is owed something on a raw link");
        require(status.listen_only_reason.size() < 400 && status.charge_stop.why.size() < 400 &&
                    status.charge_limit.why.size() < 400,
                "a reason grows");
        require(status.heard || !status.master_led, "tells what a Multi showed that is not heard");
    }

    LinkSettings settings;
    Witness witness;
    std::unique_ptr<Link> link;
    std::optional<Wanted> wanted;
    std::optional<Message> request;
    Bytes sent;
    Instant now = start;
    Duration late{}; ///< so long the owner takes from receive() to poll()
    std::uint8_t number = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Script script(ByteView(data, std::min<std::size_t>(size, 512)));
    Bus bus(script.byte());
    while (!script.done()) {
        bus.step(script);
    }
    return 0;
}
