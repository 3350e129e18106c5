// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The shell around the core: one thread, one event loop, one timer. Inputs -> step -> outputs, always in this
// order: lines first, VE.Bus second, D-Bus third, log last.
#pragma once

#include "app/after_low_cell.hpp"
#include "app/dvcc_guard.hpp"
#include "app/lines.hpp"
#include "app/mapping.hpp"
#include "app/multi_control.hpp"
#include "app/multi_sleep.hpp"
#include "app/panel_contest.hpp"
#include "app/presence.hpp"
#include "app/run_log.hpp"
#include "app/soc_control.hpp"
#include "app/storage.hpp"

#include "bms/core/step.hpp"
#include "bms/venus/facts.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace bms::app {

class Recorder;

class Daemon {
  public:
    Daemon(boost::asio::io_context& loop, const config::Config& config,
           const std::optional<profile::Profile>& frames, const std::string& record_path);
    ~Daemon();

    void start();
    /// SIGTERM: outputs released in order, the Multi left as decided, state stored. Calls `done` when that is
    /// so, after two seconds at the latest.
    void stop(std::function<void()> done);
    /// Another process takes over at once: outputs released, state stored, the Multi left alone.
    void hand_over(std::function<void()> done);

  private:
    // One round
    void look_again(Instant at);
    void wake();
    void catch_up(Instant until);
    void step_at(Instant at);
    void act(Instant now);
    void arm_timer();
    void call_at(Instant when, std::function<void()> what);
    void call_nobody();

    // What a round consists of
    void drive_lines(Instant now);
    void watch_neighbours(Instant now);
    void look_after_low_cell(Instant now);
    void publish(Instant now);
    void tell();
    void tell_advice();
    Surroundings surroundings(Instant now) const;

    int written(venus::Path path, const venus::Value& value);
    int mode_written(core::Mode mode);
    record::StoredMemory to_store(const core::Memory& memory) const;
    bool may_be_told(Instant now) const;
    Instant next_wake(Instant now) const;
    core::Inputs gather() const;
    void release_outputs(record::RunEnd end, std::function<void()> done);
    void finish_stop();

    struct Timer;

    config::Config config_;
    core::Settings settings_;
    Storage storage_;
    RunLog run_log_;
    AfterLowCell after_low_cell_;
    core::State state_;
    core::Inputs inputs_;
    core::StepResult result_;
    std::vector<core::Move> untold_; ///< moves of this round, for the log
    Instant last_step_{};
    Instant started_{};
    Instant next_poll_{};
    Instant last_move_{};
    Disconnects disconnects_;
    bool heartbeat_ = false;
    MultiSleep sleep_{settings_.wake_hold};
    PanelContest contest_;
    std::set<std::string> told_advice_; ///< each is logged once, until a re-detect
    bool facts_complete_ = false;       ///< names on D-Bus may be taken
    bool stopping_ = false;
    Instant stop_by_{};
    std::optional<core::Command> left_with_; ///< what the Multi is told at the end; nullopt: nothing
    std::function<void()> stopped_;

    venus::Facts facts_;
    std::unique_ptr<Recorder> recorder_;
    std::unique_ptr<BusWatch> watch_; ///< nullptr: other services are none of our business
    std::unique_ptr<Presence> presence_;
    std::unique_ptr<DvccGuard> guard_;
    std::unique_ptr<SocControl> soc_;
    std::unique_ptr<MultiControl> link_;
    std::unique_ptr<Lines> lines_;
    std::unique_ptr<Timer> timer_;
};

} // namespace bms::app
