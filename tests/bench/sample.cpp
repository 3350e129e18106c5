// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace bms::bench {
namespace {

constexpr int name_width = 52;

void print_value(const std::string& name, double value, const std::string& unit, const std::string& verdict) {
    std::printf("  %-*s %9.*f %-6s %s\n", name_width, name.c_str(), value < 100 ? 2 : 0, value, unit.c_str(),
                verdict.c_str());
    std::fflush(stdout);
}

} // namespace

void Sample::add(double value) { values_.push_back(value); }

void Sample::add(const Sample& other) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
}

double Sample::at(double q) const {
    std::vector<double> sorted = values_;
    std::sort(sorted.begin(), sorted.end());
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
    return sorted.at(std::max<std::size_t>(rank, 1) - 1);
}

void print_head(const std::string& title, const std::string& unit) {
    std::printf("\n%-*s %9s %9s %9s %7s\n", name_width + 2, (title + " [" + unit + "]").c_str(), "p50", "p99",
                "p99.9", "n");
}

void print_sample(const std::string& name, const Sample& sample) {
    std::printf("  %-*s %9.1f %9.1f %9.1f %7zu\n", name_width, name.c_str(), sample.at(0.5), sample.at(0.99),
                sample.at(0.999), sample.size());
    std::fflush(stdout);
}

void print_figure(const std::string& name, double value, const std::string& unit) {
    print_value(name, value, unit, "");
}

void print_figure(const std::string& name, double value, const std::string& unit, double aim) {
    char verdict[64];
    std::snprintf(verdict, sizeof verdict, "aim <= %g: %s", aim, value <= aim ? "ok" : "above aim");
    print_value(name, value, unit, verdict);
}

void print_note(const std::string& text) { std::printf("  %s\n", text.c_str()); }

} // namespace bms::bench
