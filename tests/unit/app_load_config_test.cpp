// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Errors that need a look at the machine: serial ports and adapters, in a folder made like /dev and /sys.
#include "app/load_config.hpp"
#include "io/serial_adapter.hpp"
#include "support/places.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <unistd.h>

namespace bms::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct SerialWorld : testing::Test {
    SerialWorld() {
        fs::create_directories(folder / "serial/by-id");
        fs::create_directories(latency_file.parent_path());
    }
    ~SerialWorld() override { fs::remove_all(folder); }
    SerialWorld(const SerialWorld&) = delete;
    SerialWorld& operator=(const SerialWorld&) = delete;

    void plug_in() const {
        std::ofstream(folder / "ttyUSB0");
        fs::create_symlink("../../ttyUSB0", folder / "serial/by-id/usb-FTDI_A");
        std::ofstream(folder / "ttyAMA0");
    }
    /// The example for a board, with this serial port.
    std::string config_with(const std::string& vebus) const {
        const fs::path file = folder / "config.json";
        std::ofstream(file) << R"({"gpio": {"backend": "gpiod"}, "btv": {
            "allow_to_charge": {"line": "GPIO22", "closed_level": "low"},
            "allow_to_discharge": {"line": "GPIO23", "closed_level": "low"}, "pre_alarm": "none"},
            "remote": "always_on", "outputs": {"load_disconnect": "none", "charge_disconnect": "none"},
            "vebus": )" << vebus
                            << "}";
        return file;
    }

    const fs::path folder = fs::temp_directory_path() / ("bms-serial-" + std::to_string(::getpid()));
    const fs::path latency_file = folder / "class/tty/ttyUSB0/device/latency_timer";
};

TEST_F(SerialWorld, AnErrorAboutThePortListsTheNamesThatStay) {
    plug_in();
    const std::string there =
        "; there is: " + (folder / "serial/by-id/usb-FTDI_A").string() + ", " + (folder / "ttyAMA0").string();
    for (const std::string vebus : {R"({"link": "rs485"})", R"({"link": "mk3", "port": ""})",
                                    R"({"link": "mk3", "port": "/dev/ttyUSB0"})"}) {
        const auto file = config_with(vebus);
        const auto loaded = app::load_config(file, folder);
        EXPECT_FALSE(loaded.config) << vebus;
        EXPECT_THAT(loaded.errors, ElementsAre(testing::AllOf(testing::StartsWith(file + ": /vebus/port: "),
                                                              testing::EndsWith(there))))
            << vebus;
    }
}

TEST_F(SerialWorld, WithoutAnyPortTheErrorSaysSo) {
    EXPECT_THAT(app::load_config(config_with(R"({"link": "rs485"})"), folder).errors,
                ElementsAre(HasSubstr("there is none now: plug the adapter in")));
}

TEST_F(SerialWorld, AContradictionIsAWarningWithItsPlaceAndStopsNothing) {
    const auto file = config_with(R"({"link": "none"}, "system": {"alternator": "direct"})");
    const auto loaded = app::load_config(file, folder);
    EXPECT_TRUE(loaded.config);
    EXPECT_THAT(loaded.errors, IsEmpty());
    EXPECT_THAT(loaded.warnings, ElementsAre(testing::StartsWith(file + ": /system/alternator: warning: ")));
}

TEST_F(SerialWorld, OnBoardPortsAndPtysAreTaken) {
    for (const std::string port : {"/dev/ttyAMA0", "/dev/ttyS0", "/dev/serial0", "/tmp/multiplus.tty"}) {
        EXPECT_THAT(
            app::load_config(config_with(R"({"link": "rs485", "port": ")" + port + "\"}"), folder).errors,
            IsEmpty());
    }
}

TEST_F(SerialWorld, ASlowLatencyTimerIsToldWithTheRuleThatMendsIt) {
    plug_in();
    const std::string port = folder / "serial/by-id/usb-FTDI_A";
    EXPECT_EQ(io::latency_remark(port, folder), "") << "no such timer";
    std::ofstream(latency_file) << "1\n";
    EXPECT_EQ(io::latency_remark(port, folder), "");
    std::ofstream(latency_file) << "16\n";
    const auto remark = io::latency_remark(port, folder);
    EXPECT_THAT(remark, HasSubstr("up to 16 ms"));
    EXPECT_THAT(remark, HasSubstr(io::adapter_rule));
    EXPECT_EQ(io::latency_remark("/dev/not-there", folder), "");
}

TEST_F(SerialWorld, TheRuleThatIsToldIsTheOneThatIsShipped) {
    plug_in();
    std::ofstream(latency_file) << "16\n";
    const auto remark = io::latency_remark(folder / "ttyUSB0", folder);
    std::ifstream file(fs::path(in_source("")) / "packaging/udev" / io::adapter_rule);
    std::string rule;
    for (std::string line; std::getline(file, line);) {
        rule = line.starts_with("ACTION") ? line : rule;
    }
    ASSERT_FALSE(rule.empty());
    EXPECT_THAT(remark, testing::EndsWith(rule));
}

} // namespace
} // namespace bms::test
