// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The port over libgpiod, against the kernel's own simulated chip (gpio-sim, set up through configfs by
// root). To be run inside a guest kernel that has it: BMS_GPIO_SIM=1 bms_contract_tests
// --gtest_filter=*gpio_sim* With BMS_GPIO_SIM set a kernel without it is a failure; otherwise the tests are
// skipped, with the reason.
#include "contract/line_port_contract.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace bms::test {

namespace fs = std::filesystem;
using testing::HasSubstr;

namespace {

const fs::path root = "/sys/kernel/config/gpio-sim";

std::string missing_gpio_sim() {
    std::error_code ignored;
    if (!fs::is_directory(root, ignored)) {
        if (std::getenv("BMS_GPIO_SIM") != nullptr) {
            throw std::runtime_error("BMS_GPIO_SIM is set, so gpio-sim is expected here");
        }
        return "no " + root.string() + " here: this kernel has no gpio-sim, or configfs is not mounted";
    }
    return ::geteuid() == 0 ? "" : "gpio-sim is set up by root only";
}

void put(const fs::path& file, const std::string& text) {
    std::ofstream stream(file);
    stream << text << std::flush;
    if (!stream) {
        throw std::runtime_error("cannot write " + text + " to " + file.string());
    }
}

std::string first_word(const fs::path& file) {
    std::string word;
    std::ifstream(file) >> word;
    return word;
}

/// A chip with named lines, alive until the end of the object.
class Chip {
  public:
    Chip(const std::string& name, std::vector<std::string> lines)
        : folder_(root / name), bank_(folder_ / "bank0"), lines_(std::move(lines)) {
        fs::create_directory(folder_);
        fs::create_directory(bank_);
        put(bank_ / "num_lines", std::to_string(lines_.size()));
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const fs::path line = bank_ / ("line" + std::to_string(i));
            fs::create_directory(line);
            put(line / "name", lines_[i]);
        }
        set_live(true);
    }
    ~Chip() {
        set_live(false);
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            ::rmdir((bank_ / ("line" + std::to_string(i))).c_str());
        }
        ::rmdir(bank_.c_str());
        ::rmdir(folder_.c_str());
    }
    Chip(const Chip&) = delete;
    Chip& operator=(const Chip&) = delete;

    void set_live(bool live) {
        if ((first_word(folder_ / "live") == "1") != live) {
            put(folder_ / "live", live ? "1" : "0");
        }
    }
    std::string name() const { return first_word(bank_ / "chip_name"); }

    /// The files of a line that stand for what is outside: pull and value.
    fs::path outside(const std::string& line) const {
        const auto at = std::find(lines_.begin(), lines_.end(), line) - lines_.begin();
        return fs::path("/sys/devices/platform") / first_word(folder_ / "dev_name") / name() /
               ("sim_gpio" + std::to_string(at));
    }

  private:
    fs::path folder_, bank_;
    std::vector<std::string> lines_;
};

class GpioSimRig : public Rig {
  public:
    std::unique_ptr<io::LinePort> make_port(boost::asio::io_context& loop,
                                            const std::string& consumer) override {
        return io::make_gpiod_lines(loop, consumer);
    }
    std::string input() const override { return "sim_loop"; }
    std::string second_input() const override { return "sim_remote"; }
    std::string output() const override { return "sim_relay"; }
    void set_level(const std::string& line, bool high) override {
        put(chip_.outside(line) / "pull", high ? "pull-up" : "pull-down");
    }
    bool is_driven_high(const std::string& line) const override {
        return first_word(chip_.outside(line) / "value") == "1";
    }
    void unplug() override { chip_.set_live(false); }
    void plug() override { chip_.set_live(true); }

  private:
    Chip chip_{"bms_contract", {"sim_loop", "sim_remote", "sim_relay", "sim_spare"}};
};

} // namespace

INSTANTIATE_TEST_SUITE_P(gpio_sim, LinePortContract,
                         testing::Values(RigKind{missing_gpio_sim,
                                                 [] { return std::make_unique<GpioSimRig>(); }}),
                         [](const auto&) { return std::string("kernel"); });

class gpio_sim_words : public testing::Test {
  protected:
    void SetUp() override {
        if (const std::string missing = missing_gpio_sim(); !missing.empty()) {
            GTEST_SKIP() << missing;
        }
        one = std::make_unique<Chip>("bms_one", std::vector<std::string>{"GPIO17", "both"});
        two = std::make_unique<Chip>("bms_two", std::vector<std::string>{"GPIO18", "both"});
    }

    std::string refusal(const io::LineRequest& request) { return port->request(request).error.text; }

    io::LineRequest named(const std::string& name) {
        io::LineRequest request;
        request.name = name;
        return request;
    }

    boost::asio::io_context loop{1};
    std::unique_ptr<Chip> one, two;
    std::unique_ptr<io::LinePort> port = io::make_gpiod_lines(loop, "vebus-bmsd");
};

TEST_F(gpio_sim_words, ANameOnTwoChipsIsRefusedNamingBoth) {
    const std::string text = refusal(named("both"));
    EXPECT_THAT(text, HasSubstr("ambiguous"));
    EXPECT_THAT(text, HasSubstr(one->name() + " line 1"));
    EXPECT_THAT(text, HasSubstr(two->name() + " line 1"));
}

TEST_F(gpio_sim_words, AMisspeltNameIsToldWhatThereIsInstead) {
    const std::string text = refusal(named("gpio71"));
    EXPECT_THAT(text, HasSubstr("no GPIO line is named gpio71 (2 chips searched)"));
    EXPECT_THAT(text, HasSubstr("there is a GPIO1"));
}

TEST_F(gpio_sim_words, ALineByChipAndOffsetIsFoundOrToldTheRange) {
    io::LineRequest request;
    request.chip = "/dev/" + two->name();
    EXPECT_TRUE(port->request(request));
    request.offset = 17;
    EXPECT_THAT(refusal(request), HasSubstr("has lines 0 to 1, not 17"));
    request.chip = "/dev/gpiochip99";
    EXPECT_THAT(refusal(request), HasSubstr("/dev/" + one->name()));
}

TEST_F(gpio_sim_words, ABusyLineIsToldWithItsPlaceAndHolder) {
    ASSERT_TRUE(port->request(named("GPIO17")));
    EXPECT_EQ(refusal(named("GPIO17")), "GPIO17 (" + one->name() +
                                            " line 0) is used by \"vebus-bmsd\": end that program, or use "
                                            "another line");
}

TEST_F(gpio_sim_words, OneChipMayGoWhileTheOtherStays) {
    const auto gone = port->request(named("GPIO17"));
    const auto kept = port->request(named("GPIO18"));
    ASSERT_TRUE(gone && kept);
    one->set_live(false);
    EXPECT_FALSE(port->read(*gone.value));
    EXPECT_TRUE(port->read(*kept.value));
}

} // namespace bms::test
