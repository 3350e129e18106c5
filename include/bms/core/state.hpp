// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Everything the core remembers between two steps. A plain value: copy it, compare it, print it.
#pragma once

#include "bms/core/inputs.hpp"
#include "bms/core/machine.hpp"

#include <array>

namespace bms::core {

/// Why a side (loads, charge) is disconnected.
enum class Cause : unsigned char {
    none,        ///< it is not
    start,       ///< not switched on yet
    remote_off,  ///< the remote terminal
    loop,        ///< its BTV loop
    inputs_lost, ///< a line is lost
    soc_rule,    ///< loads only: the SoC rule, and no loop
};

/// Disconnects that count towards the reconnect delay: the newest first, at most ten, which is as many as any
/// allowed setting can double (1 s to 300 s).
struct DisconnectHistory {
    static constexpr std::size_t capacity = 10;
    std::array<Instant, capacity> at{};
    unsigned char size = 0;

    void add(Instant now);
    unsigned within(Duration memory, Instant now) const;
    bool operator==(const DisconnectHistory&) const = default;
};

/// What both sides have in common: why they are off, and when they may come back.
struct Side {
    Cause cause = Cause::start;
    std::optional<Instant> closed_since; ///< its loop has been closed since, unbroken and trusted
    Duration reconnect_delay{};          ///< fixed when the side was disconnected
    DisconnectHistory history;
    bool operator==(const Side&) const = default;
};

/// The user's wish for the Multi, and whether our last command has arrived.
struct Wish {
    std::optional<Mode> mode;    ///< nullopt: not known yet, so nothing is commanded
    std::optional<Mode> front;   ///< the front switch as last seen
    std::optional<Mode> command; ///< as last given
    bool acknowledged = false;   ///< the Multi has reported the command
    bool taken_down = false; ///< the command is less than the wish: ours to give back, also after a restart
    bool operator==(const Wish&) const = default;
};

/// Why the Multi is to be woken, or told again to recharge.
enum class WakeFor : unsigned char {
    nothing,
    recharge, ///< a low cell or the SoC rule forbids inverting, AC is there, charging is wished and allowed
              ///< (M62)
    invert,   ///< loads are allowed and inverting is wished
};

/// The attempts to bring back a Multi that sleeps without AC or that had to be told off. Each holds the
/// standby line for a while; the pause doubles from one to the next, so that an empty battery is not drained
/// by them.
struct Waking {
    WakeFor purpose = WakeFor::nothing;
    bool missing = false;         ///< the Multi does not yet do what it is woken for
    bool standby = false;         ///< the standby line is held
    std::optional<Instant> began; ///< the latest attempt
    Duration pause{};             ///< from the latest attempt to the next
    bool operator==(const Waking&) const = default;
};

struct State {
    Debouncer allow_to_charge, allow_to_discharge, pre_alarm, remote_h, remote_l;

    std::optional<Instant> started; ///< in Power::starting since
    Power power = Power::starting;
    SocRule soc_rule = SocRule::none; ///< as in the inputs of the latest step
    Discharge discharge = Discharge::load_disconnect;
    Charge charge = Charge::charge_disconnect;
    MultiCharge multi_charge = MultiCharge::stop;

    Side loads, charging;
    bool restart_latched = false;
    Instant pre_alarm_since{};                ///< PreAlarm high since; meaningful in Discharge::pre_alarm
    std::optional<Instant> calm_since;        ///< both low loops closed since, unbroken
    std::optional<Instant> low_since;         ///< discharge loop open since (debounced)
    std::optional<Instant> high_since;        ///< charge loop open since (debounced)
    Instant multi_charge_since{};             ///< MultiCharge in its state since
    std::optional<Instant> inverting_since;   ///< the Multi may invert against the command since
    std::optional<Instant> overcurrent_since; ///< its charge current is above the order since
    bool charge_not_obeyed = false;           ///< first rung: latched until charge is allowed again
    bool discharge_not_obeyed =
        false;                       ///< first rung: latched until loads are allowed or AC gives another try
    bool charges_though_off = false; ///< last rung: latched until charge is allowed again
    bool inverts_though_off = false; ///< last rung: latched until loads are allowed again

    Wish wish;
    Waking waking;
    bool operator==(const State&) const = default;
};

/// What survives a restart of the daemon (decisions: only what the user would miss, in the safe direction).
struct Memory {
    std::optional<Mode> wish; ///< set only when we had taken the Multi down
    bool restart_latched = false;
    bool operator==(const Memory&) const = default;
};

State initial_state(const Memory& memory);
Memory memory_of(const State& state);

} // namespace bms::core
