// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A thousand writes that must not be taken: every path, with values of every type and with messages that are
// no SetValue(v) at all.
#include "system/daemon_fixture.hpp"
#include "system/raw_bus_client.hpp"

#include "bms/venus/paths.hpp"

#include <cmath>
#include <limits>

namespace bms::test {
namespace {

using testing::AnyOf;
using testing::Each;

constexpr const char* our_name = "com.victronenergy.vebus.ttySystem";

void append(sd_bus_message* to, const char* signature, auto... values) {
    sd_bus_message_append(to, signature, values...);
}

/// What nothing takes: of the wrong type, or beyond the range of everything that can be written.
constexpr RawBusClient::Put wrong[] = {
    [](sd_bus_message* m) { append(m, "v", "y", 200); },
    [](sd_bus_message* m) { append(m, "v", "b", 1); },
    [](sd_bus_message* m) { append(m, "v", "n", -7); },
    [](sd_bus_message* m) { append(m, "v", "q", 700); },
    [](sd_bus_message* m) { append(m, "v", "i", std::numeric_limits<std::int32_t>::min()); },
    [](sd_bus_message* m) { append(m, "v", "u", std::numeric_limits<std::uint32_t>::max()); },
    [](sd_bus_message* m) { append(m, "v", "x", std::numeric_limits<std::int64_t>::min()); },
    [](sd_bus_message* m) { append(m, "v", "t", std::numeric_limits<std::uint64_t>::max()); },
    [](sd_bus_message* m) { append(m, "v", "d", 2.5); },
    [](sd_bus_message* m) { append(m, "v", "d", std::nan("")); },
    [](sd_bus_message* m) { append(m, "v", "d", std::numeric_limits<double>::infinity()); },
    [](sd_bus_message* m) { append(m, "v", "s", std::string(100'000, '1').c_str()); },
    [](sd_bus_message* m) { append(m, "v", "o", "/Bms/AllowToCharge"); },
    [](sd_bus_message* m) { append(m, "v", "g", "a{sv}"); },
    [](sd_bus_message* m) { append(m, "v", "ai", 0); }, // invalid, as clients write it
    [](sd_bus_message* m) { append(m, "v", "as", 2, "1", "1"); },
    [](sd_bus_message* m) { append(m, "v", "a{sv}", 1, "Value", "i", 1); },
    [](sd_bus_message* m) { append(m, "v", "(ii)", 1, 1); },
    [](sd_bus_message* m) { append(m, "v", "v", "i", 200); },
    [](sd_bus_message*) {},
    [](sd_bus_message* m) { append(m, "i", 200); },
    [](sd_bus_message* m) { append(m, "s", "charger only"); },
    [](sd_bus_message* m) { append(m, "vv", "i", 1, "i", 1); },
    [](sd_bus_message* m) { append(m, "a{sv}", 1, "Value", "i", 1); },
};

class DbusWrites : public DaemonTest {};

TEST_F(DbusWrites, AThousandWrongWritesChangeNothingAndProtectionGoesOn) {
    start_all();
    RawBusClient fuzzer(bus.address());
    std::map<std::string, std::string> before;
    for (const venus::Row& row : venus::paths) {
        if (row.access == venus::Access::write) {
            before[std::string(row.path)] = item(std::string(row.path));
        }
    }
    std::vector<std::string> answers;
    const auto write_all = [&](const std::string& path) {
        for (const auto put : wrong) {
            answers.push_back(fuzzer.set(our_name, path, put));
            EXPECT_NE(answers.back(), "0") << path << ", value " << answers.size() % std::size(wrong);
        }
    };
    set("btv_allow_to_charge=open");
    for (const venus::Row& row : venus::paths) {
        write_all(std::string(row.path));
    }
    for (const char* other : {"/", "/Bms", "/Bms/Lines", "/Nothing/Here"}) {
        write_all(other);
    }
    EXPECT_GE(answers.size(), 1000U);
    EXPECT_THAT(answers, Each(AnyOf("1", "2", "org.freedesktop.DBus.Error.InvalidArgs",
                                    "org.freedesktop.DBus.Error.UnknownMethod",
                                    "org.freedesktop.DBus.Error.UnknownObject")));
    EXPECT_TRUE(permissions_are(false, true));
    for (const auto& [path, word] : before) {
        EXPECT_EQ(item(path), word) << path;
    }
    EXPECT_EQ(multi("mode"), "on");
    set("btv_allow_to_charge=closed");
    EXPECT_TRUE(permissions_are(true, true));
}

} // namespace
} // namespace bms::test
