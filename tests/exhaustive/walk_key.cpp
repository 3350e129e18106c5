// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "walk.hpp"

#include <algorithm>
#include <stdexcept>

namespace bms::test {
namespace {

using core::State;

constexpr Duration cap = 4 * tick; // longer than any time in walk_settings()
constexpr unsigned history_kept = 2;

Duration age_of(Instant t, Instant now) { return std::min(now - t, cap); }

void rebase(std::optional<Instant>& t, Instant now) {
    if (t) {
        t = walk_time - age_of(*t, now);
    }
}

unsigned fresh(const core::Side& side, const core::Settings& settings, Instant now) {
    return std::min(side.history.within(settings.disconnect_memory, now), history_kept);
}

void rebase(core::Side& side, const core::Settings& settings, Instant now) {
    rebase(side.closed_since, now);
    core::DisconnectHistory kept;
    kept.size = static_cast<unsigned char>(fresh(side, settings, now));
    for (unsigned i = 0; i < kept.size; ++i) {
        kept.at[i] = walk_time - age_of(side.history.at[i], now);
    }
    side.history = kept;
}

/// An attempt that is over, and its pause too, is as good as none: the next may begin at once.
std::optional<Instant> attempt_that_counts(const State& s, const core::Settings& settings, Instant now) {
    const Duration attempt = std::max({settings.wake_hold, settings.wake_pause, s.waking.pause});
    return s.waking.began && now - *s.waking.began < attempt ? s.waking.began : std::nullopt;
}

/// Writes values below 16 one after the other.
class Packer {
  public:
    explicit Packer(Instant at) : now(at) {}

    void put(std::uint64_t v) {
        if (v > 15) {
            throw std::logic_error("a value of the state does not fit into the key of the walk");
        }
        key.at(used / 16) |= v << used % 16 * 4;
        ++used;
    }
    template<typename Enum>
    void put_enum(Enum e) {
        put(static_cast<std::uint64_t>(e));
    }
    void age(Instant t) { put(static_cast<std::uint64_t>(age_of(t, now) / tick)); }
    void age(const std::optional<Instant>& t) {
        put(t ? static_cast<std::uint64_t>(age_of(*t, now) / tick) + 1 : 0);
    }
    void ticks(Duration d) { put(static_cast<std::uint64_t>(d / tick)); }
    void mode(std::optional<core::Mode> m) { put(m ? static_cast<std::uint64_t>(*m) + 1 : 0); }
    void side(const core::Side& side, const core::Settings& settings) {
        put_enum(side.cause);
        age(side.closed_since);
        ticks(side.reconnect_delay);
        const unsigned size = fresh(side, settings, now);
        put(size);
        for (unsigned i = 0; i < history_kept; ++i) {
            i < size ? age(side.history.at[i]) : put(0);
        }
    }

    Key key{};

  private:
    Instant now;
    unsigned used = 0;
};

} // namespace

core::Settings walk_settings() {
    core::Settings s;
    s.loop = s.remote = {Duration::zero(), Duration::zero()};
    s.cable_fault_window = Duration::zero();
    s.pre_alarm_lead = 3 * tick;
    s.pre_alarm_release = 2 * tick;
    s.reconnect_delay = s.charge_reconnect_delay = 1 * tick;
    s.reconnect_delay_max = 2 * tick;
    s.disconnect_memory = 2 * tick;
    s.reduce_max = 2 * tick;
    s.current_obeys_within = 1 * tick;
    s.mode_obeys_within = 1 * tick;
    s.start_grace = 1 * tick;
    s.wake_hold = s.wake_pause = s.wake_pause_max = Duration::zero(); // walked on its own
    return s;
}

State canonical(State s, const core::Settings& settings, Instant now) {
    for (auto* line : {&s.allow_to_charge, &s.allow_to_discharge, &s.pre_alarm, &s.remote_h, &s.remote_l}) {
        line->raw.since = walk_time; // not debounced in the walk: the value is the reading
    }
    rebase(s.loads, settings, now);
    rebase(s.charging, settings, now);
    s.waking.began = attempt_that_counts(s, settings, now);
    for (auto* t : {&s.calm_since, &s.low_since, &s.high_since, &s.inverting_since, &s.overcurrent_since,
                    &s.started, &s.waking.began}) {
        rebase(*t, now);
    }
    s.soc_rule = core::SocRule::none; // each step takes it from its inputs
    const bool warning = s.discharge == core::Discharge::pre_alarm;
    s.pre_alarm_since = walk_time - (warning ? age_of(s.pre_alarm_since, now) : Duration::zero());
    const bool reducing = s.multi_charge == core::MultiCharge::reduce;
    s.multi_charge_since = walk_time - (reducing ? age_of(s.multi_charge_since, now) : Duration::zero());
    return s;
}

Key key_of(const State& s, const core::Settings& settings, Instant now) {
    Packer k(now);
    k.age(s.started);
    k.put_enum(s.power), k.put_enum(s.discharge), k.put_enum(s.charge), k.put_enum(s.multi_charge);
    k.side(s.loads, settings), k.side(s.charging, settings);
    k.put(s.restart_latched), k.put(s.charge_not_obeyed), k.put(s.discharge_not_obeyed);
    s.discharge == core::Discharge::pre_alarm ? k.age(s.pre_alarm_since) : k.put(0);
    k.age(s.calm_since), k.age(s.low_since), k.age(s.high_since);
    s.multi_charge == core::MultiCharge::reduce ? k.age(s.multi_charge_since) : k.put(0);
    k.age(s.inverting_since), k.age(s.overcurrent_since);
    k.mode(s.wish.mode), k.mode(s.wish.front), k.mode(s.wish.command);
    k.put(s.wish.acknowledged), k.put(s.wish.taken_down);
    k.put(s.inverts_though_off), k.put(s.charges_though_off);
    k.put_enum(s.waking.purpose), k.put(s.waking.missing), k.put(s.waking.standby);
    k.age(attempt_that_counts(s, settings, now)), k.ticks(s.waking.pause);
    return k.key;
}

} // namespace bms::test
