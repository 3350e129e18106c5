// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The guest as a world of words: the wires of a gpio-sim chip, the daemon, the Multi, the bus, the clock. A
// scenario (src/sim/README.md) sets it, and expects of it.
#pragma once

#include "io/dbus_client.hpp"
#include "sim/control.hpp"
#include "storm/observation.hpp"
#include "support/process.hpp"

#include <fstream>
#include <map>

namespace bms::test {

/// A chip of the kernel's simulator, with named lines.
class SimChip {
  public:
    SimChip(std::string name, std::vector<std::string> lines);
    ~SimChip();
    SimChip(const SimChip&) = delete;
    SimChip& operator=(const SimChip&) = delete;

    void pull(const std::string& line, bool up) const;
    bool level(const std::string& line) const;

  private:
    std::size_t offset(const std::string& line) const;

    std::string folder_, device_;
    std::vector<std::string> lines_;
    std::vector<int> values_; ///< open files, since they are read often
};

/// A dry one, without a guest: it takes the words and does nothing.
class DryWorld : public sim::World {
  public:
    DryWorld();
    std::vector<sim::Named> get() const override;
    std::optional<std::string> set(const std::string& name, const std::string& value) override;

  protected:
    std::map<std::string, std::string> words_; ///< as set
};

struct Programs {
    std::string daemon, simulator, config, bus_config;
};

class GuestWorld : public DryWorld {
  public:
    /// All of it is there and healthy; the daemon starts.
    GuestWorld(boost::asio::io_context&, Programs);

    std::optional<std::string> set(const std::string& name, const std::string& value) override;
    std::vector<sim::Named> get() const override;
    Observation observe();
    /// Something was changed so lately that the next look should come soon.
    bool busy(Instant now) const { return now - changed_ < 700ms; }
    /// The recordings of the daemon, one for each time it was started.
    const std::vector<std::string>& recordings() const { return recordings_; }
    /// Ends the daemon, so that its recording is whole.
    void end() { end_daemon(15); }

  private:
    void make_chips();
    void set_process(const std::string& name, const std::string& value);
    void start_daemon();
    void end_daemon(int signal);
    void start_multi();
    void start_bus();
    void wish(const std::string& value);
    void set_clock(const std::string& value);
    bool wired(const std::string& name) const;
    std::optional<BusFlags> flags(Instant now) const;
    std::optional<core::Command> multi_now(Instant now);

    boost::asio::io_context& io_;
    Programs programs_;
    std::unique_ptr<SimChip> battery_, outputs_;
    std::unique_ptr<Process> bus_, multi_, daemon_;
    std::unique_ptr<io::DbusClient> client_;
    io::DbusClient::Items items_;
    std::string service_;
    bool paused_ = false;
    Instant changed_{}, permissions_changed_{}, link_disturbed_{}, multi_asked_{};
    Observation last_;
    std::optional<core::Command> multi_said_;
    std::optional<core::Mode> wish_;
    std::vector<std::string> recordings_;
};

} // namespace bms::test
