// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace bms::test {
namespace {

using namespace app;
using testing::ElementsAre;
using testing::HasSubstr;

/// A port in memory. Lines are numbered by name, so that tests can speak of them.
class FakePort : public io::LinePort {
  public:
    struct FakeLine {
        bool active = false;
        bool held = false;
        std::string refusal; ///< set: requests are refused with these words
        bool fails = false;  ///< set: reads and writes fail
    };
    std::map<std::string, FakeLine> lines;
    std::vector<std::string> writes;
    int requests = 0;
    Events events;

    void on_events(Events e) override { events = std::move(e); }
    io::LineResult<io::LineHandle> request(const io::LineRequest& r) override {
        ++requests;
        FakeLine& line = lines[r.name];
        if (!line.refusal.empty()) {
            return {.error = {line.refusal}};
        }
        line.held = true;
        if (r.direction == io::Direction::output) {
            line.active = r.initially_active;
        }
        return {.value = handle(r.name)};
    }
    void release(io::LineHandle h) override { named(h).held = false; }
    io::LineResult<bool> read(io::LineHandle h) override {
        return named(h).fails ? io::LineResult<bool>{.error = {"it is gone"}}
                              : io::LineResult<bool>{.value = named(h).active};
    }
    std::optional<io::LineError> write(io::LineHandle h, bool active) override {
        if (named(h).fails) {
            return io::LineError{"it is gone"};
        }
        named(h).active = active;
        writes.push_back(name(h) + (active ? " high" : " floating"));
        return std::nullopt;
    }

    io::LineHandle handle(const std::string& name) {
        return static_cast<std::size_t>(std::distance(lines.begin(), lines.find(name)));
    }
    std::string name(io::LineHandle h) { return std::next(lines.begin(), static_cast<long>(h))->first; }
    FakeLine& named(io::LineHandle h) { return lines[name(h)]; }
};

config::Line on(const char* name) { return {.name = name}; }

config::Config two_loops_two_outputs() {
    config::Config c;
    c.btv = {.allow_to_charge = on("charge_loop"), .allow_to_discharge = on("discharge_loop")};
    c.outputs.load_disconnect = on("load");
    c.outputs.charge_disconnect = on("charge");
    c.outputs.led_status = on("led");
    return c;
}

struct AppLines : testing::Test {
    FakePort* port = nullptr;
    std::vector<std::string> warnings, infos;
    std::vector<Instant> changes;
    std::unique_ptr<Lines> lines;
    Instant now{100s};

    AppLines() {
        auto made = std::make_unique<FakePort>();
        port = made.get();
        for (const char* name : {"charge", "charge_loop", "discharge_loop", "led", "load"}) {
            port->lines[name]; // all names first: handles stay the same
        }
        lines = std::make_unique<Lines>(
            std::move(made), configured_lines(two_loops_two_outputs()),
            Lines::Events{[this](Instant at) { changes.push_back(at); },
                          [this](const std::string& text) { infos.push_back(text); },
                          [this](const std::string& text) { warnings.push_back(text); }});
    }
    core::Inputs report() const {
        core::Inputs in;
        lines->report(in);
        return in;
    }
    static Levels permit(bool loads, bool charge) {
        Levels levels{};
        levels.at(static_cast<std::size_t>(Role::load_disconnect)) = loads;
        levels.at(static_cast<std::size_t>(Role::charge_disconnect)) = charge;
        return levels;
    }
};

TEST_F(AppLines, AreAllAskedForAndReadAndNothingIsDriven) {
    port->lines["charge_loop"].active = true;
    lines->acquire(now);
    EXPECT_TRUE(lines->all_held());
    EXPECT_EQ(lines->problem(), "");
    const auto in = report();
    EXPECT_TRUE(in.lines_held);
    EXPECT_EQ(in.allow_to_charge, (core::LineReading{core::Level::active, now}));
    EXPECT_EQ(in.allow_to_discharge.level, core::Level::inactive);
    EXPECT_EQ(in.mains, std::nullopt) << "no detector is fitted";
    EXPECT_TRUE(port->writes.empty());
    EXPECT_EQ(lines->next_retry(), never);
}

TEST_F(AppLines, ABusyLineIsNamedOnceAndAskedForAgainWithGrowingPauses) {
    port->lines["load"].refusal = "load is used by 'sysfs'";
    lines->acquire(now);
    EXPECT_FALSE(report().lines_held);
    EXPECT_EQ(lines->problem(), "load_disconnect: load is used by 'sysfs'");
    for (const Duration pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
        ASSERT_EQ(lines->next_retry(), now + pause);
        const int before = port->requests;
        lines->acquire(now + pause - 1us);
        ASSERT_EQ(port->requests, before);
        now += pause;
        lines->acquire(now);
        ASSERT_EQ(port->requests, before + 1);
    }
    EXPECT_THAT(warnings, ElementsAre("load_disconnect: load is used by 'sysfs'"));
    port->lines["load"].refusal.clear();
    now = lines->next_retry();
    lines->acquire(now);
    EXPECT_TRUE(report().lines_held);
    EXPECT_THAT(infos, ElementsAre("load_disconnect: load is ours again"));
}

TEST_F(AppLines, AMissingLampIsMissedAndTakesNoPermission) {
    port->lines["led"].refusal = "no line is named led";
    lines->acquire(now);
    EXPECT_TRUE(report().lines_held);
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("led_status")));
}

