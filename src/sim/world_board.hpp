// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A scenario's world behind the simulated board: its loops, switches and mains on the lines the daemon reads,
// and the lines the daemon drives on the world's loads and chargers. No clock and no I/O in here.
//
// Where its inverter/charger is on a wire (world_multi.hpp) it hears what the daemon says there; else the
// two-signal lines alone.
#pragma once

#include "sim/board.hpp"
#include "sim/world_multi.hpp"
#include "world/scenario.hpp"

namespace bms::sim {

class WorldOnBoard {
  public:
    /// board, scenario, story and multi must outlive it; multi: nullptr when it is on no wire. fast: quiet
    /// hours pass in steps of up to a minute.
    WorldOnBoard(Board& board, const world::Scenario& scenario, const world::Story& story, std::string file,
                 bool fast, MultiInWorld* multi = nullptr);

    /// To be called every `tick` of real time. What changed and what happened, as lines to print.
    std::vector<std::string> advance(Instant now);
    static constexpr Duration tick = 100ms;
    static constexpr Duration tick_fast = 10ms;
    /// Real time passes for so long after each change, longer than the warning before loads go off.
    static constexpr Duration stays_slow = 40s;

    const world::World& world() const { return world_; }
    bool done() const { return run_.done(world_); }
    /// After the end: what did not come true.
    std::vector<std::string> finish();

  private:
    world::BmsSide look() const;
    void show();
    void put(const std::string& line, bool active);
    double step_s(Instant now);

    Board& board_;
    std::string file_;
    world::World world_;
    world::StoryRun run_;
    bool fast_;
    MultiInWorld* multi_;
    std::optional<Instant> last_, changed_;
    std::string seen_;
};

/// `vebus-bms-sim world ARGS...`: until the story is at its end. The exit code: 0, 1 when an expectation did
/// not come true, 2 for wrong arguments or a file with mistakes.
int run_world(const std::vector<std::string>& args);

} // namespace bms::sim
