// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a simulated world shows on a message bus, read as a person would.
#include "sim/world_bus.hpp"
#include "support/private_bus.hpp"
#include "support/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace bms::sim {
namespace {

using testing::HasSubstr;

class WorldBus : public testing::Test {
  protected:
    std::string text(const std::string& service, const std::string& path) {
        return test::run({"/usr/bin/dbus-send", "--bus=" + bus.address(), "--print-reply=literal",
                          "--dest=com.victronenergy." + service + ".simulated", path,
                          "com.victronenergy.BusItem.GetText"},
                         output)
            .output;
    }

    ~WorldBus() override { std::filesystem::remove(output); }

    test::PrivateBus bus;
    const std::filesystem::path output =
        testing::TempDir() + "bms-world-bus-" + std::to_string(::getpid()) + ".log";
};

TEST_F(WorldBus, ShowsTheShuntAndTheSolarCharger) { // M117
    world::World w{.bank = world::make_bank({.start_charge = 0.5}, 1)};
    w.bank.current_a = 12.3;
    w.chargers.push_back({.name = "solar", .kind = world::ChargerKind::solar, .rating = 300});
    w.chargers.back().current_a = 14.5;
    WorldOnBus on_bus(bus.address(), w);
    EXPECT_THAT(text("battery", "/Soc"), HasSubstr("50.00%"));
    EXPECT_THAT(text("battery", "/Dc/0/Current"), HasSubstr("12.30A"));
    EXPECT_THAT(text("solarcharger", "/Dc/0/Current"), HasSubstr("14.50A"));
    EXPECT_THAT(text("solarcharger", "/State"), HasSubstr("3"));
    EXPECT_THAT(text("solarcharger", "/ProductName"), HasSubstr("SmartSolar (simulated)"));

    w.chargers.back().current_a = 0;
    on_bus.tell(w, Instant(1h));
    EXPECT_THAT(text("solarcharger", "/Dc/0/Current"), HasSubstr("0.00A"));
    EXPECT_THAT(text("solarcharger", "/State"), HasSubstr("0"));
    w.bank.current_a = -3;
    on_bus.tell(w, Instant(1h + 999ms));
    EXPECT_THAT(text("battery", "/Dc/0/Current"), HasSubstr("12.30A")) << "once a second at most";
    on_bus.tell(w, Instant(1h + 1s));
    EXPECT_THAT(text("battery", "/Dc/0/Current"), HasSubstr("-3.00A"));
}

TEST_F(WorldBus, HasNoSolarChargerWhereTheWorldHasNone) {
    const WorldOnBus on_bus(bus.address(), {.bank = world::make_bank({}, 1)});
    EXPECT_THAT(text("battery", "/ProductName"), HasSubstr("SmartShunt (simulated)"));
    EXPECT_THAT(text("solarcharger", "/State"), HasSubstr("Error org.freedesktop.DBus.Error.ServiceUnknown"));
}

} // namespace
} // namespace bms::sim
