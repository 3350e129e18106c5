// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What `vebus-bmsctl doctor` makes of what it sees, and what it sees in files.
#include "tool/ctl_doctor_look.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace bms::tool {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Nothing to mend.
Checkup well() {
    return {.config_path = "/etc/vebus-bms/vebus-bmsd.json",
            .config_errors = {},
            .lines = {{"btv_allow_to_charge", "GPIO22", "vebus-bmsd", ""},
                      {"load_disconnect", "GPIO16", "vebus-bmsd", ""}},
            .heartbeat = true,
            .two_signal = true,
            .multi = true,
            .port = "/dev/serial/by-id/adapter",
            .bus = "system bus",
            .bus_error = "",
            .service = "com.victronenergy.vebus.adapter",
            .daemon_problems = {},
            .link_advice = "",
            .dvcc_advice = "",
            .not_obeying = "",
            .dvcc = 1,
            .user = "vebus-bms",
            .missing_groups = {},
            .clock_set = true,
            .state_directory = "/var/lib/vebus-bms",
            .state_error = "",
            .state_free_kb = 100'000};
}

auto finds(Verdict verdict, const std::string& check, const std::string& words) {
    return Contains(AllOf(Field(&Finding::verdict, verdict), Field(&Finding::check, check),
                          Field(&Finding::words, HasSubstr(words))));
}

TEST(CtlDoctor, AHealthySystemHasOnlyGoodFindingsAndEachCheckOne) {
    const auto found = diagnose(well());
    EXPECT_THAT(found, Each(AllOf(Field(&Finding::verdict, Verdict::ok), Field(&Finding::cure, IsEmpty()))));
    for (const char* check :
         {"configuration", "lines", "port", "storage", "user", "daemon", "DVCC", "clock"}) {
        EXPECT_THAT(found, finds(Verdict::ok, check, ""));
    }
    EXPECT_EQ(exit_of(found), exit_ok);
    EXPECT_THAT(text_of(doctor_page(found), {}), HasSubstr("0 problems, 0 advice"));
}

TEST(CtlDoctor, EveryFaultIsFoundUnderItsCheckWithACureAndIsAProblem) {
    struct Case {
        const char *check, *words;
        void (*harm)(Checkup&);
    };
    const Case cases[] = {
        {"configuration", "unknown key", [](Checkup& c) { c.config_errors = {"FILE: /x: unknown key"}; }},
        {"lines", "no GPIO line is named GPIO16",
         [](Checkup& c) { c.lines[1].error = "no GPIO line is named GPIO16"; }},
        {"lines", "is used by \"sysfs\"", [](Checkup& c) { c.lines[0].holder = "sysfs"; }},
        {"lines", "is used by \"gpioset\"", [](Checkup& c) { c.lines[1].holder = "gpioset"; }},
        {"lines", "none of the 2 lines", [](Checkup& c) { c.lines[0].error = c.lines[1].error = "no chip"; }},
        {"outputs", "keeps an output high", [](Checkup& c) { c.keeps_outputs = true; }},
        {"port", "No such file", [](Checkup& c) { c.port_error = "No such file"; }},
        {"port", "16 ms", [](Checkup& c) { c.port_latency = "keeps bytes for 16 ms"; }},
        {"port", "serial-starter", [](Checkup& c) { c.port_wanted_by_serial_starter = true; }},
        {"storage", "Read-only", [](Checkup& c) { c.state_error = "Read-only file system"; }},
        {"storage", "12 kB left", [](Checkup& c) { c.state_free_kb = 12; }},
        {"user", "not in the group gpio", [](Checkup& c) { c.missing_groups = {"gpio"}; }},
        {"daemon", "cannot be asked", [](Checkup& c) { c.bus_error = "no such socket"; }},
        {"daemon", "no vebus-bmsd on the system bus", [](Checkup& c) { c.service.clear(); }},
        {"daemon", "Low battery", [](Checkup& c) { c.daemon_problems = {"Low battery"}; }},
        {"DVCC", "DVCC is off", [](Checkup& c) { c.dvcc_advice = "DVCC is off"; }},
        {"chargers", "not obeyed by MPPT",
         [](Checkup& c) { c.not_obeying = "charge stop not obeyed by MPPT"; }},
    };
    for (const Case& it : cases) {
        Checkup seen = well();
        it.harm(seen);
        const auto found = diagnose(seen);
        EXPECT_THAT(found, finds(Verdict::problem, it.check, it.words));
        EXPECT_THAT(found, Not(Contains(AllOf(Field(&Finding::verdict, Verdict::problem),
                                              Field(&Finding::cure, IsEmpty())))))
            << it.words << ": a problem needs a cure";
        EXPECT_EQ(exit_of(found), exit_problem) << it.words;
    }
}

TEST(CtlDoctor, WhatIsOnlyAdviceIsNoProblem) {
    Checkup seen = well();
    seen.heartbeat = seen.two_signal = false;
    seen.dvcc.reset();
    seen.clock_set = false;
    seen.state_is_volatile = true;
    const auto found = diagnose(seen);
    for (const char* check : {"outputs", "DVCC", "clock", "storage"}) {
        EXPECT_THAT(found, finds(Verdict::advice, check, ""));
    }
    EXPECT_EQ(exit_of(found), exit_ok);
}

TEST(CtlDoctor, UnknownIsNotTakenForGood) {
    Checkup seen = well();
    seen.clock_set.reset();
    seen.service.clear();
    seen.dvcc.reset();
    EXPECT_THAT(diagnose(seen), Not(Contains(Field(&Finding::check, "clock"))));
    EXPECT_THAT(diagnose(seen), Not(Contains(Field(&Finding::check, "DVCC"))));
}

TEST(CtlDoctor, TheSimulatedBoardProtectsNothingAndIsSaidSo) {
    Checkup seen = well();
    seen.simulated = true;
    seen.lines.clear();
    EXPECT_THAT(diagnose(seen), finds(Verdict::advice, "lines", "nothing real is protected"));
}

struct AroundARoot : testing::Test {
    AroundARoot() {
        std::string form = fs::temp_directory_path() / "vebus-bms-doctor-XXXXXX";
        root = ::mkdtemp(form.data());
    }
    ~AroundARoot() override { fs::remove_all(root); }

    void write(const std::string& path, const std::string& text) {
        fs::create_directories((root / path).parent_path());
        std::ofstream(root / path) << text;
    }
    Checkup look() { return look_around(root / "config.json", root); }
    static constexpr const char* config = R"({
        "gpio": {"backend": "gpiod"},
        "btv": {"allow_to_charge": {"line": "no-such-line-1", "closed_level": "high"},
                "allow_to_discharge": {"line": "no-such-line-2", "closed_level": "high"},
                "pre_alarm": "none"},
        "remote": "always_on",
        "outputs": {"load_disconnect": {"line": "no-such-line-3", "active_level": "high"}, "charge_disconnect": "none"},
        "vebus": {"link": "rs485", "port": "/dev/serial/by-id/adapter"},
        "state_directory": "/state"})";

    fs::path root;
};

