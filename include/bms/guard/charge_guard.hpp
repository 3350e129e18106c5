// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Does the rest of the boat do what the battery says? DVCC must be on (manual 3.3.4), Venus OS must be new
// enough, and after a stop the chargers' own currents must go away. Chargers are asked only during a stop.
#pragma once

#include "bms/guard/bus.hpp"
#include "bms/guard/news.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace bms::guard {

/// systemcalc passes a stop on within 3 s, and a charger ramps down: by then its current must be gone.
inline constexpr Duration obeyed_within = 10s;
/// A charger that obeys shows 0.0 A; 0.6 A go on filling a full cell.
inline constexpr double charger_may_push_a = 0.5;
/// What also inverts measures a balance around nothing.
inline constexpr double inverter_may_push_a = 1.0;
/// The idle draw of the largest 12 V unit, about 30 W.
inline constexpr double inverter_may_draw_a = 3.0;

inline constexpr Duration dvcc_every = 60s;      ///< the only steady question
inline constexpr Duration dvcc_off_every = 5s;   ///< while it is off: somebody may be switching it on
inline constexpr int most_version_rounds = 5;    ///< versions are asked for again with it, so often
inline constexpr Duration disobeying_every = 2s; ///< during a stop: those that have not obeyed yet
inline constexpr Duration obeying_every = 30s;   ///< during a stop: those that have
inline constexpr Duration notified_every = 60s;  ///< at most, so that nobody learns to look away

/// What we permit, and who may go on nevertheless.
struct Permitted {
    bool charge = false;
    bool discharge = false;
    bool multi_may_charge = false; ///< charging is not permitted, but the Multi is told to go on with less
    bool operator==(const Permitted&) const = default;
};

/// A service that goes on charging, or drawing, although it must not.
struct Offence {
    std::string service, name; ///< name: the owner's, else the product's, else empty
    double current_a = 0;      ///< latest reading, positive into the battery
    std::string words;         ///< who, what, and what helps; no figures that change

    bool operator==(const Offence&) const = default;
};

class ChargeGuard {
  public:
    /// Call it in every round; the stop counts from the first call that shows it.
    void permit(const Permitted&, Instant now);

    /// A service has a name on the bus, or has it no more. Our own are not told here.
    void appeared(const std::string& service, Instant now);
    void vanished(const std::string& service, Instant now);

    /// What to ask or to write now; each is handed out once.
    std::vector<Request> due(Instant now);
    Instant next_deadline() const;
    /// The answer; invalid where it is refused, and where none came.
    void answered(const Request&, const venus::Value&, Instant now);

    /// /Control/Dvcc: 0 off, 1 on, 3 forced on; nullopt: nobody says.
    std::optional<int> dvcc() const { return dvcc_; }
    /// What to know or do about DVCC and Venus OS; empty: nothing.
    std::string advice() const;
    /// Those that still charge 10 s after the stop; those that still draw.
    const std::vector<Offence>& charging() const { return charging_; }
    const std::vector<Offence>& drawing() const { return drawing_; }
    std::uint32_t charging_count() const { return charging_count_; } ///< since the start
    std::uint32_t drawing_count() const { return drawing_count_; }

    /// Words of another guard for the GX device and VRM; each is passed on, where Venus OS takes any.
    void announce(bool alarm, const std::string& words);

    /// What is new since it was last called.
    std::vector<News> take_news();

  private:
    /// One question of two: is its charge current gone, has it stopped drawing?
    struct Watch {
        std::optional<Instant> over_since; ///< it goes on since
        bool obeyed = false;               ///< it was seen to obey in this stop
        bool named = false;
    };
    struct Device {
        bool can_draw = false;
        std::optional<double> current_a;
        std::optional<int> state, n2k_instance, is_inverter_charger;
        std::string custom_name, product_name;
        bool details_asked = false; ///< only of those that disobey
        Watch charge, draw;
        Instant ask_at = never;
    };

    bool charge_watched(std::string_view service) const;
    bool draw_watched(const Device&) const;
    void look_at_all(Instant at, bool charge);
    void look_at_multis(Instant at);
    void judge(const std::string& service, Device&, Instant now);
    static void judge(Watch&, bool over, Instant stopped, Instant now);
    Duration pace(const Device&, Instant now) const;
    void ask_details(const std::string& service);
    static void answered_device(Device&, const Request&, const venus::Value&, Instant now);
    void list_offences(Instant now);
    void compare(const std::vector<Offence>& before, const std::vector<Offence>& after, std::uint32_t& count,
                 Instant now);
    void ask_versions();
    void tell_advice(Instant now);
    void notify(bool alarm, const std::string& who, const std::string& words, Instant now);
    void inject(bool alarm, const std::string& who, const std::string& words);

    Permitted permitted_;
    bool permitted_known_ = false;
    Instant charge_stopped_{}, loads_stopped_{};
    std::map<std::string, Device, std::less<>> devices_;
    std::vector<Request> queue_;
    std::string system_, platform_; ///< their names while they are on the bus
    int version_rounds_ = 0;        ///< with DVCC's question, since one of the two appeared
    Instant ask_dvcc_at_ = never;
    std::optional<int> dvcc_;
    std::string venus_version_, systemcalc_version_;
    std::string told_advice_;
    std::optional<Instant> notified_;
    std::vector<Offence> charging_, drawing_;
    std::uint32_t charging_count_ = 0, drawing_count_ = 0;
    std::vector<News> news_;
};

} // namespace bms::guard
