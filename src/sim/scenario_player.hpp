// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// --scenario FILE of a simulator: reads the file, runs it on the clock, says how it went.
#pragma once

#include "sim/scenario.hpp"

#include <boost/asio/steady_timer.hpp>

namespace bms::sim {

inline constexpr int exit_bad_file = 2;

class ScenarioPlayer {
  public:
    /// Ends io when the scenario is at its end. World must outlive it.
    ScenarioPlayer(boost::asio::io_context&, Scenario, World&);

    /// After io has ended: says on stderr what did not come true. 0, or 1 when there is something.
    int finish();

  private:
    void go_on();

    boost::asio::io_context& io;
    boost::asio::steady_timer timer;
    ScenarioRun run;
};

/// nullopt: it cannot be read or run; stderr says why. trial: as for read_scenario.
std::optional<Scenario> load_scenario(const std::string& file, World& trial);

} // namespace bms::sim
