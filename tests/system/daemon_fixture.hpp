// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The whole daemon as a process, with real parts around it: both simulators, a message bus, a pty. Everything
// is read and set in the words of the field, and every wait has a deadline.
#pragma once

#include "support/private_bus.hpp"
#include "support/process.hpp"
#include "system/daemon_bus_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace bms::test {

class DaemonTest : public ::testing::Test {
  protected:
    explicit DaemonTest(PrivateBus::Begin = PrivateBus::Begin::running,
                        const std::string& bus_rules = PrivateBus::everything_allowed);
    ~DaemonTest() override;

    /// Changes a value of config/sim.json before the start: configure("/vebus/link", R"("none")").
    void configure(const std::string& pointer, const std::string& json);

    /// Behind an MK3 interface instead of on the bus itself; before the start.
    void through_mk3();

    void start_board();
    void start_multi();
    void kill_multi();
    void start_daemon(const std::vector<std::string>& options = {});
    /// Everything, and waits until loads and charging are allowed and the Multi obeys.
    void start_all();
    /// A new connection, after the bus was started again.
    void meet_bus();
    void lose_bus();
    /// Sends the signal; the exit code.
    std::optional<int> end_daemon(int signal_number);

    /// Changes the world: "NAME=WORD ...", all at once. A refusal is a failure of the test.
    void set(const std::string& words) const;
    void set_multi(const std::string& words) const;

    /// The word of a line, of a value of the Multi, of an item on D-Bus: text as it is, numbers without a
    /// fraction where they have none, "invalid"; "gone" when nobody answers.
    std::string line(const std::string& name) const;
    std::string multi(const std::string& name) const;
    std::string item(const std::string& path) const;
    int write(const std::string& path, int value) const { return client->write(path, value); }

    /// Waits until it is so.
    using Is = testing::AssertionResult;
    Is line_is(const std::string& name, const std::string& word) const;
    Is multi_is(const std::string& name, const std::string& word) const;
    Is item_is(const std::string& path, const std::string& word,
               std::chrono::milliseconds limit = patience) const;
    Is log_says(const std::string& text) const;
    /// Outputs and D-Bus alike.
    Is permissions_are(bool charge, bool discharge) const;

    /// "NAME WORD" of each change at the board, oldest first.
    std::vector<std::string> board_history() const;
    std::string log() const { return daemon->output(); }
    int times_in_log(const std::string& text) const;

    std::string board_socket() const { return folder / "b"; }
    std::string multi_socket() const { return folder / "m"; }
    std::string port() const { return folder / "tty"; }
    std::string config_file() const { return folder / "config.json"; }
    std::vector<std::string> daemon_command(std::vector<std::string> options) const;

    const std::filesystem::path folder; ///< a unix socket's path has 107 characters at most
    PrivateBus bus;
    std::unique_ptr<BusClient> client;
    std::unique_ptr<Process> board_process, multi_process, daemon;
    int daemons_started = 0;
    std::string wire_of_multi = "--port";
};

} // namespace bms::test
