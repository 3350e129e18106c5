// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/state_file.hpp"

#include "bms/config/config.hpp"
#include "bms/core/step.hpp"
#include "bms/guard/power.hpp"
#include "bms/guard/residual.hpp"
#include "bms/venus/facts.hpp"

#include <functional>
#include <optional>
#include <string>

namespace bms::app {

/// Loads are off because of the discharge loop, open now: not by the remote, a lost line or a broken cable.
bool low_cell_alone(const core::StepResult& result);
/// Loads are permitted, or the discharge loop has been closed for the reconnect delay: what else keeps them
/// off says nothing of the cells.
bool recovered(const core::StepResult& result, Instant now);

guard::ResidualSettings residual_settings(const config::Config& config);
guard::PowerSettings power_settings(const config::Config& config);

/// What a low cell will leave and what becomes of the board, a line each; empty without a described bank.
std::string outlook_lines(const config::Config& config);

/// What comes after a low cell: the rest of the battery, counted over restarts, and this board's own supply.
/// Nothing is permitted or forbidden here.
class AfterLowCell {
  public:
    struct Events {
        std::function<void(const std::string&)> info, warning;
        std::function<void(bool alarm, const std::string&)> announce; ///< on the GX device and in VRM
    };
    /// What the daemon knows beside the core's result.
    struct Around {
        std::optional<bool> aux_in;         ///< nullopt: not fitted, or lost
        bool mains = false;                 ///< a mains detector, or the Multi, sees AC
        std::optional<double> battery_v;    ///< measured now
        std::optional<int> charge_da;       ///< charge current of the Multi, 0.1 A
        std::optional<double> shunt_a = {}; ///< positive into the battery
    };

    /// The state folder is there.
    AfterLowCell(const config::Config& config, Events events);

    /// Call it in every round.
    void run(const core::StepResult& result, const Around& around, Instant now);
    Instant next_deadline() const;
    void fill(venus::Reserve& reserve) const;
    /// At the end of the process: writes now.
    void stop(Instant now);

  private:
    void ask_for_power_off(const core::StepResult& result, const Around& around, bool low_cell, Instant now);
    void keep(Instant now);
    void tell(const std::vector<guard::News>& news);

    const Events events_;
    const guard::PowerSettings power_;
    io::StateFile file_;
    guard::Residual residual_;
    guard::PowerOff power_off_;
    guard::PowerSource source_ = guard::PowerSource::not_known;
    std::optional<bool> aux_in_;
    bool asked_ = false;   ///< the wish for power-off stands in the run folder
    bool waiting_ = false; ///< the count is to be written
    bool write_failed_ = false;
    Instant due_{};
};

} // namespace bms::app
