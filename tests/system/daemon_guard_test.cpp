// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The rest of the boat: is DVCC on, and do chargers and inverters do what the battery says?
#include "support/venus_service.hpp"
#include "system/daemon_fixture.hpp"

namespace bms::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using venus::Value;

class DaemonGuard : public DaemonTest {
  protected:
    DaemonGuard() { configure("/vebus", R"({"link": "none"})"); }

    void start() {
        start_board();
        start_daemon();
        ASSERT_TRUE(permissions_are(true, true));
    }
    void start_venus_os(int dvcc, const std::string& version = "v3.70") {
        systemcalc = std::make_unique<VenusService>(
            "com.victronenergy.system",
            VenusService::Items{{"/Control/Dvcc", dvcc}, {"/Mgmt/ProcessVersion", "2.256"}});
        platform = std::make_unique<VenusService>(
            "com.victronenergy.platform",
            VenusService::Items{{"/Firmware/Installed/Version", version}, {"/Notifications/Inject", ""}});
    }
    void start_solar(double amperes) {
        solar = std::make_unique<VenusService>("com.victronenergy.solarcharger.ttyO1",
                                               VenusService::Items{{"/Dc/0/Current", amperes},
                                                                   {"/CustomName", "Port panels"},
                                                                   {"/ProductName", "SmartSolar"},
                                                                   {"/State", 3}});
    }

    std::unique_ptr<VenusService> systemcalc, platform, solar;
};

TEST_F(DaemonGuard, DvccOffIsAWarningThatSaysHowToSwitchItOn) { // M75, M78
    start_venus_os(0);
    start();
    EXPECT_TRUE(item_is("/Diagnostics/Dvcc", "0"));
    EXPECT_THAT(item("/Diagnostics/DvccAdvice"),
                AllOf(HasSubstr("DVCC is off"), HasSubstr("Charge control")));
    EXPECT_TRUE(log_says("DVCC is off"));
    EXPECT_TRUE(soon([this] { return platform->writes("/Notifications/Inject").size() == 1; }));
}

TEST_F(DaemonGuard, WithDvccOnAndANewVenusOsThereIsNothingToSay) {
    start_venus_os(3);
    start();
    EXPECT_TRUE(item_is("/Diagnostics/Dvcc", "3"));
    EXPECT_EQ(item("/Diagnostics/DvccAdvice"), "");
    EXPECT_THAT(platform->writes("/Notifications/Inject"), IsEmpty());
}

TEST_F(DaemonGuard, AnOldVenusOsIsNamed) { // M97
    start_venus_os(1, "v2.84");
    start();
    EXPECT_TRUE(log_says("Venus OS v2.84 does not look at the stop"));
    EXPECT_THAT(item("/Diagnostics/DvccAdvice"), HasSubstr("Update it to 3.60"));
}

TEST_F(DaemonGuard, AChargerThatGoesOnAfterTheStopIsNamedAndTheAlarmEndsWithItsCurrent) {
    start_venus_os(1);
    start_solar(35.0);
    start();
    EXPECT_EQ(solar->reads("/Dc/0/Current"), 0); // nobody is asked without need
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(permissions_are(false, true));
    EXPECT_EQ(item("/Alarms/ChargeNotObeyed"), "0");
    EXPECT_TRUE(item_is("/Alarms/ChargeNotObeyed", "2", 25s)); // 10 s, and at most 2 s to the next look
    EXPECT_THAT(item("/Diagnostics/NotObeying"),
                HasSubstr("charge stop not obeyed by Port panels (com.victronenergy.solarcharger.ttyO1)"));
    EXPECT_EQ(item("/Diagnostics/ChargeNotObeyedCount"), "1");
    EXPECT_TRUE(log_says("(35.0 A)"));
    EXPECT_TRUE(soon([this] { return platform->writes("/Notifications/Inject").size() == 1; }));
    solar->set("/Dc/0/Current", 0.0);
    EXPECT_TRUE(item_is("/Alarms/ChargeNotObeyed", "0"));
    EXPECT_EQ(item("/Diagnostics/NotObeying"), "");
}

TEST_F(DaemonGuard, AnObedientChargerIsLeftInPeace) {
    start_venus_os(1);
    start_solar(35.0);
    start();
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(permissions_are(false, true));
    solar->set("/Dc/0/Current", 0.0); // systemcalc has told it
    EXPECT_TRUE(soon([this] { return solar->reads("/Dc/0/Current") > 0; }));
    set("btv_allow_to_charge=closed");
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_EQ(item("/Diagnostics/ChargeNotObeyedCount"), "0");
    EXPECT_EQ(solar->reads("/CustomName"), 0);
    EXPECT_THAT(platform->writes("/Notifications/Inject"), IsEmpty());
}

} // namespace
} // namespace bms::test
