// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "contract/line_port_contract.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace bms::test {

using io::Direction;
using io::LineEdge;
using io::LineError;
using io::LineHandle;
using io::LinePort;
using io::LineRequest;
using testing::HasSubstr;

namespace {

constexpr const char* consumer = "contract-daemon";

Instant now() {
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

} // namespace

void LinePortContract::SetUp() {
    if (const std::string missing = GetParam().missing(); !missing.empty()) {
        GTEST_SKIP() << missing;
    }
    rig = GetParam().make();
    port = rig->make_port(loop, consumer);
    port->on_events({[this](LineEdge edge) { edges.push_back(edge); },
                     [this](LineHandle line, const LineError& error) { losses.emplace(line, error.text); }});
}

LineRequest LinePortContract::input(const std::string& name) const {
    LineRequest request;
    request.name = name;
    return request;
}

LineRequest LinePortContract::output(bool initially_active) const {
    LineRequest request = input(rig->output());
    request.direction = Direction::output;
    request.initially_active = initially_active;
    return request;
}

LineHandle LinePortContract::take(LinePort& from, const LineRequest& request) {
    const auto line = from.request(request);
    if (!line) {
        throw std::runtime_error(line.error.text);
    }
    return *line.value;
}

bool LinePortContract::level(LineHandle line) {
    const auto read = port->read(line);
    if (!read) {
        throw std::runtime_error(read.error.text);
    }
    return *read.value;
}

void LinePortContract::wait_until(const std::function<bool()>& so, const std::string& what) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    while (!so()) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline)
            << "waited for " << what << "; " << edges.size() << " edges, " << losses.size() << " losses";
        loop.run_one_for(std::chrono::milliseconds(5));
    }
}

void LinePortContract::wait_for_losses(const std::vector<LineHandle>& lines) {
    wait_until(
        [&] {
            for (const LineHandle line : lines) {
                port->read(line);
            }
            return losses.size() >= lines.size();
        },
        "the loss of each line");
}

TEST_P(LinePortContract, TheLevelCanBeReadRightAfterTheRequest) {
    rig->set_level(rig->input(), true);
    rig->set_level(rig->second_input(), false);
    EXPECT_TRUE(level(take(input(rig->input()))));
    EXPECT_FALSE(level(take(input(rig->second_input()))));
}

TEST_P(LinePortContract, EveryChangeIsOneEdgeWithAStampThatRises) {
    rig->set_level(rig->input(), false);
    const LineHandle line = take(input(rig->input()));
    const Instant start = now();
    for (std::size_t i = 0; i < 6; ++i) {
        rig->set_level(rig->input(), i % 2 == 0);
        wait_until([&] { return edges.size() > i; }, "the edge");
        ASSERT_EQ(edges.size(), i + 1);
        EXPECT_EQ(edges[i].line, line);
        EXPECT_EQ(edges[i].active, i % 2 == 0);
        EXPECT_EQ(level(line), i % 2 == 0);
        EXPECT_GT(edges[i].at, i == 0 ? start : edges[i - 1].at);
    }
    EXPECT_LE(edges.back().at, now());
    loop.run_for(std::chrono::milliseconds(20)); // time for an edge too many to come
    EXPECT_EQ(edges.size(), 6U);
}

TEST_P(LinePortContract, AfterABurstEdgesHaveAlternatedAndTheLastOneIsTheLevel) {
    rig->set_level(rig->input(), false);
    take(input(rig->input()));
    // The kernel queues 16 edges, and nobody reads them meanwhile; gpio-sim merges what comes within a tick.
    for (int i = 0; i < 21; ++i) {
        rig->set_level(rig->input(), i % 2 == 0);
        std::this_thread::sleep_for(std::chrono::milliseconds(12));
    }
    wait_until([&] { return !edges.empty() && edges.back().active; }, "the last level");
    loop.run_for(std::chrono::milliseconds(20)); // time for an edge that comes late
    EXPECT_TRUE(edges.back().active);
    for (std::size_t i = 0; i < edges.size(); ++i) {
        EXPECT_EQ(edges[i].active, i % 2 == 0);
        EXPECT_GE(edges[i].at, edges[i == 0 ? 0 : i - 1].at);
    }
}

TEST_P(LinePortContract, EdgesSayWhichLineTheyAreOf) {
    rig->set_level(rig->input(), false);
    rig->set_level(rig->second_input(), false);
    const LineHandle first = take(input(rig->input()));
    const LineHandle second = take(input(rig->second_input()));
    rig->set_level(rig->second_input(), true);
    wait_until([&] { return edges.size() == 1; }, "the second line's edge");
    rig->set_level(rig->input(), true);
    wait_until([&] { return edges.size() == 2; }, "the first line's edge");
    EXPECT_EQ(edges[0].line, second);
    EXPECT_EQ(edges[1].line, first);
}

TEST_P(LinePortContract, AnActiveLowInputIsActiveWhileLow) {
    rig->set_level(rig->input(), false);
    LineRequest request = input(rig->input());
    request.active_low = true;
    const LineHandle line = take(request);
    EXPECT_TRUE(level(line));
    rig->set_level(rig->input(), true);
    wait_until([&] { return !edges.empty(); }, "the edge");
    EXPECT_FALSE(edges[0].active);
    EXPECT_FALSE(level(line));
}

TEST_P(LinePortContract, AnOutputIsDrivenAsAskedFromTheRequestOn) {
    const LineHandle line = take(output(true));
    EXPECT_TRUE(rig->is_driven_high(rig->output()));
    port->release(line);
    take(output(false));
    EXPECT_FALSE(rig->is_driven_high(rig->output()));
}

