// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A frame profile: the BMS info frames of VE.Bus as a file describes them. The format: README.md.
#pragma once

#include "bms/time.hpp"
#include "bms/vebus/codec.hpp"

#include <array>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bms::profile {

/// What a BMS can have to say. The first four are what the Multi passes on as its BMS's status [V]; how a
/// real frame carries them is not public.
enum class Signal { cell_low, cell_high, cell_low_imminent, error, remote_off };
inline constexpr std::array<std::string_view, 5> signal_words{"cell_low", "cell_high", "cell_low_imminent",
                                                              "error", "remote_off"};

/// How much may be charged. The Multi passes on an 8-bit A/D value of the high-cell signal [V].
enum class ChargeLevel { allowed, reduced, stopped };
inline constexpr std::array<std::string_view, 3> charge_level_words{"allowed", "reduced", "stopped"};

struct Signals {
    std::array<bool, signal_words.size()> active{}; ///< by Signal
    ChargeLevel charge = ChargeLevel::allowed;

    bool& operator[](Signal signal) { return active[static_cast<std::size_t>(signal)]; }
    bool operator[](Signal signal) const { return active[static_cast<std::size_t>(signal)]; }
    bool operator==(const Signals&) const = default;
};

/// One byte, a bit a signal: active signals turn their bits of base over. No bit: mask 0.
struct FlagsHole {
    std::uint8_t base = 0;
    std::array<std::uint8_t, signal_words.size()> mask{}; ///< by Signal
    bool operator==(const FlagsHole&) const = default;
};

/// One byte for how much may be charged.
struct LevelHole {
    std::array<std::uint8_t, charge_level_words.size()> value{}; ///< by ChargeLevel
    bool operator==(const LevelHole&) const = default;
};

struct Hole {
    std::size_t index = 0; ///< in the payload
    std::variant<FlagsHole, LevelHole> kind;
    bool operator==(const Hole&) const = default;
};

struct FrameTemplate {
    vebus::Bytes payload; ///< not stuffed; 0 where a hole is
    std::vector<Hole> holes;
    Millis interval{};
    Millis interval_quiet{}; ///< in low power, M25
    bool operator==(const FrameTemplate&) const = default;
};

struct Profile {
    std::string name;
    std::string source; ///< where the bytes come from, in the author's words
    vebus::Address address;
    std::vector<FrameTemplate> frames;
    std::optional<vebus::Bytes> presence_reply; ///< answers the 21/83 poll
    bool operator==(const Profile&) const = default;
};

/// Stuffing can double every byte, and the wire adds address, type, number, two of checksum and FF.
inline constexpr std::size_t max_payload_bytes = (vebus::max_frame_bytes - 7) / 2;
inline constexpr std::size_t max_frames = 4;
inline constexpr std::size_t max_file_bytes = 65536;

/// Between two info frames. A slot comes every second sync, 25 a second; commands and their replies need most
/// of them. Nothing is known of a real BMS's period but that low power makes it "slightly longer" [V].
inline constexpr Millis shortest_interval = 100ms;
inline constexpr Millis longest_interval = 10s;
inline constexpr Millis longest_interval_quiet = 60s;
/// Of all frames of a profile together.
inline constexpr int max_frames_per_second = 10;

/// One mistake: where (JSON pointer, "" for the whole file), what, and what to do.
struct Error {
    std::string pointer;
    std::string text;
    bool operator==(const Error&) const = default;
};
inline constexpr std::size_t max_errors = 50;

/// The profile, or everything that is wrong with it. `//` comments are skipped.
std::variant<Profile, std::vector<Error>> parse(std::string_view json_text);

/// The payload that tells these signals. What the profile has no bit or level for is told by those it has, in
/// the safe direction: error and remote_off as low cell and high cell, less charge as high cell.
vebus::Bytes fill(const Profile&, const FrameTemplate&, const Signals&);

} // namespace bms::profile
