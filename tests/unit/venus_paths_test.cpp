// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/places.hpp"

#include "bms/venus/document.hpp"
#include "bms/venus/item_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace bms::venus {
namespace {

using ::testing::IsNull;

TEST(VenusPaths, EveryPathIsThereOnce) {
    std::set<std::string_view> seen;
    for (const Row& row : paths) {
        EXPECT_TRUE(seen.insert(row.path).second) << row.path;
        EXPECT_EQ(find_row(row.path), &row);
    }
    EXPECT_THAT(find_row("/Bms/Nothing"), IsNull());
}

TEST(VenusPaths, NoItemIsAlsoAFolderOfOthers) {
    for (const Row& item : paths)
        for (const Row& other : paths)
            EXPECT_FALSE(other.path.starts_with(std::string(item.path) + "/"))
                << item.path << " " << other.path;
}

TEST(VenusPaths, EveryRowIsDocumented) {
    for (const Row& row : paths) {
        EXPECT_NE(row.type, Type::invalid) << row.path;
        EXPECT_GT(row.meaning.size(), 5U) << row.path;
        EXPECT_FALSE(row.source.empty()) << row.path;
        EXPECT_EQ(row.meaning.find('|'), std::string_view::npos) << row.path;
    }
}

// Anything writable can be written by whoever reaches MQTT or Modbus-TCP.
TEST(VenusPaths, OnlyTheseItemsCanBeWritten) {
    std::set<std::string_view> writable;
    for (const Row& row : paths)
        if (row.access == Access::write)
            writable.insert(row.path);
    EXPECT_EQ(writable,
              (std::set<std::string_view>{"/CustomName", "/Mode", "/Bms/Restart", "/RedetectSystem"}));
}

TEST(VenusPaths, PathsThatWouldTurnUsIntoSomethingElseAreLeftOut) { // M80
    for (const char* path : {"/Interfaces/Mk2/Connection", "/Interfaces/Mk2/Version", "/Soc",
                             "/ExtraBatteryCurrent", "/Dc/0/MaxChargeCurrent", "/Hub/ChargeVoltage",
                             "/Hub4/AssistantId", "/BatteryOperationalLimits/MaxChargeCurrent"})
        EXPECT_THAT(find_row(path), IsNull()) << path;
}

// A charge voltage makes systemcalc control that of all chargers; an instance makes the GUI list a status.
TEST(VenusPaths, ARoleHasNothingThatWouldMakeItAnother) {
    const auto has = [](const char* path, Role role) { return belongs(*find_row(path), role); };
    for (const Role role : {Role::vebus, Role::status}) {
        EXPECT_FALSE(has("/Info/MaxChargeVoltage", role));
        EXPECT_TRUE(has("/Bms/AllowToCharge", role));
    }
    EXPECT_FALSE(has("/DeviceInstance", Role::status));
    EXPECT_TRUE(has("/DeviceInstance", Role::battery));
    EXPECT_FALSE(has("/Bms/BmsType", Role::battery));
    EXPECT_FALSE(has("/Mode", Role::battery));
    EXPECT_GT(count(Role::vebus), count(Role::battery));
}

struct PathType {
    const char* path;
    Type type;
};

TEST(VenusPaths, TypesAreWhatVictronsClientsExpect) {
    const PathType expected[] = {{"/Mgmt/ProcessName", Type::text},
                                 {"/Mgmt/Connection", Type::text},
                                 {"/DeviceInstance", Type::int32},
                                 {"/ProductId", Type::int32},
                                 {"/ProductName", Type::text},
                                 {"/CustomName", Type::text},
                                 {"/FirmwareVersion", Type::uint32},
                                 {"/Serial", Type::text},
                                 {"/Connected", Type::int32},
                                 {"/Bms/BmsType", Type::int32},
                                 {"/Bms/BmsExpected", Type::int32},
                                 {"/Bms/AllowToCharge", Type::int32},
                                 {"/Bms/AllowToDischarge", Type::int32},
                                 {"/Bms/AllowToChargeRate", Type::uint32},
                                 {"/Bms/Error", Type::int32},
                                 {"/Bms/PreAlarm", Type::int32},
                                 {"/Devices/Bms/Version", Type::uint32},
                                 {"/Devices/Dmc/Version", Type::int32},
                                 {"/Devices/NumberOfMultis", Type::int32},
                                 {"/Interfaces/Mk2/ProductName", Type::text},
                                 {"/Alarms/BmsPreAlarm", Type::uint32},
                                 {"/Alarms/BmsConnectionLost", Type::uint32},
                                 {"/Alarms/LowBattery", Type::uint32},
                                 {"/Alarms/L1/LowBattery", Type::uint32},
                                 {"/VebusError", Type::int32},
                                 {"/Mode", Type::uint32},
                                 {"/ModeIsAdjustable", Type::int32},
                                 {"/State", Type::uint32},
                                 {"/Ac/NumberOfPhases", Type::int32},
                                 {"/Ac/NumberOfAcInputs", Type::int32},
                                 {"/Ac/ActiveIn/ActiveInput", Type::int32},
                                 {"/Ac/ActiveIn/Connected", Type::int32},
                                 {"/Dc/0/Voltage", Type::real},
                                 {"/Dc/0/Current", Type::real},
                                 {"/Dc/0/Power", Type::int32},
                                 {"/Info/MaxChargeCurrent", Type::real},
                                 {"/Info/MaxDischargeCurrent", Type::real},
                                 {"/Leds/Bms/Status", Type::int32}};
    for (const auto& [path, type] : expected) {
        const Row* row = find_row(path);
        ASSERT_NE(row, nullptr) << path;
        EXPECT_EQ(row->type, type) << path;
    }
}

struct Shown {
    Path path;
    Value value;
    const char* text;
};

TEST(VenusPaths, TextsAreWhatVictronsDriversWrite) {
    const Shown expected[] = {{Path::product_id, 0, "0x0"},
                              {Path::firmware_version, 0x489U, "489"},
                              {Path::firmware_version, Value{}, "---"},
                              {Path::dc_voltage, 26.4, "26.40V"},
                              {Path::dc_current, -5.0, "-5.0A"},
                              {Path::dc_power, -132, "-132W"},
                              {Path::max_charge_current, 50.0, "50.0A"},
                              {Path::alarm_low_battery, 0U, "ok"},
                              {Path::alarm_low_battery, 1U, "warning"},
                              {Path::alarm_low_battery, 2U, "alarm"},
                              {Path::mode, 1U, "charger only"},
                              {Path::mode, 2U, "inverter only"},
                              {Path::mode, 3U, "on"},
                              {Path::mode, 4U, "off"},
                              {Path::state, 1U, "low power"},
                              {Path::state, 252U, "external control"},
                              {Path::state, 77U, "77"},
                              {Path::active_input_connected, 1, "yes"},
                              {Path::allow_to_charge, 1, "1"},
                              {Path::bms_version, 1146100U, "1146100"},
                              {Path::led_status, 2, "blink"},
                              {Path::seconds_to_next_change, 30, "30s"},
                              {Path::residual_hours_left, 8.5, "8.5h"},
                              {Path::residual_hours_left, 200.0, "200h"},
                              {Path::residual_percent_left, 50, "50%"},
                              {Path::alarm_residual_drain, 1U, "warning"},
                              {Path::max_charge_voltage, 28.4, "28.40V"},
                              {Path::custom_name, std::string("Boat"), "Boat"}};
    for (const auto& [path, value, text] : expected)
        EXPECT_EQ(text_of(row_of(path), value), text) << row_of(path).path;
}

TEST(VenusPaths, TheGeneratedDocumentIsFresh) {
    std::ifstream file(bms::test::in_source("/dbus/paths.md"));
    std::stringstream committed;
    committed << file.rdbuf();
    EXPECT_EQ(committed.str(), paths_markdown()) << "dbus/paths.md is stale: run ./dev docs";
}

TEST(VenusPaths, AValueOfAnotherKindThanItsRowStillHasAText) {
    EXPECT_EQ(text_of(row_of(Path::custom_name), 1.5), "1.50");
    for (const Path path : {Path::dc_voltage, Path::dc_current, Path::round_trip, Path::residual_hours_left})
        EXPECT_EQ(text_of(row_of(path), 5), "5") << row_of(path).path;
    Row unheard_of = row_of(Path::mode);
    unheard_of.style = static_cast<Style>(250);
    EXPECT_EQ(text_of(unheard_of, 3), "3");
}

} // namespace
} // namespace bms::venus
