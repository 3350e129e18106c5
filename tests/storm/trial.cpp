// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "storm/trial.hpp"

#include "io/clock.hpp"
#include "sim/scenario.hpp"
#include "storm/recording_judge.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <stdexcept>

namespace bms::test {
namespace {

constexpr Duration quick_look = 10ms; ///< around each change; Slack::look is for it
constexpr Duration quiet_look = 100ms;
constexpr std::size_t kept = 25; ///< observations that a verdict shows

sim::Scenario read(const std::string& script) {
    DryWorld dry;
    sim::Scenario scenario = sim::read_scenario("script", script, dry);
    if (!scenario.errors.empty()) {
        throw std::runtime_error(scenario.errors.front());
    }
    return scenario;
}

class Trial {
  public:
    Trial(const std::string& script, const Programs& programs, const core::Settings& promised)
        : world_(io_, programs),
          judge_(promised, {}),
          began_(io::monotonic_now()),
          run_(read(script), world_, began_) {}

    Verdict run() {
        while (verdict_.wrong.empty() && !run_.done()) {
            const Instant now = io::monotonic_now();
            run_.poll(now);
            if (!run_.failures().empty()) {
                verdict_.wrong = run_.failures().front();
            }
            look();
            const Instant next = now + (world_.busy(now) || soon_again_ ? quick_look : quiet_look);
            io_.restart();
            io_.run_until(io::to_steady(std::min(next, std::max(run_.next_deadline(), now + 1ms))));
        }
        verdict_.played = io::monotonic_now() - began_;
        verdict_.edges = judge_.edges();
        verdict_.certain = judge_.certain();
        judge_recordings();
        verdict_.last = {seen_.end() - static_cast<std::ptrdiff_t>(std::min(kept, seen_.size())),
                         seen_.end()};
        return verdict_;
    }

  private:
    void look() {
        const Observation o = world_.observe();
        Observation same_instant = seen_.empty() ? Observation{} : seen_.back();
        same_instant.at = o.at;
        if (!(same_instant == o)) {
            seen_.push_back(o);
            seen_again_ = o.at;
        }
        drives_since_ = drives(o) ? drives_since_.value_or(o.at) : std::optional<Instant>{};
        seen_of_.resize(world_.recordings().size());
        if (drives_since_ && o.at - *drives_since_ >= Slack{}.lost_within) {
            seen_of_.back().push_back(o);
        }
        soon_again_ = o.at - seen_again_ < 100ms;
        const std::string wrong = judge_.see(o);
        verdict_.wrong = verdict_.wrong.empty() ? wrong : verdict_.wrong;
    }

    static bool drives(const Observation& o) { return o.daemon_lives && !o.daemon_paused && o.lines_there; }

    void judge_recordings() {
        world_.end();
        seen_of_.resize(world_.recordings().size());
        for (std::size_t i = 0; i < seen_of_.size(); ++i) {
            std::ifstream file(world_.recordings()[i]);
            const RecordingVerdict recorded = judge_recording(file, seen_of_[i], Slack{}.look);
            verdict_.compared += seen_of_[i].size();
            verdict_.recorded += recorded.steps;
            verdict_.wrong = verdict_.wrong.empty() ? recorded.wrong : verdict_.wrong;
        }
    }

    boost::asio::io_context io_;
    GuestWorld world_;
    Judge judge_;
    Instant began_;
    sim::ScenarioRun run_;
    Verdict verdict_;
    std::vector<Observation> seen_;
    std::vector<std::vector<Observation>>
        seen_of_; ///< for each start of the daemon, while it drives the outputs
    std::optional<Instant> drives_since_;
    Instant seen_again_{};
    bool soon_again_ = false;
};

} // namespace

Verdict play(const std::string& script, const Programs& programs, const core::Settings& promised) {
    return Trial(script, programs, promised).run();
}

} // namespace bms::test
