// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The daemon beside other programs of Venus OS: another VE.Bus driver, the settings, a battery monitor.
#include "io/board_serial.hpp"
#include "support/fake_service.hpp"
#include "support/fake_settings.hpp"
#include "support/places.hpp"
#include "system/daemon_fixture.hpp"

namespace bms::test {
namespace {

using sdbus::Variant;
using ::testing::HasSubstr;
using Kind = FakeService::Kind;

const std::string other_driver = "com.victronenergy.vebus.ttyUSB9";
const std::string own_settings =
    "/Settings/Devices/vebusbms_" + (io::board_serial().empty() ? "ttySystem" : io::board_serial()) + "/";

class DaemonRoles : public DaemonTest {
  protected:
    DaemonRoles() { configure("/dbus/role_settle_again_s", "1"); }

    /// From now on item() asks the service of that class.
    void set_client(const std::string& service_class) {
        client = std::make_unique<BusClient>("com.victronenergy." + service_class + ".ttySystem");
    }
};

TEST_F(DaemonRoles, VebusGivesWayToAnotherDriverAndComesBackWhenThatHasGone) {
    FakeService driver(Kind::batched, {{"/Bms/BmsType", Variant{0}}});
    start_all();
    BusClient status("com.victronenergy.bms.ttySystem");
    driver.take(other_driver);
    EXPECT_TRUE(item_is("/Bms/AllowToCharge", "gone"));
    EXPECT_TRUE(log_says(other_driver + " is another VE.Bus driver: only our status is shown"));
    set_client("bms");
    EXPECT_TRUE(item_is("/Bms/AllowToCharge", "1"));
    EXPECT_THAT(item("/Bms/Reason"), HasSubstr("DVCC does not listen to us"));
    EXPECT_EQ(item("/DeviceInstance"), "gone");
    EXPECT_EQ(status.items_at_first_sight().at("/Bms/AllowToDischarge"), "1") << "true when the name appears";
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(permissions_are(false, true));
    driver.release(other_driver);
    EXPECT_TRUE(item_is("/Bms/AllowToCharge", "gone"));
    set_client("vebus");
    EXPECT_TRUE(item_is("/Bms/AllowToCharge", "0"));
    EXPECT_EQ(item("/DeviceInstance"), "40");
    EXPECT_THAT(item("/Bms/Reason"), testing::Not(HasSubstr("DVCC")));
}

TEST_F(DaemonRoles, BesideADriverThatShowsABmsItIsSaidThatDvccObeysThat) {
    FakeService driver(Kind::batched, {{"/Bms/BmsType", Variant{2}}});
    driver.take(other_driver);
    start_board();
    start_multi();
    start_daemon();
    set_client("bms");
    EXPECT_TRUE(item_is("/Bms/AllowToCharge", "1"));
    EXPECT_TRUE(log_says("DVCC obeys that one"));
}

TEST_F(DaemonRoles, StatusAndNameOfTheDaemonAreFoundByTheToolInEitherRole) {
    FakeService driver(Kind::batched, {});
    driver.take(other_driver);
    start_board();
    start_multi();
    start_daemon();
    set_client("bms");
    ASSERT_TRUE(item_is("/Bms/AllowToCharge", "1"));
    Process status({in_build("/src/tool/vebus-bmsctl"), "status"}, folder / "ctl.log");
    EXPECT_EQ(status.ended(), 0);
    EXPECT_THAT(status.output(), HasSubstr("com.victronenergy.bms.ttySystem"));
}

TEST_F(DaemonRoles, TheInstanceIsTheOneTheSettingsGrantAndFollowsThem) {
    FakeSettings settings;
    settings.preset(own_settings + "ClassAndVrmInstance", "vebus:43");
    settings.take();
    start_all();
    EXPECT_EQ(client->items_at_first_sight().at("/DeviceInstance"), "43");
    settings.change(own_settings + "ClassAndVrmInstance", "vebus:44");
    EXPECT_TRUE(item_is("/DeviceInstance", "44"));
    settings.change(own_settings + "CustomName", "Skipper");
    EXPECT_TRUE(item_is("/CustomName", "Skipper"));
}

TEST_F(DaemonRoles, ANameThatIsWrittenIsKeptBySettings) {
    FakeSettings settings;
    settings.take();
    start_all();
    ASSERT_EQ(client->write("/CustomName", std::string("Boat")), 0);
    EXPECT_TRUE(item_is("/CustomName", "Boat"));
    EXPECT_TRUE(settings.becomes(own_settings + "CustomName", "Boat"));
    EXPECT_EQ(settings.value(own_settings + "ClassAndVrmInstance"), "vebus:40");
}

TEST_F(DaemonRoles, WithoutSettingsANameIsRefusedInWordsAndTheDefaultInstanceHolds) {
    start_all();
    EXPECT_EQ(item("/DeviceInstance"), "40");
    EXPECT_EQ(client->write("/CustomName", std::string("Boat")), 2);
    EXPECT_TRUE(log_says("/CustomName refused: there is no com.victronenergy.settings"));
}

TEST_F(DaemonRoles, SettingsThatComeLateAreAskedAndObeyed) {
    start_all();
    FakeSettings settings;
    settings.preset(own_settings + "ClassAndVrmInstance", "vebus:45");
    settings.take();
    EXPECT_TRUE(item_is("/DeviceInstance", "45"));
    EXPECT_TRUE(permissions_are(true, true));
}

TEST_F(DaemonRoles, SettingsThatAnswerGarbageChangeNothing) {
    FakeSettings settings(FakeSettings::Answers::garbage);
    settings.take();
    start_all();
    EXPECT_EQ(item("/DeviceInstance"), "40");
}

TEST_F(DaemonRoles, ASettingsServiceWithoutAddSettingsIsAskedTheOldWay) {
    FakeSettings settings(FakeSettings::Answers::only_add_setting);
    settings.preset(own_settings + "ClassAndVrmInstance", "vebus:46");
    settings.take();
    start_all();
    EXPECT_TRUE(item_is("/DeviceInstance", "46"));
}

TEST_F(DaemonRoles, TheBatteryStandsBesideTheVebusRoleAndSaysWhomItDisplaces) {
    FakeService shunt(Kind::batched, {{"/Soc", Variant{81.0}}});
    shunt.take("com.victronenergy.battery.ttyO2");
    configure("/dbus/battery", R"({"charge_voltage_v": 28.4, "device_instance": 42})");
    configure("/bank", R"({"max_charge_current_a": 100, "max_discharge_current_a": 200})");
    start_all();
    EXPECT_TRUE(log_says("com.victronenergy.battery.ttyO2 may no longer be the battery monitor"));
    set_client("battery");
    EXPECT_TRUE(item_is("/Info/MaxChargeVoltage", "28.4"));
    EXPECT_EQ(item("/Info/MaxChargeCurrent"), "100");
    EXPECT_EQ(item("/DeviceInstance"), "42");
    EXPECT_EQ(item("/ProductId"), "0");
    EXPECT_EQ(item("/Soc"), "gone");
    set("btv_allow_to_charge=open");
    EXPECT_TRUE(item_is("/Info/MaxChargeCurrent", "0"));
    EXPECT_EQ(item("/System/NrOfModulesBlockingCharge"), "1");
}

TEST_F(DaemonRoles, TheBatteryMayBeAlone) {
    configure("/dbus/role", R"("none")");
    configure("/dbus/battery", R"({"charge_voltage_v": 28.4})");
    start_board();
    start_multi();
    start_daemon();
    set_client("battery");
    EXPECT_TRUE(item_is("/Info/MaxChargeVoltage", "28.4"));
    set_client("vebus");
    EXPECT_EQ(item("/Bms/AllowToCharge"), "gone");
}

} // namespace
} // namespace bms::test
