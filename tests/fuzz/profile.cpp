// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A frame profile. The first byte of the input flickers the signals, the rest is the file.
#include "support/input.hpp"

#include "bms/profile/emitter.hpp"

#include <algorithm>

using namespace bms::profile;
using bms::Duration;
using bms::Instant;
using bms::fuzz::require;
using bms::vebus::Bytes;
using namespace std::chrono_literals;

namespace {

void check_errors(const std::vector<Error>& errors) {
    require(!errors.empty() && errors.size() <= max_errors, "no error, or too many");
    for (const Error& error : errors) {
        require(!error.text.empty() && error.text.size() < 1000,
                "an error without words, or with endless ones");
        require(error.pointer.empty() || error.pointer.front() == '/', "a pointer that points nowhere");
    }
}

Signals signals_of(unsigned bits, ChargeLevel charge) {
    Signals signals{.charge = charge};
    for (std::size_t i = 0; i < signals.active.size(); ++i) {
        signals.active[i] = (bits >> i & 1U) != 0;
    }
    return signals;
}

/// An info frame tells something and commands nothing, whatever its bytes are.
void check_payload(const Profile& profile, const Bytes& payload) {
    using namespace bms::vebus;
    require(!payload.empty() && payload.size() <= max_payload_bytes, "a payload of a wrong size");
    const Message message = decode_payload(payload);
    require(payload.front() != 0x00 && !std::holds_alternative<SwitchCommand>(message) &&
                !std::holds_alternative<PanelPosition>(message) && payload.front() != 0x3F &&
                payload.front() != 0x40,
            "an info frame commands the Multi");
    const Frame frame{.from = profile.address, .number = 127, .message = Unknown{payload}};
    const Bytes wire = encode(frame);
    require(wire.size() <= max_frame_bytes, "a frame does not fit");
    const Decoded decoded = decode(wire);
    const auto* read = std::get_if<Frame>(&decoded);
    require(read && encode_payload(read->message) == payload,
            "a frame is read differently than it was written");
}

/// All that is told while `stop` is active differs from what is told while all is well.
void check_told(const Profile& profile, const Signals& stop) {
    const bool told = std::any_of(profile.frames.begin(), profile.frames.end(), [&](const auto& frame) {
        return fill(profile, frame, stop) != fill(profile, frame, {});
    });
    require(told, "a stop is not told");
}

void check_profile(const Profile& profile) {
    require(!profile.frames.empty() && profile.frames.size() <= max_frames, "too few or too many frames");
    require(profile.address != bms::vebus::multi_address, "speaks in the name of the Multi");
    for (const FrameTemplate& frame : profile.frames) {
        require(frame.interval >= shortest_interval && frame.interval <= longest_interval &&
                    frame.interval_quiet >= frame.interval && frame.interval_quiet <= longest_interval_quiet,
                "an interval outside its range");
        for (unsigned bits = 0; bits < 32; ++bits) {
            for (const auto charge : {ChargeLevel::allowed, ChargeLevel::reduced, ChargeLevel::stopped}) {
                check_payload(profile, fill(profile, frame, signals_of(bits, charge)));
            }
        }
    }
    for (unsigned one = 0; one < 5; ++one) {
        if (static_cast<Signal>(one) != Signal::cell_low_imminent) { // a warning may have no bit
            check_told(profile, signals_of(1U << one, ChargeLevel::allowed));
        }
    }
    check_told(profile, signals_of(0, ChargeLevel::stopped));
}

/// Two seconds of flicker: bounded, and silent when it is told to be.
void check_emitter(const Profile& profile, std::uint8_t flicker) {
    Emitter emitter(profile);
    const Instant start(1h);
    std::size_t sent = 0;
    for (Instant now = start; now < start + 2s; now += 10ms) {
        const auto step = static_cast<unsigned>((now - start) / 10ms);
        emitter.say(step % (1U + flicker % 32U) == 0 ? signals_of(flicker, ChargeLevel::reduced) : Signals{});
        emitter.quiet((flicker & 0x80) != 0);
        while (emitter.due(now)) {
            ++sent;
        }
        require(emitter.next_due() > now, "something is due after due() had nothing more");
    }
    require(sent >= profile.frames.size() && sent <= profile.frames.size() * (2s / change_spacing),
            "none are sent, or without a limit");
    emitter.hush();
    require(emitter.next_due() == bms::never && !emitter.due(start + 1h), "speaks although it is hushed");
    emitter.say({});
    const auto answer = emitter.answer_to({.type = bms::vebus::device_bms});
    require(answer.has_value() == profile.presence_reply.has_value(), "a poll is answered differently");
    if (answer) {
        const auto message = bms::vebus::decode_payload(answer->payload);
        const auto* device = std::get_if<bms::vebus::DeviceInfo>(&message);
        require(device && device->type == bms::vebus::device_bms, "the answer to a poll is no BMS's");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const auto result = parse({reinterpret_cast<const char*>(data + 1), size - 1});
    if (const auto* errors = std::get_if<std::vector<Error>>(&result)) {
        check_errors(*errors);
        return 0;
    }
    const auto& profile = std::get<Profile>(result);
    check_profile(profile);
    check_emitter(profile, data[0]);
    return 0;
}
