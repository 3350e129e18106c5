// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A rig on the simulated board, which runs as the program people run.
#pragma once

#include "contract/line_port_contract.hpp"

#include <sys/types.h>

namespace bms::test {

class SimRig : public Rig {
  public:
    SimRig();
    ~SimRig() override;
    SimRig(const SimRig&) = delete;
    SimRig& operator=(const SimRig&) = delete;

    std::unique_ptr<io::LinePort> make_port(boost::asio::io_context&, const std::string& consumer) override;
    std::string input() const override { return "btv_allow_to_charge"; }
    std::string second_input() const override { return "remote_on"; }
    std::string output() const override { return "load_disconnect"; }
    void set_level(const std::string& line, bool high) override;
    bool is_driven_high(const std::string& line) const override;
    void unplug() override { set("unplug=all"); }
    void plug() override { set("plug=all"); }

    void start_board();
    void kill_board(int signal);
    void set(const std::string& what);
    const std::string& socket() const { return socket_; }

  private:
    std::string folder_, socket_;
    pid_t board_ = -1;
};

} // namespace bms::test
