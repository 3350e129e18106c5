// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What feeds this board, and what becomes of it at a low cell (manual 1, 3.5: M31, M32, M100 to M104, M158).
#pragma once

#include "bms/guard/news.hpp"
#include "bms/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bms::guard {

enum class FedFrom {
    battery, ///< its plus, joined with Aux-In by diodes
    gx_pow,  ///< a terminal that is fed like that, and loses the battery at a low cell (M103)
};

enum class PowerSource { battery, aux_in, aux_in_perhaps, not_known };

struct PowerSettings {
    FedFrom fed_from = FedFrom::battery;
    bool aux_in_fitted = false;          ///< there is a line that senses it
    std::optional<double> aux_in_v{};    ///< of the adapter on Aux-In
    std::optional<double> low_cell_v{};  ///< of the bank when its cells are at the low-cell level
    std::optional<double> rest_h{};      ///< how long the rest then lasts
    std::optional<Duration> off_after{}; ///< there is hardware that wakes the board: it may go off
};

/// `aux_in`: as sensed, nullopt: not fitted, or lost. `battery_v`: measured now.
PowerSource power_source(const PowerSettings& settings, std::optional<bool> aux_in,
                         std::optional<double> battery_v);
std::string_view word(PowerSource source);

/// What a low cell makes of this board, said before it happens. Never empty.
std::string at_low_cell(const PowerSettings& settings, std::optional<bool> aux_in);

/// What holds the board on, as far as it is known.
struct PowerSeen {
    bool low_cell = false; ///< loads are off because of the discharge loop, and of nothing else
    bool aux_in = false;
    bool mains = false;
    bool charging = false; ///< a charge current is measured
};

/// Asked for and still on after this time: nobody does it.
inline constexpr Duration goes_off_within = 2min;

/// Whether the board is to be switched off: a low cell for so long, unbroken, with nothing that feeds or
/// charges. It only asks; what switches off is not the daemon.
class PowerOff {
  public:
    /// nullopt: never.
    explicit PowerOff(std::optional<Duration> after) : after_(after) {}

    void run(const PowerSeen& seen, Instant now);
    bool wanted() const { return wanted_since_.has_value(); }
    Instant next_deadline() const;
    std::vector<News> take_news();

  private:
    std::optional<Duration> after_;
    std::optional<Instant> alone_since_; ///< the low cell, and nothing that holds the board on
    std::optional<Instant> wanted_since_;
    bool nobody_told_ = false;
    std::vector<News> news_;
};

} // namespace bms::guard
