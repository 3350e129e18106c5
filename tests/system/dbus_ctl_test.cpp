// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The real vebus-bmsctl against our service on a real bus.
#include "support/places.hpp"
#include "system/dbus_fixture.hpp"

#include <array>
#include <cstdio>
#include <sys/wait.h>

namespace bms::io {
namespace {

using ::testing::HasSubstr;

struct Outcome {
    int code;
    std::string output; ///< stdout and stderr
};

Outcome ctl(const std::string& arguments) {
    FILE* program =
        ::popen((bms::test::in_build("/src/tool/vebus-bmsctl " + arguments) + " 2>&1").c_str(), "r");
    Outcome outcome{-1, {}};
    std::array<char, 4096> part{};
    while (const auto length = std::fread(part.data(), 1, part.size(), program))
        outcome.output.append(part.data(), length);
    const int status = ::pclose(program);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

class CtlTest : public DbusServiceTest {
  protected:
    void start(bool allowed) {
        facts.protection.allow_to_charge = facts.protection.allow_to_discharge = allowed;
        venus::publish(facts, tree);
        start_named();
    }

    /// Runs the service while the program talks to it.
    Outcome run(const std::string& arguments) {
        return serve([&] { return ctl(arguments); });
    }

    PrivateBus bus;
};

TEST_F(CtlTest, StatusEndsWithZeroWhenAllIsAllowed) {
    start(true);
    const auto outcome = run("status --system");
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.output, HasSubstr("Loads       allowed\nCharging    allowed\n"));
    EXPECT_THAT(outcome.output, HasSubstr("on the system bus as com.victronenergy.vebus.ttyTest"));
}

TEST_F(CtlTest, StatusEndsWithOneWhenSomethingIsNotAllowed) {
    start(false);
    const auto outcome = run("status");
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.output, HasSubstr("NOT ALLOWED"));
    EXPECT_THAT(run("status --json").output, HasSubstr("\"all_allowed\": false"));
}

TEST_F(CtlTest, WithoutADaemonItSaysWhatToCheck) {
    const auto outcome = run("status");
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.output, HasSubstr("no vebus-bmsd on the session bus. Is it running"));
}

TEST_F(CtlTest, WithoutABusItSaysSo) {
    bus.kill();
    const auto outcome = run("status");
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.output, HasSubstr("cannot be asked"));
}

TEST_F(CtlTest, RestartLoadsAsksTheDaemon) {
    start(false);
    EXPECT_EQ(run("restart-loads").code, 0);
    ASSERT_EQ(written.size(), 1U);
    EXPECT_EQ(written[0].first, Path::restart);
    answer = 2;
    const auto refused = run("restart-loads");
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.output, HasSubstr("loads were not restarted"));
}

TEST_F(CtlTest, AWrongWordIsAnsweredWithTheWayToHelp) {
    for (const char* arguments : {"", "statsu", "status twice", "restart-loads --no"}) {
        const auto outcome = run(arguments);
        EXPECT_EQ(outcome.code, 64) << arguments;
        EXPECT_THAT(outcome.output, HasSubstr("--help")) << arguments;
    }
    EXPECT_EQ(run("--help").code, 0);
    EXPECT_THAT(run("--version").output, HasSubstr("vebus-bmsctl "));
}

} // namespace
} // namespace bms::io
