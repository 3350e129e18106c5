// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A scenario file: what is changed in a simulated world when, and what is expected of it.
//
//   # a cell runs low
//   at 2s set btv_allow_to_discharge=open
//   at 2s expect load_disconnect floating within 40s
//
// Lines stand in the order of time, counted from the start. No clock and no I/O in here.
#pragma once

#include "sim/control.hpp"

#include "bms/time.hpp"

namespace bms::sim {

struct ScenarioStep {
    std::size_t line = 0; ///< in the file, from 1
    Duration at{};
    std::string text{};       ///< the line as written, to name it
    std::vector<Named> set{}; ///< empty: it is an expectation
    Named expected{};
    Duration within{};
};

struct Scenario {
    std::string file; ///< its name
    std::vector<ScenarioStep> steps;
    /// Everything that is wrong with the file: "FILE:LINE: what, and what is accepted". It may not be run.
    std::vector<std::string> errors;
};

/// Reads and checks all of it. trial: a world like the one it will run in; it is changed by what is tried.
Scenario read_scenario(const std::string& file, const std::string& text, World& trial);

/// Does the steps when they are due, and watches what is expected. An expectation holds up nothing: later
/// steps go on meanwhile.
class ScenarioRun {
  public:
    /// World must outlive it.
    ScenarioRun(Scenario, World&, Instant start);
    ScenarioRun(const ScenarioRun&) = delete;
    ScenarioRun& operator=(const ScenarioRun&) = delete;

    /// To be called at next_deadline(): what comes and goes between two calls is not seen.
    void poll(Instant now);
    Instant next_deadline() const;
    bool done() const { return next == scenario.steps.size() && watched.empty(); }
    /// What was expected and did not come true, so far.
    const std::vector<std::string>& failures() const { return failed; }
    /// It ends here: what was not seen yet did not come true.
    void stop();

  private:
    void begin(const ScenarioStep&);
    void fail(const ScenarioStep&, const std::string& why);

    Scenario scenario;
    World& world;
    Instant started;
    Instant last_poll;
    std::size_t next = 0;
    std::vector<const ScenarioStep*> watched;
    std::vector<std::string> failed;
};

} // namespace bms::sim
