// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/guard/power.hpp"

#include "bms/guard/residual.hpp"

#include <cmath>
#include <utility>

namespace bms::guard {
namespace {

/// Diodes and cables take some tenths of a volt: nearer than this nobody knows which one feeds.
constexpr double undecided_v = 0.5;

std::string minutes_words(Duration d) {
    const auto s = std::chrono::duration_cast<Seconds>(d).count();
    return s % 60 == 0 ? std::to_string(s / 60) + " min" : std::to_string(s) + " s";
}

std::string without_aux_in(const PowerSettings& s) {
    if (s.fed_from == FedFrom::gx_pow) {
        return "GX-Pow loses the battery, and this board goes out with it";
    }
    if (s.off_after) {
        return "this board is switched off after " + minutes_words(*s.off_after) +
               ", unless AC or a charger comes, and is woken by its hardware when one does";
    }
    return "this board goes on and empties the battery" +
           (s.rest_h ? ": the rest lasts " + hours_words(*s.rest_h) : "");
}

/// With loads off a battery rises again, up to where the loads come back: 3.2 V of each 2.8 V.
constexpr double rises_to = 3.2 / 2.8;

/// Only an adapter above all that the battery may have then feeds for certain (M158).
std::string with_aux_in(const PowerSettings& s) {
    const std::string goes_on = "this board goes on";
    const bool above_all = s.aux_in_v && s.low_cell_v && *s.aux_in_v > *s.low_cell_v * rises_to;
    if (s.fed_from == FedFrom::gx_pow || above_all) {
        return goes_on + " from Aux-In";
    }
    if (!s.aux_in_v || !s.low_cell_v) {
        return goes_on + ", from Aux-In if that has the higher voltage, else it empties the battery";
    }
    if (*s.aux_in_v > *s.low_cell_v) {
        return goes_on + ", from Aux-In as soon as the battery has a lower voltage than that";
    }
    return "Aux-In is powered, but at a lower voltage than the battery then has: this board goes on and "
           "empties the "
           "battery until that is lower";
}

} // namespace

PowerSource power_source(const PowerSettings& s, std::optional<bool> aux_in,
                         std::optional<double> battery_v) {
    if (!aux_in) {
        return s.aux_in_fitted || s.aux_in_v ? PowerSource::not_known : PowerSource::battery;
    }
    if (!*aux_in) {
        return PowerSource::battery;
    }
    if (!s.aux_in_v || !battery_v || std::abs(*s.aux_in_v - *battery_v) < undecided_v) {
        return PowerSource::aux_in_perhaps;
    }
    return *s.aux_in_v > *battery_v ? PowerSource::aux_in : PowerSource::battery; // M31: the higher one
}

std::string_view word(PowerSource source) {
    switch (source) {
    case PowerSource::battery:
        return "battery";
    case PowerSource::aux_in:
        return "aux-in";
    case PowerSource::aux_in_perhaps:
        return "aux-in present, not known which feeds";
    default:
        return "not known: nothing says whether Aux-In is powered";
    }
}

std::string at_low_cell(const PowerSettings& s, std::optional<bool> aux_in) {
    if (aux_in != true) {
        const bool may_be = !aux_in && (s.aux_in_fitted || s.aux_in_v);
        return (may_be ? "unless Aux-In is powered: " : "") + without_aux_in(s);
    }
    return with_aux_in(s);
}

// ------------------------------------------------------------------------------------------ switching off

void PowerOff::run(const PowerSeen& seen, Instant now) {
    const bool alone = after_ && seen.low_cell && !seen.aux_in && !seen.mains && !seen.charging;
    if (!alone) {
        if (std::exchange(wanted_since_, std::nullopt)) {
            news_.push_back({News::Kind::good, "this board is no longer to be switched off"});
        }
        alone_since_.reset();
        return;
    }
    if (!alone_since_) {
        alone_since_ = now;
        news_.push_back({News::Kind::warning, "low cell, and neither Aux-In, AC nor a charge current: this "
                                              "board is switched off in " +
                                                  minutes_words(*after_) + " if it stays so"});
    }
    if (!wanted_since_ && now - *alone_since_ >= *after_) {
        wanted_since_ = now;
        nobody_told_ = false;
        news_.push_back({News::Kind::alarm,
                         "this board is to be switched off now, so that it does not empty the battery; its "
                         "hardware wakes it when AC or a charger comes"});
    }
    if (wanted_since_ && now - *wanted_since_ >= goes_off_within && !std::exchange(nobody_told_, true)) {
        news_.push_back({News::Kind::alarm,
                         "this board was to be switched off, and is not: enable vebus-bms-power-off.path "
                         "(systemd), or set power_off_at_low_cell=yes (Venus OS)"});
    }
}

Instant PowerOff::next_deadline() const {
    if (!alone_since_) {
        return never;
    }
    if (!wanted_since_) {
        return *alone_since_ + *after_;
    }
    return nobody_told_ ? never : *wanted_since_ + goes_off_within;
}

std::vector<News> PowerOff::take_news() { return std::exchange(news_, {}); }

} // namespace bms::guard
