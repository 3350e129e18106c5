// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/guard/residual.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace bms::guard {
namespace {

/// A notice when no more than so much is left.
constexpr std::array notices_percent{50, 25, 10, 0};
constexpr int most_told = static_cast<int>(notices_percent.size());
/// Told by then, it is an alarm.
constexpr int told_at_a_tenth = 3;
/// A notice is given again only after so much has come back since.
constexpr int told_again_above_percent = 5;
constexpr double rounding = 1e-6; // of many small steps

constexpr std::string_view cure =
    "charge the battery, or isolate it: open its switch, pull its fuse, or unplug its plus"; // M119

double hours(Duration d) { return std::chrono::duration<double, std::ratio<3600>>(d).count(); }
double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

std::string decimal(double value, int digits) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return text.data();
}

std::string amp_hours(double mah) { return decimal(mah / 1000, 1) + " Ah"; }
std::string milliamps(double ma) { return decimal(ma, 0) + " mA"; }

/// In steps of 0.1 below 10 h and of 1 h above: few signals, and never more than is left.
double stepped(double h) {
    constexpr double whole_from = 10;
    return h >= whole_from ? std::floor(h + rounding) : std::floor(h * 10 + rounding) / 10;
}

/// Of a measured current, so that the words do not change by the second.
double coarse(double ma) { return ma < 100 ? std::ceil(ma / 10) * 10 : std::ceil(ma / 100) * 100; }

std::string not_known() {
    return "how long the rest lasts after a low cell is not known: describe the battery in /bank of the "
           "configuration";
}

} // namespace

std::string hours_words(double h) {
    constexpr double days_from = 72;
    if (h >= days_from) {
        return decimal(std::floor(h / 24), 0) + " days";
    }
    const double shown = stepped(h);
    return decimal(shown, shown == std::floor(shown) ? 0 : 1) + " h";
}

std::optional<double> outlook_h(const ResidualSettings& s) {
    const double ma = s.drains_ma + s.board_ma;
    return s.bank_ah && ma > 0 ? std::optional(*s.bank_ah * 1000 * reserve_of_capacity / ma) : std::nullopt;
}

std::string outlook(const ResidualSettings& s) {
    if (!s.bank_ah) {
        return not_known();
    }
    const auto lasts = outlook_h(s);
    return "about " + amp_hours(*s.bank_ah * 1000 * reserve_of_capacity) + " are left after a low cell: " +
           (lasts ? hours_words(*lasts) + " with " + milliamps(s.drains_ma + s.board_ma)
                  : "nothing is configured to draw it");
}

Residual::Residual(const ResidualSettings& settings, std::optional<ResidualKept> kept, std::string boot)
    : settings_(settings), boot_(std::move(boot)), kept_(std::move(kept)) {}

// ------------------------------------------------------------------------------------------ the count

void Residual::run(const ResidualSeen& seen, Instant now) {
    const bool first_look = !last_;
    const bool resumed = !count_ && kept_;
    if (count_) {
        draw(now - *last_);
    } else if (resumed) {
        resume(*std::exchange(kept_, std::nullopt), now);
    }
    last_ = now;
    const double shown_ma = -seen.shunt_current_a.value_or(0) * 1000;
    board_on_aux_ = seen.board_on_aux;
    measured_ = shown_ma < -charge_current_a * 1000 || shown_ma > configured_ma(board_on_aux_);
    net_ma_ = measured_ ? shown_ma : configured_ma(board_on_aux_);
    if (count_ && seen.recovered) {
        count_.reset();
        changed_ = true;
        news_.push_back({News::Kind::good, "the battery is charged again: what a low cell leaves is no "
                                           "longer counted down"});
    } else if (!count_ && seen.low_cell && !seen.recovered) {
        begin(first_look);
    }
    if (count_) {
        follow_clock(seen.utc_s, now);
        if (resumed) {
            news_.push_back({News::Kind::good, "counted on: " + reason()});
        }
        tell();
    }
}

/// At the first look it may have been low for long: that is not known.
void Residual::begin(bool first_look) {
    count_ = Count{0, std::nullopt, 0, first_look};
    kept_at_ = *last_;
    changed_ = true;
    news_.push_back({News::Kind::warning, reason()});
}

/// Within a boot the monotonic clock knows how long nobody counted; across one only the wall clock does.
void Residual::resume(const ResidualKept& kept, Instant now) {
    count_ = Count{kept.used_mah, std::nullopt, kept.told, kept.at_least};
    kept_at_ = now;
    kept_with_clock_ = kept.utc_s >= clock_is_set_s;
    const bool boots_known = !boot_.empty() && !kept.boot.empty();
    if (boots_known && kept.boot == boot_ && kept.at <= now) {
        count_->used_mah += kept.drain_ma * hours(now - kept.at);
    } else {
        count_->gap = Gap{kept, now, boots_known ? now.time_since_epoch() : Duration::zero()};
    }
}

