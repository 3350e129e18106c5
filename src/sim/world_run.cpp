// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// `vebus-bms-sim world`: a scenario's world as a program.
#include "sim/pty_wire.hpp"
#include "sim/world_board.hpp"
#include "sim/world_bus.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>

namespace bms::sim {
namespace {

constexpr int bad_arguments = 2;

struct Arguments {
    std::string file, socket, story, port, mk3, bus;
    bool fast = false, check = false;
};

/// What is wrong with them, or nullopt.
std::optional<std::string> take(const std::vector<std::string>& args, Arguments& given) {
    for (std::size_t i = 0; i < args.size(); ++i) {
        const bool has_value = i + 1 < args.size();
        if (args[i] == "--fast") {
            given.fast = true;
        } else if (args[i] == "--check") {
            given.check = true;
        } else if (args[i] == "--socket" && has_value) {
            given.socket = args[++i];
        } else if (args[i] == "--story" && has_value) {
            given.story = args[++i];
        } else if (args[i] == "--port" && has_value) {
            given.port = args[++i];
        } else if (args[i] == "--mk3" && has_value) {
            given.mk3 = args[++i];
        } else if (args[i] == "--bus" && has_value) {
            given.bus = args[++i];
        } else if (given.file.empty() && !args[i].starts_with("-")) {
            given.file = args[i];
        } else {
            return "world takes FILE --socket PATH [--story NAME] [--port PATH] [--mk3 PATH] "
                   "[--bus session|system|ADDRESS] [--fast], or FILE --check, not \"" +
                   args[i] + "\"";
        }
    }
    const bool enough = !given.file.empty() && (given.check || !given.socket.empty());
    return enough ? std::nullopt
                  : std::optional<std::string>("world wants FILE, and --socket PATH or --check");
}

std::optional<world::Scenario> read(const std::string& file) {
    std::ifstream in(file);
    if (!in) {
        std::cerr << file << ": cannot be read\n";
        return std::nullopt;
    }
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    world::Scenario scenario = world::read_scenario(file, text);
    for (const std::string& error : scenario.errors) {
        std::cerr << error << '\n';
    }
    return scenario.errors.empty() ? std::optional(std::move(scenario)) : std::nullopt;
}

const world::Story* story_of(const world::Scenario& scenario, const std::string& name) {
    std::string names;
    for (const world::Story& story : scenario.stories) {
        if (name.empty() || story.name == name) {
            return &story;
        }
        names += names.empty() ? "" : ", ";
        names += story.name;
    }
    std::cerr << "vebus-bms-sim: there is no story \"" << name << "\"; there are: " << names << '\n';
    return nullptr;
}

class Playing {
  public:
    /// on_bus: nullptr where the world has no message bus.
    Playing(boost::asio::io_context& io, WorldOnBoard& world, bool fast, WorldOnBus* on_bus)
        : io_(io),
          timer_(io),
          world_(world),
          on_bus_(on_bus),
          every_(fast ? WorldOnBoard::tick_fast : WorldOnBoard::tick) {
        go_on();
    }

  private:
    void go_on() {
        for (const std::string& line : world_.advance(monotonic_now())) {
            std::cout << line << std::endl;
        }
        if (on_bus_ != nullptr) {
            on_bus_->tell(world_.world(), monotonic_now());
        }
        if (world_.done()) {
            return io_.stop();
        }
        timer_.expires_after(every_);
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error) {
                go_on();
            }
        });
    }

    boost::asio::io_context& io_;
    boost::asio::steady_timer timer_;
    WorldOnBoard& world_;
    WorldOnBus* on_bus_;
    Duration every_;
};

/// Until the story ends or somebody ends the program: what did not come true.
std::vector<std::string> play(const Arguments& given, const world::Scenario& scenario,
                              const world::Story& story) {
    boost::asio::io_context io(1);
    Board board(monotonic_now);
    std::optional<MultiInWorld> multi;
    std::optional<PtyWire<Multiplus>> bus;
    std::optional<PtyWire<Mk3Front>> mk3;
    if (!given.port.empty() || !given.mk3.empty()) {
        multi.emplace(make_world(scenario.system), monotonic_now());
        bus.emplace(io, given.port, multi->multi); // its time goes on without a pty too
    }
    if (!given.mk3.empty()) {
        mk3.emplace(io, given.mk3, multi->mk3);
    }
    WorldOnBoard world(board, scenario, story, given.file, given.fast, multi ? &*multi : nullptr);
    ControlServer control(io, given.socket, board, &board);
    boost::asio::signal_set ended(io, SIGINT, SIGTERM);
    ended.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
    std::cout << "story \"" << story.name << "\" at " << given.socket << std::endl;
    std::optional<WorldOnBus> on_bus;
    if (!given.bus.empty()) {
        on_bus.emplace(given.bus, world.world());
    }
    const Playing playing(io, world, given.fast, on_bus ? &*on_bus : nullptr);
    io.run();
    return world.finish();
}

} // namespace

int run_world(const std::vector<std::string>& args) {
    Arguments given;
    if (const auto wrong = take(args, given)) {
        std::cerr << "vebus-bms-sim: " << *wrong << '\n';
        return bad_arguments;
    }
    const auto scenario = read(given.file);
    const world::Story* story = scenario ? story_of(*scenario, given.story) : nullptr;
    if (story == nullptr || given.check) {
        return story == nullptr ? bad_arguments : 0;
    }
    if (!scenario->system.world.multi.fitted && !(given.port + given.mk3).empty()) {
        std::cerr << "vebus-bms-sim: " << given.file << " has no inverter/charger for --port or --mk3\n";
        return bad_arguments;
    }
    const std::vector<std::string> failures = play(given, *scenario, *story);
    for (const std::string& failure : failures) {
        std::cerr << failure << '\n';
    }
    return failures.empty() ? 0 : 1;
}

} // namespace bms::sim
