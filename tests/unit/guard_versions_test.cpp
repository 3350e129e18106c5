// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/guard/versions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bms::guard {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Versions, AreReadInTheFormsThatVenusOsUses) {
    EXPECT_EQ(version_from("v3.60"), (Version{3, 60}));
    EXPECT_EQ(version_from("v3.60~12"), (Version{3, 60}));
    EXPECT_EQ(version_from("3.70-253"), (Version{3, 70}));
    EXPECT_EQ(version_from("2.256"), (Version{2, 256}));
    for (const char* text : {"", "v", "v3", "3.", "3.x", "new", "3-70", "3.-1", "99999999999.1"}) {
        EXPECT_EQ(version_from(text), std::nullopt) << text;
    }
}

// venus-dbus.md, "Versions": which release brought what.
TEST(Versions, EachOldReleaseIsToldByWhatItLacks) {
    struct Row {
        const char *venus, *calc, *words;
    };
    for (const Row& row : {Row{"v2.84", "2.92", "no charger stops over the bus"},
                           Row{"v2.90", "2.103", "while the inverter/charger is off"},
                           Row{"v3.00", "2.118", "charge current limit"},
                           Row{"v3.13", "2.139", "charge current limit"}, Row{"v3.14", "2.140", "Orion XS"},
                           Row{"v3.40", "2.184", "is older"}, Row{"v3.59", "2.216", "is older"}}) {
        EXPECT_THAT(version_advice(row.venus, ""), HasSubstr(row.words)) << row.venus;
        EXPECT_THAT(version_advice("", row.calc), HasSubstr(row.words)) << row.calc;
    }
}

TEST(Versions, ANewOneOrAnUnknownOneIsNoWarning) {
    for (const char* venus : {"v3.60", "v3.70~1", "v4.00", "", "unreadable"}) {
        EXPECT_THAT(version_advice(venus, ""), IsEmpty()) << venus;
    }
    EXPECT_THAT(version_advice("", "2.217"), IsEmpty());
    EXPECT_THAT(version_advice("v3.70", "2.92"), IsEmpty()); // Venus OS's own word counts
}

} // namespace
} // namespace bms::guard
