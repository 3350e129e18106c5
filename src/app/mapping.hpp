// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the core decided, in the words of the lines, of the link and of D-Bus. Pure; the only translation.
#pragma once

#include "app/lines.hpp"

#include "bms/core/step.hpp"
#include "bms/profile/profile.hpp"
#include "bms/vebus/link.hpp"
#include "bms/venus/facts.hpp"

namespace bms::app {

/// The Multi is heard and told, or where it is told nothing shows, anything but off (M174).
bool multi_is_on(const core::StepResult& result, const core::MultiReport& report);

Levels levels_of(const core::StepResult& result, const core::LedState& status_led, bool heartbeat,
                 bool multi_on = false);

std::optional<vebus::Wanted> wanted_of(const std::optional<core::Command>& command);

/// What a BMS says of itself (frame profile).
profile::Signals signals_of(const core::StepResult& result);

/// What the link says of the Multi, as the core wants it.
core::MultiReport report_of(const vebus::LinkStatus& link);

/// The switch as the core has it.
core::Mode to_core(vebus::SwitchState state);

/// What the configuration says of the installation.
struct Installed {
    bool assistant = false;  ///< the user's word: VE.Bus BMS or ESS assistant (M55)
    bool profile = false;    ///< captured info frames are sent
    bool two_signal = false; ///< both permissions are wired to the Multi's two-signal inputs
};

Installed installed(const config::Config& config);

/// Since the start, by the loops. A low cell that recovers within the lead disconnects nothing.
struct Disconnects {
    std::uint32_t by_high_cell = 0;
    std::uint32_t by_low_cell = 0;

    /// Call it for every step.
    void count(const core::State& before, const core::State& after);
};

/// Everything the mapping to D-Bus needs beside the core's result.
struct Surroundings {
    const core::Inputs& inputs;
    const vebus::LinkStatus* link; ///< nullptr: no link configured
    std::string port_problem;      ///< why the serial port is not open; empty when it is
    std::optional<bool> aux_in;    ///< nullopt: not fitted, or lost
    std::string line_problem;      ///< the missing line in words; empty when all are held
    Instant last_move{};
    Disconnects disconnects{};
    bool multi_asleep = false;   ///< silent as expected: it went off without AC, its bus has no power
    bool link_silent = false;    ///< nothing heard for the link time-out although it should be
    bool panel_contests = false; ///< another remote keeps switching the Multi against a veto
    Installed installed{};
    std::string soc_rule_reason{};
};

/// Fills protection and multi; identity and bank stay as they are.
void fill_facts(venus::Facts& facts, const core::StepResult& result, const Surroundings& around, Instant now);

/// Off without AC it lets its bus go dead after a while: silence is then no fault (M25, M134).
bool multi_may_sleep(const core::StepResult& result);
/// The core's attempt to wake it is over, and it had a line to be woken by.
bool multi_not_woken(const core::StepResult& result, const config::Config& config);

/// /Mode as written on D-Bus; nullopt: not a mode that is commanded over this link. Inverter-only is
/// documented for an MK3 [V] and for Venus OS's own driver; on the raw bus it rests on one source.
std::optional<core::Mode> mode_from_venus(std::uint32_t value, config::LinkKind link);

/// One line in plain words for the log and the supervisor: "loads on, charging on".
std::string summary(const core::StepResult& result);

} // namespace bms::app