/// The clock of a board without a battery for it is set when GPS or the internet comes: so the gap is looked
/// at again each time. The board has been on since its start, so it is never shorter than that.
void Residual::follow_clock(std::int64_t utc_s, Instant now) {
    if (count_->gap) {
        Gap& gap = *count_->gap;
        const double shortest_s = seconds(gap.shortest);
        const double by_clock_s = static_cast<double>(utc_s - gap.kept.utc_s) - seconds(now - gap.since);
        const bool plausible = gap.kept.utc_s >= clock_is_set_s && by_clock_s >= shortest_s;
        gap.mah = (plausible ? by_clock_s : shortest_s) / 3600 * gap.kept.drain_ma;
        count_->at_least = gap.kept.at_least || !plausible;
    }
    if (utc_s >= clock_is_set_s && !std::exchange(kept_with_clock_, true)) {
        changed_ = true;
    }
}

void Residual::draw(Duration length) {
    count_->used_mah += net_ma_ * hours(length);
    if (net_ma_ < 0 && used_mah() <= 0) { // all that is known to have been drawn is back
        count_->used_mah = 0;
        count_->gap.reset();
    }
}

double Residual::configured_ma(bool board_on_aux) const {
    return settings_.drains_ma + (board_on_aux ? 0 : settings_.board_ma);
}

double Residual::used_mah() const { return count_->used_mah + (count_->gap ? count_->gap->mah : 0); }

double Residual::left_mah() const { return std::max(0.0, reserve_mah() - used_mah()); }

// ------------------------------------------------------------------------------------------ the figures

std::optional<double> Residual::hours_left() const {
    if (!count_ || !settings_.bank_ah || net_ma_ <= 0) {
        return std::nullopt;
    }
    return stepped(left_mah() / net_ma_);
}

std::optional<int> Residual::percent_left() const {
    if (!count_ || !settings_.bank_ah) {
        return std::nullopt;
    }
    return static_cast<int>(std::floor(left_percent() + rounding));
}

double Residual::left_percent() const { return std::min(100.0, left_mah() / reserve_mah() * 100); }

int Residual::alarm() const {
    if (!count_ || count_->told == 0) {
        return 0;
    }
    return count_->told >= told_at_a_tenth ? 2 : 1;
}

std::string Residual::reason() const {
    if (!count_ || !settings_.bank_ah) {
        return outlook(settings_);
    }
    const std::string begins = "a low cell has disconnected the loads, and left " +
                               std::string(count_->at_least ? "at most " : "about ") +
                               amp_hours(reserve_mah());
    if (net_ma_ < 0) {
        return begins + "; the shunt shows a charge current";
    }
    if (net_ma_ == 0) {
        return begins + "; nothing is configured to draw it";
    }
    return begins + ", which " + milliamps(measured_ ? coarse(net_ma_) : net_ma_) +
           (measured_ ? " by the shunt" : " as configured") + " empty: " + std::string(cure);
}

std::string Residual::notice() const {
    if (count_->told == most_told) {
        return "what a low cell left in the battery is used up, and each further hour damages it: " +
               std::string(cure);
    }
    const std::string at_most = count_->at_least ? "at most " : "";
    const auto lasts = hours_left();
    return at_most + std::to_string(*percent_left()) + " % of what a low cell left in the battery is there" +
           (lasts ? ", for " + at_most + hours_words(*lasts) : "") + ": " + std::string(cure);
}

void Residual::tell() {
    if (!settings_.bank_ah) {
        return;
    }
    const auto of = [](int told) { return notices_percent.at(static_cast<std::size_t>(told)); };
    const int before = count_->told;
    int& told = count_->told;
    while (told > 0 && left_percent() > of(told - 1) + told_again_above_percent) {
        --told;
    }
    while (told < most_told && left_percent() <= of(told) + rounding) {
        ++told;
    }
    changed_ = changed_ || told != before;
    if (told > before) {
        news_.push_back({alarm() == 2 ? News::Kind::alarm : News::Kind::warning, notice()});
    }
}

std::vector<News> Residual::take_news() { return std::exchange(news_, {}); }

Instant Residual::next_deadline() const {
    if (!count_) {
        return never;
    }
    Instant next = kept_at_ + kept_every;
    if (settings_.bank_ah && net_ma_ > 0 && count_->told < most_told) {
        const double notice_mah =
            reserve_mah() * notices_percent.at(static_cast<std::size_t>(count_->told)) / 100;
        const double h = std::max(0.0, left_mah() - notice_mah) / net_ma_;
        const std::chrono::duration<double, std::ratio<3600>> until(std::min(h, hours(kept_every)));
        next = std::min(next, *last_ + std::chrono::ceil<Duration>(until));
    }
    return next;
}

// ------------------------------------------------------------------------------------------ what survives

bool Residual::wants_to_be_kept(Instant now) const {
    return changed_ || (count_ && now >= kept_at_ + kept_every);
}

std::optional<ResidualKept> Residual::keep(Instant now, std::int64_t utc_s, bool board_goes_off) {
    changed_ = false;
    kept_at_ = now;
    if (!count_) {
        return kept_;
    }
    kept_with_clock_ = utc_s >= clock_is_set_s;
    const double later_ma =
        measured_ ? std::max(net_ma_, 0.0) : configured_ma(board_goes_off || board_on_aux_);
    return ResidualKept{.used_mah = std::max(0.0, used_mah() + net_ma_ * hours(now - *last_)),
                        .drain_ma = later_ma,
                        .told = count_->told,
                        .at_least = count_->at_least,
                        .boot = boot_,
                        .at = now,
                        .utc_s = utc_s};
}

} // namespace bms::guard
