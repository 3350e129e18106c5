// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a low cell leaves in the battery, and how long it lasts (manual 3.3.1 and 5.1: M69, M118 to M120).
// Figures for people; nothing is permitted or forbidden by them.
#pragma once

#include "bms/guard/news.hpp"
#include "bms/guard/residual_kept.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bms::guard {

inline constexpr double reserve_of_capacity = 0.01; ///< M120: 1 Ah of every 100 Ah
/// A count is written so often at most while nothing else happens: worn flash is a dead board.
inline constexpr Duration kept_every = 6h;
/// Below this a battery monitor takes a current for none, as it is shipped (BMV manual, "Current threshold").
inline constexpr double charge_current_a = 0.1;
/// A wall clock before 2024 has not been set.
inline constexpr std::int64_t clock_is_set_s = 1704067200;

struct ResidualSettings {
    std::optional<double> bank_ah; ///< of the whole bank; nullopt: not described, so no figure
    double drains_ma = 0;          ///< what draws from the battery with loads off, without this board
    double board_ma = 0;           ///< this board, while the battery feeds it
};

struct ResidualSeen {
    bool low_cell = false;     ///< loads are off because of the discharge loop, and of nothing else
    bool recovered = false;    ///< that loop is closed again for good: every cell is above 3.2 V
    bool board_on_aux = false; ///< Aux-In feeds this board
    std::optional<double> shunt_current_a{}; ///< measured at the battery, positive into it
    std::int64_t utc_s = 0;                  ///< wall clock, seconds since 1970
};

/// Counts what is drawn from a low cell on, until the battery is charged.
class Residual {
  public:
    /// `boot`: the kernel's identity of this boot, empty: not known. `kept`: of a count that has not ended.
    Residual(const ResidualSettings& settings, std::optional<ResidualKept> kept, std::string boot);

    /// Call it in every round, once it is known why loads are off.
    void run(const ResidualSeen& seen, Instant now);
    Instant next_deadline() const; ///< the next notice, or the next time to store

    bool counting() const { return count_.has_value(); }
    /// Hours left of the reserve, 0 and more, in steps of 0.1 below 10 and of 1 above. nullopt: not counting,
    /// no figure, nothing draws, or the shunt shows a charge current.
    std::optional<double> hours_left() const;
    std::optional<int> percent_left() const; ///< 0 to 100, rounded down; nullopt: not counting, no figure
    int alarm() const;                       ///< 0 none, 1 half or less is left, 2 a tenth or less
    std::string reason() const;              ///< in words, with no figure that changes by the minute

    /// What is to be stored has changed, or it is time.
    bool wants_to_be_kept(Instant now) const;
    /// As it is now; nullopt: nothing is counted. `board_goes_off`: it will not draw until it is back.
    std::optional<ResidualKept> keep(Instant now, std::int64_t utc_s, bool board_goes_off = false);

    std::vector<News> take_news();

  private:
    struct Gap { ///< until this boot: only the wall clock knows how long
        ResidualKept kept;
        Instant since{};
        Duration shortest{}; ///< of the gap: this boot until then
        double mah = 0;
    };
    struct Count {
        double used_mah = 0; ///< without the gap
        std::optional<Gap> gap;
        int told = 0;
        bool at_least = false;
    };

    void resume(const ResidualKept& kept, Instant now);
    void draw(Duration length);
    void follow_clock(std::int64_t utc_s, Instant now);
    void begin(bool first_look);
    void tell();
    std::string notice() const;
    double configured_ma(bool board_on_aux) const;
    double used_mah() const;
    double left_mah() const; ///< 0 and more
    double left_percent() const;
    double reserve_mah() const { return *settings_.bank_ah * 1000 * reserve_of_capacity; }

    ResidualSettings settings_;
    std::string boot_;
    std::optional<ResidualKept> kept_; ///< until the first look
    std::optional<Count> count_;
    std::optional<Instant> last_;
    double net_ma_ = 0; ///< since last_; below 0: the shunt shows a charge current
    bool measured_ = false;
    bool board_on_aux_ = false;
    bool changed_ = false;
    bool kept_with_clock_ = false;
    Instant kept_at_{};
    std::vector<News> news_;
};

/// "about 2.0 Ah are left after a low cell: 8.5 h with 234 mA", or why that is not known.
std::string outlook(const ResidualSettings& settings);
/// Hours until the reserve is used up, from a low cell on; nullopt: not known, or nothing draws.
std::optional<double> outlook_h(const ResidualSettings& settings);
/// "8.5 h", "34 h", "8 days": rounded down.
std::string hours_words(double hours);

} // namespace bms::guard
