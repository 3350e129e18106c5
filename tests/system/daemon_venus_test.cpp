// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A stock GX: the inverter/charger hangs on another service, and is commanded through its /Mode.
#include "support/venus_service.hpp"
#include "system/daemon_fixture.hpp"

namespace bms::test {
namespace {

using testing::HasSubstr;
using venus::Value;

constexpr const char* driver_name = "com.victronenergy.vebus.ttyUSB0";

int number(const Value& value) {
    const auto* whole = std::get_if<std::int32_t>(&value);
    return whole != nullptr ? *whole : -1;
}

class DaemonVenus : public DaemonTest {
  protected:
    DaemonVenus() {
        configure("/vebus", R"({"link": "venus", "frame_interval_ms": 500, "link_timeout_s": 3})");
        client = std::make_unique<BusClient>("com.victronenergy.bms.ttySystem"); // beside another driver
    }

    /// Victron's driver with a Multi that inverts; obedient.
    void start_driver() {
        driver =
            std::make_unique<VenusService>(driver_name, VenusService::Items{{"/Mode", 3},
                                                                            {"/ModeIsAdjustable", 1},
                                                                            {"/Bms/BmsType", Value{}},
                                                                            {"/State", 9},
                                                                            {"/Connected", 1},
                                                                            {"/Dc/0/Current", -20.0},
                                                                            {"/Dc/0/Voltage", 25.5},
                                                                            {"/Ac/ActiveIn/Connected", 0},
                                                                            {"/ProductName", "MultiPlus"}});
        driver->when_written(obey);
    }
    static int obey(VenusService& it, const std::string& path, const Value& value) {
        const bool inverts = number(value) == 3 || number(value) == 2;
        it.set(path, value);
        it.set("/State", inverts ? 9 : 0);
        it.set("/Dc/0/Current", inverts ? -20.0 : 0.0);
        return 0;
    }
    static int only_in_name(VenusService& it, const std::string& path, const Value& value) {
        it.set(path, value);
        return 0;
    }

    void start() {
        start_board();
        start_driver();
        start_daemon();
        ASSERT_TRUE(permissions_are(true, true));
        ASSERT_TRUE(item_is("/Diagnostics/ControlsInverter", "1"));
        ASSERT_TRUE(item_is("/Diagnostics/MultiMode", "3"));
    }

    int mode() const { return number(driver->get("/Mode")); }
    Is mode_is(int wanted) const {
        return soon([&] { return mode() == wanted; }, 60s)
                   ? testing::AssertionSuccess()
                   : testing::AssertionFailure() << "/Mode is " << mode() << ", not " << wanted;
    }
    /// Forbids both at once, without the 30 s of a pre-alarm.
    void remote(bool on) const { set(on ? "remote_h=on remote_l=on" : "remote_h=off remote_l=off"); }

    std::unique_ptr<VenusService> driver;
};

TEST_F(DaemonVenus, ALowCellMakesTheOtherServiceChargerOnlyAndRecoveryGivesItBack) {
    start();
    EXPECT_TRUE(item_is("/State", "9"));
    EXPECT_EQ(item("/Dc/0/Current"), "-20");
    set("btv_allow_to_discharge=open");
    EXPECT_TRUE(mode_is(1)); // after the 30 s of the pre-alarm
    EXPECT_TRUE(item_is("/Diagnostics/MultiMode", "1"));
    EXPECT_EQ(item("/Diagnostics/ControlsInverter"), "1");
    EXPECT_EQ(item("/Mode"), "3"); // the wish is remembered
    set("btv_allow_to_discharge=closed");
    EXPECT_TRUE(mode_is(3));
    EXPECT_TRUE(item_is("/Diagnostics/MultiMode", "3"));
    EXPECT_EQ(driver->writes("/Mode").size(), 2U);
}

TEST_F(DaemonVenus, EveryModeThatTheOtherDriverKnowsCanBeWished) { // M29
    start();
    for (const int wish : {2, 1, 4, 3}) {
        EXPECT_EQ(write("/Mode", wish), 0);
        EXPECT_TRUE(mode_is(wish));
        EXPECT_TRUE(item_is("/Mode", std::to_string(wish)));
    }
}

TEST_F(DaemonVenus, AVetoIsWrittenBackAndOutlivesACrashOfTheDaemon) {
    start();
    remote(false);
    EXPECT_TRUE(mode_is(4)); // charging cannot be stopped alone
    driver->set("/Mode", 3); // somebody at the GUI
    driver->set("/State", 9);
    EXPECT_TRUE(mode_is(4));
    end_daemon(SIGKILL);
    start_daemon();
    EXPECT_TRUE(item_is("/Diagnostics/MultiMode", "4"));
    remote(true);
    EXPECT_TRUE(mode_is(3));
}

TEST_F(DaemonVenus, AMultiThatGoesOnInvertingIsAnAlarm) {
    start();
    driver->when_written(only_in_name);
    remote(false);
    EXPECT_TRUE(mode_is(4));
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "2", 30s));
    EXPECT_EQ(item("/Diagnostics/ControlsInverter"), "0");
    EXPECT_THAT(item("/Diagnostics/LinkReason"), HasSubstr("goes on inverting"));
}

TEST_F(DaemonVenus, AModeThatIsRefusedIsAnAlarm) {
    start();
    driver->when_written([](VenusService&, const std::string&, const Value&) { return 2; });
    remote(false);
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "2"));
    EXPECT_THAT(item("/Diagnostics/LinkReason"), HasSubstr("does not follow what it is told"));
    EXPECT_EQ(mode(), 3);
}

TEST_F(DaemonVenus, AServiceThatVanishesIsToldOfAndCommandedAgainWhenItReturns) {
    start();
    driver.reset();
    EXPECT_TRUE(item_is("/Connected", "0"));
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "2"));
    EXPECT_THAT(item("/Diagnostics/LinkReason"), HasSubstr("is Victron's driver running"));
    EXPECT_TRUE(permissions_are(true, true));
    remote(false);
    start_driver(); // on, as it was
    EXPECT_TRUE(mode_is(4));
    remote(true);
    EXPECT_TRUE(mode_is(3));
    EXPECT_TRUE(item_is("/Connected", "1"));
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "0"));
}

TEST_F(DaemonVenus, AMultiOfAnotherBmsIsLeftAloneAndThatIsAnAlarm) {
    start();
    driver->set("/Bms/BmsType", 2);
    EXPECT_TRUE(item_is("/Alarms/BmsConnectionLost", "2"));
    EXPECT_THAT(item("/Diagnostics/LinkReason"), HasSubstr("belongs to another BMS"));
    remote(false);
    EXPECT_TRUE(permissions_are(false, false));
    EXPECT_EQ(mode(), 3);
}

TEST_F(DaemonVenus, ACleanStopLeavesItChargerOnly) {
    start();
    EXPECT_EQ(end_daemon(SIGTERM), 0);
    EXPECT_EQ(mode(), 1);
    EXPECT_EQ(times_in_log("the Multi is left charger only"), 1);
}

TEST_F(DaemonVenus, ALostBusChangesNoOutputAndTheCommandComesWithIt) {
    start();
    driver.reset(); // its thread would not survive
    lose_bus();
    EXPECT_TRUE(line_is("load_disconnect", "high"));
    remote(false);
    EXPECT_TRUE(line_is("load_disconnect", "floating"));
    bus.start();
    meet_bus();
    start_driver();
    EXPECT_TRUE(mode_is(4));
}

} // namespace
} // namespace bms::test
