// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario_player.hpp"

#include <boost/asio/io_context.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

namespace bms::sim {

namespace {

using Clock = std::chrono::steady_clock;

Instant monotonic_now() {
    return Instant(std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch()));
}

} // namespace

ScenarioPlayer::ScenarioPlayer(boost::asio::io_context& io_, Scenario scenario, World& world)
    : io(io_), timer(io_), run(std::move(scenario), world, monotonic_now()) {
    go_on();
}

void ScenarioPlayer::go_on() {
    run.poll(monotonic_now());
    if (run.done()) {
        return io.stop();
    }
    timer.expires_at(Clock::time_point(run.next_deadline().time_since_epoch()));
    timer.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            go_on();
        }
    });
}

int ScenarioPlayer::finish() {
    run.stop();
    for (const std::string& failure : run.failures()) {
        std::cerr << failure << '\n';
    }
    return run.failures().empty() ? 0 : 1;
}

std::optional<Scenario> load_scenario(const std::string& file, World& trial) {
    std::stringstream text;
    std::ifstream in(file);
    if (!in || !(text << in.rdbuf())) {
        std::cerr << file << ": cannot be read: " << (in ? "it is empty" : std::strerror(errno)) << '\n';
        return std::nullopt;
    }
    Scenario scenario = read_scenario(file, text.str(), trial);
    for (const std::string& error : scenario.errors) {
        std::cerr << error << '\n';
    }
    return scenario.errors.empty() ? std::optional(std::move(scenario)) : std::nullopt;
}

} // namespace bms::sim
