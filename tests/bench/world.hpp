// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a measured daemon needs around it, in a folder that is removed at the end.
#pragma once

#include "board.hpp"
#include "process.hpp"
#include "support/private_bus.hpp"

#include <memory>
#include <string>

namespace bms::bench {

/// With a healthy board always; with D-Bus, and with a simulated inverter/charger on VE.Bus, where said.
enum class Around { board_only, with_bus, with_bus_as_status, with_bus_and_multi };

class World {
  public:
    /// programs: the build folder. Throws std::runtime_error, in words, when a part cannot be had.
    explicit World(std::string programs);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    std::string file(const std::string& name) const { return folder_ + "/" + name; }
    std::string program(const std::string& name) const { return programs_ + "/" + name; }
    std::string board_socket() const { return file("board"); }
    std::string multi_socket() const { return file("multi"); }
    /// The name the daemon with this name of ours takes on the bus.
    static std::string bus_name(const std::string& name) { return "com.victronenergy.vebus." + name; }
    /// In the status role: a second daemon beside one that has the vebus role.
    static std::string status_name(const std::string& name) { return "com.victronenergy.bms." + name; }
    /// Of a program that a daemon does not give way to.
    static std::string other_name(const std::string& name) { return "com.victronenergy.bench." + name; }

    /// Writes config/sim.json as NAME.json with its paths in our folder and, as said, without the link or the
    /// bus.
    std::string config(const std::string& name, Around around) const;
    /// Starts a program whose only argument is that configuration, or is --config and that. prefix: what it
    /// is to run under.
    std::unique_ptr<Process> daemon(const std::string& program, const std::string& name, Around around,
                                    std::vector<std::string> prefix = {}) const;
    /// Serves the board until the daemon has all its lines, and then for a while.
    void settle(Board::Client client, Clock::duration afterwards);

    Board& board() { return *board_; }
    test::PrivateBus& bus() { return bus_; }

  private:
    std::string programs_, folder_;
    test::PrivateBus bus_;
    std::unique_ptr<Board> board_;
    std::unique_ptr<Process> multi_;
};

} // namespace bms::bench
