// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "walk.hpp"

#include "script.hpp"
#include "view.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <utility>

namespace bms::test {
namespace {

using core::State;

/// Which states are known, by their key. Open addressing: the walk asks it at every edge.
class Known {
  public:
    /// The number given to the key before, or `number`, which it has from now on.
    std::size_t find_or_add(const Key& key, std::size_t number) {
        if (2 * used >= slots.size()) {
            grow();
        }
        Slot& slot = slot_of(key);
        if (slot.number == nobody) {
            slot = {key, static_cast<std::uint32_t>(number)};
            ++used;
        }
        return slot.number;
    }

  private:
    static constexpr std::uint32_t nobody = ~0u;
    struct Slot {
        Key key{};
        std::uint32_t number = nobody;
    };

    Slot& slot_of(const Key& key) {
        std::uint64_t at = (key[0] ^ key[1] * 0x9e3779b97f4a7c15u ^ key[2] * 0xc2b2ae3d27d4eb4fu);
        at = (at ^ at >> 29) * 0xbf58476d1ce4e5b9u;
        at ^= at >> 32;
        while (slots[at % slots.size()].number != nobody && slots[at % slots.size()].key != key) {
            ++at;
        }
        return slots[at % slots.size()];
    }
    void grow() {
        const std::vector<Slot> before = std::exchange(slots, std::vector<Slot>(2 * slots.size()));
        for (const Slot& slot : before) {
            if (slot.number != nobody) {
                slot_of(slot.key) = slot;
            }
        }
    }

    std::vector<Slot> slots = std::vector<Slot>(1u << 12);
    std::size_t used = 0;
};

/// The four regions as one number.
constexpr std::size_t region_numbers = 72;
static_assert(core::count_of<core::Power> * core::count_of<core::Discharge> * core::count_of<core::Charge> *
                  core::count_of<core::MultiCharge> ==
              region_numbers);
std::size_t number_of(const State& s) {
    std::size_t number = static_cast<std::size_t>(s.power);
    number = number * core::count_of<core::Discharge> + static_cast<std::size_t>(s.discharge);
    number = number * core::count_of<core::Charge> + static_cast<std::size_t>(s.charge);
    return number * core::count_of<core::MultiCharge> + static_cast<std::size_t>(s.multi_charge);
}

struct Visited {
    State state;
    std::size_t parent = 0;
    ScriptStep how;
};

class Walker {
  public:
    explicit Walker(const WalkPlan& p) : plan(p), given(p.alphabet.size()) {
        if (plan.alphabet.size() > 64) {
            throw std::logic_error("at most 64 letters");
        }
        report.concerned.resize(plan.properties.size());
        for (const core::Memory& memory : plan.memories) {
            visit(core::initial_state(memory), walk_time, 0, {.kind = ScriptStep::start});
        }
    }

    WalkReport run() {
        for (; next < found.size() && !failed(); ++next) {
            const State from = found[next].state;
            fan_out(from, Duration::zero());
            fan_out(from, tick);
            visit(core::initial_state(core::memory_of(from)), walk_time, next, {.kind = ScriptStep::restart});
        }
        report.states = found.size();
        std::array<Regions, region_numbers> regions{};
        for (const Visited& v : found) {
            ++report.nodes[regions[number_of(v.state)] = regions_of(v.state)];
            report.reached.push_back(v.state);
        }
        for (std::size_t i = 0; i < moves.size(); ++i) {
            const std::size_t before = i / region_numbers, after = i % region_numbers;
            if (before != after && moves[i] != 0) {
                report.moves[{regions[before], regions[after]}] = moves[i];
            }
        }
        return std::move(report);
    }

  private:
    bool failed() const { return !report.failure.empty(); }

    /// Every letter at one instant, then the comparison of the worse letters with the better ones.
    void fan_out(const State& from, Duration wait) {
        for (std::size_t letter = 0; letter < plan.alphabet.size() && !failed(); ++letter) {
            follow(from, letter, wait);
        }
        for (const auto& [better, worse] : plan.worse) {
            if (!failed() && !given[worse].within(given[better])) {
                fail("a worse input never gives more permission", {ScriptStep::input, worse, wait});
            }
        }
    }

    void follow(const State& from, std::size_t letter, Duration wait) {
        const Instant now = walk_time + wait;
        const core::Inputs in = inputs_at(plan, letter, from, now);
        const core::StepResult result = core::step(from, in, plan.settings, now);
        const Edge edge{from, in, now, result};
        const ScriptStep how{ScriptStep::input, letter, wait};
        const std::size_t to = visit(result.state, now, next, how);
        const bool new_pair = (arrived_by[to] >> letter & 1u) == 0;
        arrived_by[to] |= std::uint64_t{1} << letter;
        given[letter] = Permissions(result.outputs);
        ++report.edges;
        look_at(View(edge, plan.settings), new_pair, how);
        ++moves[number_of(from) * region_numbers + number_of(result.state)];
        if (plan.also != nullptr) {
            plan.also(edge, report.edges, plan.context);
        }
    }

    void look_at(const View& view, bool new_pair, const ScriptStep& how) {
        for (std::size_t i = 0; i < plan.properties.size(); ++i) {
            const Property& p = plan.properties[i];
            if ((p.looks_at == LooksAt::result && !new_pair) || !p.concerns(view)) {
                continue;
            }
            ++report.concerned[i];
            if (!p.holds(view)) {
                fail(std::string(p.text) + " (" + p.source + ")", how);
                return;
            }
        }
    }

    std::size_t visit(const State& state, Instant now, std::size_t parent, const ScriptStep& how) {
        const Key key = key_of(state, plan.settings, now);
        const std::size_t number = known.find_or_add(key, found.size());
        if (number == found.size()) {
            found.push_back({canonical(state, plan.settings, now), parent, how});
            arrived_by.push_back(0);
            if (key_of(found.back().state, plan.settings, walk_time) != key) {
                throw std::logic_error("the canonical state is another one");
            }
        }
        return number;
    }

    void fail(const std::string& property, const ScriptStep& last) {
        std::vector<ScriptStep> script{last};
        for (std::size_t at = next;; at = found[at].parent) {
            script.push_back(found[at].how);
            if (found[at].how.kind == ScriptStep::start) {
                break;
            }
        }
        std::reverse(script.begin(), script.end());
        report.failure = property + "\nshortest script:" + in_words(plan, script);
        report.scenario = as_scenario(plan, script, property);
    }

    const WalkPlan& plan;
    WalkReport report;
    std::deque<Visited> found;
    std::vector<std::uint64_t>
        arrived_by;                 ///< for each state, the letters of the edges that led there, as bits
    std::vector<Permissions> given; ///< by each letter, at the instant that is walked
    std::array<std::size_t, region_numbers * region_numbers> moves{}; ///< edges, by their regions
    Known known;
    std::size_t next = 0;
};

} // namespace

Regions regions_of(const State& s) { return {s.power, s.discharge, s.charge, s.multi_charge}; }

core::Inputs inputs_at(const WalkPlan& plan, std::size_t letter, const State& from, Instant now) {
    core::Inputs in = plan.alphabet[letter].inputs;
    for (auto* line :
         {&in.allow_to_charge, &in.allow_to_discharge, &in.pre_alarm, &in.remote_h, &in.remote_l}) {
        line->since = now;
    }
    if (plan.react != nullptr) {
        plan.react(in, from);
    }
    return in;
}

WalkReport walk(const WalkPlan& plan) { return Walker(plan).run(); }

} // namespace bms::test
