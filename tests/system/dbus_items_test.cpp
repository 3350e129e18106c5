// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// com.victronenergy.BusItem, as a client sees it.
#include "system/dbus_fixture.hpp"

namespace bms::io {
namespace {

using sdbus::Variant;
using ::testing::IsEmpty;

using DbusItemsTest = DbusServiceTest;

TEST_F(DbusItemsTest, AnItemTellsItsValueAndItsText) {
    const PrivateBus bus;
    Client client;
    start_named();
    EXPECT_EQ(call<Variant>(client, "/Bms/AllowToCharge", "GetValue").get<std::int32_t>(), 1);
    EXPECT_EQ(call<std::string>(client, "/Mode", "GetText"), "on");
    EXPECT_EQ(call<Variant>(client, "/Mode", "GetMin").get<std::int32_t>(), 1);
    EXPECT_EQ(call<Variant>(client, "/Mode", "GetMax").get<std::int32_t>(), 4);
    EXPECT_EQ(call<Variant>(client, "/Mode", "GetDefault").get<std::int32_t>(), 3);
    EXPECT_EQ(error_of(client, "/State", "GetMax"), "org.freedesktop.DBus.Error.UnknownMethod");
}

TEST_F(DbusItemsTest, AnInvalidValueIsAnEmptyArray) {
    const PrivateBus bus;
    Client client;
    start_named();
    const auto value = call<Variant>(client, "/FirmwareVersion", "GetValue");
    ASSERT_TRUE(value.containsValueOfType<std::vector<std::int32_t>>());
    EXPECT_THAT(value.get<std::vector<std::int32_t>>(), IsEmpty());
    EXPECT_EQ(call<std::string>(client, "/FirmwareVersion", "GetText"), "---");
}

TEST_F(DbusItemsTest, AFolderTellsAllBelowItWithoutTheLeadingSlash) {
    const PrivateBus bus;
    Client client;
    start_named();
    const auto lines = call<Variant>(client, "/Bms/Lines", "GetValue").get<Properties>();
    EXPECT_EQ(lines.size(), 6U);
    EXPECT_EQ(lines.at("CellHigh").get<std::int32_t>(), 0);
    const auto texts = call<Variant>(client, "/Bms", "GetText").get<std::map<std::string, std::string>>();
    EXPECT_EQ(texts.at("AllowToCharge"), "1");
    EXPECT_EQ(texts.at("Lines/CellLow"), "0");
    const auto all = call<Variant>(client, "/", "GetValue").get<Properties>();
    EXPECT_EQ(all.size(), venus::count(venus::Role::vebus));
    EXPECT_EQ(all.at("Bms/AllowToDischarge").get<std::int32_t>(), 1);
}

TEST_F(DbusItemsTest, GetItemsTellsEveryPathOfTheTableWithValueAndText) {
    const PrivateBus bus;
    Client client;
    start_named();
    const auto items = call<Items>(client, "/", "GetItems");
    ASSERT_EQ(items.size(), venus::count(venus::Role::vebus));
    for (const venus::Row& row : venus::paths) {
        if (!tree.has(row.id))
            continue;
        const auto& item = items.at(std::string(row.path));
        EXPECT_EQ(item.at("Text").get<std::string>(), tree.text(row.id)) << row.path;
        EXPECT_EQ(item.count("Value"), 1U);
    }
    EXPECT_EQ(items.at("/Alarms/LowBattery").at("Value").peekValueType(), std::string("u"));
    EXPECT_EQ(items.at("/Bms/AllowToCharge").at("Value").peekValueType(), std::string("i"));
}

TEST_F(DbusItemsTest, WhatChangedTogetherIsOneSignal) {
    const PrivateBus bus;
    Client client;
    start_named();
    service->flush(now);
    ASSERT_TRUE(eventually([&] { return client.signals().size() == 1; }));
    facts.protection.allow_to_charge = facts.protection.allow_to_discharge = false;
    facts.protection.cable_fault = true;
    venus::publish(facts, tree);
    service->flush(now);
    service->flush(now);
    facts.identity.custom_name = "the last signal";
    venus::publish(facts, tree);
    service->flush(now);
    ASSERT_TRUE(eventually([&] { return client.signals().size() == 3; }));
    const auto changes = client.signals()[1];
    EXPECT_EQ(changes.at("/Bms/AllowToCharge").at("Value").get<std::int32_t>(), 0);
    EXPECT_EQ(changes.at("/Bms/AllowToDischarge").at("Text").get<std::string>(), "0");
    EXPECT_EQ(changes.at("/Bms/Error").at("Value").get<std::int32_t>(), 1);
    EXPECT_EQ(changes.count("/Bms/BmsType"), 0U);
}

TEST_F(DbusItemsTest, AWriteIsAnsweredWithVictronsCodes) {
    const PrivateBus bus;
    Client client;
    start_named();
    EXPECT_EQ(set(client, "/Mode", Variant{std::int32_t{4}}), 0);
    ASSERT_EQ(written.size(), 1U);
    EXPECT_EQ(written[0].first, Path::mode);
    EXPECT_EQ(written[0].second, venus::Value{4U});
    EXPECT_EQ(set(client, "/Mode", Variant{std::int32_t{3}}), 0);
    ASSERT_EQ(written.size(), 2U) << "a wish that is said again: it may overrule the SoC rule";
    EXPECT_EQ(written[1].second, venus::Value{3U});
    EXPECT_EQ(set(client, "/Bms/Restart", Variant{std::int32_t{0}}), 0) << "equal to the present value";
    EXPECT_EQ(set(client, "/Mode", Variant{std::int32_t{9}}), 2);
    EXPECT_EQ(set(client, "/Mode", Variant{std::string("off")}), 1);
    EXPECT_EQ(set(client, "/Bms/AllowToCharge", Variant{std::int32_t{1}}), 1);
    EXPECT_EQ(written.size(), 2U) << "nobody else was asked";
    answer = 2;
    EXPECT_EQ(set(client, "/Bms/Restart", Variant{std::uint8_t{1}}), 2);
    EXPECT_EQ(set(client, "/CustomName", Variant{std::string("Yacht")}), 2);
}

TEST_F(DbusItemsTest, WhatAWriteChangesAtOnceIsToldAndTheBusIsKept) {
    const PrivateBus bus;
    Client client;
    start_named();
    service->flush(now);
    on_write = [this] {
        facts.multi.wish = venus::Mode::off;
        venus::publish(facts, tree);
        service->flush(now);
    };
    EXPECT_EQ(set(client, "/Mode", Variant{std::int32_t{4}}), 0);
    ASSERT_TRUE(eventually([&] {
        return std::ranges::any_of(client.signals(), [](const Items& items) {
            return items.contains("/Mode") && items.at("/Mode").at("Text").get<std::string>() == "off";
        });
    }));
    EXPECT_EQ(call<std::string>(client, "/Mode", "GetText"), "off");
    EXPECT_TRUE(service->name_owned());
    EXPECT_THAT(warned, IsEmpty());
}

TEST_F(DbusItemsTest, AWriteWithoutAVariantIsAnErrorAndChangesNothing) {
    const PrivateBus bus;
    Client client;
    start_named();
    EXPECT_EQ(error_of(client, "/Mode", "SetValue", std::int32_t{4}),
              "org.freedesktop.DBus.Error.InvalidArgs");
    EXPECT_THAT(written, IsEmpty());
}

TEST_F(DbusItemsTest, AFolderIsIntrospectedWithItsChildren) {
    const PrivateBus bus;
    Client client;
    start_named();
    const auto xml = serve([&] {
        std::string text;
        client.proxy("/Bms")
            ->callMethod("Introspect")
            .onInterface("org.freedesktop.DBus.Introspectable")
            .storeResultsTo(text);
        return text;
    });
    EXPECT_THAT(xml, ::testing::HasSubstr(R"(<node name="AllowToCharge"/>)"));
    EXPECT_THAT(xml, ::testing::HasSubstr(R"(<node name="Lines"/>)"));
    EXPECT_THAT(xml, ::testing::HasSubstr(R"(<interface name="com.victronenergy.BusItem">)"));
}

TEST_F(DbusItemsTest, EveryRoleHasItsItemsAndNoOthers) {
    for (const auto role : {venus::Role::status, venus::Role::battery}) {
        const PrivateBus bus;
        Client client;
        tree = venus::ItemTree(role);
        venus::publish(facts, tree);
        start_named();
        const auto items = call<Items>(client, "/", "GetItems");
        EXPECT_EQ(items.size(), venus::count(role));
        EXPECT_EQ(items.contains("/DeviceInstance"), role == venus::Role::battery);
        EXPECT_EQ(items.contains("/Bms/BmsType"), role == venus::Role::status);
        EXPECT_EQ(items.contains("/Info/MaxChargeVoltage"), role == venus::Role::battery);
        service.reset();
    }
}

TEST_F(DbusItemsTest, AnUnknownPathIsAnUnknownObject) {
    const PrivateBus bus;
    Client client;
    start_named();
    EXPECT_EQ(error_of(client, "/Bms/Nothing", "GetValue"), "org.freedesktop.DBus.Error.UnknownObject");
}

} // namespace
} // namespace bms::io
