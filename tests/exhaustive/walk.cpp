// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "walk.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace bms::test {
namespace {

using core::State;

constexpr Duration cap = 4 * tick; // longer than any time in walk_settings()

Instant capped(Instant t, Instant now) { return walk_time - std::min(now - t, cap); }

void rebase(std::optional<Instant>& t, Instant now) {
    if (t) {
        t = capped(*t, now);
    }
}

void rebase(core::Side& side, const core::Settings& settings, Instant now) {
    rebase(side.closed_since, now);
    core::DisconnectHistory kept;
    const unsigned fresh = std::min(side.history.within(settings.disconnect_memory, now), 2u);
    for (unsigned i = 0; i < fresh; ++i) {
        kept.at[i] = capped(side.history.at[i], now);
    }
    kept.size = static_cast<unsigned char>(fresh);
    side.history = kept;
}

/// All that matters, as bytes.
std::string key(const State& s) {
    std::string k;
    const auto put = [&](auto v) { k.push_back(static_cast<char>(v)); };
    const auto age = [&](const std::optional<Instant>& t) { put(t ? (walk_time - *t) / tick + 1 : 0); };
    const auto side = [&](const core::Side& d) {
        put(d.cause);
        age(d.closed_since);
        put(d.reconnect_delay / tick);
        put(d.history.size);
        std::for_each_n(d.history.at.begin(), d.history.size, [&](Instant t) { age(t); });
    };
    const auto mode = [&](std::optional<core::Mode> m) { put(m ? static_cast<int>(*m) + 1 : 0); };
    age(s.started);
    put(s.power), put(s.discharge), put(s.charge), put(s.multi_charge);
    side(s.loads), side(s.charging);
    put(s.restart_latched), put(s.charge_not_obeyed), put(s.discharge_not_obeyed);
    age(s.pre_alarm_since), age(s.calm_since), age(s.low_since), age(s.high_since);
    age(s.multi_charge_since), age(s.inverting_since), age(s.overcurrent_since);
    mode(s.wish.mode), mode(s.wish.front), mode(s.wish.command);
    put(s.wish.acknowledged), put(s.wish.taken_down);
    put(s.inverts_though_off), put(s.charges_though_off);
    put(s.waking.purpose), put(s.waking.missing), put(s.waking.standby);
    age(s.waking.began), put(s.waking.pause / tick);
    return k;
}

struct Visited {
    State state;
    std::size_t parent;
    std::string how;
};

class Walker {
  public:
    explicit Walker(const WalkPlan& p) : plan(p) {
        for (const core::Memory& memory : plan.memories) {
            visit(canonical(core::initial_state(memory), plan.settings, walk_time), 0, "start");
        }
    }

    WalkReport run() {
        for (; next < found.size() && report.failure.empty(); ++next) {
            const State from = found[next].state;
            for (std::size_t letter = 0; letter < plan.alphabet.size(); ++letter) {
                follow(from, letter, Duration::zero());
                follow(from, letter, tick);
            }
        }
        report.states = found.size();
        for (Visited& v : found) {
            report.reached.push_back(v.state);
        }
        return std::move(report);
    }

  private:
    void follow(const State& from, std::size_t letter, Duration wait) {
        if (!report.failure.empty()) {
            return;
        }
        const Instant now = walk_time + wait;
        core::Inputs in = plan.alphabet[letter];
        for (auto* line :
             {&in.allow_to_charge, &in.allow_to_discharge, &in.pre_alarm, &in.remote_h, &in.remote_l}) {
            line->since = now;
        }
        if (plan.react) {
            plan.react(in, from);
        }
        const core::StepResult result = core::step(from, in, plan.settings, now);
        ++report.edges;
        const std::string how =
            (wait > Duration::zero() ? "1 tick later: " : "at once: ") + plan.names[letter];
        if (const std::string broken = plan.check({from, in, now, result}); !broken.empty()) {
            report.failure = broken + "\nshortest script:" + script(next) + "\n  " + how;
            return;
        }
        visit(canonical(result.state, plan.settings, now), next, how);
    }

    void visit(const State& state, std::size_t parent, const std::string& how) {
        if (known.try_emplace(key(state), found.size()).second) {
            found.push_back({state, parent, how});
        }
    }

    std::string script(std::size_t at) const {
        std::string text = "\n  " + found[at].how;
        return found[at].how == "start" ? text : script(found[at].parent) + text;
    }

    const WalkPlan& plan;
    WalkReport report;
    std::deque<Visited> found;
    std::unordered_map<std::string, std::size_t> known;
    std::size_t next = 0;
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

core::State canonical(State s, const core::Settings& settings, Instant now) {
    for (auto* line : {&s.allow_to_charge, &s.allow_to_discharge, &s.pre_alarm, &s.remote_h, &s.remote_l}) {
        line->raw.since = walk_time; // not debounced in the walk: the value is the reading
    }
    rebase(s.loads, settings, now);
    rebase(s.charging, settings, now);
    for (auto* t :
         {&s.calm_since, &s.low_since, &s.high_since, &s.inverting_since, &s.overcurrent_since, &s.started}) {
        rebase(*t, now);
    }
    s.pre_alarm_since =
        s.discharge == core::Discharge::pre_alarm ? capped(s.pre_alarm_since, now) : walk_time;
    // An attempt that is over, and its pause too, is as good as none: the next may begin at once.
    const Duration attempt = std::max({settings.wake_hold, settings.wake_pause, s.waking.pause});
    if (s.waking.began && now - *s.waking.began >= attempt) {
        s.waking.began.reset();
    }
    rebase(s.waking.began, now);
    s.multi_charge_since =
        s.multi_charge == core::MultiCharge::reduce ? capped(s.multi_charge_since, now) : walk_time;
    return s;
}

WalkReport walk(const WalkPlan& plan) { return Walker(plan).run(); }

} // namespace bms::test
