// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What every LinePort promises (line_port_contract.cpp), run against each of them on a rig: the world behind
// the lines and a meter on them.
#pragma once

#include "io/line_port.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace bms::test {

/// Lines without polarity: high and low are what a meter shows.
class Rig {
  public:
    virtual ~Rig() = default;
    virtual std::unique_ptr<io::LinePort> make_port(boost::asio::io_context&,
                                                    const std::string& consumer) = 0;

    virtual std::string input() const = 0;
    virtual std::string second_input() const = 0;
    virtual std::string output() const = 0;

    virtual void set_level(const std::string& line, bool high) = 0;
    virtual bool is_driven_high(const std::string& line) const = 0;
    virtual void unplug() = 0; ///< all lines go at once
    virtual void plug() = 0;   ///< and come back
};

struct RigKind {
    std::function<std::string()> missing; ///< why it cannot be had here; empty: it can
    std::function<std::unique_ptr<Rig>()> make;
};

class LinePortContract : public testing::TestWithParam<RigKind> {
  protected:
    void SetUp() override;

    io::LineRequest input(const std::string& name) const;
    io::LineRequest output(bool initially_active) const;
    /// A handle; a refusal fails the test and ends it.
    io::LineHandle take(io::LinePort&, const io::LineRequest&);
    io::LineHandle take(const io::LineRequest& request) { return take(*port, request); }
    bool level(io::LineHandle);

    /// Runs the loop until it is so; fails with `what` after two seconds.
    void wait_until(const std::function<bool()>& so, const std::string& what);
    /// Runs the loop until it is so; each turn reads the lines, as the daemon does at least once a second.
    void wait_for_losses(const std::vector<io::LineHandle>&);

    boost::asio::io_context loop{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy{loop.get_executor()};
    std::unique_ptr<Rig> rig;
    std::unique_ptr<io::LinePort> port;
    std::vector<io::LineEdge> edges;
    std::multimap<io::LineHandle, std::string> losses;
};

} // namespace bms::test
