// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "storm/world.hpp"

#include <algorithm>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace bms::test {
namespace {

void write(const std::string& path, const std::string& text) {
    std::ofstream file(path);
    file << text << std::flush;
    if (!file) {
        throw std::runtime_error("cannot write " + text + " to " + path);
    }
}

std::string read(const std::string& path) {
    std::ifstream file(path);
    std::string text;
    if (!(file >> text)) {
        throw std::runtime_error("cannot read " + path);
    }
    return text;
}

} // namespace

SimChip::SimChip(std::string name, std::vector<std::string> lines)
    : folder_("/sys/kernel/config/gpio-sim/" + std::move(name)), lines_(std::move(lines)) {
    namespace fs = std::filesystem;
    fs::create_directory(folder_);
    fs::create_directory(folder_ + "/bank0");
    write(folder_ + "/bank0/num_lines", std::to_string(lines_.size()));
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const std::string line = folder_ + "/bank0/line" + std::to_string(i);
        fs::create_directory(line);
        write(line + "/name", lines_[i]);
    }
    write(folder_ + "/live", "1");
    device_ =
        "/sys/devices/platform/" + read(folder_ + "/dev_name") + "/" + read(folder_ + "/bank0/chip_name");
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const std::string value = device_ + "/sim_gpio" + std::to_string(i) + "/value";
        values_.push_back(::open(value.c_str(), O_RDONLY | O_CLOEXEC));
    }
}

SimChip::~SimChip() {
    for (const int value : values_) {
        ::close(value);
    }
    std::ofstream(folder_ + "/live") << "0" << std::flush;
    std::error_code ignored;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        std::filesystem::remove(folder_ + "/bank0/line" + std::to_string(i), ignored);
    }
    std::filesystem::remove(folder_ + "/bank0", ignored);
    std::filesystem::remove(folder_, ignored);
}

std::size_t SimChip::offset(const std::string& line) const {
    const auto found = std::ranges::find(lines_, line);
    if (found == lines_.end()) {
        throw std::logic_error("no line is named " + line);
    }
    return static_cast<std::size_t>(found - lines_.begin());
}

void SimChip::pull(const std::string& line, bool up) const {
    write(device_ + "/sim_gpio" + std::to_string(offset(line)) + "/pull", up ? "pull-up" : "pull-down");
}

bool SimChip::level(const std::string& line) const {
    char value = 0;
    if (::pread(values_[offset(line)], &value, 1, 0) != 1) {
        throw std::runtime_error("cannot read " + line);
    }
    return value == '1';
}

} // namespace bms::test