TEST_F(AppLines, OutputsAreWrittenOnlyWhenTheyChangeUnlessAskedToDriveThemAgain) {
    lines->acquire(now);
    lines->drive(permit(true, true), now);
    lines->drive(permit(true, true), now);
    EXPECT_THAT(port->writes, ElementsAre("load high", "charge high"));
    lines->drive(permit(true, false), now);
    EXPECT_EQ(port->writes.back(), "charge floating");
    port->writes.clear();
    lines->drive_again(now);
    EXPECT_THAT(port->writes, ElementsAre("load high", "charge floating", "led floating"));
}

TEST_F(AppLines, AFailedWriteLosesTheLineAndItComesBackFloating) {
    lines->acquire(now);
    port->lines["load"].fails = true;
    lines->drive(permit(true, true), now);
    EXPECT_FALSE(lines->all_held());
    port->lines["load"].fails = false;
    port->lines["load"].active = true;
    lines->acquire(lines->next_retry());
    EXPECT_TRUE(lines->all_held());
    EXPECT_FALSE(port->lines["load"].active) << "a reconnection alone gives no permission";
}

TEST_F(AppLines, ALostChipIsFoundByTheNextReading) {
    lines->acquire(now);
    port->lines["discharge_loop"].fails = true;
    lines->read_again(now);
    EXPECT_FALSE(report().lines_held);
    EXPECT_EQ(report().allow_to_discharge.level, core::Level::unknown);
    EXPECT_EQ(lines->problem(), "btv_allow_to_discharge: it is gone");
}

TEST_F(AppLines, ALineReportedLostIsSaidSoAtOnce) {
    lines->acquire(now);
    port->events.lost(port->handle("charge_loop"), {"the chip was removed"});
    EXPECT_EQ(changes.size(), 1u);
    EXPECT_EQ(report().allow_to_charge.level, core::Level::unknown);
    EXPECT_THAT(warnings, ElementsAre("btv_allow_to_charge: the chip was removed"));
}

TEST_F(AppLines, AnEdgeCarriesTheKernelsStamp) {
    lines->acquire(now);
    port->events.edge({port->handle("charge_loop"), true, now + 7ms});
    EXPECT_EQ(report().allow_to_charge, (core::LineReading{core::Level::active, now + 7ms}));
    EXPECT_THAT(changes, ElementsAre(now + 7ms));
}

TEST_F(AppLines, AnEdgeThatWasMissedIsFoundByReadingAgain) {
    lines->acquire(now);
    port->lines["charge_loop"].active = true;
    lines->read_again(now + 1s);
    EXPECT_EQ(report().allow_to_charge, (core::LineReading{core::Level::active, now + 1s}));
    lines->read_again(now + 2s);
    EXPECT_EQ(report().allow_to_charge.since, now + 1s) << "an unchanged level keeps its stamp";
}

TEST_F(AppLines, AreReleasedLoadsFirstThenChargers) {
    lines->acquire(now);
    lines->drive(permit(true, true), now);
    port->writes.clear();
    lines->release();
    EXPECT_THAT(port->writes, ElementsAre("load floating", "charge floating", "led floating"));
    for (const auto& [name, line] : port->lines) {
        EXPECT_FALSE(line.held) << name;
    }
}

TEST(AppRoles, PolarityAndBiasAreThePortsBusiness) {
    config::Config c = two_loops_two_outputs();
    c.btv.allow_to_charge.active_level = config::Level::low;
    c.btv.allow_to_charge.bias = config::Bias::pull_up;
    const auto configured = configured_lines(c);
    const auto& line = configured.at(static_cast<std::size_t>(Role::btv_allow_to_charge)).value();
    EXPECT_TRUE(line.active_low);
    EXPECT_EQ(line.bias, io::Bias::pull_up);
    EXPECT_FALSE(configured.at(static_cast<std::size_t>(Role::btv_pre_alarm)).has_value());
}

} // namespace
} // namespace bms::test