TEST_P(LinePortContract, AnOutputReadsBackWhatIsDriven) {
    const LineHandle line = take(output(false));
    EXPECT_FALSE(level(line));
    for (const bool active : {true, false, true}) {
        EXPECT_EQ(port->write(line, active), std::nullopt);
        EXPECT_EQ(level(line), active);
        wait_until([&] { return rig->is_driven_high(rig->output()) == active; }, "the output to follow");
    }
}

TEST_P(LinePortContract, AnActiveLowOutputIsDrivenLowWhileActive) {
    LineRequest request = output(false);
    request.active_low = true;
    const LineHandle line = take(request);
    EXPECT_TRUE(rig->is_driven_high(rig->output()));
    EXPECT_FALSE(level(line));
    EXPECT_EQ(port->write(line, true), std::nullopt);
    EXPECT_TRUE(level(line));
    wait_until([&] { return !rig->is_driven_high(rig->output()); }, "the output to follow");
}

TEST_P(LinePortContract, WritingAnInputIsAnErrorAndTheLineStaysHeld) {
    const LineHandle line = take(input(rig->input()));
    const auto error = port->write(line, true);
    ASSERT_TRUE(error);
    EXPECT_THAT(error->text, HasSubstr(rig->input()));
    EXPECT_TRUE(port->read(line));
}

TEST_P(LinePortContract, ASecondRequestOfAHeldLineSaysWhoHoldsIt) {
    take(output(true));
    const auto other = rig->make_port(loop, "somebody-else");
    const auto refused = other->request(output(true));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error.text, HasSubstr(rig->output()));
    EXPECT_THAT(refused.error.text, HasSubstr(std::string("used by \"") + consumer + "\""));
    EXPECT_TRUE(rig->is_driven_high(rig->output())) << "a refused request must not disturb the holder";
}

TEST_P(LinePortContract, AnUnknownNameIsAnErrorThatNamesIt) {
    const auto refused = port->request(input("no_such_line"));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error.text, HasSubstr("no_such_line"));
}

TEST_P(LinePortContract, AReleasedOutputIsNoLongerDrivenAndFreeForOthers) {
    const LineHandle line = take(output(true));
    port->release(line);
    wait_until([&] { return !rig->is_driven_high(rig->output()); }, "the output to be let go");
    EXPECT_FALSE(port->read(line));
    EXPECT_TRUE(port->write(line, true));
    const auto other = rig->make_port(loop, "somebody-else");
    EXPECT_TRUE(other->request(output(false)));
}

TEST_P(LinePortContract, AReleasedInputIsSilent) {
    rig->set_level(rig->input(), false);
    rig->set_level(rig->second_input(), false);
    const LineHandle released = take(input(rig->input()));
    const LineHandle kept = take(input(rig->second_input()));
    port->release(released);
    rig->set_level(rig->input(), true);
    rig->set_level(rig->second_input(), true);
    wait_until([&] { return !edges.empty(); }, "the kept line's edge");
    EXPECT_EQ(edges.size(), 1U);
    EXPECT_EQ(edges[0].line, kept);
}

TEST_P(LinePortContract, TheLineMayBeReleasedFromInsideItsOwnEdge) {
    rig->set_level(rig->input(), false);
    const LineHandle line = take(input(rig->input()));
    port->on_events({[&](LineEdge edge) {
                         edges.push_back(edge);
                         port->release(edge.line);
                     },
                     nullptr});
    rig->set_level(rig->input(), true);
    wait_until([&] { return !edges.empty(); }, "the edge");
    EXPECT_FALSE(port->read(line));
}

TEST_P(LinePortContract, ThePortsEndReleasesEveryLine) {
    take(input(rig->input()));
    take(output(true));
    port.reset();
    wait_until([&] { return !rig->is_driven_high(rig->output()); }, "the output to be let go");
    port = rig->make_port(loop, consumer);
    EXPECT_TRUE(port->request(input(rig->input())));
}

TEST_P(LinePortContract, ALossIsReportedOnceForEachLineAndTheHandlesAreDead) {
    const LineHandle in = take(input(rig->input()));
    const LineHandle second = take(input(rig->second_input()));
    const LineHandle out = take(output(true));
    rig->unplug();
    wait_for_losses({in, second, out});
    loop.run_for(std::chrono::milliseconds(20)); // time for a report too many to come
    EXPECT_EQ(losses.size(), 3U);
    for (const auto& [line, name] :
         {std::pair{in, rig->input()}, {second, rig->second_input()}, {out, rig->output()}}) {
        ASSERT_EQ(losses.count(line), 1U);
        EXPECT_THAT(losses.find(line)->second, HasSubstr(name));
        EXPECT_FALSE(port->read(line));
    }
    EXPECT_TRUE(port->write(out, true)) << "a write to a lost line must be an error";
    rig->plug();
}

TEST_P(LinePortContract, ALostLineCanBeRequestedAgainOnceItIsBack) {
    const LineHandle lost_in = take(input(rig->input()));
    const LineHandle lost_out = take(output(true));
    rig->unplug();
    wait_for_losses({lost_in, lost_out});
    EXPECT_FALSE(port->request(input(rig->input()))) << "there is no line to give";
    rig->plug();
    rig->set_level(rig->input(), false);
    const LineHandle in = take(input(rig->input()));
    EXPECT_NE(in, lost_in) << "a dead handle must not come alive";
    take(output(true));
    EXPECT_TRUE(rig->is_driven_high(rig->output()));
    rig->set_level(rig->input(), true);
    wait_until([&] { return !edges.empty(); }, "the edge");
    EXPECT_EQ(edges.back().line, in);
}

} // namespace bms::test