TEST_F(AroundARoot, WhatAFileSaysIsSeen) {
    write("config.json", config);
    write("etc/passwd", "root:x:0:0::/root:/bin/sh\nvebus-bms:x:990:990::/:/usr/sbin/nologin\n");
    write("etc/group", "gpio:x:997:pi,vebus-bms\ndialout:x:20:pi\n");
    write("sys/module/pinctrl_bcm2835/parameters/persist_gpio_outputs", "Y\n");
    write("dev/ttyUSB3", "");
    write("dev/serial-starter/ttyUSB3", "");
    write("sys/class/tty/ttyUSB3/device/latency_timer", "16\n");
    fs::create_directories(root / "dev/serial/by-id");
    fs::create_symlink("../../ttyUSB3", root / "dev/serial/by-id/adapter");
    fs::create_directory(root / "state");
    const Checkup seen = look();
    EXPECT_THAT(seen.config_errors, IsEmpty());
    EXPECT_EQ(seen.lines.size(), 3U);
    EXPECT_THAT(seen.lines, Each(Field(&SeenLine::error, HasSubstr("no GPIO line is named no-such-line"))));
    EXPECT_EQ(seen.user, "vebus-bms");
    EXPECT_THAT(seen.missing_groups, ElementsAre("dialout"));
    EXPECT_TRUE(seen.keeps_outputs);
    EXPECT_TRUE(seen.port_wanted_by_serial_starter);
    EXPECT_THAT(seen.port_error, IsEmpty());
    EXPECT_THAT(seen.port_latency, HasSubstr("16 ms"));
    EXPECT_THAT(seen.state_error, IsEmpty());
    EXPECT_GT(seen.state_free_kb, 0U);
}

TEST_F(AroundARoot, WhatIsNotThereIsSeenToo) {
    write("config.json", config);
    const Checkup seen = look();
    EXPECT_THAT(seen.port_error, HasSubstr("No such file"));
    EXPECT_THAT(seen.state_error, HasSubstr("No such file"));
    EXPECT_THAT(seen.user, IsEmpty()) << "as on Venus OS";
    EXPECT_FALSE(seen.keeps_outputs);
}

TEST_F(AroundARoot, ABrokenConfigurationIsTheFirstThingToMend) {
    write("config.json", "{");
    const auto found = diagnose(look());
    EXPECT_EQ(found.at(0).check, "configuration");
    EXPECT_EQ(found.at(0).verdict, Verdict::problem);
    EXPECT_THAT(found, Not(Contains(Field(&Finding::check, "lines"))))
        << "nobody knows which there should be";
}

} // namespace
} // namespace bms::tool
