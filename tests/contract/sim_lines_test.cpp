// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "contract/sim_rig.hpp"
#include "sim/client.hpp"
#include "support/places.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace bms::test {

using testing::HasSubstr;

SimRig::SimRig() {
    std::string folder = std::filesystem::temp_directory_path() / "bms-board-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) {
        throw std::runtime_error("no folder for the board's socket: " + folder);
    }
    folder_ = folder;
    socket_ = folder_ + "/socket";
    start_board();
}

SimRig::~SimRig() {
    kill_board(SIGTERM);
    std::filesystem::remove_all(folder_);
}

void SimRig::start_board() {
    const std::string program = in_build("/src/sim/vebus-bms-sim");
    board_ = ::fork();
    if (board_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int nothing = ::open("/dev/null", O_RDWR);
        ::dup2(nothing, STDIN_FILENO);
        ::dup2(nothing, STDOUT_FILENO);
        ::execl(program.c_str(), program.c_str(), "board", "--socket", socket_.c_str(), nullptr);
        ::_exit(127);
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!sim::ask(socket_, "get remote_on").ok) {
        if (std::chrono::steady_clock::now() > deadline || ::waitpid(board_, nullptr, WNOHANG) != 0) {
            throw std::runtime_error("the board does not start: " + program);
        }
        ::usleep(2000);
    }
}

void SimRig::kill_board(int signal) {
    if (board_ > 0) {
        ::kill(board_, signal);
        ::waitpid(board_, nullptr, 0);
        board_ = -1;
    }
}

std::unique_ptr<io::LinePort> SimRig::make_port(boost::asio::io_context& loop, const std::string& consumer) {
    return io::make_sim_lines(loop, consumer, socket_);
}

void SimRig::set(const std::string& what) {
    if (const auto answer = sim::ask(socket_, "set " + what); !answer.ok) {
        throw std::runtime_error(answer.error);
    }
}

void SimRig::set_level(const std::string& line, bool high) { set(line + (high ? "=high" : "=low")); }

bool SimRig::is_driven_high(const std::string& line) const {
    return sim::ask(socket_, "get " + line).lines.at(0) == line + "=high";
}

INSTANTIATE_TEST_SUITE_P(sim, LinePortContract,
                         testing::Values(RigKind{[] { return std::string(); },
                                                 [] { return std::make_unique<SimRig>(); }}),
                         [](const auto&) { return std::string("board"); });

class SimLines : public testing::Test {
  protected:
    void run_until(const std::function<bool()>& so) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
        while (!so()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            loop.run_one_for(std::chrono::milliseconds(5));
        }
    }

    boost::asio::io_context loop{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy{loop.get_executor()};
};

TEST_F(SimLines, ADeadBoardLosesEveryLineAndALaterRequestReconnects) {
    SimRig rig;
    const auto port = rig.make_port(loop, "daemon");
    std::vector<std::string> losses;
    port->on_events(
        {nullptr, [&](io::LineHandle, const io::LineError& error) { losses.push_back(error.text); }});
    io::LineRequest request;
    for (const std::string& name : {rig.input(), rig.second_input()}) {
        request.name = name;
        ASSERT_TRUE(port->request(request));
    }
    rig.kill_board(SIGKILL);
    run_until([&] { return losses.size() == 2; });
    EXPECT_THAT(losses[0], HasSubstr(rig.input()));
    EXPECT_THAT(losses[1], HasSubstr("vebus-bms-sim board --socket " + rig.socket()));

    const auto refused = port->request(request);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error.text, HasSubstr(rig.socket()));

    rig.start_board(); // replaces the dead one's socket
    EXPECT_TRUE(port->request(request)) << "a request after the restart reconnects";
}

TEST_F(SimLines, ABoardThatDoesNotAnswerIsGivenUpAfterASecond) {
    SimRig rig;
    rig.kill_board(SIGTERM);
    boost::asio::local::stream_protocol::acceptor mute(loop, {rig.socket()});
    const auto port = rig.make_port(loop, "daemon");
    io::LineRequest request;
    request.name = "remote_on";
    const auto start = std::chrono::steady_clock::now();
    const auto refused = port->request(request);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(1500));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error.text, HasSubstr("within a second"));
}

/// A board that answers the first request with `answer` and hangs up.
std::thread board_that_says(boost::asio::local::stream_protocol::acceptor& acceptor,
                            const std::string& answer) {
    return std::thread([&acceptor, answer] {
        auto peer = acceptor.accept();
        std::array<char, 256> request{};
        peer.read_some(boost::asio::buffer(request));
        peer.write_some(boost::asio::buffer(answer));
    });
}

TEST_F(SimLines, WhatFollowsTheGrantAtOnceIsNotMissed) {
    SimRig rig;
    rig.kill_board(SIGTERM);
    boost::asio::local::stream_protocol::acceptor acceptor(loop, {rig.socket()});
    auto board = board_that_says(acceptor, "granted remote_on high\nedge remote_on low 5000\n");
    const auto port = rig.make_port(loop, "daemon");
    std::vector<io::LineHandle> losses;
    port->on_events({nullptr, [&](io::LineHandle line, const io::LineError&) { losses.push_back(line); }});
    io::LineRequest request;
    request.name = "remote_on";
    const auto line = port->request(request);
    board.join();
    ASSERT_TRUE(line);
    const auto level = port->read(*line.value);
    EXPECT_TRUE(!level || !*level.value) << "the level of the grant is out of date";
    run_until([&] { return !losses.empty(); });
    EXPECT_EQ(losses, std::vector{*line.value});
    EXPECT_FALSE(port->read(*line.value));
}

TEST_F(SimLines, ALineSomebodyElseHoldsIsRefusedWithTheirName) {
    SimRig rig;
    rig.set("busy.remote_on=sysfs");
    const auto port = rig.make_port(loop, "daemon");
    io::LineRequest request;
    request.name = "remote_on";
    const auto refused = port->request(request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error.text, "GPIO line remote_on: it is used by \"sysfs\"");
    rig.set("busy.remote_on=none");
    EXPECT_TRUE(port->request(request));
}

TEST_F(SimLines, TheBoardRemovesItsSocketWhenTold) {
    SimRig rig;
    rig.kill_board(SIGTERM);
    EXPECT_FALSE(std::filesystem::exists(rig.socket()));
}

} // namespace bms::test
